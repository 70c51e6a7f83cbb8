// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jswan.base.Bytes;
import org.jswan.base.IpAddress;
import org.jswan.connection.ConnectionOption;
import org.jswan.login.Logins.PamQuestion;
import org.jswan.login.Logins.PamRefusal;
import org.junit.jupiter.api.Test;

/** {@code pam-authorize=}: east's PAM decides whether west may come in. */
class PamAuthorizationTest {
    private static Pair pair(Duration delay, Function<PamQuestion, Optional<PamRefusal>> pam) {
        Pair pair = Pair.listening(
                1,
                Pair.SECRET,
                Pair.SECRET,
                UnaryOperator.identity(),
                east -> east.set(ConnectionOption.PAM_AUTHORIZE, true));
        pair.east.logins().setPam(delay, pam);
        pair.initiate(pair.west);
        return pair;
    }

    @Test
    void whomPamLetsInComesIn() {
        Pair pair = pair(Duration.ofMillis(30), question -> Optional.empty());
        assertThat(pair.world.runUntil(pair::isUp, Duration.ofSeconds(5)))
                .as(pair.trace())
                .isTrue();
        PamQuestion question = pair.east.logins().asked().get(0);
        assertThat(question.user()).isEqualTo(Bytes.ofUtf8("@west"));
        assertThat(question.peer()).isEqualTo(IpAddress.of(Pair.WEST));
        assertThat(pair.east.log())
                .containsSubsequence(
                        "\"t\" #1: IKEv2: [XAUTH]PAM method requested to authorize '@west'",
                        "\"t\" #1: PAM: authentication of user '@west' SUCCEEDED after 0.03 seconds");
    }

    @Test
    void whomPamRefusesDoesNot() {
        Pair pair = pair(
                Duration.ofMillis(30),
                question -> Optional.of(new PamRefusal("pam_acct_mgmt", "User account has expired")));
        pair.world.run(Duration.ofSeconds(5));
        assertThat(pair.east.ikeSas()).isEmpty();
        assertThat(pair.east.log())
                .contains("\"t\" #1: IKEv2 FAILED during pam_acct_mgmt with 'User account has expired' for state #1,"
                        + " t[0] user=@west.");
        assertThat(pair.west.log()).anyMatch(line -> line.contains("AUTHENTICATION_FAILED"));
    }

    @Test
    void aConnectionThatDoesNotAskPamIsUpWithoutIt() {
        Pair pair = Pair.up(2);
        assertThat(pair.east.logins().asked()).isEmpty();
    }

    /** Whoever waits too long goes; what PAM says then is nobody's affair. */
    @Test
    void pamMayTakeLongerThanThePeerWaits() {
        Pair pair = pair(Duration.ofHours(1), question -> Optional.empty());
        pair.world.run(Duration.ofSeconds(70));
        pair.terminate(pair.west);
        pair.world.run(Duration.ofHours(2));
        assertThat(pair.east.log()).noneMatch(line -> line.contains("EXPECTATION FAILED"));
        assertThat(pair.east.ikeSas()).isEmpty();
    }
}
