// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.proposal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jswan.base.Bytes;
import org.jswan.wire.WireAttribute;

/** Attributes of IKEv1's transforms: their numbers (RFC 2409 appendix A, RFC 2407 §4.5), and how their values are written. */
final class Ikev1Attribute {
    static final int OAKLEY_ENCRYPTION_ALGORITHM = 1;
    static final int OAKLEY_HASH_ALGORITHM = 2;
    static final int OAKLEY_AUTHENTICATION_METHOD = 3;
    static final int OAKLEY_GROUP_DESCRIPTION = 4;
    static final int OAKLEY_LIFE_TYPE = 11;
    static final int OAKLEY_LIFE_DURATION = 12;
    static final int OAKLEY_KEY_LENGTH = 14;

    static final int SA_LIFE_TYPE = 1;
    static final int SA_LIFE_DURATION = 2;
    static final int GROUP_DESCRIPTION = 3;
    static final int ENCAPSULATION_MODE = 4;
    static final int AUTH_ALGORITHM = 5;
    static final int KEY_LENGTH = 6;
    static final int SECCTX = 32001;

    /** Life types, the same in both phases. */
    static final int SECONDS = 1;

    static final int KILOBYTES = 2;

    private static final long MAX_FIXED = 0xffff;
    private static final long MAX_DURATION = 0xffffffffL;

    private Ikev1Attribute() {}

    /** A number in as few octets as libreswan takes for it: two in place of the length, or four behind it. */
    static WireAttribute of(int type, long value) {
        if (value <= MAX_FIXED) {
            return WireAttribute.number(type, (int) value);
        }
        return new WireAttribute(
                type, false, Bytes.of((int) (value >>> 24), (int) (value >>> 16), (int) (value >>> 8), (int) value));
    }

    /** The lifetime of an SA, as two attributes. */
    static List<WireAttribute> life(int typeAttribute, int durationAttribute, Duration life) {
        List<WireAttribute> attributes = new ArrayList<>();
        attributes.add(of(typeAttribute, SECONDS));
        attributes.add(of(durationAttribute, life.toSeconds()));
        return attributes;
    }

    /** The value of a fixed attribute; of a variable one, its length in octets. */
    static int value(WireAttribute attribute) {
        return attribute.fixed()
                ? attribute.number().orElseThrow()
                : attribute.value().length();
    }

    /** The value of a duration, whose octets may be any number: as libreswan, what is too great is cut to 32 bits of ones. */
    static long duration(WireAttribute attribute) {
        long value = 0;
        for (int i = 0; i < attribute.value().length(); i++) {
            value = value << Byte.SIZE | attribute.value().get(i);
            if (value > MAX_DURATION) {
                return MAX_DURATION;
            }
        }
        return value;
    }
}
