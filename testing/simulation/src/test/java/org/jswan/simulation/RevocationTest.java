// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.jswan.base.Bytes;
import org.jswan.control.WhackCommand;
import org.jswan.key.KeyDatabase;
import org.jswan.net.Fetcher;
import org.jswan.revocation.RevocationSetting;
import org.jswan.simulation.TestAuthority.Subject;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** East finds out whether west's certificate was revoked. */
class RevocationTest {
    private static final String LIST = "http://ca.example/list.crl";
    private static final String RESPONDER = "http://ocsp.example";
    /** West's is the first that the authority issues after its own. */
    private static final BigInteger WEST_SERIAL = BigInteger.valueOf(3);

    private static RevocationSetting lists(boolean strict, Duration interval) {
        return new RevocationSetting(strict, interval, Duration.ofSeconds(5), RevocationSetting.DEFAULT.ocsp());
    }

    private static RevocationSetting ocsp(boolean strict, boolean post, Optional<String> trusted) {
        RevocationSetting usual = RevocationSetting.DEFAULT;
        return new RevocationSetting(
                false,
                usual.interval(),
                usual.patience(),
                new RevocationSetting.Ocsp(
                        true,
                        strict,
                        post,
                        Duration.ofSeconds(2),
                        trusted.map(name -> "http://default.example/"),
                        trusted,
                        usual.ocsp().cache()));
    }

    /** What a responder at {@code url} is asked. */
    static Bytes question(String url, Fetcher.Query query) {
        return query.post()
                .map(Fetcher.Post::body)
                .orElseGet(() -> Bytes.wrap(Base64.getDecoder()
                        .decode(URLDecoder.decode(
                                query.url().substring(url.length()).replaceFirst("^/", ""),
                                StandardCharsets.US_ASCII))));
    }

    /** Authority, west and east, whose certificates tell where the list is and who can be asked. */
    private static class Usual extends CertificateFixture {
        Usual(RevocationSetting east) {
            super(east);
            trust(pair.west, root);
            trust(pair.east, root);
            Subject west = new Subject(WEST, WEST_KEY).listedAt(LIST).askAt(RESPONDER);
            own(pair.west, "west", WEST_KEY, root.issue(west));
            own(pair.east, "east", EAST_KEY, root.issue(new Subject(EAST, EAST_KEY).listedAt(LIST)));
            usualConnections();
        }

        void publish(Duration validFor, BigInteger... revoked) {
            pair.east.web().site(LIST, query -> Optional.of(root.revoke(validFor, revoked)));
        }

        /** The responder answers; it is told the question. */
        void responder(String url, Function<Bytes, Bytes> answer) {
            pair.east.web().site(url, query -> Optional.of(answer.apply(question(url, query))));
        }

        void comesUp() {
            initiate();
            assertThat(pair.isUp()).as(pair.trace()).isTrue();
        }

        void isRevoked() {
            refuses("NSS: ERROR: IPsec certificate CN=root,O=Test,C=CA invalid: SEC_ERROR_REVOKED_CERTIFICATE: Peer's"
                    + " Certificate has been revoked.");
            assertThat(said(pair.east, "X509: certificate payload rejected for this connection"))
                    .hasSize(1);
        }
    }

    @Nested
    class ListsThatAreFetched extends Usual {
        ListsThatAreFetched() {
            super(lists(false, Duration.ofHours(1)));
        }

        @Test
        void aListIsFetchedAndHeeded() {
            publish(Duration.ofDays(2), WEST_SERIAL);
            world.run(Duration.ofSeconds(6));
            assertThat(said(pair.east, "imported CRL for '" + EAST + "' from: " + LIST))
                    .as(pair.trace())
                    .hasSize(1);
            isRevoked();
        }

        @Test
        void aListIsFetchedAgainWhenItsEndIsNear() {
            publish(Duration.ofHours(5));
            world.run(Duration.ofHours(2));
            assertThat(pair.east.web().asked()).hasSize(1);
            world.run(Duration.ofMinutes(90));
            assertThat(pair.east.web().asked()).as(pair.trace()).hasSizeGreaterThan(1);
        }

        @Test
        void whatIsNotThereIsWaitedFor() {
            world.run(Duration.ofSeconds(6));
            assertThat(said(pair.east, "fetching uri (" + LIST + ") with libcurl failed: no such document"))
                    .hasSize(1);
            assertThat(ask(pair.east, new WhackCommand.ListCrls(true)))
                    .contains(
                            "000 List of CRL fetch requests:",
                            "000        issuer:  '" + EAST + "'",
                            "000        distPts: '" + LIST + "'")
                    .anyMatch(line -> line.endsWith(", trials: 1"));
            publish(Duration.ofDays(2));
            ask(pair.east, new WhackCommand.FetchCrls());
            world.run(Duration.ofSeconds(1));
            assertThat(ask(pair.east, new WhackCommand.ListCrls(true)))
                    .doesNotContain("000 List of CRL fetch requests:")
                    .contains("000 issuer: " + CertificateFixture.ROOT);
        }

        @Test
        void withoutAListThereIsAWarning() {
            comesUp();
            assertThat(said(pair.east, "warning: no valid CRL of '" + CertificateFixture.ROOT + "' found"))
                    .hasSize(1);
        }

        @Test
        void listsOfFilesAreKept() {
            pair.east.web().file("/etc/ipsec.d/crls/root.crl", root.revoke(Duration.ofDays(2), WEST_SERIAL));
            pair.east.web().file("/etc/ipsec.d/crls/notes", Bytes.ofUtf8("no list"));
            assertThat(ask(pair.east, new WhackCommand.RereadCrls()))
                    .containsExactly(
                            "002 ignoring /etc/ipsec.d/crls/notes: not a CRL",
                            "002 imported CRL for '" + CertificateFixture.ROOT + "' from: /etc/ipsec.d/crls/root.crl");
            isRevoked();
        }
    }

    @Nested
    class ListsThatAreInsistedOn extends Usual {
        ListsThatAreInsistedOn() {
            super(lists(true, Duration.ofHours(1)));
        }

        @Test
        void withoutAListNobodyIsBelieved() {
            refuses("missing or expired CRL in strict mode, failing pending update and forcing CRL update");
        }

        @Test
        void withAListThePeerIsBelieved() {
            publish(Duration.ofDays(2));
            world.run(Duration.ofSeconds(6));
            comesUp();
        }
    }

    @Nested
    class Asked extends Usual {
        Asked() {
            super(ocsp(false, false, Optional.empty()));
        }

        @Test
        void aGoodCertificate() {
            responder(RESPONDER, question -> root.answer(question, false));
            comesUp();
            assertThat(pair.east.web().asked()).hasSize(1).allMatch(query -> query.post()
                    .isEmpty());
        }

        @Test
        void aRevokedCertificate() {
            responder(RESPONDER, question -> root.answer(question, true));
            isRevoked();
        }

        @Test
        void answersAreKeptUntilTheyArePurged() {
            responder(RESPONDER, question -> root.answer(question, false));
            comesUp();
            ask(pair.west, new WhackCommand.Terminate("t"));
            comesUp();
            assertThat(pair.east.web().asked()).hasSize(1);
            ask(pair.west, new WhackCommand.Terminate("t"));
            ask(pair.east, new WhackCommand.PurgeOcsp());
            comesUp();
            assertThat(pair.east.web().asked()).hasSize(2);
        }

        @Test
        void aSilentResponderIsAskedByPostAndForgiven() {
            comesUp();
            assertThat(pair.east.web().asked())
                    .extracting(query -> query.post().isPresent())
                    .containsExactly(false, true);
        }

        @Test
        void anAnswerThatSomebodyElseSignedCountsForNothing() {
            responder(
                    RESPONDER, question -> root.answer(question, true, CertificateFixture.OTHER_KEY, Optional.empty()));
            comesUp();
        }

        @Test
        void whoTheAuthorityAllowsMayAnswer() {
            KeyPair key = CertificateFixture.OTHER_KEY;
            Bytes allowed = root.issue(new Subject("CN=responder", key).purpose(KeyPurposeId.id_kp_OCSPSigning));
            responder(RESPONDER, question -> root.answer(question, true, key, Optional.of(allowed)));
            isRevoked();
        }

        @Test
        void whoTheAuthorityKnowsForOtherThingsMayNot() {
            KeyPair key = CertificateFixture.OTHER_KEY;
            Bytes other = root.issue(new Subject("CN=responder", key).purpose(KeyPurposeId.id_kp_serverAuth));
            responder(RESPONDER, question -> root.answer(question, true, key, Optional.of(other)));
            comesUp();
        }

        @Test
        void oddAnswersCountForNothing() {
            List<Bytes> odd = new ArrayList<>(List.of(
                    Bytes.EMPTY, Bytes.ofUtf8("<html>"), Bytes.of(0x30, 3, 0x0a, 1, 6), Bytes.of(0x30, 0x82, 0xff)));
            responder(RESPONDER, question -> odd.isEmpty() ? Bytes.EMPTY : odd.remove(0));
            comesUp();
        }
    }

    @Nested
    class AskedByPost extends Usual {
        AskedByPost() {
            super(ocsp(false, true, Optional.empty()));
        }

        @Test
        void onlyPostIsUsed() {
            responder(RESPONDER, question -> root.answer(question, true));
            isRevoked();
            assertThat(pair.east.web().asked()).hasSize(1).allMatch(query -> query.post()
                    .isPresent());
        }
    }

    @Nested
    class AskedStrictly extends Usual {
        AskedStrictly() {
            super(ocsp(true, false, Optional.empty()));
        }

        @Test
        void withoutAnAnswerNobodyIsBelieved() {
            isRevoked();
        }

        @Test
        void aGoodCertificate() {
            responder(RESPONDER, question -> root.answer(question, false));
            comesUp();
        }
    }

    @Nested
    class AskedAtOneResponder extends Usual {
        AskedAtOneResponder() {
            super(ocsp(true, false, Optional.of("responder")));
        }

        private void trustResponder(Bytes certificate) {
            pair.east.keys().add(new KeyDatabase.Certificate("responder", certificate, KeyDatabase.Trust.NONE));
            ask(pair.east, new WhackCommand.RereadCerts());
        }

        @Test
        void itsAnswersAreBelieved() {
            KeyPair key = CertificateFixture.OTHER_KEY;
            trustResponder(root.issue(new Subject("CN=responder", key)));
            responder("http://default.example", question -> root.answer(question, false, key, Optional.empty()));
            comesUp();
        }

        @Test
        void thoseOfTheAuthorityAreNot() {
            trustResponder(root.issue(new Subject("CN=responder", CertificateFixture.OTHER_KEY)));
            responder("http://default.example", question -> root.answer(question, false));
            isRevoked();
        }

        @Test
        void itsCertificateIsMissed() {
            world.run(Duration.ofSeconds(1));
            assertThat(said(pair.east, "OCSP responder cert \"responder\" not found in NSS"))
                    .hasSize(1);
        }
    }
}
