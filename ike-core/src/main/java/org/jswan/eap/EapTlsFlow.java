// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.eap;

import java.util.List;
import org.jswan.base.Bytes;

/** TLS octets on their way through EAP messages: cut into fragments going out, counted coming in (RFC 5216 §2.1.5). */
final class EapTlsFlow {
    /** Octets of an EAP message at most, as libreswan. */
    private static final int FRAGMENT = 1024;

    /** A handshake that takes more octets than this is none. */
    private static final int MOST_OCTETS = 1 << 17;

    /** Nor one that takes more messages. */
    private static final int MOST_MESSAGES = 200;

    private final int code;
    private Bytes pending = Bytes.EMPTY;
    private int sent;
    private int octets;
    private int messages;

    /** @param code of the messages that we send */
    EapTlsFlow(int code) {
        this.code = code;
    }

    /**
     * Takes note of a message of the peer.
     *
     * @throws EapException if the peer takes too long for a handshake
     */
    void came(EapTlsMessage message, List<String> log) throws EapException {
        octets += message.data().length();
        count();
        if (message.isAcknowledgement()) {
            return;
        }
        if (message.has(EapTlsMessage.LENGTH)) {
            log.add("EAP TLS Msglen " + message.total());
        }
        log.add("EAP with " + message.data().length() + " bytes, flags " + Integer.toHexString(message.flags()));
    }

    /**
     * A message of the peer came that may not be of TLS.
     *
     * @throws EapException if the peer takes too long for a handshake
     */
    void count() throws EapException {
        messages++;
        if (octets > MOST_OCTETS || messages > MOST_MESSAGES) {
            throw new EapException("EAP TLS handshake takes too much");
        }
    }

    /** Whether there is something that the peer has not been sent. */
    boolean isSending() {
        return !pending.isEmpty();
    }

    void add(Bytes outgoing) {
        pending = pending.from(sent).plus(outgoing);
        sent = 0;
    }

    /** Says that a fragment came. */
    EapTlsMessage acknowledgement(int identifier, List<String> log) {
        log.add("EAP TLS Fragmentation sending ACK");
        return message(identifier, 0, Bytes.EMPTY, log);
    }

    /** As much of what is to be sent as goes into one message. */
    EapTlsMessage next(int identifier, List<String> log) {
        int total = pending.length();
        boolean first = sent == 0;
        int room = FRAGMENT - EapTlsMessage.HEADER - (first ? 4 : 0);
        int count = Math.min(room, total - sent);
        int flags = (first ? EapTlsMessage.LENGTH : 0) | (sent + count < total ? EapTlsMessage.MORE : 0);
        EapTlsMessage message = message(identifier, flags, pending.slice(sent, count), log);
        sent += count;
        if (sent == total) {
            pending = Bytes.EMPTY;
            sent = 0;
        }
        return message;
    }

    private EapTlsMessage message(int identifier, int flags, Bytes data, List<String> log) {
        int total = pending.length();
        log.add("responding with " + data.length() + " bytes of " + total + " EAP data");
        return new EapTlsMessage(code, identifier, flags, total, data);
    }
}
