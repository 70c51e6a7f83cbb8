// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jswan.simulation.CertificateFixture.EAST;
import static org.jswan.simulation.CertificateFixture.EAST_KEY;
import static org.jswan.simulation.CertificateFixture.MIDDLE_KEY;
import static org.jswan.simulation.CertificateFixture.WEST;
import static org.jswan.simulation.CertificateFixture.WEST_KEY;
import static org.jswan.simulation.CertificateFixture.certificate;
import static org.jswan.simulation.CertificateFixture.id;
import static org.jswan.simulation.CertificateFixture.own;
import static org.jswan.simulation.CertificateFixture.trust;

import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jswan.connection.AuthenticationMethod;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.ConnectionRequest;
import org.jswan.connection.EndOption;
import org.jswan.connection.EndRequest;
import org.jswan.connection.Ikev1Policy;
import org.jswan.connection.SendCa;
import org.jswan.connection.SendCertificate;
import org.jswan.control.DebugChange;
import org.jswan.control.ImpairmentChange;
import org.jswan.control.WhackCommand;
import org.jswan.control.WhackRequest;
import org.jswan.revocation.RevocationSetting;
import org.jswan.sa.V1State;
import org.jswan.simulation.TestAuthority.Subject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Main Mode with certificates: which are sent, whose they are, which are refused. */
class Phase1CertificateTest {
    private final CertificateFixture fixture = new CertificateFixture(1, RevocationSetting.DEFAULT, Ikev1Policy.ACCEPT);
    private final Pair pair = fixture.pair;

    static ConnectionRequest.Builder tunnel(
            UnaryOperator<EndRequest.Builder> left, UnaryOperator<EndRequest.Builder> right) {
        return Ikev1Pair.ikev1(Pair.tunnel())
                .left(end(Pair.WEST, Pair.WEST_CLIENT, left))
                .right(end(Pair.EAST, Pair.EAST_CLIENT, right))
                .set(ConnectionOption.AUTHENTICATION, Set.of(AuthenticationMethod.RSASIG));
    }

    private static EndRequest end(String address, String client, UnaryOperator<EndRequest.Builder> also) {
        return also.apply(Ikev1Pair.end(address, "%fromcert", client).set(EndOption.SEND_CERT, SendCertificate.ALWAYS))
                .build();
    }

    private static UnaryOperator<EndRequest.Builder> nothing() {
        return UnaryOperator.identity();
    }

    private static EndRequest.Builder ifAsked(EndRequest.Builder end) {
        return end.set(EndOption.SEND_CERT, SendCertificate.IF_ASKED);
    }

    private void usualConnections() {
        fixture.add(pair.west, tunnel(certificate("west"), nothing()));
        fixture.add(pair.east, tunnel(nothing(), certificate("east")));
    }

    private void initiate() {
        pair.initiate(pair.west);
        fixture.world.runUntil(() -> Ikev1Pair.isUp(pair), Duration.ofSeconds(3));
    }

    private void comesUp() {
        initiate();
        assertThat(Ikev1Pair.isUp(pair)).as(pair.trace()).isTrue();
    }

    private static List<String> said(SimHost host, String text) {
        return host.log().stream().filter(line -> line.contains(text)).toList();
    }

    private void eastRefuses(String why) {
        initiate();
        assertThat(said(pair.east, why)).as(pair.trace()).isNotEmpty();
        assertThat(said(pair.east, "sending encrypted notification INVALID_ID_INFORMATION"))
                .isNotEmpty();
        assertThat(Ikev1Pair.isUp(pair)).isFalse();
    }

    /** It counts as a certificate that is not to be believed; the SA goes on with what comes next. */
    @Test
    void aFaultWhileCertificatesAreCheckedIsARefusal() {
        fixture.usual();
        usualConnections();
        pair.initiate(pair.west);
        assertThat(fixture.world.runUntil(() -> Ikev1Pair.has(pair.west, V1State.MAIN_I3), Duration.ofSeconds(1)))
                .isTrue();
        pair.east.setHelpersFail(true);
        assertThatThrownBy(() -> fixture.world.run(Duration.ofMillis(400))).hasMessage("a helper failed");
        assertThat(said(pair.east, "sending encrypted notification"))
                .as(pair.trace())
                .isNotEmpty();
        pair.east.setHelpersFail(false);
        assertThat(fixture.world.runUntil(() -> Ikev1Pair.isUp(pair), Duration.ofSeconds(5)))
                .as(pair.trace())
                .isTrue();
    }

    @Test
    void certificatesProveWhoTheEndsAre() {
        fixture.usual();
        usualConnections();
        comesUp();
        assertThat(said(pair.west, "authenticated peer"))
                .containsExactly("\"t\" #1: authenticated peer '2048-bit RSA with SHA1' signature using peer"
                        + " certificate 'C=CA, O=Test, CN=east.example' issued by CA 'C=CA, O=Test, CN=root'");
        for (SimHost host : List.of(pair.west, pair.east)) {
            assertThat(said(host, "I am sending my cert")).hasSize(1);
        }
        assertThat(said(pair.west, "I am sending a certificate request")).hasSize(1);
    }

    @Test
    void theAuthoritiesBetweenAreSentAlong() {
        TestAuthority middle = fixture.root.below("C=CA, O=Test, CN=middle", MIDDLE_KEY);
        trust(pair.west, fixture.root);
        trust(pair.east, fixture.root);
        own(pair.west, "west", WEST_KEY, middle.issue(new Subject(WEST, WEST_KEY)));
        own(pair.west, "middle", MIDDLE_KEY, middle.certificate());
        own(pair.east, "east", EAST_KEY, fixture.root.issue(new Subject(EAST, EAST_KEY)));
        fixture.add(pair.west, tunnel(certificate("west"), nothing()).set(ConnectionOption.SEND_CA, SendCa.ALL));
        fixture.add(pair.east, tunnel(nothing(), certificate("east")));
        comesUp();
        assertThat(said(pair.west, "I am sending a CA cert chain")).hasSize(1);
    }

    /** The connections name the root; who is between it and the peers is told by them, or known by one end alone. */
    @ParameterizedTest
    @EnumSource(
            value = SendCa.class,
            names = {"ALL", "NONE"})
    void theAuthorityThatIsAskedForMayBeFurtherUp(SendCa chain) {
        TestAuthority middle = fixture.root.below("C=CA, O=Test, CN=middle", MIDDLE_KEY);
        for (SimHost host : List.of(pair.west, pair.east)) {
            trust(host, fixture.root);
        }
        own(chain == SendCa.ALL ? pair.west : pair.east, "middle", MIDDLE_KEY, middle.certificate());
        own(pair.west, "west", WEST_KEY, middle.issue(new Subject(WEST, WEST_KEY)));
        own(pair.east, "east", EAST_KEY, fixture.root.issue(new Subject(EAST, EAST_KEY)));
        UnaryOperator<EndRequest.Builder> ofRoot = end -> end.set(EndOption.CA, CertificateFixture.ROOT);
        fixture.add(pair.west, tunnel(certificate("west"), ofRoot).set(ConnectionOption.SEND_CA, chain));
        fixture.add(pair.east, tunnel(ofRoot, certificate("east")));
        comesUp();
        assertThat(said(pair.east, "authenticated peer"))
                .singleElement()
                .asString()
                .endsWith("issued by CA 'C=CA, O=Test, CN=middle'");
    }

    /** What the peer sends beside the path to a root says nothing of who is above whom. */
    @Test
    void anAuthorityThatIsAskedForIsNotMadeUp() {
        TestAuthority stranger =
                TestAuthority.root("C=CA, O=Test, CN=wanted", CertificateFixture.OTHER_KEY, fixture.now);
        own(
                pair.west,
                "between",
                MIDDLE_KEY,
                stranger.below(CertificateFixture.ROOT, MIDDLE_KEY).certificate());
        own(pair.west, "west", WEST_KEY, fixture.root.issue(new Subject(WEST, WEST_KEY)));
        for (SimHost host : List.of(pair.west, pair.east)) {
            trust(host, fixture.root);
        }
        own(pair.east, "east", EAST_KEY, fixture.root.issue(new Subject(EAST, EAST_KEY)));
        UnaryOperator<EndRequest.Builder> wanted = end -> end.set(EndOption.CA, "C=CA, O=Test, CN=wanted");
        fixture.add(pair.west, tunnel(certificate("west"), nothing()).set(ConnectionOption.SEND_CA, SendCa.ALL));
        fixture.add(pair.east, tunnel(wanted, certificate("east")));
        initiate();
        assertThat(said(pair.west, "I am sending a CA cert chain"))
                .as(pair.trace())
                .isNotEmpty();
        assertThat(said(pair.east, "no certificate matched RSA with SHA1")).isNotEmpty();
        assertThat(Ikev1Pair.isUp(pair)).isFalse();
    }

    @Test
    void whoIsNotAskedMayKeepItsCertificate() {
        fixture.usual();
        fixture.add(pair.west, tunnel(certificate("west").andThen(Phase1CertificateTest::ifAsked)::apply, nothing()));
        fixture.add(pair.east, tunnel(nothing(), certificate("east")));
        initiate();
        assertThat(said(pair.west, "I am sending my cert")).as(pair.trace()).isEmpty();
        assertThat(said(pair.east, "no certificate matched RSA with SHA1")).isNotEmpty();
    }

    @Test
    void whoIsAskedSendsIt() {
        fixture.usual();
        UnaryOperator<EndRequest.Builder> ofRoot = end -> end.set(EndOption.CA, CertificateFixture.ROOT);
        fixture.add(pair.west, tunnel(certificate("west").andThen(Phase1CertificateTest::ifAsked)::apply, ofRoot));
        fixture.add(pair.east, tunnel(ofRoot, certificate("east").andThen(Phase1CertificateTest::ifAsked)::apply));
        comesUp();
        assertThat(said(pair.west, "I am sending my cert")).hasSize(1);
        assertThat(said(pair.east, "I am sending my cert")).hasSize(1);
    }

    @Test
    void aRevokedCertificate() {
        fixture.usual();
        pair.east.keys().addRevocationList(fixture.root.revoke(Duration.ofDays(1), BigInteger.valueOf(3)));
        usualConnections();
        eastRefuses("X509: CERT payload bogus or revoked");
        assertThat(said(pair.east, "X509: certificate rejected for this connection"))
                .isNotEmpty();
    }

    @Test
    void aNameThatTheCertificateLacks() {
        fixture.usual();
        fixture.add(pair.west, tunnel(certificate("west").andThen(id("@other.example"))::apply, nothing()));
        fixture.add(pair.east, tunnel(id("@other.example"), certificate("east")));
        eastRefuses("X509: authentication failed; peer certificate subjectAltName extension does not match ID_FQDN"
                + " 'other.example'");
    }

    @Test
    void alternativeNamesAreIdentities() {
        fixture.usual();
        fixture.add(pair.west, tunnel(certificate("west").andThen(id("@west.example"))::apply, id("@east.example")));
        fixture.add(pair.east, tunnel(id("@west.example"), certificate("east").andThen(id("@east.example"))::apply));
        comesUp();
    }

    @Test
    void aPatternOfNamesFitsBetterThanNone() {
        fixture.usual();
        fixture.add(pair.west, tunnel(certificate("west"), nothing()));
        fixture.add(
                pair.east,
                Ikev1Pair.ikev1(Pair.tunnel("wild"))
                        .left(end(Pair.WEST, Pair.WEST_CLIENT, id("C=CA, O=Test, CN=*")))
                        .right(end(Pair.EAST, Pair.EAST_CLIENT, certificate("east")))
                        .set(ConnectionOption.AUTHENTICATION, Set.of(AuthenticationMethod.RSASIG)));
        fixture.add(pair.east, tunnel(id("C=CA, O=Other, CN=*"), certificate("east")));
        comesUp();
        assertThat(said(pair.east, "switched to \"wild\"")).as(pair.trace()).hasSize(1);
    }

    @Test
    void certificatesComeInAStructureToo() {
        TestAuthority middle = fixture.root.below("C=CA, O=Test, CN=middle", MIDDLE_KEY);
        trust(pair.west, fixture.root);
        trust(pair.east, fixture.root);
        own(pair.west, "west", WEST_KEY, middle.issue(new Subject(WEST, WEST_KEY)));
        own(pair.west, "middle", MIDDLE_KEY, middle.certificate());
        own(pair.east, "east", EAST_KEY, fixture.root.issue(new Subject(EAST, EAST_KEY)));
        fixture.add(pair.west, tunnel(certificate("west"), nothing()).set(ConnectionOption.SEND_CA, SendCa.ALL));
        fixture.add(pair.east, tunnel(nothing(), certificate("east")));
        pair.west.whack(WhackRequest.of(new WhackCommand.Adjust(
                Optional.empty(),
                DebugChange.NONE,
                List.of(new ImpairmentChange.On("send-pkcs7-thingie", "yes", OptionalLong.empty())))));
        comesUp();
        assertThat(said(pair.west, "IMPAIR: sending cert as pkcs7 blob")).hasSize(1);
        assertThat(said(pair.west, "I am sending")).noneMatch(line -> line.contains("cert chain"));
    }
}
