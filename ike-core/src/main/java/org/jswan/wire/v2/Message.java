// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire.v2;

import java.util.List;
import java.util.Optional;
import org.jswan.base.Bytes;
import org.jswan.wire.IkeHeader;
import org.jswan.wire.NotifyType;
import org.jswan.wire.Payload;
import org.jswan.wire.PayloadChain;
import org.jswan.wire.WireException;
import org.jswan.wire.WireReader;
import org.jswan.wire.WireWriter;

/**
 * An IKEv2 message as it is on the wire: what is encrypted stays so, inside an {@link SkPayload} or
 * {@link SkfPayload}, which is then the last payload.
 *
 * @param octets the message exactly as it came or goes, as long as its header says
 */
public record Message(IkeHeader header, List<Payload> payloads, Bytes octets) {
    public Message {
        payloads = List.copyOf(payloads);
    }

    /**
     * Decodes a datagram whose header was decoded already. As libreswan: octets past the length that the header gives
     * are ignored.
     */
    public static Message decode(IkeHeader header, Bytes datagram) throws WireException {
        Bytes octets = datagram.first(Math.toIntExact(header.length()));
        WireReader in = WireReader.of(octets.from(IkeHeader.LENGTH), "ISAKMP Message");
        return new Message(header, Payloads.read(in, header.nextPayload(), PayloadChain.LIMIT), octets);
    }

    public static Message decode(Bytes datagram) throws WireException {
        return decode(IkeHeader.decode(datagram), datagram);
    }

    /** Encodes a message; next payload and length in its header are set right whatever they were. */
    public static Message of(IkeHeader header, List<? extends Payload> payloads) {
        Bytes chain = PayloadChain.encode(payloads);
        IkeHeader complete = header.with(PayloadChain.first(payloads), (long) IkeHeader.LENGTH + chain.length());
        WireWriter out = new WireWriter();
        complete.write(out);
        return new Message(complete, List.copyOf(payloads), out.bytes(chain).toBytes());
    }

    /** The first payload of that class. */
    public <P extends Payload> Optional<P> first(Class<P> type) {
        return payloads.stream().filter(type::isInstance).map(type::cast).findFirst();
    }

    /** All payloads of that class in their order. */
    public <P extends Payload> List<P> all(Class<P> type) {
        return payloads.stream().filter(type::isInstance).map(type::cast).toList();
    }

    /** The first notification of that type. */
    public Optional<NotifyPayload> notification(NotifyType notifyType) {
        return all(NotifyPayload.class).stream()
                .filter(n -> n.notifyType().equals(notifyType))
                .findFirst();
    }
}
