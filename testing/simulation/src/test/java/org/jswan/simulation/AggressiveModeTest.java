// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.ConnectionRequest;
import org.jswan.control.WhackCommand;
import org.jswan.control.WhackRequest;
import org.jswan.sa.V1State;
import org.junit.jupiter.api.Test;

/** Aggressive Mode of IKEv1 between two daemons (RFC 2409 §5). */
class AggressiveModeTest {
    private static final String WARNING =
            "IKEv1 Aggressive Mode with PSK is vulnerable to dictionary attacks and is cracked on large scale by TLA's";
    private static final String ESTABLISHED =
            "IKE SA established {auth=PRESHARED_KEY cipher=AES_CBC_256 integ=HMAC_SHA2_256 group=MODP2048}";

    private static UnaryOperator<ConnectionRequest.Builder> aggressive(String ike) {
        return c -> c.set(ConnectionOption.AGGRESSIVE, true).set(ConnectionOption.IKE, ike);
    }

    private static Pair listening(long seed) {
        return Ikev1Pair.listening(seed, aggressive("aes256-sha2_256;modp2048"));
    }

    private static Pair up(long seed) {
        Pair pair = listening(seed);
        pair.initiate(pair.west);
        assertThat(pair.world.runUntil(() -> Ikev1Pair.isUp(pair), Duration.ofSeconds(5)))
                .as(pair.trace())
                .isTrue();
        return pair;
    }

    @Test
    void comesUpInThreeMessages() {
        Pair pair = listening(1);
        SimHost.SimSession session = pair.initiate(pair.west);
        assertThat(pair.world.runUntil(() -> Ikev1Pair.isUp(pair), Duration.ofSeconds(5)))
                .as(pair.trace())
                .isTrue();
        assertThat(session.lines().subList(0, 6))
                .containsExactly(
                        "003 \"t\" #1: " + WARNING,
                        "002 \"t\" #1: initiating IKEv1 Aggressive Mode connection",
                        "110 \"t\" #1: sent Aggressive Mode request",
                        "002 \"t\" #1: Peer ID is ID_FQDN: '@east'",
                        "004 \"t\" #1: " + ESTABLISHED,
                        session.lines().get(5));
        assertThat(session.lines().get(5))
                .contains("initiating Quick Mode IKEv1+PSK+")
                .contains("+AGGRESSIVE+");
        List<String> east = pair.east.log();
        int first = east.indexOf("\"t\" #1: " + WARNING);
        assertThat(east.subList(first, first + 5))
                .containsExactly(
                        "\"t\" #1: " + WARNING,
                        "\"t\" #1: Peer ID is ID_FQDN: '@west'",
                        "\"t\" #1: responding to Aggressive Mode, state #1, connection \"t\" from 192.0.2.1",
                        "\"t\" #1: sent Aggressive Mode response, expecting confirmation",
                        "\"t\" #1: " + ESTABLISHED);
        assertThat(Ikev1Pair.has(pair.west, V1State.AGGR_I2)).isTrue();
        assertThat(Ikev1Pair.has(pair.east, V1State.AGGR_R2)).isTrue();
    }

    @Test
    void goesDownWithoutRest() {
        Pair pair = up(2);
        pair.west.whack(WhackRequest.of(new WhackCommand.Terminate("t")));
        pair.world.run(Duration.ofSeconds(2));
        assertThat(pair.west.pluto().saCount() + pair.east.pluto().saCount())
                .as(pair.trace())
                .isZero();
    }
}
