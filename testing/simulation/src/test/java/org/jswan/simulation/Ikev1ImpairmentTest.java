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

    private static void impair(SimHost host, String behaviour, String how) {
        ImpairedNegotiationTest.impair(
                host, behaviour, how, how.equals("0") ? OptionalLong.of(0) : OptionalLong.empty());
    }

    @ParameterizedTest
    @CsvSource({
        "omit, omitting HASH payload for outI1, message for STATE_QUICK_R0 is missing payloads HASH",
        "empty, sending HASH payload with no data for outI1,"
                + " received 'quick_inI1_outR1' message HASH(1) data is the wrong length"
                + " (received 0 bytes but expected 32)",
        "0, setting HASH payload bytes to 00,"
                + " received 'quick_inI1_outR1' message HASH(1) data does not match computed value"
    })
    void aWrongHashStopsQuickMode(String how, String said, String heard) {
        Pair pair = Ikev1Pair.listening(1);
        impair(pair.west, "v1-hash-exchange", "quick");
        impair(pair.west, "v1-hash-payload", how);
        pair.initiate(pair.west);
        pair.world.run(Duration.ofSeconds(1));
        assertThat(pair.west.log()).contains("\"t\" #2: IMPAIR: " + said);
        assertThat(pair.east.log()).anyMatch(line -> line.endsWith("#1: " + heard));
        assertThat(pair.east.kernel().installed()).as(pair.trace()).isEmpty();
    }

    @Test
    void anUncheckedHashStopsNothing() {
        Pair pair = Ikev1Pair.listening(1);
        impair(pair.west, "v1-hash-exchange", "quick");
        impair(pair.west, "v1-hash-payload", "0");
        impair(pair.east, "v1-hash-check", "yes");
        pair.initiate(pair.west);
        pair.world.run(Duration.ofSeconds(1));
        assertThat(Ikev1Pair.isUp(pair)).as(pair.trace()).isTrue();
        assertThat(pair.east.log()).contains("\"t\" #1: IMPAIR: skipping check of 'quick_inI1_outR1' HASH payload");
    }

    @Test
    void deletesWithoutHashEndNothing() {
        Pair pair = Ikev1Pair.up(1);
        impair(pair.west, "v1-hash-exchange", "delete");
        impair(pair.west, "v1-hash-payload", "omit");
        pair.terminate(pair.west);
        pair.world.run(Duration.ofSeconds(1));
        assertThat(pair.west.log())
                .containsSubsequence(
                        "\"t\" #2: ESP traffic information: in=0B out=0B",
                        "\"t\" #2: IMPAIR: omitting HASH payload for send delete",
                        "\"t\" #1: IMPAIR: omitting HASH payload for send delete");
        assertThat(pair.east.log()).contains("\"t\" #1: message for STATE_INFO_PROTECTED is missing payloads HASH");
        assertThat(Ikev1Pair.has(pair.east, V1State.QUICK_R2)).as(pair.trace()).isTrue();
    }

    @Test
    void aDeleteThatANotificationFollowsEndsItsSa() {
        Pair pair = Ikev1Pair.up(1);
        impair(pair.west, "ikev1-del-with-notify", "yes");
        pair.terminate(pair.west);
        pair.world.run(Duration.ofSeconds(1));
        assertThat(pair.west.log()).contains("\"t\" #2: IMPAIR: adding bogus Notify payload after IKE Delete payload");
        assertThat(Ikev1Pair.has(pair.east, V1State.QUICK_R2)).as(pair.trace()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"bust-mi2, 192.0.2.1", "bust-mr2, 192.0.2.2"})
    void theMiddleMessageCanBeLong(String impairment, String sender) {
        Pair pair = Ikev1Pair.listening(1);
        impair(pair.west, impairment, "yes");
        impair(pair.east, impairment, "yes");
        pair.initiate(pair.west);
        pair.world.run(Duration.ofSeconds(1));
        assertThat(Ikev1Pair.isUp(pair)).as(pair.trace()).isTrue();
        assertThat(pair.world.network().captured().stream()
                        .filter(datagram -> datagram.octets().length() > 1500)
                        .map(datagram -> datagram.from().address().toString()))
                .containsExactly(sender);
    }

    @Test
    void thePublicValueOfQuickModeCanBeMissing() {
        Pair pair = Ikev1Pair.up(1);
        impair(pair.west, "ke-payload", "omit");
        pair.initiate(pair.west);
        pair.world.run(Duration.ofSeconds(1));
        assertThat(pair.west.log()).contains("\"t\" #3: IMPAIR: sending no KE (g^x) payload");
        assertThat(pair.east.log()).contains("\"t\" #3: missing KE payload in Quick Mode I1 message");
    }

    @ParameterizedTest
    @CsvSource({"ike-key-length-attribute, #1", "child-key-length-attribute, #2"})
    void keyLengthsCanBeMissing(String impairment, String sa) {
        Pair pair = begun(impairment + ":omit", UnaryOperator.identity());
        assertThat(pair.west.log()).contains("\"t\" " + sa + ": IMPAIR: not sending key-length attribute");
    }

    @Test
    void anAnswerCanBeLeftUnsent() {
        Pair pair = Ikev1Pair.listening(71);
        ImpairedNegotiationTest.impair(pair.east, "send-no-main-r2", "", OptionalLong.empty());
        pair.initiate(pair.west);
        pair.world.run(Duration.ofMillis(400));
        assertThat(pair.east.log()).contains("\"t\" #1: IMPAIR: Skipped sending STATE_MAIN_R2 response packet");
        assertThat(Ikev1Pair.has(pair.east, V1State.MAIN_R2)).as(pair.trace()).isTrue();
        assertThat(Ikev1Pair.has(pair.west, V1State.MAIN_I2)).as(pair.trace()).isTrue();
        // As if it were lost: it is repeated.
        pair.world.run(Duration.ofSeconds(1));
        assertThat(Ikev1Pair.isUp(pair)).as(pair.trace()).isTrue();
    }

    @Test
    void messagesCanBeLostByTheirNumbers() {
        Pair pair = Ikev1Pair.listening(72);
        ImpairedNegotiationTest.impair(pair.west, "drop-outgoing", "", OptionalLong.of(2));
        SimHost.SimSession session = pair.initiate(pair.west);
        pair.world.run(Duration.ofSeconds(2));
        assertThat(session.lines())
                .containsSubsequence(
                        "002 \"t\" #1: IMPAIR: dropping outgoing message 2",
                        "010 \"t\" #1: STATE_MAIN_I2: retransmission; will wait 0.5 seconds for response");
        assertThat(Ikev1Pair.isUp(pair)).as(pair.trace()).isTrue();
    }

    @Test
    void aRefusalInClearCanBeLostToo() {
        Pair pair = Ikev1Pair.listening(
                73,
                c -> c.set(ConnectionOption.IKE, "aes128-sha1;modp2048"),
                c -> c.set(ConnectionOption.IKE, "aes256-sha2_256;modp2048"));
        ImpairedNegotiationTest.impair(pair.east, "drop-outgoing", "", OptionalLong.of(1));
        pair.initiate(pair.west);
        pair.world.run(Duration.ofMillis(300));
        assertThat(pair.east.log()).contains("packet from 192.0.2.1:500: IMPAIR: dropping outgoing message 1");
        assertThat(pair.world.network().captured()).as(pair.trace()).hasSize(1);
    }

    @Test
    void everythingTwiceChangesNothing() {
        Pair pair = Ikev1Pair.listening(74);
        ImpairedNegotiationTest.impair(pair.west, "jacob-two-two", "", OptionalLong.empty());
        SimHost.SimSession session = pair.initiate(pair.west);
        pair.world.run(Duration.ofSeconds(3));
        assertThat(session.lines())
                .anyMatch(line -> line.matches("002 \"t\" #1: IMPAIR: JACOB 2-2: resending \\d+ bytes for"
                        + " reply packet for main_outI1 through eth0 from 192.0.2.1:500 to 192.0.2.2:500:"));
        assertThat(Ikev1Pair.isUp(pair)).as(pair.trace()).isTrue();
        assertThat(pair.world.network().captured().stream()
                        .map(Datagram::octets)
                        .distinct()
                        .count())
                .isLessThan(pair.world.network().captured().size());
    }

    @ParameterizedTest
    @ValueSource(strings = {"replay-duplicates", "replay-forward", "replay-backward"})
    void whatComesAgainChangesNothing(String impairment) {
        Pair pair = Ikev1Pair.listening(1);
        impair(pair.east, impairment, "yes");
        pair.initiate(pair.west);
        pair.world.run(Duration.ofSeconds(5));
        assertThat(Ikev1Pair.isUp(pair)).as(pair.trace()).isTrue();
        assertThat(pair.east.log())
                .anyMatch(line -> line.contains("IMPAIR: start"))
                .anyMatch(line -> line.contains("retransmitting in response to duplicate packet; already"));
        assertThat(pair.east.kernel().installed()).hasSize(2);
    }

    @Test
    void theSecondAnswerCanBeLate() {
        Pair pair = Ikev1Pair.listening(1);
        impair(pair.east, "send-no-main-r2", "yes");
        pair.initiate(pair.west);
        pair.world.run(Duration.ofMillis(400));
        assertThat(pair.east.log()).contains("\"t\" #1: IMPAIR: Skipped sending STATE_MAIN_R2 response packet");
        assertThat(Ikev1Pair.has(pair.west, V1State.MAIN_I2)).as(pair.trace()).isTrue();
        pair.world.run(Duration.ofSeconds(1));
        assertThat(Ikev1Pair.isUp(pair)).as(pair.trace()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "delete-on-retransmit, IMPAIR: retransmit so deleting SA",
        "timeout-on-retransmit, IMPAIR: retransmit so timing out SA (may retry)"
    })
    void theFirstRepetitionCanBeTheEnd(String impairment, String line) {
        Pair pair = Ikev1Pair.listening(1);
        pair.world.network().filter(datagram -> false);
        impair(pair.west, "revival", "yes");
        impair(pair.west, impairment, "yes");
        pair.initiate(pair.west);
        pair.world.run(Duration.ofMillis(700));
        assertThat(pair.west.log()).contains("\"t\" #1: " + line);
        assertThat(Ikev1Pair.has(pair.west, V1State.MAIN_I2)).isFalse();
        assertThat(pair.west.pluto().sas()).noneMatch(sa -> sa.serial().value() == 1);
    }

    @ParameterizedTest
    @CsvSource({"1, 3", "2, 3"})
    void anSaCanBeReplacedAtOnce(int replaced, int successor) {
        Pair pair = Ikev1Pair.up(1);
        ImpairedNegotiationTest.impair(
                pair.west, "event-sa-replace", Integer.toString(replaced), OptionalLong.of(replaced));
        pair.world.run(Duration.ofSeconds(3));
        assertThat(pair.west.log())
                .anyMatch(line -> line.startsWith("\"t\" #" + successor + ": ") && line.contains("established"));
    }
}
