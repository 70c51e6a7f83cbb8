// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire.v1;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import org.jswan.wire.WireAttribute;
import org.jswan.wire.WireException;
import org.jswan.wire.WireReader;

/** How attributes are read: all look alike, but each place has its own numbers and name in error texts. */
enum AttributeFormat {
    OAKLEY(
            "ISAKMP Oakley attribute",
            length -> (length >= 6 && length <= 10) || length == 12 || length == 16,
            number -> number >= 1 && number <= 16),

    IPSEC(
            "ISAKMP IPsec DOI attribute",
            length -> length == 2 || length == 9 || length == 10 || length == AttributeFormat.SECURITY_CONTEXT,
            number -> (number >= 1 && number <= 15) || number == AttributeFormat.SECURITY_CONTEXT),

    /** Any number will do. */
    MODE_CONFIG("ISAKMP ModeCfg attribute", length -> true, number -> true);

    private static final int SECURITY_CONTEXT = 32001;
    private static final int FORMAT_BIT = 0x8000;
    private static final int FIXED = 4;

    private final String structure;
    private final IntPredicate knownVariable;
    private final IntPredicate knownFixed;

    AttributeFormat(String structure, IntPredicate knownVariable, IntPredicate knownFixed) {
        this.structure = structure;
        this.knownVariable = knownVariable;
        this.knownFixed = knownFixed;
    }

    /** Reads attributes until fewer octets are left than one has at least; as libreswan, these are ignored. */
    List<WireAttribute> readAll(WireReader in) throws WireException {
        List<WireAttribute> attributes = new ArrayList<>();
        while (in.remaining() >= FIXED) {
            attributes.add(read(in));
        }
        in.rest();
        return List.copyOf(attributes);
    }

    private WireAttribute read(WireReader in) throws WireException {
        int head = in.u16();
        int type = head & ~FORMAT_BIT;
        boolean fixed = type != head;
        if (!(fixed ? knownFixed : knownVariable).test(type)) {
            throw new WireException("af+type of " + structure + " has an unknown value: " + (fixed ? "AF+" : "") + type
                    + " (0x" + Integer.toHexString(head) + ")");
        }
        if (fixed) {
            return new WireAttribute(type, true, in.bytes(2));
        }
        int length = in.u16();
        if (length > in.remaining()) {
            throw new WireException(
                    (length + FIXED) + "-byte length/value of " + structure + " is larger than can fit");
        }
        return new WireAttribute(type, false, in.bytes(length));
    }
}
