// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.crypto;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** What every algorithm has, whatever it does: names, and a number in each of the number spaces it is known in. */
public interface Algorithm {
    /** The full name, upper case, as logs and status lines print it. */
    String fqn();

    /** Names a proposal may use, lower case; the full name is among them. */
    List<String> names();

    AlgorithmIds ids();

    /** Whether IKE itself can use it; what it cannot, only the kernel does. */
    boolean isForIke();

    /** Whether FIPS 140 approves of it, in the table logged at start. */
    boolean isFipsApproved();

    /** Names are compared without regard to case. */
    default boolean isNamed(String name) {
        return names().contains(name.toLowerCase(Locale.ROOT));
    }

    /**
     * The transform ID of IKEv2.
     *
     * @throws IllegalStateException if IKEv2 does not know it
     */
    default int ikev2Id() {
        return ids().in(NumberSpace.IKEV2)
                .orElseThrow(() -> new IllegalStateException(fqn() + " has no IKEv2 transform ID"));
    }

    /** The one of {@code all} that has the number {@code id} in {@code space}. */
    static <A extends Algorithm> Optional<A> byId(List<A> all, NumberSpace space, int id) {
        for (A algorithm : all) {
            OptionalInt number = algorithm.ids().in(space);
            if (number.isPresent() && number.getAsInt() == id) {
                return Optional.of(algorithm);
            }
        }
        return Optional.empty();
    }

    static <A extends Algorithm> Optional<A> byName(List<A> all, String name) {
        return all.stream().filter(a -> a.isNamed(name)).findFirst();
    }

    /**
     * Checks what must hold for a table of algorithms of one kind.
     *
     * @return {@code all}
     * @throws IllegalStateException if two share a name or a number, or one lacks its full name among its names
     */
    static <A extends Algorithm> List<A> checked(List<A> all) {
        Set<String> taken = new HashSet<>();
        for (A algorithm : all) {
            if (!algorithm.isNamed(algorithm.fqn())) {
                throw new IllegalStateException(algorithm.fqn() + " is not among its own names");
            }
            for (String name : algorithm.names()) {
                claim(taken, algorithm, "name " + name);
            }
            for (NumberSpace space : NumberSpace.values()) {
                algorithm.ids().in(space).ifPresent(id -> claim(taken, algorithm, space + " id " + id));
            }
        }
        return all;
    }

    private static void claim(Set<String> taken, Algorithm algorithm, String what) {
        if (!taken.add(what)) {
            throw new IllegalStateException(algorithm.fqn() + ": " + what + " is taken");
        }
    }
}
