// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.base;

import java.util.Optional;

/**
 * A security context of SELinux, by which policies, SAs and packets are labelled: user, role, type and level as text.
 *
 * @param octets the text with the NUL that ends it, as the kernel and IKE have it
 */
public record SecurityLabel(Bytes octets) {
    /** With the NUL: a page of the kernel's memory. */
    public static final int MAX_LENGTH = 4096;

    /** @throws IllegalArgumentException if there is a {@link #fault} */
    public SecurityLabel {
        fault(octets).ifPresent(fault -> {
            throw new IllegalArgumentException(fault);
        });
    }

    /** Of text without the NUL. */
    public static SecurityLabel of(String text) {
        return new SecurityLabel(terminated(text));
    }

    /** Why such text, without the NUL, is no label, if so. */
    public static Optional<String> fault(String text) {
        return fault(terminated(text));
    }

    private static Bytes terminated(String text) {
        return Bytes.ofUtf8(text).plus(Bytes.of(0));
    }

    /** Why those octets are no label, if so. */
    public static Optional<String> fault(Bytes octets) {
        if (octets.length() > MAX_LENGTH) {
            return Optional.of("security label is too long");
        }
        if (octets.length() <= 1) {
            return Optional.of("security label is empty");
        }
        int end = 0;
        while (end < octets.length() && octets.get(end) != 0) {
            end++;
        }
        if (end == octets.length()) {
            return Optional.of("security label is missing the NUL terminator");
        }
        return end + 1 < octets.length() ? Optional.of("security label has an embedded NUL") : Optional.empty();
    }

    private Bytes withoutEnd() {
        return octets.first(octets.length() - 1);
    }

    /** As SELinux takes it. */
    public String text() {
        return withoutEnd().utf8();
    }

    /** As messages show it: what cannot be printed is escaped. */
    @Override
    public String toString() {
        return withoutEnd().sanitized();
    }
}
