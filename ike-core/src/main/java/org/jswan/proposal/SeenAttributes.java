// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.proposal;

import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jswan.wire.WireAttribute;

/**
 * Which attributes of a transform of IKEv1 have been read: none may come twice, but for a lifetime, which is a type and a
 * duration behind it and may come once for each type.
 */
final class SeenAttributes {
    private final int typeAttribute;
    private final int durationAttribute;
    private final Set<Integer> seen = new HashSet<>();
    private final Set<Integer> seenLifeTypes = new HashSet<>();
    private int lifeType;

    /** @param typeAttribute the number of the life type; {@code durationAttribute} that of the duration */
    SeenAttributes(int typeAttribute, int durationAttribute) {
        this.typeAttribute = typeAttribute;
        this.durationAttribute = durationAttribute;
    }

    /** Whether it is the first time that {@code attribute} comes. */
    boolean isFirst(WireAttribute attribute) {
        return seen.add(attribute.type());
    }

    boolean has(int attribute) {
        return seen.contains(attribute);
    }

    /** Whether {@code type} is one that there is, in both phases. */
    static boolean isLifeType(int type) {
        return type == Ikev1Attribute.SECONDS || type == Ikev1Attribute.KILOBYTES;
    }

    /** Whether it is the first time that this type of life comes. */
    boolean isFirstLife(int type) {
        lifeType = type;
        return seenLifeTypes.add(type);
    }

    /**
     * The duration of a life, whose type has come before. As libreswan, only time is counted: one in kilobytes is passed over,
     * which is when there is no answer.
     */
    Optional<Duration> life(WireAttribute duration) {
        seen.remove(typeAttribute);
        seen.remove(durationAttribute);
        return lifeType == Ikev1Attribute.SECONDS
                ? Optional.of(Duration.ofSeconds(Ikev1Attribute.duration(duration)))
                : Optional.empty();
    }
}
