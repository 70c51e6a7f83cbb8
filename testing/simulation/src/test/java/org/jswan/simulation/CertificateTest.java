// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.security.KeyPair;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.jswan.base.Bytes;
import org.jswan.connection.AuthenticationMethod;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.ConnectionRequest;
import org.jswan.connection.EndOption;
import org.jswan.connection.SendCa;
import org.jswan.control.WhackCommand;
import org.jswan.control.WhackRequest;
import org.jswan.key.KeyDatabase;
import org.jswan.revocation.RevocationSetting;
import org.jswan.simulation.TestAuthority.Subject;
import org.junit.jupiter.api.Test;

/** Two daemons that prove their identities by certificates. */
class CertificateTest extends CertificateFixture {
    CertificateTest() {
        super(RevocationSetting.DEFAULT);
    }

    @Test
    void certificatesOfOneAuthority() {
        usual();
        usualConnections();
        // IKE_SA_INIT response with CERTREQ; IKE_AUTH { IDi, CERT, CERTREQ, AUTH, ... } --> { IDr, CERT, AUTH, ... }
        initiate();
        assertThat(pair.isUp()).as(pair.trace()).isTrue();
        assertThat(authenticated(pair.west))
                .containsExactly("authenticated peer '2048-bit RSASSA-PSS with SHA2_512' digital signature using peer"
                        + " certificate '" + EAST + "' issued by CA '" + ROOT + "'");
        assertThat(authenticated(pair.east))
                .containsExactly("authenticated peer '2048-bit RSASSA-PSS with SHA2_512' digital signature using peer"
                        + " certificate '" + WEST + "' issued by CA '" + ROOT + "'");
    }

    @Test
    void certificatesGoWithTheOldSignatureToo() {
        usual();
        UnaryOperator<ConnectionRequest.Builder> old =
                b -> b.set(ConnectionOption.AUTHENTICATION, Set.of(AuthenticationMethod.RSASIG_V1_5))
                        .set(ConnectionOption.SIGNATURE_HASHES, Set.of());
        add(pair.west, old.apply(tunnel(certificate("west"), UnaryOperator.identity())));
        add(pair.east, old.apply(tunnel(UnaryOperator.identity(), certificate("east"))));
        initiate();
        assertThat(pair.isUp()).as(pair.trace()).isTrue();
        assertThat(authenticated(pair.west))
                .containsExactly("authenticated peer '2048-bit PKCS#1 1.5 RSA with SHA1' signature using peer"
                        + " certificate '" + EAST + "' issued by CA '" + ROOT + "'");
    }

    @Test
    void inAnyWeather() {
        for (int seed = 0; seed < 50; seed++) {
            CertificateFixture scene = new CertificateFixture(seed, RevocationSetting.DEFAULT);
            scene.usual();
            scene.usualConnections();
            scene.pair.assertWeathers(seed, scene.pair::isCarrying);
        }
    }

    @Test
    void aChainThatThePeerSends() {
        TestAuthority middle = root.below("C=CA, O=Test, CN=middle", MIDDLE_KEY);
        trust(pair.west, root);
        trust(pair.east, root);
        own(pair.west, "west", WEST_KEY, middle.issue(new Subject(WEST, WEST_KEY)));
        pair.west.keys().add(new KeyDatabase.Certificate("middle", middle.certificate(), KeyDatabase.Trust.NONE));
        own(pair.east, "east", EAST_KEY, root.issue(new Subject(EAST, EAST_KEY)));
        add(
                pair.west,
                tunnel(certificate("west"), end -> end.set(EndOption.CA, ROOT))
                        .set(ConnectionOption.SEND_CA, SendCa.ALL));
        add(pair.east, tunnel(UnaryOperator.identity(), certificate("east")));
        initiate();
        assertThat(pair.isUp()).as(pair.trace()).isTrue();
    }

    /** Who is below the authority that the connection names is told by what the peer sends. */
    @Test
    void theAuthorityThatIsAskedForMayBeFurtherUp() {
        TestAuthority middle = root.below("C=CA, O=Test, CN=middle", MIDDLE_KEY);
        trust(pair.west, root);
        trust(pair.east, root);
        own(pair.west, "west", WEST_KEY, middle.issue(new Subject(WEST, WEST_KEY)));
        own(pair.west, "middle", MIDDLE_KEY, middle.certificate());
        own(pair.east, "east", EAST_KEY, root.issue(new Subject(EAST, EAST_KEY)));
        add(pair.west, tunnel(certificate("west"), UnaryOperator.identity()).set(ConnectionOption.SEND_CA, SendCa.ALL));
        add(pair.east, tunnel(end -> end.set(EndOption.CA, ROOT), certificate("east")));
        initiate();
        assertThat(authenticated(pair.east)).as(pair.trace()).hasSize(1);
    }

    @Test
    void aChainThatIsNotSentLeadsNowhere() {
        TestAuthority middle = root.below("C=CA, O=Test, CN=middle", MIDDLE_KEY);
        trust(pair.west, root);
        trust(pair.east, root);
        own(pair.west, "west", WEST_KEY, middle.issue(new Subject(WEST, WEST_KEY)));
        own(pair.east, "east", EAST_KEY, root.issue(new Subject(EAST, EAST_KEY)));
        usualConnections();
        refuses("NSS: ERROR: IPsec certificate CN=west.example,O=Test,C=CA invalid: SEC_ERROR_UNKNOWN_ISSUER: Peer's"
                + " Certificate issuer is not recognized.");
    }

    @Test
    void whatTheDatabaseTrustsAsAnAuthorityIsOne() {
        TestAuthority plain = TestAuthority.plainRoot("CN=plain", OTHER_KEY, now);
        trust(pair.west, plain);
        trust(pair.east, plain);
        own(pair.west, "west", WEST_KEY, plain.issue(new Subject(WEST, WEST_KEY).plain()));
        own(pair.east, "east", EAST_KEY, plain.issue(new Subject(EAST, EAST_KEY).plain()));
        usualConnections();
        initiate();
        assertThat(pair.isUp()).as(pair.trace()).isTrue();
    }

    @Test
    void aPeerThatIsTrustedItselfNeedsNoAuthority() {
        usual();
        for (SimHost host : List.of(pair.west, pair.east)) {
            host.keys().removeCertificate("ca");
            trust(host, TestAuthority.root("CN=unrelated", OTHER_KEY, now));
        }
        Bytes east = root.issue(new Subject(EAST, EAST_KEY));
        pair.east.keys().removeCertificate("east");
        own(pair.east, "east", EAST_KEY, east);
        pair.west.keys().add(new KeyDatabase.Certificate("east", east, KeyDatabase.Trust.PEER));
        Bytes west = pair.west.keys().certificate("west").orElseThrow().der();
        pair.east.keys().add(new KeyDatabase.Certificate("west", west, KeyDatabase.Trust.PEER));
        add(pair.west, tunnel(certificate("west"), certificate("east")));
        add(pair.east, tunnel(certificate("west"), certificate("east")));
        initiate();
        assertThat(pair.isUp()).as(pair.trace()).isTrue();
    }

    @Test
    void responderWithoutThePrivateKeyOfItsCertificate() {
        usual();
        usualConnections();
        pair.east.keys().remove(EAST_KEY);
        pair.east.whack(WhackRequest.of(new WhackCommand.RereadSecrets()));
        assertThat(initiate().lines())
                .contains("003 \"t\" #1: IKE SA authentication request rejected by peer: AUTHENTICATION_FAILED");
        assertThat(said(pair.east, "encountered fatal error in state STATE_V2_PARENT_R1"))
                .as(pair.trace())
                .hasSize(1);
        assertThat(pair.east.ikeSas()).isEmpty();
        assertThat(pair.east.kernel().installed()).isEmpty();
    }

    @Test
    void anotherAuthorityOfTheSameNameIsFound() {
        usual();
        SimHost west = pair.west;
        TestAuthority forger = TestAuthority.root(ROOT, OTHER_KEY, now);
        KeyPair key = rsa();
        own(west, "fake", key, forger.issue(new Subject(WEST, key).dns("west.example")));
        add(west, tunnel(certificate("fake"), UnaryOperator.identity()));
        add(pair.east, tunnel(UnaryOperator.identity(), certificate("east")));
        refuses("NSS: ERROR: IPsec certificate CN=root,O=Test,C=CA invalid: SEC_ERROR_BAD_SIGNATURE: Peer's certificate"
                + " has an invalid signature.");
    }

    @Test
    void aRevokedCertificate() {
        usual();
        pair.east.keys().addRevocationList(root.revoke(Duration.ofDays(1), BigInteger.valueOf(3)));
        usualConnections();
        refuses("NSS: ERROR: IPsec certificate CN=root,O=Test,C=CA invalid: SEC_ERROR_REVOKED_CERTIFICATE: Peer's"
                + " Certificate has been revoked.");
    }

    @Test
    void aKeyThatMustNotSign() {
        trust(pair.west, root);
        trust(pair.east, root);
        own(pair.west, "west", WEST_KEY, root.issue(new Subject(WEST, WEST_KEY).usage(KeyUsage.keyAgreement)));
        own(pair.east, "east", EAST_KEY, root.issue(new Subject(EAST, EAST_KEY)));
        usualConnections();
        refuses(
                "NSS: ERROR: TLS Server certificate CN=west.example,O=Test,C=CA invalid: SEC_ERROR_INADEQUATE_KEY_USAGE:"
                        + " Certificate key usage inadequate for attempted operation.");
    }

    @Test
    void aCriticalExtensionThatNobodyKnows() {
        trust(pair.west, root);
        trust(pair.east, root);
        own(pair.west, "west", WEST_KEY, root.issue(new Subject(WEST, WEST_KEY).withUnknownCriticalExtension()));
        own(pair.east, "east", EAST_KEY, root.issue(new Subject(EAST, EAST_KEY)));
        usualConnections();
        refuses("SEC_ERROR_UNKNOWN_CRITICAL_EXTENSION");
    }

    @Test
    void withoutAuthoritiesNothingIsBelieved() {
        usual();
        SimHost.SimSession session;
        add(pair.west, tunnel(certificate("west"), UnaryOperator.identity()));
        add(pair.east, tunnel(UnaryOperator.identity(), certificate("east")));
        pair.east.keys().removeCertificate("ca");
        pair.east.whack(WhackRequest.of(new WhackCommand.RereadCerts()));
        world.run(Duration.ofMillis(100));
        session = initiate();
        assertThat(said(pair.east, "no Certificate Authority in NSS Certificate DB! certificate payloads discarded"))
                .as(pair.trace())
                .hasSize(1);
        assertThat(authenticated(pair.east)).isEmpty();
        assertThat(session.lines())
                .contains("003 \"t\" #1: IKE SA authentication request rejected by peer: AUTHENTICATION_FAILED");
    }

    @Test
    void alternativeNamesAreIdentities() {
        usual();
        add(pair.west, tunnel(certificate("west").andThen(id("@west.example"))::apply, id("@east.example")));
        add(pair.east, tunnel(id("@west.example"), certificate("east").andThen(id("@east.example"))::apply));
        initiate();
        assertThat(pair.isUp()).as(pair.trace()).isTrue();
    }

    @Test
    void aNameThatTheCertificateLacks() {
        usual();
        add(pair.west, tunnel(certificate("west"), id("@other.example")));
        add(pair.east, tunnel(UnaryOperator.identity(), certificate("east").andThen(id("@other.example"))::apply));
        SimHost.SimSession session = initiate();
        assertThat(session.lines())
                .as(pair.trace())
                .contains(
                        "003 \"t\" #1: X509: authentication failed; peer certificate subjectAltName extension does not"
                                + " match ID_FQDN 'other.example'");
        assertThat(authenticated(pair.west)).isEmpty();
    }

    @Test
    void whoWantsSomebodyElseFindsOutItself() {
        usual();
        add(pair.west, tunnel(certificate("west"), id("C=CA, O=Test, CN=other.example")));
        add(pair.east, tunnel(UnaryOperator.identity(), certificate("east")));
        SimHost.SimSession session = initiate();
        assertThat(session.lines())
                .as(pair.trace())
                .contains("003 \"t\" #1: X509: authentication failed; peer ID_DER_ASN1_DN"
                        + " 'CN=east.example,O=Test,C=CA' does not match expected 'C=CA, O=Test, CN=other.example'");
        assertThat(said(pair.east, "peer certificate contains no subjectAltName"))
                .isEmpty();
        assertThat(said(pair.east, "peer certificate subjectAltName extension does not match ID_DER_ASN1_DN"))
                .hasSize(1);
    }

    @Test
    void aNameThatTheCertificateNeedNotHave() {
        usual();
        add(pair.west, tunnel(certificate("west"), id("@other.example")).set(ConnectionOption.ALLOW_CERT_WITHOUT_SAN));
        add(pair.east, tunnel(UnaryOperator.identity(), certificate("east").andThen(id("@other.example"))::apply));
        initiate();
        assertThat(said(pair.west, "X509: connection allows unmatched IKE ID and certificate SAN"))
                .hasSize(1);
        assertThat(pair.isUp()).as(pair.trace()).isTrue();
    }

    @Test
    void whatCannotBeAdded() {
        usual();
        own(pair.west, "old", OTHER_KEY, root.issue(new Subject("CN=old", OTHER_KEY).age(Duration.ofDays(400))));
        assertThat(add(pair.west, tunnel(certificate("nobody"), UnaryOperator.identity())))
                .containsExactly("036 \"t\": failed to add connection: left certificate 'nobody' not found in the NSS"
                        + " database");
        assertThat(add(pair.west, tunnel(certificate("old"), UnaryOperator.identity())))
                .containsExactly(
                        "036 \"t\": failed to add connection: left certificate 'old' is expired or not yet" + " valid");
    }

    @Test
    void statusNamesCertificatesAndAuthorities() {
        usual();
        usualConnections();
        assertThat(ask(pair.west, new WhackCommand.Status()))
                .anyMatch(line -> line.contains("their_ip=unset; mycert=west; my_updown="))
                .contains("000 \"t\":   CAs: '" + ROOT + "'...'%any'");
    }

    @Test
    void listsOfCertificates() {
        usual();
        pair.west.keys().addRevocationList(root.revoke(Duration.ofDays(1), BigInteger.valueOf(9)));
        assertThat(ask(pair.west, new WhackCommand.ListCerts(false)))
                .contains(
                        "000 List of X.509 End Certificates:",
                        "000 End certificate \"west\" - SN: 0x03",
                        "000   subject: " + WEST,
                        "000   issuer: " + ROOT,
                        "000   2048 bit RSA: has private key");
        assertThat(ask(pair.west, new WhackCommand.ListCaCerts(false)))
                .contains("000 Root CA certificate \"ca\" - SN: 0x02", "000   2048 bit RSA");
        assertThat(ask(pair.west, new WhackCommand.ListCrls(false)))
                .contains("000 List of CRLs:", "000 issuer: " + ROOT, "000 revoked certs: 1");
    }

    @Test
    void oneBlankLineIsBetweenListings() {
        usual();
        SimHost.SimSession session = pair.west.whack(WhackRequest.of(
                new WhackCommand.ListCerts(false),
                new WhackCommand.ListCaCerts(false),
                new WhackCommand.ListCrls(false)));
        world.runUntil(session::isFinished, Duration.ofSeconds(1));
        assertThat(String.join("\n", session.lines()))
                .startsWith("000  \n000 List of X.509 End Certificates:\n000  \n000 End")
                .contains("000  \n000 List of X.509 CA Certificates:\n000  \n000 Root")
                .doesNotContain("000  \n000  \n");
    }

    @Test
    void certificatesAreReadAnew() {
        usual();
        usualConnections();
        assertThat(ask(pair.west, new WhackCommand.RereadCerts()))
                .containsExactly("000 \"t\": reloaded leftcert='west'");
        pair.west.keys().removeCertificate("west");
        assertThat(ask(pair.west, new WhackCommand.RereadCerts()))
                .containsExactly("002 \"t\": reloading leftcert='west' failed: not found in the NSS database");
    }
}
