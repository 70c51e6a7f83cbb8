// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
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

    private static ImpairmentChange number(String behaviour, long number) {
        return new ImpairmentChange.On(behaviour, Long.toString(number), OptionalLong.of(number));
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
        impair(west, new ImpairmentChange.On("ikev2-add-ike-transform", "0x60000", OptionalLong.of(0x60000)));
        assertThat(impair(west, new ImpairmentChange.List()).lines()).contains("000 ikev2-add-ike-transform:393216");
        impair(west, new ImpairmentChange.Clear());
        assertThat(impair(west, new ImpairmentChange.List()).lines()).isEmpty();
    }

    @Test
    void oneThatHasNoEffectIsRefused() {
        Pair pair = Pair.listening(1);
        assertThat(impair(pair.west, on("allow-null-none")).lines())
                .containsExactly("003 the impairment allow-null-none is not supported yet");
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
    void thePublicValueCanBeLeftOutEmptyOrWrong() {
        for (String how : List.of("omit", "empty", "0")) {
            Pair pair = Pair.listening(4);
            OptionalLong number = how.equals("0") ? OptionalLong.of(0) : OptionalLong.empty();
            impair(pair.west, on("revival"), new ImpairmentChange.On("ke-payload", how, number));
            assertThat(impair(pair.west, new ImpairmentChange.List()).lines())
                    .containsExactly("000 ke-payload:" + how, "000 revival:yes");
            SimHost.SimSession session = pair.initiate(pair.west);
            pair.world.run(Duration.ofSeconds(1));
            String story =
                    switch (how) {
                        case "omit" -> "omitting KE payload";
                        case "empty" -> "sending an empty KE value";
                        default -> "sending bogus KE (g^x) == 0 value to break DH calculations";
                    };
            assertThat(session.lines().subList(0, 3))
                    .containsExactly(
                            "181 \"t\" #1: initiating IKEv2 connection",
                            "002 \"t\" #1: IMPAIR: " + story,
                            "181 \"t\" #1: sent IKE_SA_INIT request to 192.0.2.2:500");
            assertThat(pair.isUp()).isFalse();
        }
    }

    @Test
    void versionsAndFlagsOfTheHeaderCanBeWrong() {
        for (String behaviour : List.of("minor-version-bump", "send-bogus-isakmp-flag", "major-version-bump")) {
            Pair pair = Pair.listening(5);
            impair(pair.west, on(behaviour));
            pair.initiate(pair.west);
            pair.world.run(Duration.ofSeconds(2));
            // RFC 7296 §2.5, §3.1: minor versions and reserved flags are not looked at.
            assertThat(pair.isUp()).as(pair.trace()).isEqualTo(!behaviour.startsWith("major"));
            int octet = pair.world.network().captured().get(0).octets().get(behaviour.startsWith("send") ? 19 : 17);
            assertThat(octet)
                    .isEqualTo(
                            switch (behaviour) {
                                case "minor-version-bump" -> 0x21;
                                case "major-version-bump" -> 0x30;
                                default -> 0x48;
                            });
        }
    }

    @Test
    void payloadsOfUnknownTypeAreIgnoredUnlessCritical() {
        for (String exchange : List.of("ike_sa_init", "ike_auth")) {
            for (String where : List.of("", "-sk")) {
                if (exchange.equals("ike_sa_init") && !where.isEmpty()) {
                    continue;
                }
                Pair pair = Pair.listening(6);
                ImpairmentChange unknown =
                        new ImpairmentChange.On("add-unknown-v2-payload-to" + where, exchange, OptionalLong.empty());
                impair(pair.west, unknown);
                SimHost.SimSession session = pair.initiate(pair.west);
                pair.world.run(Duration.ofSeconds(2));
                String place = exchange.toUpperCase(Locale.ROOT) + (where.isEmpty() ? "" : " SK") + " request";
                assertThat(session.lines())
                        .contains("002 \"t\" #1: IMPAIR: adding an unknown payload of type 255 to " + place);
                assertThat(pair.isUp()).as(pair.trace()).isTrue();

                Pair critical = Pair.listening(7);
                impair(critical.west, unknown, on("unknown-v2-payload-critical"), on("delete-on-retransmit"));
                SimHost.SimSession refused = critical.initiate(critical.west);
                critical.world.run(Duration.ofSeconds(2));
                assertThat(refused.lines())
                        .contains(
                                "002 \"t\" #1: IMPAIR: adding an unknown critical payload of type 255 to " + place,
                                "002 \"t\" #1: IMPAIR: setting (should be off) critical payload bit");
                assertThat(critical.isUp()).isFalse();
            }
        }
    }

    @Test
    void answersToStrangersHaveTheUnknownPayloadToo() {
        Pair pair = Pair.listening(12);
        ImpairmentChange unknown =
                new ImpairmentChange.On("add-unknown-v2-payload-to", "ike_sa_init", OptionalLong.empty());
        impair(pair.west, unknown, on("unknown-v2-payload-critical"), on("suppress-retransmits"));
        impair(pair.east, unknown);
        SimHost.SimSession session = pair.initiate(pair.west);
        pair.world.run(Duration.ofSeconds(1));
        assertThat(pair.east.log())
                .contains("packet from 192.0.2.1:500: IMPAIR: adding an unknown payload of type 255 to IKE_SA_INIT"
                        + " request");
        assertThat(session.lines())
                .contains("000 \"t\" #1: non-critical payload ignored because it contains an unknown or unexpected"
                        + " payload type (255??) at the outermost level");
    }

    @Test
    void ikeAuthCanBeLeftUnanswered() {
        Pair pair = Pair.listening(8);
        impair(pair.east, on("send-no-ikev2-auth"));
        SimHost.SimSession session = pair.initiate(pair.west);
        pair.world.run(Duration.ofSeconds(2));
        assertThat(session.lines())
                .contains("010 \"t\" #1: STATE_V2_PARENT_I2: retransmission; will wait 0.5 seconds for response");
        assertThat(pair.east.log()).contains("\"t\" #1: IMPAIR_SEND_NO_IKEV2_AUTH set - not sending IKE_AUTH packet");
        assertThat(pair.isUp()).isFalse();
    }

    @Test
    void theFirstChildCanBeOmitted() {
        Pair pair = Pair.listening(9);
        impair(pair.west, on("omit-v2-ike-auth-child"));
        impair(pair.east, on("omit-v2-ike-auth-child"));
        SimHost.SimSession session = pair.initiate(pair.west);
        pair.world.run(Duration.ofSeconds(2));
        assertThat(session.lines())
                .contains(
                        "002 \"t\" #1: IMPAIR: omitting CHILD SA payloads from the IKE_AUTH request",
                        "002 \"t\" #1: omitting CHILD SA payloads",
                        "002 \"t\" #1: IMPAIR: as expected, IKE_AUTH response omitted CHILD SA payloads");
        assertThat(pair.east.log())
                .contains("\"t\" #1: IMPAIR: as expected, IKE_AUTH request omitted CHILD SA payloads");
    }

    @Test
    void aCookieThatNobodyGaveIsRefused() {
        Pair pair = Pair.listening(10);
        impair(pair.west, on("send-bogus-dcookie"));
        pair.initiate(pair.west);
        pair.world.run(Duration.ofMillis(400));
        assertThat(pair.east.log()).contains("packet from 192.0.2.1:500: DOS cookies do not match - dropping message");
    }

    @Test
    void everythingCanComeTwice() {
        Pair pair = Pair.listening(11);
        impair(pair.west, on("replay-duplicates"));
        impair(pair.east, on("replay-duplicates"));
        pair.initiate(pair.west);
        pair.world.run(Duration.ofSeconds(2));
        assertThat(pair.isUp()).as(pair.trace()).isTrue();
        assertThat(pair.east.log())
                .filteredOn(line -> line.startsWith("packet from 192.0.2.1:500: IMPAIR: st"))
                .hasSizeGreaterThanOrEqualTo(4);
        assertThat(pair.east.log())
                .contains(
                        "\"t\" #1: IMPAIR: processing a fake (cloned) message",
                        "\"t\" #1: discarding packet received during asynchronous work (DNS or crypto) in STATE_V2_PARENT_R0");
    }

    @Test
    void everythingThatCameCanComeAgain() {
        for (String order : List.of("forward", "backward")) {
            Pair pair = Pair.listening(13);
            impair(pair.west, on("suppress-retransmits"));
            impair(pair.east, on("replay-" + order));
            pair.initiate(pair.west);
            pair.world.run(Duration.ofSeconds(2));
            assertThat(pair.isUp()).as(pair.trace()).isTrue();
            String start = order.equals("forward") ? "replay forward: " : "start replay backward: ";
            assertThat(pair.east.log())
                    .filteredOn(line -> line.contains("IMPAIR: start processing"))
                    .extracting(line -> line.replaceAll(".*processing ", "").replaceAll(" \\(.*", ""))
                    .containsExactlyElementsOf(
                            order.equals("forward")
                                    ? List.of(start + "packet 1 of 1", start + "packet 1 of 2", start + "packet 2 of 2")
                                    : List.of(
                                            start + "packet 1 of 1", start + "packet 2 of 2", start + "packet 1 of 2"));
        }
    }

    @Test
    void aBrokenMessageIsDroppedAndTheSameUnbrokenIsHeard() {
        Pair pair = Pair.listening(14);
        impair(pair.west, on("suppress-retransmits"), on("corrupt-encrypted"), on("replay-encrypted"));
        SimHost.SimSession session = pair.initiate(pair.west);
        pair.world.run(Duration.ofSeconds(2));
        assertThat(pair.isUp()).as(pair.trace()).isTrue();
        assertThat(session.lines())
                .containsSubsequence(
                        "002 \"t\" #1: IMPAIR: cloning incoming encrypted message and scheduling its replay",
                        "002 \"t\" #1: IMPAIR: corrupting incoming encrypted message's SK payload's first byte",
                        "002 \"t\" #1: encrypted payload seems to be corrupt; dropping packet",
                        "002 \"t\" #1: IMPAIR: processing a fake (cloned) message");
    }

    @Test
    void messagesCanBeLostByTheirNumbers() {
        Pair pair = Pair.listening(15);
        assertThat(impair(pair.west, number("drop-outgoing", 1), number("drop-incoming", 2))
                        .lines())
                .containsExactly(
                        "002 IMPAIR: will drop outgoing message 1", "002 IMPAIR: will drop incoming message 2");
        SimHost.SimSession session = pair.initiate(pair.west);
        pair.world.run(Duration.ofSeconds(3));
        assertThat(pair.isUp()).as(pair.trace()).isTrue();
        assertThat(session.lines())
                .containsSubsequence(
                        "002 \"t\" #1: IMPAIR: dropping outgoing message 1",
                        "010 \"t\" #1: STATE_V2_PARENT_I1: retransmission; will wait 0.5 seconds for response",
                        "002 \"t\" #1: IMPAIR: drop incoming message 2",
                        "010 \"t\" #1: STATE_V2_PARENT_I2: retransmission; will wait 0.5 seconds for response");
        assertThat(pair.west.log()).contains("packet from 192.0.2.2:500: IMPAIR: dropping incoming message 2");
        impair(pair.west, number("drop-incoming", 77));
        pair.west.whack(WhackRequest.of(new WhackCommand.Shutdown(false)));
        pair.world.run(Duration.ofSeconds(1));
        assertThat(pair.west.log()).contains("IMPAIR: outstanding incoming impairment");
    }

    @Test
    void anInitiatorWithoutSpiIsDropped() {
        Pair pair = Pair.listening(16);
        impair(pair.west, number("ike-initiator-spi", 0), on("suppress-retransmits"));
        pair.initiate(pair.west);
        pair.world.run(Duration.ofSeconds(1));
        assertThat(pair.east.log())
                .contains(
                        "packet from 192.0.2.1:500: IKE_SA_INIT request has zero IKE SA Initiator SPI; dropping packet");
        impair(pair.west, new ImpairmentChange.Clear());

        Pair other = Pair.listening(17);
        impair(other.east, number("ike-responder-spi", 0xbeef));
        other.initiate(other.west);
        other.world.run(Duration.ofSeconds(1));
        assertThat(other.isUp()).as(other.trace()).isTrue();
        assertThat(other.trace()).contains("responder SPI: 00 00 00 00 00 00 be ef");
    }

    @Test
    void whatIsNotUpYetIsNotRekeyed() {
        Pair pair = Pair.listening(1);
        pair.world.network().filter(datagram -> false);
        pair.initiate(pair.west);
        pair.world.run(Duration.ofMillis(100));
        assertThat(impair(pair.west, number("event-v2-rekey", 1)).lines())
                .containsExactly("000 state #1 is not established");
        assertThat(pair.west.pluto().saCount()).isEqualTo(1);
    }

    @Test
    void eventsOfAnSaCanBeHadAtOnce() {
        Pair pair = Pair.up(18);
        long before = pair.world.datagrams();
        assertThat(impair(pair.west, number("initiate-v2-liveness", 2)).lines())
                .containsExactly("000 \"t\" #1: initiating liveness for #2");
        assertThat(pair.world.datagrams()).isEqualTo(before + 1);
        pair.world.run(Duration.ofSeconds(1));
        assertThat(pair.world.datagrams()).isEqualTo(before + 2);
        assertThat(impair(pair.west, number("send-keepalive", 1)).lines())
                .containsExactly("000 \"t\" #1: sending keepalive");
        assertThat(impair(pair.west, number("send-keepalive", 9)).lines()).containsExactly("000 state #9 not found");
        assertThat(impair(pair.west, new ImpairmentChange.Off("send-keepalive")).lines())
                .containsExactly("000 state 'no' is not valid");
        assertThat(impair(pair.west, number("event-v2-rekey", 2)).lines())
                .startsWith("000 \"t\" #2: deleting existing REKEY event", "000 \"t\" #2: calling REKEY event handler");
        pair.world.run(Duration.ofSeconds(3));
        assertThat(pair.west.log()).contains("\"t\" #3: initiating rekey to replace Child SA #2");
        assertThat(impair(pair.west, number("event-v2-reauth", 1)).lines())
                .startsWith(
                        "000 \"t\" #1: deleting existing EVENT_v2_REKEY event occupying the slot shared with REAUTH",
                        "000 \"t\" #1: calling REAUTH event handler");
        assertThat(impair(pair.west, number("event-v2-liveness", 3)).lines())
                .startsWith(
                        "000 \"t\" #3: no existing LIVENESS event to delete",
                        "000 \"t\" #3: calling LIVENESS event handler");
        pair.world.run(Duration.ofSeconds(3));
        assertThat(pair.west.log()).contains("\"t\" #1: initiate reauthentication of IKE SA");
        assertThat(impair(pair.west, number("event-sa-replace", 3)).lines())
                .contains("000 \"t\" #3: calling REPLACE event handler");
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
                .isEmpty();
        assertThat(pair.west.whack(WhackRequest.of(new WhackCommand.Status())).lines())
                .contains("000 \"t\":   debug: base+cpu-usage+refcnt");
        DebugChange none = DebugChange.NONE.minus(EnumSet.allOf(DebugClass.class));
        pair.west.whack(WhackRequest.of(new WhackCommand.Adjust(Optional.of("t"), none, List.of())));
        assertThat(pair.west.whack(WhackRequest.of(new WhackCommand.Status())).lines())
                .contains("000 \"t\":   debug: none -"
                        + " base+cpu-usage+refcnt+tmi+crypt+private+whackwatch+add-prefix");
    }
}
