// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.proposal;

import java.util.List;
import java.util.OptionalInt;
import org.jswan.wire.WireAttribute;
import org.jswan.wire.WireTransform;

/**
 * One transform, whether this daemon knows its ID or not.
 *
 * @param id 16 bits
 * @param keyBits the key length attribute; 0 if there is none
 */
public record Transform(TransformType type, int id, int keyBits) {
    static Transform of(TransformType type, int id) {
        return new Transform(type, id, 0);
    }

    /** Whether it stands for no algorithm at all. */
    public boolean isNone() {
        return type.hasNone() && id == 0;
    }

    WireTransform toWire() {
        return keyBits == 0
                ? new WireTransform(type.id(), id)
                : new WireTransform(type.id(), id, WireAttribute.number(WireAttribute.KEY_LENGTH, keyBits));
    }

    /** Its key length attribute, 0 if it has none; empty if it has any other attribute, which none of ours has. */
    static OptionalInt keyBits(List<WireAttribute> attributes) {
        int bits = 0;
        for (WireAttribute attribute : attributes) {
            if (attribute.type() != WireAttribute.KEY_LENGTH || !attribute.fixed()) {
                return OptionalInt.empty();
            }
            bits = attribute.number().orElseThrow();
        }
        return OptionalInt.of(bits);
    }

    /** As logged: {@code AES_GCM_C_256}. */
    @Override
    public String toString() {
        return type.nameOf(id) + (keyBits > 0 ? "_" + keyBits : "");
    }
}
