// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.jswan.base.Bytes;
import org.jswan.kernel.KernelPolicy.Direction;
import org.jswan.kernel.KernelSa;
import org.jswan.sa.V1State;
import org.jswan.wire.ExchangeType;
import org.jswan.wire.IkeHeader;
import org.jswan.wire.WireException;
import org.junit.jupiter.api.Test;

/** What the kernel gets in the course of Quick Mode (RFC 2409 §5.5). */
class QuickModeTest {
    /** West's third message of Quick Mode never comes. */
    private static Pair unconfirmed(long seed) {
        Pair pair = Ikev1Pair.listening(seed);
        pair.initiate(pair.west);
        pair.world.pass(octets -> !isQuick(octets) || !Ikev1Pair.has(pair.west, V1State.QUICK_I2));
        assertThat(pair.world.runUntil(() -> Ikev1Pair.has(pair.west, V1State.QUICK_I2), Duration.ofSeconds(5)))
                .as(pair.trace())
                .isTrue();
        return pair;
    }

    private static boolean isQuick(Bytes octets) {
        try {
            return IkeHeader.decode(octets).exchange().equals(ExchangeType.QUICK);
        } catch (WireException other) {
            return false;
        }
    }

    @Test
    void responderTakesPacketsBeforeItSendsThem() {
        Pair pair = unconfirmed(1);
        assertThat(pair.east.kernel().installed()).hasSize(2).anyMatch(KernelSa::inbound);
        assertThat(pair.east.kernel().policies()).isNotEmpty().noneMatch(policy -> policy.direction() == Direction.OUT);
        assertThat(pair.east.scripts()).isEmpty();
    }

    @Test
    void responderSendsWhenTheInitiatorConfirms() {
        Pair pair = Ikev1Pair.up(2);
        assertThat(pair.east.kernel().policies()).anyMatch(policy -> policy.direction() == Direction.OUT);
        assertThat(pair.east.scripts()).isEqualTo(List.of("up-client t", "prepare-client t", "route-client t"));
        assertThat(pair.east.scripts()).isEqualTo(pair.west.scripts());
    }

    @Test
    void nothingIsLeftOfWhatIsNeverConfirmed() {
        Pair pair = unconfirmed(3);
        pair.world.run(Duration.ofMinutes(3));
        assertThat(pair.east.kernel().installed()).as(pair.trace()).isEmpty();
        assertThat(pair.east.kernel().policies()).isEmpty();
        assertThat(pair.east.scripts()).isEmpty();
    }
}
