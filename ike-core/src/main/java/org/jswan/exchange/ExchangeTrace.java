// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange;

import java.util.List;
import org.jswan.base.Endpoint;
import org.jswan.base.SaSerial;
import org.jswan.connection.ConnectionConfig;
import org.jswan.net.IkeSocket;
import org.jswan.sa.IkeSa;
import org.jswan.sa.MessageWindow;
import org.jswan.sa.State;

/** What an IKE SA does with its messages, as debugging output. Names and order are libreswan's, as in {@link MessageTrace}. */
final class ExchangeTrace {
    private ExchangeTrace() {}

    /**
     * A datagram goes out.
     *
     * @param octets of the whole, the marker of port 4500 included
     * @param purpose the state that sends it, or what else makes it go
     */
    static List<String> sending(SaSerial serial, IkeSocket socket, Endpoint remote, int octets, String purpose) {
        return List.of("sending " + octets + " bytes for " + purpose + " through "
                + socket.interfaceAddress().interfaceName() + " from "
                + socket.local() + " to " + remote + " using " + socket.transport() + " (for " + serial + ")");
    }

    /** @param event what happened to the window, {@code updating initiator sent message request} */
    static List<String> window(IkeSa ike, String event, long messageId) {
        MessageWindow window = ike.window();
        return List.of("Message ID: IKE " + ike.serial() + " " + event + " " + messageId + " (initiator: .sent="
                + (window.nextRequestId() - 1) + (window.isRequestOutstanding() ? " unanswered" : "")
                + " responder: .recv=" + (window.expectedRequestId() - 1) + ")");
    }

    /** A request is about to be sent again, or given up. */
    static List<String> repeating(IkeSa ike) {
        ConnectionConfig config = ike.connection().config();
        long limit = config.lifetimes().keyingTries();
        String whose = ike.remote().address() + " " + ike.connection() + " " + ike.serial();
        return List.of(
                "handling event EVENT_RETRANSMIT for " + whose + " attempt " + (ike.attempt() + 1) + " of " + limit,
                "and parent for " + whose + " keying attempt " + ike.attempt() + " of " + limit + "; retransmit "
                        + (ike.retransmission().orElseThrow().count() + 1));
    }

    /** A transition is complete. */
    static List<String> transition(IkeSa ike, State from, State to) {
        return List.of(
                "" + ike.serial() + " complete_v2_state_transition() " + from + "->" + to + " with status STF_OK");
    }
}
