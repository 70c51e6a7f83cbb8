// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jswan.simulation.CertificateFixture.EAST;
import static org.jswan.simulation.CertificateFixture.EAST_KEY;
import static org.jswan.simulation.CertificateFixture.WEST;
import static org.jswan.simulation.CertificateFixture.WEST_KEY;
import static org.jswan.simulation.CertificateFixture.certificate;
import static org.jswan.simulation.CertificateFixture.own;
import static org.jswan.simulation.CertificateFixture.said;
import static org.jswan.simulation.CertificateFixture.trust;

import java.math.BigInteger;
import java.time.Duration;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jswan.connection.Ikev1Policy;
import org.jswan.revocation.RevocationSetting;
import org.jswan.simulation.TestAuthority.Subject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** East, which insists on knowing, finds out in Main Mode whether west's certificate was revoked. */
class Phase1RevocationTest {
    private static final String LIST = "http://ca.example/list.crl";
    private static final String RESPONDER = "http://ocsp.example";
    /** West's is the first that the authority issues after its own. */
    private static final BigInteger WEST_SERIAL = BigInteger.valueOf(3);

    private static final RevocationSetting USUAL = RevocationSetting.DEFAULT;
    private static final RevocationSetting LISTS =
            new RevocationSetting(true, Duration.ofHours(1), USUAL.patience(), USUAL.ocsp());
    private static final RevocationSetting ASKED = new RevocationSetting(
            false,
            USUAL.interval(),
            USUAL.patience(),
            new RevocationSetting.Ocsp(
                    true,
                    true,
                    false,
                    Duration.ofSeconds(2),
                    Optional.empty(),
                    Optional.empty(),
                    USUAL.ocsp().cache()));

    /** Two daemons whose certificates tell where the list is, and who can be asked. */
    private static final class Scene {
        private final CertificateFixture fixture;
        private final Pair pair;

        Scene(RevocationSetting east) {
            fixture = new CertificateFixture(1, east, Ikev1Policy.ACCEPT);
            pair = fixture.pair;
            trust(pair.west, fixture.root);
            trust(pair.east, fixture.root);
            own(
                    pair.west,
                    "west",
                    WEST_KEY,
                    fixture.root.issue(
                            new Subject(WEST, WEST_KEY).listedAt(LIST).askAt(RESPONDER)));
            own(pair.east, "east", EAST_KEY, fixture.root.issue(new Subject(EAST, EAST_KEY).listedAt(LIST)));
            fixture.add(pair.west, Phase1CertificateTest.tunnel(certificate("west"), UnaryOperator.identity()));
            fixture.add(pair.east, Phase1CertificateTest.tunnel(UnaryOperator.identity(), certificate("east")));
        }

        void publish(BigInteger... revoked) {
            pair.east.web().site(LIST, query -> Optional.of(fixture.root.revoke(Duration.ofDays(2), revoked)));
        }

        /** Whoever can be asked says whether west's was revoked. */
        void answer(boolean revoked) {
            pair.east
                    .web()
                    .site(
                            RESPONDER,
                            query -> Optional.of(
                                    fixture.root.answer(RevocationTest.question(RESPONDER, query), revoked)));
        }

        void initiate() {
            pair.initiate(pair.west);
            fixture.world.runUntil(() -> Ikev1Pair.isUp(pair), Duration.ofSeconds(5));
        }

        void isRefused(String why) {
            initiate();
            assertThat(said(pair.east, why)).as(pair.trace()).isNotEmpty();
            assertThat(said(pair.east, "X509: CERT payload bogus or revoked")).isNotEmpty();
            assertThat(said(pair.east, "sending encrypted notification INVALID_ID_INFORMATION"))
                    .isNotEmpty();
            assertThat(said(pair.east, "authenticated peer")).isEmpty();
            assertThat(Ikev1Pair.isUp(pair)).isFalse();
        }
    }

    private static final String REVOKED = "NSS: ERROR: IPsec certificate CN=root,O=Test,C=CA invalid:"
            + " SEC_ERROR_REVOKED_CERTIFICATE: Peer's Certificate has been revoked.";

    /** The list that is missing is fetched, and the next time that the peer says the same it is let in. */
    @Test
    void withoutAListNobodyIsBelieved() {
        Scene scene = new Scene(LISTS);
        scene.isRefused("missing or expired CRL in strict mode, failing pending update and forcing CRL update");
        scene.publish();
        assertThat(scene.fixture.world.runUntil(() -> Ikev1Pair.isUp(scene.pair), Duration.ofMinutes(2)))
                .as(scene.pair.trace())
                .isTrue();
        assertThat(said(scene.pair.east, "imported CRL for '" + EAST + "' from: " + LIST))
                .isNotEmpty();
    }

    @Test
    void whoIsOnTheFetchedListIsNotBelieved() {
        Scene scene = new Scene(LISTS);
        scene.publish(WEST_SERIAL);
        scene.fixture.world.run(Duration.ofSeconds(6));
        scene.isRefused(REVOKED);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theResponderIsAskedWhilePhase1Waits(boolean revoked) {
        Scene scene = new Scene(ASKED);
        scene.answer(revoked);
        if (revoked) {
            scene.isRefused(REVOKED);
        } else {
            scene.initiate();
            assertThat(Ikev1Pair.isUp(scene.pair)).as(scene.pair.trace()).isTrue();
        }
        assertThat(scene.pair.east.web().asked()).isNotEmpty();
    }

    @Test
    void withoutAnAnswerNobodyIsBelieved() {
        new Scene(ASKED).isRefused(REVOKED);
    }
}
