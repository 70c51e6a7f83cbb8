// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.jswan.base.Selector;
import org.jswan.base.Subnet;
import org.jswan.connection.ConnectionOption;
import org.jswan.control.WhackCommand;
import org.jswan.control.WhackRequest;
import org.jswan.simulation.SimKernel.Fate;
import org.junit.jupiter.api.Test;

/** Packets bring routed connections of IKEv1 up. */
class Ikev1OnDemandTest {
    private static final Selector WEST = client("198.51.100.1/32");
    private static final Selector EAST = client("198.51.100.129/32");

    private final Pair pair = Ikev1Pair.listening(71, b -> b.set(ConnectionOption.ESP, "aes128-sha1"));

    private static Selector client(String address) {
        return Selector.of(Subnet.of(address));
    }

    private void route() {
        for (SimHost host : List.of(pair.west, pair.east)) {
            host.whack(WhackRequest.of(new WhackCommand.Route("t")));
        }
        pair.world.run(Duration.ofSeconds(1));
    }

    private void comesUp() {
        assertThat(pair.world.runUntil(() -> Ikev1Pair.isUp(pair), Duration.ofSeconds(5)))
                .as(pair.trace())
                .isTrue();
        assertThat(pair.west.kernel().packet(WEST, EAST)).isEqualTo(Fate.PROTECTED);
        assertThat(pair.east.kernel().packet(EAST, WEST)).isEqualTo(Fate.PROTECTED);
    }

    @Test
    void aPacketBringsItUp() {
        route();
        assertThat(pair.west.kernel().packet(WEST, EAST)).isEqualTo(Fate.HELD);
        comesUp();
        assertThat(pair.west.log())
                .anyMatch(line -> line.startsWith("initiate on-demand for packet 198.51.100.1"))
                .anyMatch(line -> line.contains(
                        "#2: initiating Quick Mode IKEv1+PSK+ENCRYPT+TUNNEL+PFS+IKE_FRAG_ALLOW+ESN_NO+ESN_YES {"));
        pair.clear();
    }

    /** As libreswan: what a packet brought up need not be up, so that the next packet has to ask for it again. */
    @Test
    void itStaysDownUntilTheNextPacket() {
        route();
        pair.west.kernel().packet(WEST, EAST);
        comesUp();
        pair.terminate(pair.east);
        pair.world.run(Duration.ofMinutes(5));
        assertThat(pair.west.kernel().installed()).as(pair.trace()).isEmpty();
        assertThat(pair.west.kernel().packet(WEST, EAST)).isEqualTo(Fate.HELD);
        comesUp();
        pair.clear();
    }

    @Test
    void packetsAtBothEndsAtOnce() {
        route();
        assertThat(pair.west.kernel().packet(WEST, EAST)).isEqualTo(Fate.HELD);
        assertThat(pair.east.kernel().packet(EAST, WEST)).isEqualTo(Fate.HELD);
        pair.world.run(Duration.ofMinutes(2));
        assertThat(pair.west.kernel().packet(WEST, EAST)).as(pair.trace()).isEqualTo(Fate.PROTECTED);
        assertThat(pair.east.kernel().packet(EAST, WEST)).isEqualTo(Fate.PROTECTED);
        // Each began one of its own; neither is left half done.
        assertThat(pair.west.kernel().spis())
                .isEqualTo(pair.west.kernel().installed().size());
        assertThat(pair.east.kernel().spis())
                .isEqualTo(pair.east.kernel().installed().size());
        assertThat(pair.west.kernel().installed())
                .hasSameSizeAs(pair.east.kernel().installed());
        pair.clear();
    }
}
