// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire.v1;

import java.util.function.IntPredicate;
import org.jswan.wire.PayloadType;
import org.jswan.wire.WireException;
import org.jswan.wire.WireReader;
import org.jswan.wire.WireTransform;

/** How transforms of the proposals for one protocol are read. */
enum TransformFormat {
    ISAKMP("ISAKMP", AttributeFormat.OAKLEY, id -> id == 1),
    AH("AH", AttributeFormat.IPSEC, id -> (id >= 2 && id <= 13) || (id >= 250 && id <= 252)),
    ESP("ESP", AttributeFormat.IPSEC, id -> (id >= 1 && id <= 27) || (id >= 249 && id <= 255)),
    IPCOMP("COMP", AttributeFormat.IPSEC, id -> id <= 4);

    private static final int FIXED = 8;

    private final String structure;
    private final AttributeFormat attributes;
    private final IntPredicate known;

    TransformFormat(String name, AttributeFormat attributes, IntPredicate known) {
        this.structure = "ISAKMP Transform Payload (" + name + ")";
        this.attributes = attributes;
        this.known = known;
    }

    /** The format for {@link ProtocolId} 1 to 4. */
    static TransformFormat of(int protocol) {
        return values()[protocol - 1];
    }

    /**
     * The fixed fields of a transform.
     *
     * @param next what follows it: another transform or nothing
     * @param rest a reader of the attributes
     */
    record Head(TransformFormat format, PayloadType next, int number, int id, WireReader rest) {
        WireTransform withAttributes() throws WireException {
            return new WireTransform(number, id, format.attributes.readAll(rest));
        }
    }

    Head readHead(WireReader in) throws WireException {
        WireReader transform = in.structure(structure, FIXED, 2);
        PayloadType next = PayloadType.of(transform.u8());
        transform.u24();
        int number = transform.u8();
        int id = transform.u8();
        // IPCOMP's name in its fields is not that of the structure.
        transform.require(known.test(id), name() + " transform ID", id);
        transform.u16();
        return new Head(this, next, number, id, transform);
    }
}
