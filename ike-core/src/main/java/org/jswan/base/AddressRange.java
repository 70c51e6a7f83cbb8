// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.base;

import java.util.Optional;

/** The addresses from {@code first} to {@code last}, both included, of one family. */
public record AddressRange(IpAddress first, IpAddress last) {
    public AddressRange {
        if (first.family() != last.family() || first.compareTo(last) > 0) {
            throw new IllegalArgumentException("not a range: " + first + "-" + last);
        }
    }

    public static AddressRange host(IpAddress address) {
        return new AddressRange(address, address);
    }

    public AddressFamily family() {
        return first.family();
    }

    public boolean contains(IpAddress address) {
        return address.family() == family() && first.compareTo(address) <= 0 && address.compareTo(last) <= 0;
    }

    public boolean contains(AddressRange other) {
        return contains(other.first) && contains(other.last);
    }

    public Optional<AddressRange> intersection(AddressRange other) {
        if (other.family() != family()) {
            return Optional.empty();
        }
        IpAddress from = first.compareTo(other.first) >= 0 ? first : other.first;
        IpAddress to = last.compareTo(other.last) <= 0 ? last : other.last;
        return from.compareTo(to) <= 0 ? Optional.of(new AddressRange(from, to)) : Optional.empty();
    }

    /** The subnet with exactly these addresses, if there is one. */
    public Optional<Subnet> subnet() {
        // A shorter prefix has more addresses than these, a longer one fewer.
        int length = first.commonPrefix(last);
        return first.network(length).equals(first) && first.broadcast(length).equals(last)
                ? Optional.of(new Subnet(first, length))
                : Optional.empty();
    }

    /** {@code 192.0.2.0/24} if it is a subnet, else {@code 192.0.2.1-192.0.2.9}. */
    @Override
    public String toString() {
        return subnet().map(Subnet::toString).orElseGet(() -> first + "-" + last);
    }
}
