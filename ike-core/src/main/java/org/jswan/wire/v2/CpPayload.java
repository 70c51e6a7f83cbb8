// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire.v2;

import java.util.ArrayList;
import java.util.List;
import org.jswan.base.Bytes;
import org.jswan.wire.Payload;
import org.jswan.wire.PayloadType;
import org.jswan.wire.WireException;
import org.jswan.wire.WireReader;
import org.jswan.wire.WireWriter;

/**
 * Configuration, RFC 7296 section 3.15:
 *
 * <pre>
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |   CFG type    |                   reserved                    |
 * |                   configuration attributes                    |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 *
 * @param cfgType 1 (request), 2 (reply), 3 (set) or 4 (ack)
 */
public record CpPayload(int cfgType, List<Attribute> attributes) implements Payload {
    public static final int REQUEST = 1;
    public static final int REPLY = 2;
    public static final int SET = 3;
    public static final int ACK = 4;

    public CpPayload {
        attributes = List.copyOf(attributes);
    }

    /**
     * A configuration attribute, RFC 7296 section 3.15.1; always with a length, also when that is 0.
     *
     * @param type 15 bits
     */
    public record Attribute(int type, Bytes value) {}

    static CpPayload read(WireReader in) throws WireException {
        int cfgType = in.u8();
        in.require(cfgType >= REQUEST && cfgType <= ACK, "ikev2_cfg_type", cfgType);
        in.u24();
        List<Attribute> attributes = new ArrayList<>();
        while (in.hasMore()) {
            // The uppermost bit is reserved and ignored on receipt.
            int type = in.u16() & 0x7fff;
            attributes.add(new Attribute(type, in.bytes(in.u16())));
        }
        return new CpPayload(cfgType, attributes);
    }

    @Override
    public PayloadType type() {
        return PayloadType.CP;
    }

    @Override
    public void writeBody(WireWriter out) {
        out.u8(cfgType).u24(0);
        for (Attribute attribute : attributes) {
            out.u16(attribute.type()).u16(attribute.value().length()).bytes(attribute.value());
        }
    }
}
