// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.eap;

import java.util.ArrayList;
import java.util.List;
import org.jswan.base.Bytes;
import org.jswan.base.Secret;

/**
 * One peer's authentication by EAP-TLS: TLS octets in and out of EAP messages. Helpers call it, one call at a time.
 *
 * <pre>
 *                               &lt;--  EAP-Request (TLS, START)
 * EAP-Response (TLS data)  --&gt;
 *                               &lt;--  EAP-Request (TLS data, LENGTH, MORE)
 * EAP-Response (nothing)  --&gt;
 *                               &lt;--  EAP-Request (the rest)  ...
 * EAP-Response (nothing)  --&gt;
 *                               &lt;--  EAP-Success
 * </pre>
 */
public final class EapTlsServer {
    /** Octets of an EAP message at most, as libreswan. */
    private static final int FRAGMENT = 1024;

    /** A handshake that takes more octets than this is none. */
    private static final int MOST_OCTETS = 1 << 17;

    /** Nor one that takes more messages. */
    private static final int MOST_MESSAGES = 200;

    private final TlsServerEnd tls;
    private int identifier;
    private Bytes pending = Bytes.EMPTY;
    private int sent;
    private int octets;
    private int messages;

    public EapTlsServer(TlsServerEnd tls) {
        this.tls = tls;
    }

    /**
     * What the peer is told.
     *
     * @param log what is to be logged
     */
    public record Answer(Bytes message, List<String> log) {}

    /** The first message. */
    public Bytes start() {
        return new EapTlsMessage(EapTlsMessage.REQUEST, nextIdentifier(), EapTlsMessage.START, 0, Bytes.EMPTY).octets();
    }

    private int nextIdentifier() {
        int next = identifier;
        identifier = identifier + 1 & 0xff;
        return next;
    }

    /**
     * Takes a message of the peer. Takes many milliseconds.
     *
     * @throws EapException if it cannot be one
     */
    public Answer take(Bytes message) throws EapException {
        EapTlsMessage response = EapTlsMessage.read(message);
        if (response.code() != EapTlsMessage.RESPONSE) {
            throw new EapException("EAP Code " + Integer.toHexString(response.code()) + " unexpected");
        }
        octets += response.data().length();
        messages++;
        if (octets > MOST_OCTETS || messages > MOST_MESSAGES) {
            throw new EapException("EAP TLS handshake takes too much");
        }
        List<String> log = new ArrayList<>();
        if (response.data().isEmpty() && (response.flags() & EapTlsMessage.LENGTH) == 0) {
            return acknowledged(log);
        }
        if ((response.flags() & EapTlsMessage.LENGTH) != 0) {
            log.add("EAP TLS Msglen " + response.total());
        }
        log.add("EAP with " + response.data().length() + " bytes, flags " + Integer.toHexString(response.flags()));
        Bytes answer = tls.receive(response.data(), log);
        if ((response.flags() & EapTlsMessage.MORE) != 0) {
            log.add("EAP TLS Fragmentation sending ACK");
            pending = pending.plus(answer);
            return fragment(0, log);
        }
        pending = pending.from(sent).plus(answer);
        sent = 0;
        return fragment(FRAGMENT, log);
    }

    private Answer acknowledged(List<String> log) {
        if (tls.key().isPresent() && pending.isEmpty()) {
            log.add("EAP Final ACK");
            log.add("responding with EAP termination code " + EapTlsMessage.SUCCESS);
            return new Answer(EapTlsMessage.success(nextIdentifier()), log);
        }
        log.add("EAP Fragment acknowledgement");
        return fragment(FRAGMENT, log);
    }

    /** As much of what is to be sent as goes into one message. */
    private Answer fragment(int limit, List<String> log) {
        int total = pending.length();
        boolean first = sent == 0 && limit > 0;
        int room = limit == 0 ? 0 : limit - EapTlsMessage.HEADER - (first ? 4 : 0);
        int count = Math.min(room, total - sent);
        int flags = first ? EapTlsMessage.LENGTH : 0;
        if (limit > 0 && sent + count < total) {
            flags |= EapTlsMessage.MORE;
        }
        log.add("responding with " + count + " bytes of " + total + " EAP data");
        Bytes data = pending.slice(sent, count);
        sent += count;
        if (limit > 0 && sent == total) {
            pending = Bytes.EMPTY;
            sent = 0;
        }
        return new Answer(new EapTlsMessage(EapTlsMessage.REQUEST, nextIdentifier(), flags, total, data).octets(), log);
    }

    /**
     * The key that the handshake made (MSK, RFC 5216 §2.3).
     *
     * @throws EapException if it is not over
     */
    public Secret key() throws EapException {
        return tls.key().orElseThrow(() -> new EapException("EAP TLS handshake is not over"));
    }
}
