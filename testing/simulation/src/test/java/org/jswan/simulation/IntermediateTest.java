// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.ConnectionRequest;
import org.jswan.wire.ExchangeType;
import org.jswan.wire.IkeHeader;
import org.jswan.wire.WireException;
import org.junit.jupiter.api.Test;

/** IKE_INTERMEDIATE between the first two exchanges. */
class IntermediateTest {
    private static ConnectionRequest.Builder yes(ConnectionRequest.Builder request) {
        return request.set(ConnectionOption.INTERMEDIATE);
    }

    private static List<ExchangeType> exchanges(Pair pair) {
        return pair.world.network().captured().stream()
                .map(datagram -> {
                    try {
                        return IkeHeader.decode(datagram.octets()).exchange();
                    } catch (WireException malformed) {
                        throw new IllegalStateException(malformed);
                    }
                })
                .toList();
    }

    @Test
    void oneEmptyExchangeIsSignedWithTheRest() {
        Pair pair = Pair.listening(91, IntermediateTest::yes);
        SimHost.SimSession session = pair.initiate(pair.west);
        pair.world.run(Duration.ofSeconds(2));
        assertThat(pair.isUp()).as(pair.trace()).isTrue();
        assertThat(session.lines())
                .containsSequence(
                        "182 \"t\" #1: sent IKE_AUTH request {cipher=AES_GCM_16_256 integ=n/a prf=HMAC_SHA2_512"
                                + " group=MODP2048}",
                        "182 \"t\" #1: initiator processed IKE_INTERMEDIATE; sent IKE_AUTH request");
        assertThat(pair.east.log())
                .anyMatch(line -> line.startsWith("\"t\" #1: responder processed IKE_INTERMEDIATE; "));
        assertThat(exchanges(pair))
                .containsExactly(
                        ExchangeType.IKE_SA_INIT,
                        ExchangeType.IKE_SA_INIT,
                        ExchangeType.IKE_INTERMEDIATE,
                        ExchangeType.IKE_INTERMEDIATE,
                        ExchangeType.IKE_AUTH,
                        ExchangeType.IKE_AUTH);
        pair.assertNothingLeftAfterDelete();
    }

    @Test
    void itTakesBothEnds() {
        for (boolean initiator : new boolean[] {true, false}) {
            Pair pair = Pair.listening(
                    92,
                    Pair.SECRET,
                    Pair.SECRET,
                    initiator ? IntermediateTest::yes : UnaryOperator.identity(),
                    initiator ? UnaryOperator.identity() : IntermediateTest::yes);
            pair.initiate(pair.west);
            pair.world.run(Duration.ofSeconds(2));
            assertThat(pair.isUp()).as(pair.trace()).isTrue();
            assertThat(exchanges(pair)).doesNotContain(ExchangeType.IKE_INTERMEDIATE);
        }
    }

    @Test
    void aLostMessageIsSentAgain() {
        for (int lost = 3; lost <= 4; lost++) {
            Pair pair = Pair.listening(93, IntermediateTest::yes);
            int[] countdown = {lost};
            pair.world.pass(datagram -> --countdown[0] != 0);
            pair.initiate(pair.west);
            pair.world.run(Duration.ofSeconds(3));
            assertThat(pair.isUp()).as(pair.trace()).isTrue();
        }
    }

    @Test
    void inAnyWeather() {
        for (int seed = 0; seed < 200; seed++) {
            Pair pair = Pair.listening(seed, IntermediateTest::yes);
            pair.assertWeathers(seed, pair::isCarrying);
        }
    }
}
