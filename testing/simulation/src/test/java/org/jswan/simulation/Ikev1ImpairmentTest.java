// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.ConnectionRequest;
import org.jswan.sa.V1State;
import org.jswan.simulation.SimNetwork.Datagram;
import org.jswan.wire.IkeHeader;
import org.jswan.wire.WireException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Faults of phase 1 that a user asks for. */
class Ikev1ImpairmentTest {
    private static Pair begun(String impairment, UnaryOperator<ConnectionRequest.Builder> both) {
        Pair pair = Ikev1Pair.listening(1, both);
        String[] parts = impairment.split(":");
        String how = parts.length > 1 ? parts[1] : "";
        boolean counted = how.equals("0");
        ImpairedNegotiationTest.impair(
                pair.west, parts[0], counted ? "" : how, counted ? OptionalLong.of(0) : OptionalLong.empty());
        pair.initiate(pair.west);
        pair.world.run(Duration.ofSeconds(1));
        return pair;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anInitiatorCanStopAfterTheFirstAnswer(boolean aggressive) {
        Pair pair = begun(
                "drop-i2",
                c -> aggressive
                        ? c.set(ConnectionOption.AGGRESSIVE, true).set(ConnectionOption.IKE, "aes128-sha1;modp2048")
                        : c);
        assertThat(Ikev1Pair.has(pair.west, aggressive ? V1State.AGGR_I1 : V1State.MAIN_I1))
                .as(pair.trace())
                .isTrue();
        assertThat(Ikev1Pair.has(pair.east, aggressive ? V1State.AGGR_R1 : V1State.MAIN_R1))
                .as(pair.trace())
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "ke-payload:omit, IMPAIR: sending no KE (g^x) payload",
        "ke-payload:empty, IMPAIR: sending empty KE (g^x)",
        "ke-payload:0, IMPAIR: sending bogus KE (g^x) == 0 value to break DH calculations"
    })
    void thePublicValueCanBeWrong(String impairment, String line) {
        Pair pair = begun(impairment, UnaryOperator.identity());
        assertThat(pair.west.log()).contains("\"t\" #1: " + line);
        assertThat(Ikev1Pair.has(pair.east, V1State.MAIN_R3)).as(pair.trace()).isFalse();
    }

    @Test
    void aReservedFlagDoesNotMatter() throws WireException {
        Pair pair = begun("send-bogus-isakmp-flag", UnaryOperator.identity());
        assertThat(Ikev1Pair.isUp(pair)).as(pair.trace()).isTrue();
        List<Datagram> sent = pair.world.network().captured().stream()
                .filter(datagram -> datagram.from()
                        .equals(pair.world.network().captured().get(0).from()))
                .toList();
        int flagged = 0;
        for (Datagram datagram : sent) {
            flagged += (IkeHeader.decode(datagram.octets()).flags() & IkeHeader.FLAG_RESERVED) != 0 ? 1 : 0;
        }
        assertThat(flagged).isEqualTo(4);
    }
}
