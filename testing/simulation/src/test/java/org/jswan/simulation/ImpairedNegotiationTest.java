// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jswan.connection.ConnectionOption;
import org.jswan.control.DebugChange;
import org.jswan.control.DebugClass;
import org.jswan.control.ImpairmentChange;
import org.jswan.control.WhackCommand;
import org.jswan.control.WhackRequest;
import org.jswan.kernel.KernelSa;
import org.jswan.kernel.SaId;
import org.junit.jupiter.api.Test;

/** Faults on demand in what is negotiated. */
class ImpairedNegotiationTest {
    static void impair(SimHost host, String behaviour, String how, OptionalLong number) {
        host.whack(WhackRequest.of(new WhackCommand.Adjust(
                Optional.empty(),
                DebugChange.NONE.plus(DebugClass.ALL),
                List.of(new ImpairmentChange.On(behaviour, how, number)))));
    }

    private static void impair(SimHost host, String behaviour) {
        impair(host, behaviour, "yes", OptionalLong.empty());
    }

    private static List<String> up(Pair pair) {
        SimHost.SimSession session = pair.initiate(pair.west);
        pair.world.run(Duration.ofSeconds(3));
        return session.lines();
    }

    @Test
    void everythingTwiceChangesNothing() {
        Pair pair = Pair.listening(61);
        impair(pair.west, "jacob-two-two");
        SimHost.SimSession session = pair.initiate(pair.west);
        pair.world.run(Duration.ofMillis(400));
        assertThat(session.isFinished()).isFalse();
        pair.world.run(Duration.ofSeconds(1));
        assertThat(session.isFinished()).isTrue();
        assertThat(session.lines())
                .anyMatch(line -> line.matches("002 \"t\" #1: IMPAIR: JACOB 2-2: resending \\d+ bytes for"
                        + " STATE_V2_PARENT_I0 through eth0 from 192.0.2.1:500 to 192.0.2.2:500:"))
                .anyMatch(line -> line.contains(" bytes for STATE_V2_PARENT_I1 through "));
        assertThat(pair.isUp()).as(pair.trace()).isTrue();
        assertThat(pair.world.network().captured()).hasSize(7);
    }

    @Test
    void reservedFlagsOfPayloadsAreIgnored() {
        Pair pair = Pair.listening(62);
        impair(pair.west, "send-bogus-payload-flag");
        impair(pair.east, "ignore-soft-expire");
        assertThat(up(pair))
                .filteredOn(line -> line.contains("IMPAIR: adding bogus bit to critical octet"))
                .hasSize(10);
        assertThat(pair.isUp()).as(pair.trace()).isTrue();
        assertThat(pair.trace()).contains("east|    flags: RESERVED bit 0 (0x1)");
    }

    @Test
    void noneIsTheSameAsNothing() {
        for (String how : List.of("allow-none", "drop-none")) {
            for (String what : List.of("integ", "dh")) {
                Pair pair = Pair.listening(63);
                impair(pair.west, "v2-proposal-" + what, how, OptionalLong.empty());
                List<String> lines = up(pair);
                assertThat(pair.isUp()).as(pair.trace()).isTrue();
                if (what.equals("integ")) {
                    String verb = how.equals("allow-none") ? "included" : "excluded";
                    assertThat(lines)
                            .contains(
                                    "002 \"t\" #1: IMPAIR: proposal 1 transform INTEG=NONE " + verb
                                            + " when counting transforms",
                                    "002 \"t\" #1: IMPAIR: proposal 1 transform INTEG=NONE " + verb
                                            + " when emitting proposal");
                }
            }
        }
    }

    @Test
    void otherKeyLengthsAreRefused() {
        for (String how : List.of("omit", "empty", "duplicate")) {
            Pair pair = Pair.listening(64);
            impair(pair.west, "ike-key-length-attribute", how, OptionalLong.empty());
            assertThat(up(pair)).anyMatch(line -> line.contains("IMPAIR: ") && line.contains("key-length attribute"));
            assertThat(pair.isUp()).as(how).isEqualTo(how.equals("duplicate"));
        }
        Pair emitting = Pair.listening(64);
        impair(emitting.west, "emitting");
        impair(emitting.west, "ike-key-length-attribute", "empty", OptionalLong.empty());
        assertThat(up(emitting))
                .contains(
                        "002 \"t\" #1: IMPAIR: emitting af+type of IKEv2 Attribute Substructure Payload has an unknown"
                                + " value: 0x0+14 (0xe)");
        Pair pair = Pair.listening(65);
        impair(pair.west, "child-key-length-attribute", "", OptionalLong.of(7));
        assertThat(up(pair)).anyMatch(line -> line.endsWith("emitting fixed-length key-length attribute with 7 key"));
        assertThat(pair.isUp()).isFalse();
    }

    @Test
    void aTransformThatNobodyKnowsIsPassedOver() {
        Pair pair = Pair.listening(68);
        impair(pair.west, "ikev2-add-ike-transform", "", OptionalLong.of(0x60000));
        impair(pair.west, "ikev2-add-child-transform", "", OptionalLong.of(0x3ffff));
        assertThat(up(pair))
                .contains(
                        "002 \"t\" #1: IMPAIR: adding transform type 6?? (0x6) id 0?? (0x0)",
                        "002 \"t\" #1: IMPAIR: adding transform type INTEG (0x3) id 65535?? (0xffff)");
    }

    @Test
    void successorsForFewerPacketsAreRefused() {
        Pair pair = Pair.listening(66);
        up(pair);
        List<SaId> before =
                pair.west.kernel().installed().stream().map(KernelSa::id).toList();
        impair(pair.west, "rekey-initiate-subnet");
        impair(pair.east, "ignore-soft-expire");
        pair.west.whack(WhackRequest.of(new WhackCommand.RekeyIpsec("t")));
        pair.world.run(Duration.ofSeconds(1));
        assertThat(pair.trace()).contains("east|    Notify Message Type: v2N_TS_UNACCEPTABLE (0x26)");
        assertThat(pair.west.kernel().installed().stream().map(KernelSa::id)).containsAll(before);
    }

    @Test
    void successorsThatCarryLessAreNotTaken() {
        Pair pair = Pair.listening(68, both -> both.set(ConnectionOption.ALLOW_NARROWING));
        up(pair);
        List<SaId> before =
                pair.west.kernel().installed().stream().map(KernelSa::id).toList();
        impair(pair.east, "rekey-respond-subnet");
        pair.west.whack(WhackRequest.of(new WhackCommand.RekeyIpsec("t")));
        pair.world.run(Duration.ofSeconds(1));
        assertThat(pair.east.log()).anyMatch(line -> line.contains("#3: responder rekeyed Child SA #2"));
        assertThat(pair.west.kernel().installed().stream().map(KernelSa::id)).isEqualTo(before);
        assertThat(pair.west.pluto().saCount()).isEqualTo(2);
    }

    @Test
    void everythingComesTwice() {
        Pair pair = Pair.listening(69);
        impair(pair.east, "replay-duplicates");
        up(pair);
        assertThat(pair.isUp()).as(pair.trace()).isTrue();
        String peer = "packet from 192.0.2.1:500: IMPAIR: ";
        assertThat(pair.east.log())
                .filteredOn(line -> line.contains("IMPAIR: ") || line.contains("discarding "))
                .map(line -> line.replaceAll("[0-9]+ bytes", "N bytes"))
                .startsWith(
                        peer + "start processing original packet (N bytes)",
                        "\"t\" #1: IMPAIR: processing a fake (cloned) message",
                        peer + "stop processing original packet",
                        peer + "start processing duplicate packet (N bytes)",
                        "\"t\" #1: IMPAIR: processing a fake (cloned) message",
                        "\"t\" #1: discarding packet received during asynchronous work (DNS or crypto) in"
                                + " STATE_V2_PARENT_R0",
                        peer + "stop processing duplicate packet");
    }

    @Test
    void theDaemonMayKeepThingsToItself() {
        Pair pair = Pair.listening(67);
        impair(pair.west, "send-no-idr");
        impair(pair.east, "childless-ikev2-supported");
        impair(pair.east, "omit-v2n-signature-hash-algorithms");
        assertThat(up(pair)).contains("002 \"t\" #1: IMPAIR: omitting IDr payload");
        assertThat(pair.east.log())
                .contains(
                        "\"t\" #1: IMPAIR: omitting CHILDESS_IKEV2_SUPPORTED notify",
                        "\"t\" #1: IMPAIR: omitting SIGNATURE_HASH_ALGORITHMS notification in IKE_SA_INIT response");
        assertThat(pair.isUp()).as(pair.trace()).isTrue();
    }
}
