// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.sa;

import java.util.ArrayList;
import java.util.List;
import org.jswan.base.Bytes;
import org.jswan.crypto.MacStream;
import org.jswan.crypto.keymat.IkeKeys;
import org.jswan.wire.IkeHeader;
import org.jswan.wire.Payload;
import org.jswan.wire.PayloadType;
import org.jswan.wire.v2.Message;
import org.jswan.wire.v2.SkPayload;

/**
 * What the ends sign in IKE_AUTH of the IKE_INTERMEDIATE exchanges before it (RFC 9242 §3.3.2): a chain of hashes for the
 * messages of either end, and the message ID of IKE_AUTH.
 */
public final class IntermediateTranscript {
    private boolean used;
    private Bytes initiator = Bytes.EMPTY;
    private Bytes responder = Bytes.EMPTY;
    private long lastId;

    /** Whether both ends said that they know these exchanges. */
    public boolean isUsed() {
        return used;
    }

    public void setUsed(boolean is) {
        used = is;
    }

    /**
     * Adds a message, as it would be were its content not encrypted.
     *
     * @param keys the IKE SA's when the message was sent
     * @param clear the payloads before the encrypted one
     * @param content the octets of the encrypted payloads, without padding
     */
    public void add(IkeKeys keys, IkeHeader header, List<Payload> clear, PayloadType firstInner, Bytes content) {
        List<Payload> payloads = new ArrayList<>(clear);
        payloads.add(new SkPayload(firstInner, content));
        Bytes octets = Message.of(header, payloads).octets();
        lastId = header.messageId();
        if (header.fromInitiator()) {
            initiator = next(keys, true, initiator, octets);
        } else {
            responder = next(keys, false, responder, octets);
        }
    }

    private static Bytes next(IkeKeys keys, boolean byInitiator, Bytes previous, Bytes octets) {
        try (MacStream prf = keys.prf().start(keys.skP(byInitiator))) {
            return prf.update(previous).update(octets).finish();
        }
    }

    /**
     * What is signed after everything else; nothing if there were no such exchanges.
     *
     * @param initiatorFirst whose hash comes first
     */
    public Bytes octets(boolean initiatorFirst) {
        if (!used) {
            return Bytes.EMPTY;
        }
        long authId = lastId + 1;
        Bytes id = Bytes.of((int) (authId >>> 24), (int) (authId >>> 16), (int) (authId >>> 8), (int) authId);
        return initiatorFirst ? Bytes.concat(initiator, responder, id) : Bytes.concat(responder, initiator, id);
    }
}
