// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jswan.simulation.CertificateFixture.EAST_KEY;
import static org.jswan.simulation.CertificateFixture.OTHER_KEY;
import static org.jswan.simulation.CertificateFixture.WEST_KEY;
import static org.jswan.simulation.CertificateFixture.said;

import java.security.KeyPair;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jswan.connection.AuthenticationMethod;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.ConnectionRequest;
import org.jswan.connection.EndOption;
import org.jswan.connection.EndRequest;
import org.jswan.connection.Ikev1Policy;
import org.jswan.connection.SendCertificate;
import org.jswan.control.WhackCommand;
import org.jswan.control.WhackRequest;
import org.jswan.key.PublicKey;
import org.jswan.revocation.RevocationSetting;
import org.jswan.sa.V1State;
import org.junit.jupiter.api.Test;

/** Aggressive Mode with RSA signatures (RFC 2409 §5.1): raw keys and certificates, and what is refused of them. */
class AggressiveSignatureTest {
    private final CertificateFixture fixture = new CertificateFixture(1, RevocationSetting.DEFAULT, Ikev1Policy.ACCEPT);
    private final Pair pair = fixture.pair;

    private static ConnectionRequest.Builder tunnel(EndRequest.Builder left, EndRequest.Builder right) {
        return Ikev1Pair.ikev1(Pair.tunnel())
                .set(ConnectionOption.AGGRESSIVE, true)
                .set(ConnectionOption.IKE, "aes256-sha2_256;modp2048")
                .set(ConnectionOption.AUTHENTICATION, Set.of(AuthenticationMethod.RSASIG))
                .left(left.build())
                .right(right.build());
    }

    private static EndRequest.Builder west(String id) {
        return Ikev1Pair.end(Pair.WEST, id, Pair.WEST_CLIENT);
    }

    private static EndRequest.Builder east(String id) {
        return Ikev1Pair.end(Pair.EAST, id, Pair.EAST_CLIENT);
    }

    private static EndRequest.Builder key(EndRequest.Builder end, KeyPair key) {
        return end.set(EndOption.CKAID, SimKeys.publicKey(key).ckaid().toString());
    }

    private static EndRequest.Builder certificate(EndRequest.Builder end, String nickname) {
        return end.set(EndOption.CERT, nickname).set(EndOption.SEND_CERT, SendCertificate.ALWAYS);
    }

    private static void know(SimHost host, String id, KeyPair pair) {
        PublicKey key = SimKeys.publicKey(pair);
        host.whack(WhackRequest.of(new WhackCommand.Key(
                id,
                true,
                Optional.of(new WhackCommand.Key.PublicKey(WhackCommand.Key.Algorithm.RSA, key.ipseckey())))));
    }

    /** Both ends have keys of their own; what they know of each other is up to the test. */
    private void rawKeys() {
        pair.east.keys().add(EAST_KEY);
        rawKeysButEasts();
    }

    private void rawKeysButEasts() {
        pair.west.keys().add(WEST_KEY);
        UnaryOperator<EndRequest.Builder> left = end -> key(end, WEST_KEY);
        UnaryOperator<EndRequest.Builder> right = end -> key(end, EAST_KEY);
        ConnectionRequest.Builder both = tunnel(left.apply(west("@west")), right.apply(east("@east")));
        fixture.add(pair.west, both);
        fixture.add(pair.east, both);
    }

    private void certificates(String west, String east) {
        fixture.usual();
        fixture.add(pair.west, tunnel(certificate(west(west), "west"), east(east)));
        fixture.add(pair.east, tunnel(west(west), certificate(east(east), "east")));
    }

    private SimHost.SimSession initiate() {
        SimHost.SimSession session = pair.initiate(pair.west);
        fixture.world.runUntil(() -> Ikev1Pair.isUp(pair), Duration.ofSeconds(3));
        return session;
    }

    private void comesUpWithoutRepetition() {
        initiate();
        assertThat(Ikev1Pair.isUp(pair)).as(pair.trace()).isTrue();
        for (SimHost host : List.of(pair.west, pair.east)) {
            assertThat(said(host, "auth=RSA_SIG")).hasSize(1);
            assertThat(said(host, "retransmission")).as(pair.trace()).isEmpty();
            assertThat(said(host, "discarding packet")).as(pair.trace()).isEmpty();
        }
    }

    @Test
    void rawKeysProveWhoTheEndsAre() {
        rawKeys();
        know(pair.west, "@east", EAST_KEY);
        know(pair.east, "@west", WEST_KEY);
        comesUpWithoutRepetition();
        assertThat(said(pair.west, "authenticated peer"))
                .containsExactly("\"t\" #1: authenticated peer '2048-bit RSA with SHA1' signature using preloaded"
                        + " certificate '@east'");
        assertThat(said(pair.east, "authenticated peer")).hasSize(1);
    }

    /** The quick initiator begins Quick Mode before the responder has checked its signature. */
    @Test
    void certificatesProveWhoTheEndsAre() {
        certificates("%fromcert", "%fromcert");
        comesUpWithoutRepetition();
        assertThat(said(pair.west, "authenticated peer"))
                .containsExactly("\"t\" #1: authenticated peer '2048-bit RSA with SHA1' signature using peer"
                        + " certificate 'C=CA, O=Test, CN=east.example' issued by CA 'C=CA, O=Test, CN=root'");
        assertThat(said(pair.west, "I am sending a certificate request")).hasSize(1);
        assertThat(said(pair.west, "I am sending my cert")).hasSize(1);
        assertThat(said(pair.east, "I am sending my certificate")).hasSize(1);
    }

    @Test
    void alternativeNamesAreIdentities() {
        certificates("@west.example", "@east.example");
        comesUpWithoutRepetition();
    }

    @Test
    void theResponderHasAnotherKey() {
        rawKeys();
        know(pair.west, "@east", OTHER_KEY);
        know(pair.east, "@west", WEST_KEY);
        SimHost.SimSession session = initiate();
        assertThat(session.lines())
                .as(pair.trace())
                .contains(
                        "003 \"t\" #1: authentication failed: using RSA with SHA1 for '@east' tried preloaded: *"
                                + SimKeys.publicKey(OTHER_KEY).keyId(),
                        "217 \"t\" #1: sending notification INVALID_KEY_INFORMATION to 192.0.2.2:500");
        assertThat(Ikev1Pair.has(pair.west, V1State.AGGR_I1)).isTrue();
        assertThat(said(pair.east, "IKE SA established")).isEmpty();
    }

    @Test
    void theInitiatorHasAnotherKey() {
        rawKeys();
        know(pair.west, "@east", EAST_KEY);
        know(pair.east, "@west", OTHER_KEY);
        initiate();
        assertThat(said(pair.east, "authentication failed: using RSA with SHA1 for '@west' tried preloaded"))
                .as(pair.trace())
                .isNotEmpty();
        assertThat(Ikev1Pair.has(pair.east, V1State.AGGR_R1)).isTrue();
        assertThat(said(pair.east, "IKE SA established")).isEmpty();
    }

    @Test
    void aResponderWithoutAKeyDoesNotSign() {
        rawKeysButEasts();
        know(pair.west, "@east", EAST_KEY);
        know(pair.east, "@west", WEST_KEY);
        initiate();
        assertThat(said(pair.east, "unable to locate my private key for RSA Signature"))
                .as(pair.trace())
                .isNotEmpty();
        assertThat(Ikev1Pair.has(pair.west, V1State.AGGR_I1)).isTrue();
    }

    @Test
    void aNameThatTheRespondersCertificateLacks() {
        certificates("@west.example", "@other.example");
        SimHost.SimSession session = initiate();
        assertThat(session.lines())
                .as(pair.trace())
                .contains(
                        "003 \"t\" #1: X509: authentication failed; peer certificate subjectAltName extension does not"
                                + " match ID_FQDN 'other.example'")
                .anyMatch(line -> line.contains("initial Aggressive Mode packet claiming to be from @other.example on"
                        + " 192.0.2.2:500 but no connection has been authorized"))
                .anyMatch(line -> line.contains("sending notification INVALID_ID_INFORMATION"));
        assertThat(Ikev1Pair.isUp(pair)).isFalse();
    }

    @Test
    void aNameThatTheInitiatorsCertificateLacks() {
        certificates("@other.example", "@east.example");
        initiate();
        assertThat(said(
                        pair.east,
                        "X509: authentication failed; peer certificate subjectAltName extension does not match"
                                + " ID_FQDN 'other.example'"))
                .as(pair.trace())
                .isNotEmpty();
        assertThat(said(pair.east, "sending")).anyMatch(line -> line.contains("INVALID_ID_INFORMATION"));
        assertThat(said(pair.east, "IKE SA established")).isEmpty();
    }
}
