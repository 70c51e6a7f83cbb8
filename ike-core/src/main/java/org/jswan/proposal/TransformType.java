// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.proposal;

import java.util.List;
import java.util.Optional;

/** Types of transforms (RFC 7296 §3.3.2), named as they are logged. */
public enum TransformType {
    ENCR(1, TransformNames.ENCR),
    PRF(2, TransformNames.PRF),
    INTEG(3, TransformNames.INTEG),
    DH(4, TransformNames.GROUP),
    ESN(5, TransformNames.ESN);

    private static final List<TransformType> ALL = List.of(values());

    private final int id;
    private final NumberTable names;

    TransformType(int id, NumberTable names) {
        this.id = id;
        this.names = names;
    }

    public static Optional<TransformType> byId(int id) {
        for (TransformType type : ALL) {
            if (type.id == id) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }

    public int id() {
        return id;
    }

    /** What {@code transformId} is called in logs. */
    public String nameOf(int transformId) {
        return names.shortName(transformId);
    }

    /** What {@code transformId} is called in full. */
    public String longName(int transformId) {
        return names.longName(transformId);
    }

    /** Whether ID 0 of it stands for none at all, which the peer may leave unsaid (RFC 7296 §3.3.3, §3.3.6). */
    boolean hasNone() {
        return this == INTEG || this == DH;
    }
}
