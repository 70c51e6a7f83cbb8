// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.whack.value;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jswan.base.AddressFamily;
import org.jswan.base.AddressRange;
import org.jswan.base.Bytes;
import org.jswan.base.IpAddress;
import org.jswan.base.Subnet;
import org.jswan.connection.AddressPrefix;

/** Addresses, subnets and ranges. A family given is the only one accepted. */
public final class AddressText {
    private static final String IPV6_TEXT = "IPv6 numeric address";

    private AddressText() {}

    /** An address in digits: IPv4 also with fewer than four parts, or as {@code 0x} and eight digits. */
    public static IpAddress numeric(String text, Optional<AddressFamily> family) throws ValueException {
        if (text.isEmpty()) {
            throw new ValueException("empty string");
        }
        boolean six = family.isPresent() ? family.get() == AddressFamily.IPV6 : text.indexOf(':') >= 0;
        if (family.isEmpty() || !six) {
            Optional<IpAddress> hex = eightHexDigits(text);
            if (hex.isPresent()) {
                return hex.get();
            }
        }
        return six ? colons(text) : dotted(text);
    }

    /** An address in digits or the name of a host; without a family the IPv4 address is preferred. */
    public static IpAddress named(String text, Optional<AddressFamily> family, NameLookup names) throws ValueException {
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
        return best.orElseThrow(() -> new ValueException("not a numeric "
                + family.map(AddressFamily::toString).orElse("IPv4 or IPv6")
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
            long limit = last ? 1L << 8 * (5 - parts.length) : 256;
            try {
                long value = NumberText.parse(parts[i], parts[i].matches("0[bB].*") ? 10 : 0);
                if (Long.compareUnsigned(value, limit) >= 0) {
                    return Optional.empty();
                }
                bits = last ? bits << 8 * (5 - parts.length) | value : bits << 8 | value;
            } catch (ValueException e) {
                return Optional.empty(); // no number, so it may still be a name
            }
        }
        return Optional.of(IpAddress.v4((int) bits));
    }

    private static Optional<IpAddress> eightHexDigits(String text) {
        return text.matches("0[xX][0-9a-fA-F]{8}")
                ? Optional.of(IpAddress.v4(Integer.parseUnsignedInt(text.substring(2), 16)))
                : Optional.empty();
    }

    private static IpAddress dotted(String text) throws ValueException {
        String[] parts = text.split("\\.", -1);
        int[] octets = new int[4];
        for (int i = 0; i < 4 && i < parts.length; i++) {
            if (parts[i].isEmpty()) {
                throw new ValueException("empty dotted-numeric address field");
            }
            long value = NumberText.parse(parts[i], 0);
            boolean last = i == parts.length - 1 || i == parts.length - 2 && parts[i + 1].isEmpty();
            if (last && i > 0) {
                for (int at = 3; at >= i && value != 0; at--) {
                    octets[at] = (int) (value & 0xff);
                    value >>>= 8;
                }
                if (value != 0) {
                    throw new ValueException("overflow in dotted-numeric address");
                }
                if (i != parts.length - 1) {
                    throw new ValueException("garbage at end of dotted-address");
                }
                break;
            }
            if (Long.compareUnsigned(value, 255) > 0) {
                throw new ValueException("byte overflow in dotted-numeric address");
            }
            octets[i] = (int) value;
        }
        if (parts.length > 4) {
            throw new ValueException("garbage at end of dotted-address");
        }
        return IpAddress.of(Bytes.of(octets));
    }

    private static IpAddress colons(String text) throws ValueException {
        List<Integer> groups = new ArrayList<>();
        int gap = -1;
        int colons = 0;
        int at = 0;
        while (at < text.length() && groups.size() < 8) {
            if (text.charAt(at) == ':') {
                colons++;
                at++;
                if (colons > 2) {
                    throw new ValueException("::: in " + IPV6_TEXT);
                }
                if (colons == 2) {
                    if (gap >= 0) {
                        throw new ValueException("more than one :: in " + IPV6_TEXT);
                    }
                    gap = groups.size();
                }
            } else if (colons == 1 && groups.isEmpty()) {
                throw new ValueException("single leading `:' in " + IPV6_TEXT);
            } else {
                colons = 0;
                NumberText.Prefix number = NumberText.parsePrefix(text.substring(at), 16);
                if (Long.compareUnsigned(number.value(), 0xffff) > 0) {
                    throw new ValueException("too large");
                }
                groups.add((int) number.value());
                at += number.length();
            }
        }
        if (at < text.length()) {
            throw new ValueException(
                    (text.charAt(at) == ':' ? "trailing `:' in " : "extra garbage on end of ") + IPV6_TEXT);
        }
        if (gap < 0 && groups.size() < 8) {
            throw new ValueException("incomplete " + IPV6_TEXT);
        }
        if (gap >= 0 && groups.size() == 8) {
            throw new ValueException("non-abbreviating empty field in " + IPV6_TEXT);
        }
        while (groups.size() < 8) {
            groups.add(gap, 0);
        }
        int[] octets = new int[16];
        for (int i = 0; i < 16; i++) {
            octets[i] = i % 2 == 0 ? groups.get(i / 2) >> 8 : groups.get(i / 2) & 0xff;
        }
        return IpAddress.of(Bytes.of(octets));
    }

    /** A subnet, and whether bits past its mask had to be cleared (which IPv4 allows, with a warning). */
    public record CleanedSubnet(Subnet subnet, boolean hadHostBits) {}

    /** {@code address/length} or, for IPv4, {@code address/mask}. */
    public static CleanedSubnet subnet(String text, Optional<AddressFamily> family) throws ValueException {
        if (text.equalsIgnoreCase("%default")) {
            return new CleanedSubnet(
                    Subnet.all(family.orElseThrow(
                            () -> new ValueException("unknown address family with %default subnet not allowed."))),
                    false);
        }
        int slash = text.indexOf('/');
        if (slash < 0) {
            throw new ValueException("no / in subnet specification");
        }
        IpAddress address = numeric(text.substring(0, slash), family);
        int length = prefixLength(text.substring(slash + 1), address.family());
        Subnet subnet = new Subnet(address.network(length), length);
        boolean hostBits = !subnet.address().equals(address);
        if (hostBits && address.family() == AddressFamily.IPV6) {
            throw new ValueException("improper subnet, host-part bits on");
        }
        return new CleanedSubnet(subnet, hostBits);
    }

    private static int prefixLength(String mask, AddressFamily family) throws ValueException {
        if (mask.matches("[0-9]+") && mask.length() < 10 && Integer.parseInt(mask) <= family.bits()) {
            return Integer.parseInt(mask);
        }
        if (family == AddressFamily.IPV6) {
            throw new ValueException("masks are not permitted for IPv6 addresses");
        }
        IpAddress bits = numeric(mask, Optional.of(family));
        for (int length = 0; length <= family.bits(); length++) {
            if (IpAddress.any(family).broadcast(0).network(length).equals(bits)) {
                return length;
            }
        }
        throw new ValueException("non-contiguous or otherwise erroneous mask");
    }

    /** {@code address/length}, the address kept as it is. */
    public static AddressPrefix prefix(String text, Optional<AddressFamily> family) throws ValueException {
        int slash = text.indexOf('/');
        if (slash < 0) {
            throw new ValueException("missing mask");
        }
        if (slash == text.length() - 1) {
            throw new ValueException("empty mask");
        }
        IpAddress address = numeric(text.substring(0, slash), family);
        long length = NumberText.parse(text.substring(slash + 1), 0);
        if (Long.compareUnsigned(length, address.family().bits()) > 0) {
            throw new ValueException("mask is too big");
        }
        return new AddressPrefix(address, (int) length);
    }

    /** {@code first-last}, {@code address/length} or one address. */
    public static AddressRange range(String text) throws ValueException {
        int separator = 0;
        while (separator < text.length() && "/-".indexOf(text.charAt(separator)) < 0) {
            separator++;
        }
        IpAddress first = numeric(text.substring(0, separator), Optional.empty());
        if (separator == text.length()) {
            return AddressRange.host(first);
        }
        String rest = text.substring(separator + 1);
        if (text.charAt(separator) == '/') {
            long length = NumberText.parse(rest, 0);
            if (Long.compareUnsigned(length, first.family().bits()) > 0) {
                throw new ValueException("too large");
            }
            return new AddressRange(first.network((int) length), first.broadcast((int) length));
        }
        IpAddress last = numeric(rest, Optional.of(first.family()));
        if (first.compareTo(last) > 0) {
            throw new ValueException("start of range is greater than end");
        }
        return new AddressRange(first, last);
    }
}
