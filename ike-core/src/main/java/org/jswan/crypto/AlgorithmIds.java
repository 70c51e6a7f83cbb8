// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.crypto;

import java.util.OptionalInt;

/** An algorithm's numbers: as {@code known().v2(12)} puts them together. */
public record AlgorithmIds(OptionalInt oakley, OptionalInt v1Ipsec, OptionalInt v2, OptionalInt sadb) {
    private static final AlgorithmIds NONE =
            new AlgorithmIds(OptionalInt.empty(), OptionalInt.empty(), OptionalInt.empty(), OptionalInt.empty());

    public static AlgorithmIds known() {
        return NONE;
    }

    public AlgorithmIds oakley(int id) {
        return new AlgorithmIds(OptionalInt.of(id), v1Ipsec, v2, sadb);
    }

    public AlgorithmIds v1Ipsec(int id) {
        return new AlgorithmIds(oakley, OptionalInt.of(id), v2, sadb);
    }

    public AlgorithmIds v2(int id) {
        return new AlgorithmIds(oakley, v1Ipsec, OptionalInt.of(id), sadb);
    }

    public AlgorithmIds sadb(int id) {
        return new AlgorithmIds(oakley, v1Ipsec, v2, OptionalInt.of(id));
    }

    public OptionalInt in(NumberSpace space) {
        return switch (space) {
            case IKEV1_OAKLEY -> oakley;
            case IKEV1_IPSEC -> v1Ipsec;
            case IKEV2 -> v2;
            case SADB -> sadb;
        };
    }
}
