// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.jswan.base.Bytes;
import org.jswan.simulation.SimNetwork.Datagram;
import org.jswan.wire.ExchangeType;
import org.jswan.wire.IkeHeader;
import org.jswan.wire.PayloadType;
import org.jswan.wire.WireException;
import org.junit.jupiter.api.Test;

/** Messages that are too long for one datagram (RFC 7383). */
class FragmentationTest {
    private static final int ID_LENGTH = 1000;

    /** In a packet of 576 octets, what its headers leave. */
    private static final int LONGEST = 576 - 28;

    private static final String WEST_ID = "@#" + "a1".repeat(ID_LENGTH);
    private static final String EAST_ID = "@#" + "b2".repeat(ID_LENGTH);

    private static Pair withLongIds(long seed) {
        return Pair.listening(seed, b -> b.left(Pair.end(Pair.WEST, WEST_ID, Pair.WEST_CLIENT))
                .right(Pair.end(Pair.EAST, EAST_ID, Pair.EAST_CLIENT)));
    }

    private static long fragments(Pair pair, boolean responses) {
        return pair.world.network().captured().stream()
                .map(datagram -> header(datagram.octets()))
                .filter(header -> header.exchange().equals(ExchangeType.IKE_AUTH)
                        && header.isResponse() == responses
                        && header.nextPayload().equals(PayloadType.SKF))
                .count();
    }

    private static IkeHeader header(Bytes octets) {
        try {
            return IkeHeader.decode(octets);
        } catch (WireException malformed) {
            throw new AssertionError(malformed);
        }
    }

    @Test
    void requestAndResponseAreCut() {
        Pair pair = withLongIds(1);
        pair.initiate(pair.west);
        assertThat(pair.world.runUntil(pair::isUp, Duration.ofSeconds(5)))
                .as(pair.trace())
                .isTrue();
        // The request has both identities, the response one.
        assertThat(fragments(pair, false)).as(pair.trace()).isGreaterThanOrEqualTo(2 * ID_LENGTH / 532);
        assertThat(fragments(pair, true)).isGreaterThanOrEqualTo(2);
        List<Datagram> sent = pair.world.network().captured();
        assertThat(sent.subList(2, sent.size()))
                .allMatch(datagram -> datagram.octets().length() <= LONGEST);
        pair.terminate(pair.west);
        pair.world.run(Duration.ofSeconds(1));
        pair.assertNothingLeftAfterDelete();
    }

    @Test
    void theFirstFragmentOfARepeatedRequestIsAnswered() {
        Pair pair = withLongIds(2);
        // All of the first answer is lost.
        pair.world.pass(datagram -> !header(datagram).exchange().equals(ExchangeType.IKE_AUTH)
                || !header(datagram).isResponse()
                || pair.east.log().stream().anyMatch(line -> line.contains("duplicate")));
        pair.initiate(pair.west);
        assertThat(pair.world.runUntil(pair::isUp, Duration.ofSeconds(5)))
                .as(pair.trace())
                .isTrue();
        assertThat(pair.east.log())
                .filteredOn(line -> line.contains("duplicate"))
                .singleElement()
                .asString()
                .matches("\"t\" #1: IKE_AUTH request fragment 1 of \\d+ has duplicate Message ID 1;"
                        + " retransmitting response");
    }

    @Test
    void fragmentsArriveInAnyWeather() {
        Weather wet = new Weather(10, 20, Duration.ofMillis(1), Duration.ofMillis(300));
        for (int seed = 0; seed < 60; seed++) {
            Pair pair = withLongIds(seed);
            pair.world.weather(wet);
            pair.initiate(pair.west);
            assertThat(pair.world.runUntil(pair::isCarrying, Duration.ofMinutes(30)))
                    .as("seed " + seed + "\n" + pair.trace())
                    .isTrue();
        }
    }
}
