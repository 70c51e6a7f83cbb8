// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire.v1;

import java.util.List;
import org.jswan.base.Bytes;
import org.jswan.wire.Payload;
import org.jswan.wire.PayloadType;
import org.jswan.wire.WireAttribute;
import org.jswan.wire.WireException;
import org.jswan.wire.WireReader;
import org.jswan.wire.WireWriter;

/**
 * Attributes of Mode Config and XAUTH, draft-ietf-ipsec-isakmp-mode-cfg-05 section 3.2:
 *
 * <pre>
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |     type      |    reserved   |           identifier          |
 * |                           attributes                          |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 *
 * @param messageType 8 bits; received ones are 1 to 4
 * @param identifier 16 bits, alike in request and answer
 * @param content the attributes as they came or go
 */
public record AttributesPayload(int messageType, int identifier, Bytes content) implements Payload {
    public static final int REQUEST = 1;
    public static final int REPLY = 2;
    public static final int SET = 3;
    public static final int ACK = 4;

    public AttributesPayload(int messageType, int identifier, List<WireAttribute> attributes) {
        this(messageType, identifier, encode(attributes));
    }

    private static Bytes encode(List<WireAttribute> attributes) {
        WireWriter out = new WireWriter();
        attributes.forEach(attribute -> attribute.write(out));
        return out.toBytes();
    }

    static AttributesPayload read(WireReader in) throws WireException {
        int messageType = in.u8();
        in.require(messageType >= REQUEST && messageType <= ACK, "Attr Msg Type", messageType);
        in.u8();
        return new AttributesPayload(messageType, in.u16(), in.rest());
    }

    /**
     * The attributes; fewer than 4 octets after the last are nothing.
     *
     * @throws WireException if one is longer than the payload
     */
    public List<WireAttribute> attributes() throws WireException {
        return AttributeFormat.MODE_CONFIG.readAll(WireReader.of(content, "ISAKMP Mode Attribute"));
    }

    @Override
    public PayloadType type() {
        return PayloadTypes.MODECFG;
    }

    @Override
    public void writeBody(WireWriter out) {
        out.u8(messageType).u8(0).u16(identifier).bytes(content);
    }
}
