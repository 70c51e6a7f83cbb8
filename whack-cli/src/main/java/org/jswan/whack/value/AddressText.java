// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.whack.value;

import java.util.List;
import java.util.Optional;
import org.jswan.base.AddressFamily;
import org.jswan.base.IpAddress;
import org.jswan.config.value.Addresses;
import org.jswan.config.value.Numbers;
import org.jswan.config.value.ValueException;
import org.jswan.connection.AddressPrefix;
import org.jswan.net.NameResolver;

/** Addresses where whack takes names as well, and prefixes of a family. */
public final class AddressText {
    private AddressText() {}

    /** An address in digits or the name of a host; without a family the IPv4 address is preferred. */
    public static IpAddress named(String text, Optional<AddressFamily> family, NameResolver names)
            throws ValueException {
        Optional<IpAddress> literal = literal(text);
        List<IpAddress> found;
        if (literal.isPresent()) {
            found = List.of(literal.get());
        } else {
            found = text.isEmpty() ? List.of() : names.lookup(text);
        }
        Optional<IpAddress> best = found.stream()
                .filter(a -> a.family() == family.orElse(AddressFamily.IPV4))
                .findFirst();
        if (best.isEmpty() && family.isEmpty() && !found.isEmpty()) {
            best = Optional.of(found.get(0));
        }
        return best.orElseThrow(() -> new ValueException(
                "not a numeric " + family.map(AddressFamily::toString).orElse("IPv4 or IPv6")
                        + " address and name lookup failed (no validation performed)"));
    }

    /** What the C library takes for an address without asking anybody. */
    private static Optional<IpAddress> literal(String text) {
        return text.indexOf(':') >= 0 ? IpAddress.parse(text) : inetAton(text);
    }

    /** One to four numbers, decimal, octal or hexadecimal; the last fills what is left. */
    private static Optional<IpAddress> inetAton(String text) {
        String[] parts = text.split("\\.", -1);
        if (parts.length > 4) {
            return Optional.empty();
        }
        long bits = 0;
        for (int i = 0; i < parts.length; i++) {
            boolean last = i == parts.length - 1;
            int room = last ? 8 * (5 - parts.length) : 8;
            try {
                // The C library knows no binary numbers.
                long value = Numbers.unsigned(parts[i], parts[i].matches("0[bB].*") ? 10 : 0);
                if (value >>> room != 0) {
                    return Optional.empty();
                }
                bits = bits << room | value;
            } catch (ValueException e) {
                return Optional.empty(); // no number, so it may still be a name
            }
        }
        return Optional.of(IpAddress.v4((int) bits));
    }

    /** {@code address/length}, the address kept as it is. */
    public static AddressPrefix prefix(String text, Optional<AddressFamily> family) throws ValueException {
        int slash = text.indexOf('/');
        if (slash >= 0 && slash < text.length() - 1) {
            // An address of another family is told in the words of the one wanted.
            Addresses.address(text.substring(0, slash), family);
        }
        Addresses.Prefix prefix = Addresses.prefix(text);
        return new AddressPrefix(prefix.address(), prefix.length());
    }
}
