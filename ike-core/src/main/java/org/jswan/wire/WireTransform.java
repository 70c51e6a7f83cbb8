// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire;

import java.util.ArrayList;
import java.util.List;

/**
 * A transform of a proposal. Both versions use the same octets, but for the place of the transform's ID:
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * | 0 (last) or 3 |   reserved    |        transform length       |
 * | type          |   reserved    |          transform ID         |  IKEv2, RFC 7296 section 3.3.2
 * | transform no. | transform ID  |            reserved           |  IKEv1, RFC 2408 section 3.6
 * |                           attributes                          |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 *
 * @param type the transform type (IKEv2) or transform number (IKEv1), 8 bits
 * @param id the transform ID: 16 bits (IKEv2) or 8 bits (IKEv1)
 */
public record WireTransform(int type, int id, List<WireAttribute> attributes) {
    static final int MORE = 3;

    private static final int FIXED = 8;
    private static final String STRUCTURE = "IKEv2 Transform Substructure Payload";

    public WireTransform {
        attributes = List.copyOf(attributes);
    }

    public WireTransform(int type, int id, WireAttribute... attributes) {
        this(type, id, List.of(attributes));
    }

    static WireReader next(WireReader in) throws WireException {
        return in.structure(STRUCTURE, FIXED, 2);
    }

    /** Reads what follows the marker octet. */
    static WireTransform read(WireReader in, IkeVersion version) throws WireException {
        in.u24();
        int type = in.u8();
        int id;
        if (version.major() == 1) {
            id = in.u8();
            in.u16();
        } else {
            in.u8();
            id = in.u16();
        }
        List<WireAttribute> attributes = new ArrayList<>();
        while (in.hasMore()) {
            attributes.add(WireAttribute.read(in));
        }
        return new WireTransform(type, id, attributes);
    }

    void write(WireWriter out, IkeVersion version, boolean last) {
        int start = out.position();
        out.u8(last ? 0 : MORE).u8(0).u16(0).u8(type);
        if (version.major() == 1) {
            out.u8(id).u16(0);
        } else {
            out.u8(0).u16(id);
        }
        attributes.forEach(attribute -> attribute.write(out));
        out.endStructure(start, 2);
    }
}
