// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jswan.base.Secret;
import org.jswan.connection.ConnectionOption;
import org.jswan.control.WhackCommand;
import org.jswan.control.WhackRequest;
import org.jswan.crypto.KeyExchange;
import org.jswan.sa.Sa;
import org.jswan.sa.V1State;
import org.junit.jupiter.api.Test;

/** Main Mode and Quick Mode of IKEv1 between two daemons (RFC 2409). */
class MainModeTest {
    @Test
    void comesUp() {
        Pair pair = Ikev1Pair.listening(1);
        pair.initiate(pair.west);
        assertThat(pair.world.runUntil(() -> Ikev1Pair.isUp(pair), Duration.ofSeconds(5)))
                .as(pair.trace())
                .isTrue();
        assertThat(pair.west.log())
                .anyMatch(line -> line.matches("\"t\" #2: IPsec SA established tunnel mode "
                        + "\\{ESP=>0x\\w+ <0x\\w+ xfrm=AES_CBC_128-HMAC_SHA1_96 DPD=.*"));
        assertThat(pair.west
                        .whack(WhackRequest.of(new WhackCommand.ShowStates()))
                        .lines())
                .anyMatch(line ->
                        line.contains(" (IPsec SA established); REPLACE in ") && line.endsWith(" ISAKMP SA #1; idle;"));
    }

    @Test
    void goesDownWithoutRest() {
        Pair pair = Ikev1Pair.up(2);
        pair.west.whack(WhackRequest.of(new WhackCommand.Terminate("t")));
        pair.world.run(Duration.ofSeconds(2));
        for (Sa sa : pair.east.pluto().sas()) {
            throw new AssertionError("left over: " + sa.serial() + "\n" + pair.trace());
        }
        assertThat(pair.west.pluto().saCount()).as(pair.trace()).isZero();
    }

    @Test
    void isReplacedWithoutItsIpsecSas() {
        Pair pair = Ikev1Pair.up(3, b -> b.set(ConnectionOption.IKE_LIFETIME, Duration.ofSeconds(40))
                .set(ConnectionOption.REKEY_MARGIN, Duration.ofSeconds(20))
                .set(ConnectionOption.REKEY_FUZZ, 0L));
        pair.world.run(Duration.ofSeconds(35));
        List<String> states = new ArrayList<>();
        pair.west.pluto().sas().forEach(sa -> states.add(sa.serial() + " " + sa.state()));
        assertThat(states).as(pair.trace()).containsExactlyInAnyOrder("#1 MAIN_I4", "#2 QUICK_I2", "#3 MAIN_I4");
        pair.world.run(Duration.ofSeconds(6));
        states.clear();
        pair.west.pluto().sas().forEach(sa -> states.add(sa.serial() + " " + sa.state()));
        assertThat(states).as(pair.trace()).contains("#2 QUICK_I2").doesNotContain("#1 MAIN_I4");
    }

    /** Our private value is of no use any more; the pre-shared key goes with the SA, as Quick Mode asks whose it was. */
    @Test
    void whatOnlyPhase1NeededIsForgotten() {
        Pair pair = Ikev1Pair.listening(4);
        pair.initiate(pair.west);
        assertThat(pair.world.runUntil(() -> Ikev1Pair.has(pair.east, V1State.MAIN_R2), Duration.ofSeconds(1)))
                .isTrue();
        KeyExchange ours = pair.east.ikeSas().get(0).negotiation().localKe();
        assertThat(pair.world.runUntil(() -> Ikev1Pair.isUp(pair), Duration.ofSeconds(5)))
                .as(pair.trace())
                .isTrue();
        assertThatThrownBy(() -> ours.sharedSecret(ours.publicValue())).isInstanceOf(RuntimeException.class);
        for (SimHost host : List.of(pair.west, pair.east)) {
            assertThatThrownBy(host.ikeSas().get(0)::negotiation).isInstanceOf(IllegalStateException.class);
        }
        Secret key = pair.east.ikeSas().get(0).phase1().presharedKey().orElseThrow();
        pair.terminate(pair.west);
        pair.world.run(Duration.ofSeconds(1));
        assertThat(key.isDestroyed()).as(pair.trace()).isTrue();
    }
}
