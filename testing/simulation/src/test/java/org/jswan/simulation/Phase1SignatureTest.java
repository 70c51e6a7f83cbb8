// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.KeyPair;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jswan.base.Bytes;
import org.jswan.connection.AuthenticationMethod;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.ConnectionRequest;
import org.jswan.connection.EndOption;
import org.jswan.control.WhackCommand;
import org.jswan.control.WhackRequest;
import org.jswan.key.PublicKey;
import org.jswan.sa.IkeSa;
import org.jswan.sa.V1State;
import org.junit.jupiter.api.Test;

/** Main Mode with RSA signatures by raw keys (RFC 2409 §5.1). */
class Phase1SignatureTest {
    private static final int LARGE = 50_000;
    private static final KeyPair WEST_KEY = CertificateFixture.rsa();
    private static final KeyPair EAST_KEY = CertificateFixture.generate("RSA", 3072);
    private static final KeyPair OTHER_KEY = CertificateFixture.rsa();

    private static ConnectionRequest.Builder tunnel() {
        return Ikev1Pair.tunnel("t")
                .set(ConnectionOption.AUTHENTICATION, Set.of(AuthenticationMethod.RSASIG))
                .left(Ikev1Pair.end(Pair.WEST, "@west", Pair.WEST_CLIENT)
                        .set(EndOption.CKAID, ckaid(WEST_KEY))
                        .build())
                .right(Ikev1Pair.end(Pair.EAST, "@east", Pair.EAST_CLIENT)
                        .set(EndOption.CKAID, ckaid(EAST_KEY))
                        .build());
    }

    private static String ckaid(KeyPair pair) {
        return SimKeys.publicKey(pair).ckaid().toString();
    }

    private static Pair listening(long seed) {
        Pair pair = Ikev1Pair.listening(seed, usual -> tunnel());
        pair.west.keys().add(WEST_KEY);
        pair.east.keys().add(EAST_KEY);
        return pair;
    }

    private static void know(SimHost host, String id, KeyPair pair) {
        PublicKey key = SimKeys.publicKey(pair);
        host.whack(WhackRequest.of(new WhackCommand.Key(
                id,
                true,
                Optional.of(new WhackCommand.Key.PublicKey(WhackCommand.Key.Algorithm.RSA, key.ipseckey())))));
    }

    private static List<String> said(SimHost host, String text) {
        return host.log().stream().filter(line -> line.contains(text)).toList();
    }

    @Test
    void bothEndsSign() {
        Pair pair = listening(1);
        know(pair.west, "@east", EAST_KEY);
        know(pair.east, "@west", WEST_KEY);
        pair.initiate(pair.west);
        assertThat(pair.world.runUntil(() -> Ikev1Pair.isUp(pair), Duration.ofSeconds(5)))
                .as(pair.trace())
                .isTrue();
        assertThat(said(pair.west, "authenticated peer"))
                .containsExactly("\"t\" #1: authenticated peer '3072-bit RSA with SHA1' signature using preloaded"
                        + " certificate '@east'");
        assertThat(said(pair.east, "IKE SA established"))
                .singleElement()
                .asString()
                .contains("auth=RSA_SIG");
    }

    /** What comes while a signature is checked is kept for a peer that has proven nothing yet: it counts until then. */
    @Test
    void whatWaitsForACheckIsCounted() {
        Pair pair = listening(9);
        know(pair.west, "@east", EAST_KEY);
        know(pair.east, "@west", WEST_KEY);
        pair.initiate(pair.west);
        assertThat(pair.world.runUntil(
                        () -> pair.east.ikeSas().stream()
                                .anyMatch(ike -> ike.v1().waiting().isPresent()),
                        Duration.ofSeconds(5)))
                .as(pair.trace())
                .isTrue();
        IkeSa ike = pair.east.ikeSas().get(0);
        int before = ike.heldOctets();
        SimNetwork.Datagram third = pair.world.network().captured().get(4);
        Bytes large = third.octets().plus(Bytes.wrap(new byte[LARGE]));
        Duration atOnce = Duration.ofNanos(1000);
        pair.world.weather(new Weather(0, 0, atOnce, atOnce));
        pair.world.inject(third.from(), third.to(), Crafted.ofLength(large, large.length()));
        pair.world.run(Duration.ofNanos(2000));
        assertThat(ike.v1().waiting()).isPresent();
        assertThat(ike.heldOctets()).isEqualTo(before + large.length());
        assertThat(pair.world.runUntil(() -> Ikev1Pair.isUp(pair), Duration.ofSeconds(5)))
                .as(pair.trace())
                .isTrue();
        assertThat(ike.heldOctets()).isZero();
    }

    /** It counts as a signature that is not the peer's; the SA goes on with what comes next. */
    @Test
    void aFaultWhileASignatureIsCheckedIsARefusal() {
        Pair pair = listening(6);
        know(pair.west, "@east", EAST_KEY);
        know(pair.east, "@west", WEST_KEY);
        pair.initiate(pair.west);
        assertThat(pair.world.runUntil(() -> Ikev1Pair.has(pair.west, V1State.MAIN_I3), Duration.ofSeconds(1)))
                .isTrue();
        pair.east.setHelpersFail(true);
        assertThatThrownBy(() -> pair.world.run(Duration.ofMillis(400))).hasMessage("a helper failed");
        assertThat(said(pair.east, "authentication failed: using RSA with SHA1 for '@west' tried preloaded:"))
                .isNotEmpty();
        pair.east.setHelpersFail(false);
        assertThat(pair.world.runUntil(() -> Ikev1Pair.isUp(pair), Duration.ofSeconds(5)))
                .as(pair.trace())
                .isTrue();
    }

    @Test
    void theRightOneOfSeveralKeysIsFound() {
        Pair pair = listening(2);
        know(pair.west, "@east", EAST_KEY);
        know(pair.east, "@west", WEST_KEY);
        know(pair.east, "@west", OTHER_KEY);
        pair.initiate(pair.west);
        assertThat(pair.world.runUntil(() -> Ikev1Pair.isUp(pair), Duration.ofSeconds(5)))
                .as(pair.trace())
                .isTrue();
    }

    @Test
    void anotherKeyIsNotTheInitiators() {
        Pair pair = listening(3);
        know(pair.west, "@east", EAST_KEY);
        know(pair.east, "@west", OTHER_KEY);
        pair.initiate(pair.west);
        pair.world.run(Duration.ofSeconds(1));
        assertThat(said(pair.east, "tried"))
                .as(pair.trace())
                .first()
                .asString()
                .isEqualTo("\"t\" #1: authentication failed: using RSA with SHA1 for '@west' tried preloaded: *"
                        + SimKeys.publicKey(OTHER_KEY).keyId());
        assertThat(said(pair.east, "notification INVALID_KEY_INFORMATION")).isNotEmpty();
        assertThat(Ikev1Pair.isUp(pair)).isFalse();
    }

    @Test
    void aPeerWithoutAKeyIsRefused() {
        Pair pair = listening(4);
        pair.initiate(pair.west);
        pair.world.run(Duration.ofSeconds(1));
        assertThat(said(pair.east, "authentication failed"))
                .as(pair.trace())
                .first()
                .asString()
                .isEqualTo("\"t\" #1: authentication failed: no certificate matched RSA with SHA1 and '@west'");
    }

    @Test
    void withoutAPrivateKeyNobodySigns() {
        Pair pair = listening(5);
        pair.west.keys().remove(WEST_KEY);
        know(pair.west, "@east", EAST_KEY);
        know(pair.east, "@west", WEST_KEY);
        pair.initiate(pair.west);
        pair.world.run(Duration.ofSeconds(1));
        assertThat(said(pair.west, "unable to locate my private key for RSA Signature"))
                .as(pair.trace())
                .isNotEmpty();
        assertThat(said(pair.west, "notification AUTHENTICATION_FAILED")).isNotEmpty();
    }
}
