// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.proposal;

import java.util.Optional;
import java.util.stream.Stream;

/** Types of transforms (RFC 7296 §3.3.2), named as they are logged. */
public enum TransformType {
    ENCR(1, TransformNames.ENCR),
    PRF(2, TransformNames.PRF),
    INTEG(3, TransformNames.INTEG),
    DH(4, TransformNames.GROUP),
    ESN(5, TransformNames.ESN);

    private final int id;
    private final NumberTable names;

    TransformType(int id, NumberTable names) {
        this.id = id;
        this.names = names;
    }

    public static Optional<TransformType> byId(int id) {
        return Stream.of(values()).filter(t -> t.id == id).findFirst();
    }

    public int id() {
        return id;
    }

    /** What {@code transformId} is called in logs. */
    String nameOf(int transformId) {
        return names.shortName(transformId);
    }

    /** Whether ID 0 of it stands for none at all, which the peer may leave unsaid (RFC 7296 §3.3.3, §3.3.6). */
    boolean hasNone() {
        return this == INTEG || this == DH;
    }
}
