// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.ConnectionRequest;
import org.jswan.connection.EapMethod;
import org.jswan.connection.EndAuthentication;
import org.jswan.connection.EndOption;
import org.jswan.connection.EndRequest;
import org.jswan.connection.SignatureHash;
import org.jswan.revocation.RevocationSetting;
import org.jswan.simulation.TestAuthority.Subject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** We prove who we are by EAP-TLS, to a responder that signs or does as we do. */
class EapInitiatorTest extends CertificateFixture {
    EapInitiatorTest() {
        super(RevocationSetting.DEFAULT);
    }

    private static UnaryOperator<EndRequest.Builder> eap(EndAuthentication auth) {
        return end -> end.set(EndOption.AUTH, auth).set(EndOption.EAP, EapMethod.TLS);
    }

    private static ConnectionRequest.Builder connection(
            EndAuthentication east, UnaryOperator<EndRequest.Builder> left, UnaryOperator<EndRequest.Builder> right) {
        return Pair.tunnel()
                .left(end(
                        Pair.WEST,
                        Pair.WEST_CLIENT,
                        end -> left.apply(eap(EndAuthentication.EAPONLY)
                                .apply(id("@west.example").apply(end)))))
                .right(end(
                        Pair.EAST,
                        Pair.EAST_CLIENT,
                        end -> right.apply(eap(east).apply(id("@east.example").apply(end)))))
                .set(ConnectionOption.SIGNATURE_HASHES, Set.of(SignatureHash.values()));
    }

    private void addBoth(EndAuthentication east) {
        addBoth(this, east);
    }

    private static void addBoth(CertificateFixture scene, EndAuthentication east) {
        scene.add(scene.pair.west, connection(east, certificate("west"), UnaryOperator.identity()));
        scene.add(scene.pair.east, connection(east, UnaryOperator.identity(), certificate("east")));
    }

    @Test
    void inAnyWeather() {
        for (int seed = 0; seed < 50; seed++) {
            CertificateFixture scene = new CertificateFixture(seed, RevocationSetting.DEFAULT);
            scene.usual();
            addBoth(scene, EndAuthentication.EAPONLY);
            scene.pair.assertWeathers(seed, scene.pair::isCarrying);
        }
    }

    private void assertNothingIsLeft() {
        world.run(Duration.ofSeconds(1));
        assertThat(pair.west.ikeSas()).as(pair.trace()).isEmpty();
        assertThat(pair.east.ikeSas()).as(pair.trace()).isEmpty();
        assertThat(pair.east.kernel().installed()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = EndAuthentication.class,
            names = {"RSASIG", "EAPONLY"})
    void responderLetsUsIn(EndAuthentication east) {
        usual();
        addBoth(east);
        SimHost.SimSession session = initiate();
        assertThat(pair.west.kernel().installed()).as(pair.trace()).hasSize(2);
        assertThat(pair.east.kernel().installed()).hasSize(2);
        assertThat(authenticated(pair.west))
                .contains("authenticated peer using authby=eaponly and ID_FQDN '@east.example'");
        assertThat(authenticated(pair.east))
                .containsExactly("authenticated peer using authby=eaponly and ID_FQDN '@west.example'");
        assertThat(session.lines()).anyMatch(line -> line.contains("NSS: Handshake completed"));
    }

    @Test
    void responderRefusesOurCertificate() {
        trust(pair.west, root);
        trust(pair.east, root);
        TestAuthority stranger = TestAuthority.root("CN=stranger", OTHER_KEY, now);
        own(pair.west, "west", WEST_KEY, stranger.issue(new Subject(WEST, WEST_KEY).dns("west.example")));
        own(pair.east, "east", EAST_KEY, root.issue(new Subject(EAST, EAST_KEY).dns("east.example")));
        addBoth(EndAuthentication.RSASIG);
        SimHost.SimSession session = initiate();
        assertThat(session.lines())
                .filteredOn(line -> line.contains("failed"))
                .singleElement()
                .asString()
                .endsWith("Handshake failed: peer sent alert bad_certificate(42)");
        assertThat(said(pair.east, "Handshake failed")).hasSize(1);
        assertNothingIsLeft();
    }

    @Test
    void weRefuseAResponderWhoseCertificateIsForAnother() {
        trust(pair.west, root);
        trust(pair.east, root);
        own(pair.west, "west", WEST_KEY, root.issue(new Subject(WEST, WEST_KEY).dns("west.example")));
        own(pair.east, "east", EAST_KEY, root.issue(new Subject(EAST, EAST_KEY).dns("other.example")));
        addBoth(EndAuthentication.EAPONLY);
        SimHost.SimSession session = initiate();
        assertThat(session.lines())
                .filteredOn(line -> line.contains("failed"))
                .singleElement()
                .asString()
                .contains("Handshake failed: bad_certificate(42); ")
                .endsWith("subjectAltName extension does not match ID_FQDN 'east.example'");
        assertThat(said(pair.east, "Handshake failed: peer sent alert bad_certificate(42)"))
                .hasSize(1);
        assertNothingIsLeft();
    }

    @Test
    void responderThatDoesNotWantEapEndsIt() {
        usual();
        add(pair.west, connection(EndAuthentication.RSASIG, certificate("west"), UnaryOperator.identity()));
        add(pair.east, tunnel(id("@west.example"), certificate("east")));
        SimHost.SimSession session = initiate();
        assertThat(session.lines())
                .contains("003 \"t\" #1: IKE SA authentication request rejected by peer: AUTHENTICATION_FAILED");
        assertNothingIsLeft();
    }

    @Test
    void withoutACertificateOfOurOwnWeEndIt() {
        usual();
        add(pair.west, connection(EndAuthentication.RSASIG, UnaryOperator.identity(), UnaryOperator.identity()));
        add(pair.east, connection(EndAuthentication.RSASIG, UnaryOperator.identity(), certificate("east")));
        SimHost.SimSession session = initiate();
        assertThat(session.lines()).anyMatch(line -> line.contains("EAP-TLS needs a certificate of our own"));
    }
}
