// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire.sk;

import java.util.List;
import org.jswan.base.Bytes;
import org.jswan.wire.Payload;
import org.jswan.wire.PayloadChain;
import org.jswan.wire.PayloadType;
import org.jswan.wire.v2.Message;

/**
 * An authentic message.
 *
 * @param outer the message as it came, of several fragments the first; its clear payloads are authentic too
 * @param inner the payloads that were encrypted
 * @param content their octets
 * @param fragments of how many fragments it was made; 0 if it came whole
 */
public record DecodedMessage(Message outer, List<Payload> inner, Bytes content, int fragments) implements Decoded {
    public DecodedMessage {
        inner = List.copyOf(inner);
    }

    /** The payloads before the encrypted one. */
    public List<Payload> clear() {
        return outer.payloads().subList(0, outer.payloads().size() - 1);
    }

    /** The type of the first payload that was encrypted. */
    public PayloadType firstInner() {
        return PayloadChain.first(inner);
    }
}
