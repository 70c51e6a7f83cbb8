// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.ConnectionRequest;
import org.jswan.control.WhackCommand;
import org.jswan.control.WhackRequest;
import org.jswan.crypto.KeGroup;
import org.jswan.kernel.IpsecMode;
import org.jswan.sa.ChildSa;
import org.jswan.sa.Sa;
import org.junit.jupiter.api.Test;

/** Which end of IKEv1 replaces an SA, when, and by what. */
class Ikev1RenewalTest {
    /** Lifetimes and margin in seconds; the margin is not made longer by chance. */
    private static UnaryOperator<ConnectionRequest.Builder> lives(int ike, int ipsec, int margin) {
        return b -> b.set(ConnectionOption.IKE_LIFETIME, Duration.ofSeconds(ike))
                .set(ConnectionOption.IPSEC_LIFETIME, Duration.ofSeconds(ipsec))
                .set(ConnectionOption.REKEY_MARGIN, Duration.ofSeconds(margin))
                .set(ConnectionOption.REKEY_FUZZ, 0L);
    }

    /** West begins, but only east replaces. */
    private static Pair renewedByEast(
            long seed, UnaryOperator<ConnectionRequest.Builder> west, UnaryOperator<ConnectionRequest.Builder> east) {
        Pair pair = Ikev1Pair.listening(
                seed,
                b -> west.apply(lives(3600, 100, 20).apply(b)).set(ConnectionOption.DONT_REKEY, true),
                b -> east.apply(lives(3600, 100, 20).apply(b)));
        pair.initiate(pair.west);
        assertThat(pair.world.runUntil(() -> Ikev1Pair.isUp(pair), Duration.ofSeconds(5)))
                .as(pair.trace())
                .isTrue();
        pair.world.run(Duration.ofSeconds(95));
        return pair;
    }

    private static ChildSa newestChild(SimHost host) {
        ChildSa newest = null;
        for (Sa sa : host.pluto().sas()) {
            if (sa instanceof ChildSa child
                    && (newest == null
                            || child.serial().value() > newest.serial().value())) {
                newest = child;
            }
        }
        return Optional.ofNullable(newest).orElseThrow();
    }

    private static boolean says(SimHost host, String text) {
        return host.log().stream().anyMatch(line -> line.contains(text));
    }

    /** A responder that takes more than it asks for itself proposes no less when it is its turn. */
    @Test
    void whoRenewsAsksForThePerfectForwardSecrecyThatTheOldSaHad() {
        Pair pair = renewedByEast(1, UnaryOperator.identity(), b -> b.unset(ConnectionOption.PFS));
        assertThat(says(pair.east, " to replace #2 {using isakmp#1 "))
                .as(pair.trace())
                .isTrue();
        assertThat(says(pair.east, " pfsgroup=MODP2048}")).isTrue();
        assertThat(newestChild(pair.west).serial().value()).isEqualTo(3);
        assertThat(newestChild(pair.west).pfsGroup()).contains(KeGroup.MODP2048);
    }

    @Test
    void whoRenewsAsksForTheTunnelThatTheOldSaWas() {
        Pair pair = renewedByEast(2, UnaryOperator.identity(), b -> b.unset(ConnectionOption.TUNNEL));
        assertThat(newestChild(pair.west).serial().value()).as(pair.trace()).isEqualTo(3);
        assertThat(newestChild(pair.west).mode()).isEqualTo(IpsecMode.TUNNEL);
    }

    /** Where there is no ISAKMP SA either, it is brought up first. */
    @Test
    void whatWaitsForANewIsakmpSaAsksForNoLess() {
        Pair pair = Ikev1Pair.listening(
                3,
                b -> lives(3600, 100, 20).apply(b).set(ConnectionOption.DONT_REKEY, true),
                b -> lives(3600, 100, 20).apply(b).unset(ConnectionOption.PFS));
        pair.initiate(pair.west);
        pair.world.run(Duration.ofSeconds(80));
        pair.west.whack(WhackRequest.of(new WhackCommand.DeleteState(1)));
        pair.world.run(Duration.ofSeconds(1));
        assertThat(says(pair.east, "self-deleting ISAKMP State #1"))
                .as(pair.trace())
                .isTrue();
        pair.world.run(Duration.ofSeconds(15));
        assertThat(says(pair.east, "#3: initiating IKEv1 Main Mode connection")).isTrue();
        assertThat(newestChild(pair.west).serial().value()).as(pair.trace()).isEqualTo(4);
        assertThat(newestChild(pair.west).pfsGroup()).contains(KeGroup.MODP2048);
    }
}
