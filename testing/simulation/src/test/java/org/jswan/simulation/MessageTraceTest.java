// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
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
}
