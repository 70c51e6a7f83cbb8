// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jswan.control.DebugChange;
import org.jswan.control.DebugClass;
import org.jswan.control.ImpairmentChange;
import org.jswan.control.WhackCommand;
import org.jswan.control.WhackRequest;
import org.junit.jupiter.api.Test;

/** {@code whack --impair} and {@code --debug}, with what each changes. */
class ImpairmentTest {
    private static SimHost.SimSession impair(SimHost host, ImpairmentChange... changes) {
        return host.whack(
                WhackRequest.of(new WhackCommand.Adjust(Optional.empty(), DebugChange.NONE, List.of(changes))));
    }

    private static ImpairmentChange on(String behaviour) {
        return new ImpairmentChange.On(behaviour, "yes", OptionalLong.empty());
    }

    private static Pair deaf(String... behaviours) {
        Pair pair = Pair.listening(1);
        for (String behaviour : behaviours) {
            assertThat(impair(pair.west, on(behaviour)).lines()).isEmpty();
        }
        pair.world.pass(datagram -> false);
        return pair;
    }

    @Test
    void impairmentsAreListedUntilTheyAreTakenBack() {
        Pair pair = Pair.listening(1);
        SimHost west = pair.west;
        impair(west, on("suppress-retransmits"), on("revival"));
        assertThat(impair(west, new ImpairmentChange.List()).lines())
                .containsExactly("000 revival:yes", "000 suppress-retransmits:yes");
        assertThat(west.whack(WhackRequest.of(new WhackCommand.Status())).lines())
                .contains("000 debug: impair: revival:yes+suppress-retransmits:yes");
        impair(west, new ImpairmentChange.Off("revival"));
        assertThat(impair(west, new ImpairmentChange.List()).lines()).containsExactly("000 suppress-retransmits:yes");
        impair(west, new ImpairmentChange.Clear());
        assertThat(impair(west, new ImpairmentChange.List()).lines()).isEmpty();
    }

    @Test
    void oneThatHasNoEffectIsRefused() {
        Pair pair = Pair.listening(1);
        assertThat(impair(pair.west, on("bust-mi2")).lines())
                .containsExactly("003 the impairment bust-mi2 is not supported yet");
    }

    @Test
    void suppressedRetransmitsLeaveOnlyTheTimeOut() {
        Pair pair = deaf("suppress-retransmits");
        SimHost.SimSession session = pair.initiate(pair.west);
        pair.world.run(Duration.ofSeconds(59));
        assertThat(pair.world.datagrams()).isEqualTo(1);
        pair.world.run(Duration.ofSeconds(2));
        assertThat(session.lines())
                .contains(
                        "031 \"t\" #1: STATE_V2_PARENT_I1: 60 second timeout exceeded after 0 retransmits.  No response"
                                + " (or no acceptable response) to our first IKEv2 message");
    }

    @Test
    void aRepetitionCanEndTheSaOrBeItsTimeOut() {
        Pair pair = deaf("delete-on-retransmit", "revival");
        SimHost.SimSession session = pair.initiate(pair.west);
        pair.world.run(Duration.ofMillis(600));
        assertThat(session.lines())
                .contains(
                        "002 \"t\" #1: IMPAIR: retransmit so deleting SA",
                        "002 \"t\" #1: IMPAIR: skipping revival of connection that is supposed to remain up");
        assertThat(pair.west.pluto().saCount()).isZero();

        Pair other = deaf("timeout-on-retransmit");
        SimHost.SimSession timingOut = other.initiate(other.west);
        other.world.run(Duration.ofMillis(600));
        assertThat(timingOut.lines())
                .contains("002 \"t\" #1: IMPAIR: retransmit so timing out SA (may retry)")
                .anyMatch(line -> line.contains("starting keying attempt 2 of an unlimited number"));
    }

    @Test
    void revivalCanBeSkipped() {
        Pair pair = Pair.up(2);
        impair(pair.west, on("revival"));
        pair.terminate(pair.east);
        pair.world.run(Duration.ofSeconds(20));
        assertThat(pair.west.pluto().saCount()).as(pair.trace()).isZero();
        assertThat(pair.west.log())
                .contains("\"t\" #1: IMPAIR: skipping revival of connection that is supposed to remain up");
    }

    @Test
    void thePeerNeedNotBeTold() {
        Pair pair = Pair.up(3);
        impair(pair.west, on("send-no-delete"));
        SimHost.SimSession session = pair.terminate(pair.west);
        pair.world.run(Duration.ofSeconds(1));
        assertThat(session.lines())
                .anyMatch(line -> line.matches("002 \"t\" #1: IMPAIR: deleting state"
                        + " \\(STATE_V2_ESTABLISHED_IKE_SA\\) aged [0-9.]+s and NOT sending notification"));
        assertThat(pair.west.pluto().saCount()).isZero();
        assertThat(pair.east.pluto().saCount()).isEqualTo(2);
    }

    @Test
    void debuggingIsSwitchedForAllConnections() {
        Pair pair = Pair.listening(1);
        DebugChange all = DebugChange.NONE.plus(DebugClass.ALL);
        pair.west.whack(WhackRequest.of(new WhackCommand.Adjust(Optional.empty(), all, List.of())));
        assertThat(pair.west.whack(WhackRequest.of(new WhackCommand.Status())).lines())
                .contains("000 debug: base+cpu-usage+refcnt");
        assertThat(pair.west
                        .whack(WhackRequest.of(new WhackCommand.Adjust(Optional.of("u"), all, List.of())))
                        .lines())
                .containsExactly("021 no connection named \"u\"");
        assertThat(pair.west
                        .whack(WhackRequest.of(new WhackCommand.Adjust(Optional.of("t"), all, List.of())))
                        .lines())
                .containsExactly("003 debugging of one connection alone is not supported yet");
    }
}
