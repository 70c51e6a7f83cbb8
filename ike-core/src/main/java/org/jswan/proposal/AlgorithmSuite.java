// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.proposal;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jswan.crypto.Algorithm;
import org.jswan.crypto.Encr;
import org.jswan.crypto.Integ;
import org.jswan.crypto.KeGroup;
import org.jswan.crypto.Prf;

/**
 * One suite of an {@code ike=}, {@code esp=} or {@code ah=} string: the algorithms between two commas, with what defaults
 * added. A list is empty if its kind has no place in the protocol or, for groups, if none was named.
 */
public record AlgorithmSuite(List<Cipher> encr, List<Prf> prf, List<Integ> integ, List<KeGroup> groups) {
    static final AlgorithmSuite EMPTY = new AlgorithmSuite(List.of(), List.of(), List.of(), List.of());

    /** A cipher with its key length in bits, 0 where the string left that open. */
    public record Cipher(Encr encr, int keyBits) {
        @Override
        public String toString() {
            return encr.fqnWithKeyBits(keyBits);
        }
    }

    public AlgorithmSuite {
        encr = List.copyOf(encr);
        prf = List.copyOf(prf);
        integ = List.copyOf(integ);
        groups = List.copyOf(groups);
    }

    AlgorithmSuite withEncr(List<Cipher> other) {
        return new AlgorithmSuite(other, prf, integ, groups);
    }

    AlgorithmSuite withPrf(List<Prf> other) {
        return new AlgorithmSuite(encr, other, integ, groups);
    }

    AlgorithmSuite withInteg(List<Integ> other) {
        return new AlgorithmSuite(encr, prf, other, groups);
    }

    AlgorithmSuite withGroups(List<KeGroup> other) {
        return new AlgorithmSuite(encr, prf, integ, other);
    }

    /** Whether there are ciphers and all are AEADs. */
    boolean allAead() {
        return !encr.isEmpty() && encr.stream().allMatch(c -> c.encr().isAead());
    }

    /** Whether there are ciphers and none is an AEAD. */
    boolean noneAead() {
        return !encr.isEmpty() && encr.stream().noneMatch(c -> c.encr().isAead());
    }

    /** Whether no integrity algorithm is named but NONE. */
    boolean noIntegrity() {
        return integ.stream().allMatch(i -> i == Integ.NONE);
    }

    /** As status lines print it: {@code AES_CBC_256-HMAC_SHA2_256-MODP2048}. */
    @Override
    public String toString() {
        List<String> parts = new ArrayList<>();
        add(parts, encr, Cipher::toString);
        if (printsIntegrity()) {
            add(parts, integ, Algorithm::fqn);
        }
        add(parts, prf, Algorithm::fqn);
        add(parts, groups, Algorithm::fqn);
        return String.join("-", parts);
    }

    // as libreswan: integrity goes without saying where it is by the hashes of the PRFs, or where an AEAD sees to it
    private boolean printsIntegrity() {
        if (prf.isEmpty()) {
            return true;
        }
        if (allAead()) {
            return !noIntegrity();
        }
        if (!noneAead()) {
            return false;
        }
        return !integ.stream()
                .map(Integ::prf)
                .toList()
                .equals(prf.stream().map(Optional::of).toList());
    }

    private static <T> void add(List<String> parts, List<T> algorithms, Function<T, String> name) {
        if (!algorithms.isEmpty()) {
            parts.add(algorithms.stream().map(name).collect(Collectors.joining("+")));
        }
    }
}
