// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire.v1;

import java.util.List;
import java.util.Optional;
import org.jswan.base.Bytes;
import org.jswan.wire.IkeHeader;
import org.jswan.wire.Payload;
import org.jswan.wire.PayloadChain;
import org.jswan.wire.PayloadType;
import org.jswan.wire.WireException;
import org.jswan.wire.WireReader;
import org.jswan.wire.WireWriter;

/**
 * An IKEv1 message in clear: one that is sent so, or one whose payloads were decrypted.
 *
 * @param octets header and payloads exactly as they came or go, up to the end of the last payload
 */
public record Message(IkeHeader header, List<Payload> payloads, Bytes octets) {
    public Message {
        payloads = List.copyOf(payloads);
    }

    /** Encodes a message in clear; next payload and length in its header are set right whatever they were. */
    public static Message of(IkeHeader header, List<? extends Payload> payloads) {
        Bytes octets = envelope(header, PayloadChain.first(payloads), encodePayloads(payloads));
        return new Message(header.with(PayloadChain.first(payloads), octets.length()), List.copyOf(payloads), octets);
    }

    /** The octets of the payloads with their generic headers. */
    public static Bytes encodePayloads(List<? extends Payload> payloads) {
        return PayloadChain.encode(payloads);
    }

    /**
     * The octets of a message whose payloads were encrypted or cut into fragments by others.
     *
     * @param first the type of the first payload inside
     * @param body what follows the header
     */
    public static Bytes envelope(IkeHeader header, PayloadType first, Bytes body) {
        WireWriter out = new WireWriter();
        header.with(first, (long) IkeHeader.LENGTH + body.length()).write(out);
        return out.bytes(body).toBytes();
    }

    /** Decodes what follows the header, in clear or decrypted, whatever the payloads. */
    public static Message read(IkeHeader header, PayloadType first, Bytes body) throws WireException {
        return read(header, first, body, Admission.OPEN);
    }

    /**
     * Decodes what follows the header, in clear or decrypted. As libreswan: octets after the last payload are padding,
     * whatever they are and even if the message was not encrypted.
     *
     * @param body what the header's length covers
     * @param admission has a say in which payloads may come
     * @throws WireException a {@link Refusal} if the codec is what refuses the message
     */
    public static Message read(IkeHeader header, PayloadType first, Bytes body, Admission admission)
            throws WireException {
        WireReader in = WireReader.of(body, "ISAKMP Message");
        List<Payload> payloads = Payloads.read(in, first, header.exchange(), admission);
        WireWriter out = new WireWriter();
        header.write(out);
        return new Message(
                header,
                payloads,
                out.bytes(body.first(body.length() - in.remaining())).toBytes());
    }

    /**
     * The octets from the end of that payload, which is the first of its kind, to the end of the last one, as they are
     * on the wire: what the hash covers (RFC 2409 section 5.5 and 5.7).
     *
     * @throws IllegalArgumentException if the message does not have that payload
     */
    public Bytes after(HashPayload hash) {
        if (!first(HashPayload.class).filter(hash::equals).isPresent()) {
            throw new IllegalArgumentException("not the hash payload of this message");
        }
        int at = IkeHeader.LENGTH;
        int type = header.nextPayload().number();
        while (true) {
            int end = at + (octets.get(at + 2) << 8 | octets.get(at + 3));
            if (type == PayloadTypes.HASH.number()) {
                return octets.from(end);
            }
            type = octets.get(at);
            at = end;
        }
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
    public Optional<NotificationPayload> notification(NotificationType notificationType) {
        return all(NotificationPayload.class).stream()
                .filter(n -> n.notificationType().equals(notificationType))
                .findFirst();
    }
}
