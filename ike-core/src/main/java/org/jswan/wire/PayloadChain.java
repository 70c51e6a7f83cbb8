// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jswan.base.Bytes;

/**
 * The payloads of a message, each behind the generic header of RFC 7296 section 3.2:
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * | next payload  |C|  reserved   |         payload length        |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 */
public final class PayloadChain {
    /** Octets of a generic header. */
    public static final int GENERIC_HEADER = 4;

    /** How many payloads of known types a message may have, encrypted ones included. */
    public static final int LIMIT = 30;

    private static final int LENGTH_AT = 2;

    private PayloadChain() {}

    /**
     * Reads payloads until one says that none follows.
     *
     * @param first the type of the first payload; NONE for an empty chain
     * @param formats how to read the types that are known; others become {@link UnknownPayload}
     * @param unknown the name in error texts of a payload of unknown type
     * @param limit how many payloads of known types may come
     * @throws WireException whose text is the whole log line; also if octets are left over after the last payload
     */
    public static List<Payload> read(
            WireReader in, PayloadType first, Map<PayloadType, PayloadFormat> formats, String unknown, int limit)
            throws WireException {
        List<Payload> payloads = new ArrayList<>();
        int known = 0;
        PayloadType type = first;
        while (!type.equals(PayloadType.NONE)) {
            PayloadFormat format = formats.get(type);
            if (format != null && ++known > limit) {
                throw new WireException("more than " + LIMIT + " payloads in message; ignored");
            }
            Element element;
            try {
                element = format == null ? readUnknown(in, type, unknown) : readKnown(in, format);
            } catch (WireException e) {
                throw malformed(e);
            }
            Payload read = element.payload();
            payloads.add(read);
            type = read instanceof LastPayload ? PayloadType.NONE : element.next();
        }
        if (in.hasMore()) {
            throw new WireException(in.remaining() + " octets left over after the last payload");
        }
        return List.copyOf(payloads);
    }

    /** A payload and the type of the one after it. */
    private record Element(Payload payload, PayloadType next) {}

    private static Element readKnown(WireReader in, PayloadFormat format) throws WireException {
        WireReader payload = in.structure(format.name(), format.fixed(), LENGTH_AT);
        PayloadType next = PayloadType.of(payload.u8());
        payload.u24();
        Payload read = format.body().read(next, payload);
        payload.expectEnd();
        return new Element(read, next);
    }

    private static Element readUnknown(WireReader in, PayloadType type, String name) throws WireException {
        WireReader payload = in.structure(name, GENERIC_HEADER, LENGTH_AT);
        PayloadType next = PayloadType.of(payload.u8());
        int flags = payload.u8();
        payload.u16();
        return new Element(new UnknownPayload(type, flags, payload.rest()), next);
    }

    /** As libreswan: nothing stands between the two halves of the log line. */
    private static WireException malformed(WireException cause) {
        return new WireException("malformed payload in packet" + cause.getMessage());
    }

    /** The type that a header in front of the chain must name. */
    public static PayloadType first(List<? extends Payload> payloads) {
        return payloads.isEmpty() ? PayloadType.NONE : payloads.get(0).type();
    }

    /** Writes the payloads with their generic headers. */
    public static void write(WireWriter out, List<? extends Payload> payloads) {
        for (int i = 0; i < payloads.size(); i++) {
            Payload payload = payloads.get(i);
            PayloadType next = payload instanceof LastPayload last
                    ? last.firstInner()
                    : first(payloads.subList(i + 1, payloads.size()));
            int start = out.position();
            out.u8(next.number()).u8(payload.flags()).u16(0);
            payload.writeBody(out);
            out.endStructure(start, LENGTH_AT);
        }
    }

    /** The octets of the payloads with their generic headers. */
    public static Bytes encode(List<? extends Payload> payloads) {
        WireWriter out = new WireWriter();
        write(out, payloads);
        return out.toBytes();
    }
}
