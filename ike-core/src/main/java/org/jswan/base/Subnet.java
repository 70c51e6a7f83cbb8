// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.base;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/** A routing prefix; the address has no bits set past it. Printed {@code 192.0.2.0/24}. */
public record Subnet(IpAddress address, int prefixLength) {
    private static final Pattern LENGTH = Pattern.compile("[0-9]{1,3}");

    public Subnet {
        if (prefixLength < 0 || prefixLength > address.family().bits()) {
            throw new IllegalArgumentException("prefix length " + prefixLength + " for " + address);
        }
        if (!address.network(prefixLength).equals(address)) {
            throw new IllegalArgumentException("host bits set in " + address + "/" + prefixLength);
        }
    }

    /** The subnet of that one address. */
    public static Subnet host(IpAddress address) {
        return new Subnet(address, address.family().bits());
    }

    /** {@code 0.0.0.0/0} or {@code ::/0}. */
    public static Subnet all(AddressFamily family) {
        return new Subnet(IpAddress.any(family), 0);
    }

    /** {@code address/length} with a literal address and no host bits, or a literal address alone. */
    public static Optional<Subnet> parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            return IpAddress.parse(text).map(Subnet::host);
        }
        String length = text.substring(slash + 1);
        if (!LENGTH.matcher(length).matches()) {
            return Optional.empty();
        }
        int prefixLength = Integer.parseInt(length);
        return IpAddress.parse(text.substring(0, slash))
                .filter(a -> prefixLength <= a.family().bits()
                        && a.network(prefixLength).equals(a))
                .map(a -> new Subnet(a, prefixLength));
    }

    /**
     * A subnet that is known to be one.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static Subnet of(String text) {
        return parse(text).orElseThrow(() -> new IllegalArgumentException("not a subnet: " + text));
    }

    /** The subnet in which an address is by a mask; empty if the mask is none. */
    public static Optional<Subnet> masked(IpAddress address, IpAddress mask) {
        OptionalInt length = mask.prefixOfMask();
        return length.isPresent()
                ? Optional.of(new Subnet(address.network(length.getAsInt()), length.getAsInt()))
                : Optional.empty();
    }

    public AddressFamily family() {
        return address.family();
    }

    public boolean isHost() {
        return prefixLength == family().bits();
    }

    public boolean contains(IpAddress other) {
        return other.family() == family() && other.network(prefixLength).equals(address);
    }

    public boolean contains(Subnet other) {
        return other.prefixLength >= prefixLength && contains(other.address);
    }

    public AddressRange range() {
        return new AddressRange(address, address.broadcast(prefixLength));
    }

    /** The mask in address form, {@code 255.255.255.0}. */
    public IpAddress mask() {
        return IpAddress.any(family()).broadcast(0).network(prefixLength);
    }

    @Override
    public String toString() {
        return address + "/" + prefixLength;
    }
}
