// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.jswan.control.WhackCommand;
import org.jswan.control.WhackRequest;
import org.junit.jupiter.api.Test;

/** What debugging shows of messages: people and scripts look for these lines. */
class MessageTraceTest {
    private static List<String> debugged(Pair pair, String host) {
        return pair.world.trace().stream()
                .map(String::strip)
                .filter(line -> line.contains(" " + host + "| "))
                .map(line -> line.substring(line.indexOf("| ") + 2))
                .toList();
    }

    @Test
    void messagesAreShownFieldByField() {
        Pair pair = Pair.up(1);
        List<String> west = debugged(pair, "west");
        assertThat(west)
                .contains(
                        "**emit ISAKMP Message:",
                        "   responder SPI: 00 00 00 00 00 00 00 00",
                        "   next payload type: ISAKMP_NEXT_v2SA (0x21)",
                        "   ISAKMP version: IKEv2 version 2.0 (rfc4306/rfc5996) (0x20)",
                        "   flags: ISAKMP_FLAG_v2_IKE_INIT (0x8)",
                        "   flags: ISAKMP_FLAG_v2_MSG_RESPONSE (0x20)",
                        "   Notify Message Type: v2N_NAT_DETECTION_SOURCE_IP (0x4004)",
                        "   ID type: ID_FQDN (0x2)",
                        "   auth method: IKEv2_AUTH_SHARED (0x2)");
        assertThat(west.stream().filter(line -> line.startsWith("   exchange type: ")))
                .containsExactly(
                        "   exchange type: ISAKMP_v2_IKE_SA_INIT (0x22)",
                        "   exchange type: ISAKMP_v2_IKE_SA_INIT (0x22)",
                        "   exchange type: ISAKMP_v2_IKE_AUTH (0x23)",
                        "   exchange type: ISAKMP_v2_IKE_AUTH (0x23)");
        // One that waits for the keys is shown once.
        assertThat(debugged(pair, "east").stream().filter(line -> line.startsWith("   Message ID: ")))
                .containsExactly(
                        "   Message ID: 0 (00 00 00 00)",
                        "   Message ID: 0 (00 00 00 00)",
                        "   Message ID: 1 (00 00 00 01)",
                        "   Message ID: 1 (00 00 00 01)");
    }

    @Test
    void whatBecomesOfMessagesIsShown() {
        Pair pair = Pair.up(1);
        List<String> east = debugged(pair, "east");
        assertThat(east.stream().filter(line -> line.startsWith("sending ")))
                .map(line -> line.replaceFirst("[0-9]+", "N"))
                .containsExactly(
                        "sending N bytes for STATE_V2_PARENT_R0 through eth0 from 192.0.2.2:500 to 192.0.2.1:500 using UDP (for #1)",
                        "sending N bytes for STATE_V2_PARENT_R1 through eth0 from 192.0.2.2:500 to 192.0.2.1:500 using UDP (for #1)");
        assertThat(east.stream().filter(line -> line.startsWith("Message ID: ")))
                .map(line -> line.replaceFirst(" [(].*", ""))
                .containsExactly(
                        "Message ID: IKE #1 updating responder received message request 0",
                        "Message ID: IKE #1 updating responder sent message response 0",
                        "Message ID: IKE #1 updating responder received message request 1",
                        "Message ID: IKE #1 updating responder sent message response 1");
        assertThat(east).contains("#1 complete_v2_state_transition() PARENT_R0->PARENT_R1 with status STF_OK");
        assertThat(debugged(pair, "west"))
                .contains("#1 complete_v2_state_transition() PARENT_I0->PARENT_I1 with status STF_OK");
        assertThat(debugged(pair, "west").stream().filter(line -> line.startsWith("Message ID: ")))
                .map(line -> line.replaceFirst(" [(].*", ""))
                .containsExactly(
                        "Message ID: IKE #1 updating initiator sent message request 0",
                        "Message ID: IKE #1 updating initiator received message response 0",
                        "Message ID: IKE #1 updating initiator sent message request 1",
                        "Message ID: IKE #1 updating initiator received message response 1");
    }

    @Test
    void livesAreShown() {
        Pair pair = Pair.up(3);
        pair.west.whack(WhackRequest.of(new WhackCommand.RekeyIke("t")));
        pair.world.run(Duration.ofSeconds(5));
        assertThat(debugged(pair, "west").stream()
                        .filter(line -> line.contains("EVENT_SA_REPLACE") || line.contains("EVENT_SA_EXPIRE"))
                        .map(line -> line.replaceAll("0x[0-9a-f]+", "0xN")))
                .containsExactly(
                        "event_schedule_where: newref EVENT_SA_REPLACE-pe@0xN timeout in 28800 seconds for #2",
                        "event_schedule_where: newref EVENT_SA_REPLACE-pe@0xN timeout in 28800 seconds for #1",
                        "#1 is retaining EVENT_SA_REPLACE with is previously set timeout",
                        "#1 deleting EVENT_SA_REPLACE",
                        "event_schedule_where: newref EVENT_SA_EXPIRE-pe@0xN timeout in 1 seconds for #1",
                        "event_schedule_where: newref EVENT_SA_REPLACE-pe@0xN timeout in 28800 seconds for #3",
                        "#1 is retaining EVENT_SA_EXPIRE with is previously set timeout",
                        "timer_event_cb: processing EVENT_SA_EXPIRE-event@0xN for IKE SA #1 in state"
                                + " ESTABLISHED_IKE_SA",
                        "#1 deleting EVENT_SA_EXPIRE");
    }

    @Test
    void repetitionsAreShownWithTheAttempt() {
        Pair pair = Pair.listening(2);
        pair.world.network().filter(datagram -> false);
        pair.initiate(pair.west);
        pair.world.run(Duration.ofMillis(1200));
        assertThat(debugged(pair, "west"))
                .contains(
                        "and parent for 192.0.2.2 \"t\" #1 keying attempt 1 of 0; retransmit 1",
                        "and parent for 192.0.2.2 \"t\" #1 keying attempt 1 of 0; retransmit 2")
                .anyMatch(line -> line.matches("sending [0-9]+ bytes for EVENT_RETRANSMIT through .*"));
    }

    @Test
    void messagesOfIkev1AreShownByTheirOwnNames() {
        assertThat(debugged(Ikev1Pair.up(1), "east"))
                .contains(
                        "   next payload type: ISAKMP_NEXT_SA (0x1)",
                        "   ISAKMP version: ISAKMP Version 1.0 (rfc2407) (0x10)",
                        "   exchange type: ISAKMP_XCHG_IDPROT (0x2)",
                        "   flags: ISAKMP_FLAG_v1_ENCRYPTION (0x1)",
                        "got payload 0x400  (ISAKMP_NEXT_NONCE) needed: 0x400 opt: 0x100000",
                        "***emit ISAKMP Nonce Payload:",
                        "received 'quick_inI1_outR1' message HASH(1) data ok",
                        "received 'quick_inI2' message HASH(3) data ok",
                        "complete v1 state transition with STF_OK",
                        "IKEv1: transition from state STATE_MAIN_R1 to state STATE_MAIN_R2")
                .noneMatch(line -> line.contains("IKEv2 payload"));
    }
}
