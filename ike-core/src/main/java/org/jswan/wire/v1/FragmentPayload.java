// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire.v1;

import org.jswan.base.Bytes;
import org.jswan.wire.Payload;
import org.jswan.wire.PayloadType;
import org.jswan.wire.WireException;
import org.jswan.wire.WireReader;
import org.jswan.wire.WireWriter;

/**
 * A piece of a message, as Cisco and Microsoft ([MS-IKEE] section 2.2.5) cut them: the only payload of a message whose
 * header is that of the whole one, without its encryption flag.
 *
 * <pre>
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |          fragment ID          |    number     |   flags     |L|
 * |                             data                              |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 *
 * @param fragmentId 16 bits, alike in all pieces of a message
 * @param number 8 bits, from 1
 * @param last whether this is the end of the message
 */
public record FragmentPayload(int fragmentId, int number, boolean last, Bytes data) implements Payload {
    /** How many pieces a received message can have. */
    public static final int MOST = 16;

    /** Octets of the generic header and the fields. */
    static final int FIXED = 8;

    private static final int LENGTH_AT = 2;
    private static final int FLAG_LAST = 1;

    /**
     * Decodes what follows the header of a message whose first payload is of this type. As libreswan: what the payload
     * says about a next one does not matter, nor what follows it.
     *
     * @throws Refusal if there is no whole payload; its text is all that is logged
     */
    public static FragmentPayload read(Bytes body) throws Refusal {
        try {
            WireReader in =
                    WireReader.of(body, "ISAKMP Message").structure("ISAKMP IKE Fragment Payload", FIXED, LENGTH_AT);
            in.u32();
            int fragmentId = in.u16();
            int number = in.u8();
            boolean last = (in.u8() & FLAG_LAST) != 0;
            return new FragmentPayload(fragmentId, number, last, in.rest());
        } catch (WireException e) {
            throw new Refusal(NotificationType.PAYLOAD_MALFORMED, e.getMessage());
        }
    }

    /** The same, keeping nothing else in memory. */
    FragmentPayload compact() {
        return new FragmentPayload(fragmentId, number, last, data.compact());
    }

    /**
     * Whether the number is one that a piece can have, 1 to 16. As libreswan: otherwise the peer is told
     * PAYLOAD_MALFORMED and nothing is logged.
     */
    public boolean isNumbered() {
        return number >= 1 && number <= MOST;
    }

    @Override
    public PayloadType type() {
        return PayloadTypes.IKE_FRAGMENTATION;
    }

    @Override
    public void writeBody(WireWriter out) {
        out.u16(fragmentId).u8(number).u8(last ? FLAG_LAST : 0).bytes(data);
    }
}
