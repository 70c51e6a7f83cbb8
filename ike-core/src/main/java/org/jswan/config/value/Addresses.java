// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.config.value;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jswan.base.AddressFamily;
import org.jswan.base.AddressRange;
import org.jswan.base.Bytes;
import org.jswan.base.IpAddress;
import org.jswan.base.Subnet;

/** Numeric addresses and what is written with them. Names are never looked up here. */
public final class Addresses {
    private static final Pattern HEXADECIMAL = Pattern.compile("0[xX][0-9a-fA-F]{8}");
    private static final String V6 = "IPv6 numeric address";

    private Addresses() {}

    /**
     * A numeric address, IPv4 also in the loose forms of inet_aton(3): octal and hexadecimal numbers, {@code 10.1},
     * {@code 0x0a000001}.
     *
     * @param family the family it must have; if empty, a colon tells
     */
    public static IpAddress address(String text, Optional<AddressFamily> family) throws ValueException {
        if (text.isEmpty()) {
            throw new ValueException("empty string");
        }
        if (!family.equals(Optional.of(AddressFamily.IPV6))
                && HEXADECIMAL.matcher(text).matches()) {
            return IpAddress.v4(Integer.parseUnsignedInt(text.substring(2), 16));
        }
        boolean six = family.map(f -> f == AddressFamily.IPV6).orElse(text.indexOf(':') >= 0);
        return six ? colons(text) : dots(text);
    }

    private static IpAddress dots(String text) throws ValueException {
        int bits = 0;
        String rest = text;
        for (int i = 0; i < 4; i++) {
            int dot = rest.indexOf('.');
            String part = dot < 0 ? rest : rest.substring(0, dot);
            rest = dot < 0 ? "" : rest.substring(dot + 1);
            if (part.isEmpty()) {
                throw new ValueException("empty dotted-numeric address field");
            }
            long number = Numbers.unsigned(part, 0);
            if (rest.isEmpty() && i > 0) {
                // the last number fills all octets that are left
                int room = 8 * (4 - i);
                if (number >>> room != 0) {
                    throw new ValueException("overflow in dotted-numeric address");
                }
                if (dot >= 0) {
                    throw new ValueException("garbage at end of dotted-address");
                }
                return IpAddress.v4(bits | (int) number);
            }
            if (Long.compareUnsigned(number, 255) > 0) {
                throw new ValueException("byte overflow in dotted-numeric address");
            }
            bits |= (int) number << 24 - 8 * i;
            if (dot < 0) {
                return IpAddress.v4(bits);
            }
        }
        throw new ValueException("garbage at end of dotted-address");
    }

    private static IpAddress colons(String text) throws ValueException {
        byte[] octets = new byte[16];
        String rest = text;
        int gap = -1;
        int colons = 0;
        int filled = 0;
        while (!rest.isEmpty() && filled < 16) {
            if (rest.charAt(0) == ':') {
                rest = rest.substring(1);
                colons++;
                if (colons > 2) {
                    throw new ValueException("::: in " + V6);
                }
                if (colons == 2) {
                    if (gap >= 0) {
                        throw new ValueException("more than one :: in " + V6);
                    }
                    gap = filled;
                }
            } else if (colons == 1 && filled == 0) {
                throw new ValueException("single leading `:' in " + V6);
            } else {
                colons = 0;
                Numbers.Leading group = Numbers.leading(rest, 16);
                rest = group.rest();
                if (Long.compareUnsigned(group.value(), 65535) > 0) {
                    throw new ValueException("too large");
                }
                octets[filled++] = (byte) (group.value() >> 8);
                octets[filled++] = (byte) group.value();
            }
        }
        if (rest.startsWith(":")) {
            throw new ValueException("trailing `:' in " + V6);
        }
        if (!rest.isEmpty()) {
            throw new ValueException("extra garbage on end of " + V6);
        }
        if (gap < 0 && filled < 16) {
            throw new ValueException("incomplete " + V6);
        }
        if (gap >= 0 && filled == 16) {
            throw new ValueException("non-abbreviating empty field in " + V6);
        }
        if (gap >= 0) {
            int room = 16 - filled;
            System.arraycopy(octets, gap, octets, gap + room, filled - gap);
            Arrays.fill(octets, gap, gap + room, (byte) 0);
        }
        return IpAddress.of(Bytes.wrap(octets));
    }

    /** What becomes of bits past a subnet's mask. */
    public enum HostBits {
        /** Cleared without a word. */
        CLEAR,
        /** Refused. */
        REFUSE,
        /** Refused for IPv6; cleared with a warning for IPv4. */
        WARN
    }

    /**
     * {@code address/bits}, for IPv4 also {@code address/mask}, or {@code %default}.
     *
     * @param family the family it must have, without which {@code %default} means nothing
     * @param warnings takes the line to show where host bits were cleared under {@link HostBits#WARN}
     */
    public static Subnet subnet(
            String text, Optional<AddressFamily> family, HostBits hostBits, Consumer<String> warnings)
            throws ValueException {
        if (text.equalsIgnoreCase("%default")) {
            return Subnet.all(family.orElseThrow(
                    () -> new ValueException("unknown address family with %default subnet not allowed.")));
        }
        int slash = text.indexOf('/');
        if (slash < 0) {
            throw new ValueException("no / in subnet specification");
        }
        IpAddress address = address(text.substring(0, slash), family);
        int length = maskLength(text.substring(slash + 1), address.family());
        IpAddress network = address.network(length);
        boolean refuse =
                hostBits == HostBits.REFUSE || hostBits == HostBits.WARN && address.family() == AddressFamily.IPV6;
        if (!network.equals(address)) {
            if (refuse) {
                throw new ValueException("improper subnet, host-part bits on");
            }
            if (hostBits == HostBits.WARN) {
                // as the oracle: its "input" is the network already
                warnings.accept("WARNING:improper subnet mask, host-part bits on input " + network + "/" + length
                        + "  extracted subnet " + network + "/" + length);
            }
        }
        return new Subnet(network, length);
    }

    private static int maskLength(String mask, AddressFamily family) throws ValueException {
        try {
            long bits = Numbers.unsigned(mask, 10);
            if (bits >= 0 && bits <= family.bits()) {
                return (int) bits;
            }
        } catch (ValueException noNumber) {
            // then it may be a mask in dots, whose own errors are those to tell
            return dottedMask(mask, family);
        }
        return dottedMask(mask, family);
    }

    private static int dottedMask(String mask, AddressFamily family) throws ValueException {
        if (family == AddressFamily.IPV6) {
            throw new ValueException("masks are not permitted for IPv6 addresses");
        }
        int bits = dotsOrHex(mask).octets().buffer().getInt();
        int length = Integer.numberOfLeadingZeros(~bits);
        if (length < 32 && bits << length != 0) {
            throw new ValueException("non-contiguous or otherwise erroneous mask");
        }
        return length;
    }

    private static IpAddress dotsOrHex(String text) throws ValueException {
        return address(text, Optional.of(AddressFamily.IPV4));
    }

    /** {@code first-last}, {@code address/bits} or one address. */
    public static AddressRange range(String text) throws ValueException {
        return range(text, Optional.empty());
    }

    /** As {@link #range(String)}, of that family. */
    public static AddressRange range(String text, Optional<AddressFamily> family) throws ValueException {
        int split = indexOfAny(text, "/-");
        IpAddress first = address(split < 0 ? text : text.substring(0, split), family);
        if (split < 0) {
            return new AddressRange(first, first);
        }
        String rest = text.substring(split + 1);
        if (text.charAt(split) == '/') {
            long bits = Numbers.unsigned(rest, 0);
            if (Long.compareUnsigned(bits, first.family().bits()) > 0) {
                throw new ValueException("too large");
            }
            return new AddressRange(first.network((int) bits), first.broadcast((int) bits));
        }
        IpAddress last = address(rest, Optional.of(first.family()));
        if (first.compareTo(last) > 0) {
            throw new ValueException("start of range is greater than end");
        }
        return new AddressRange(first, last);
    }

    private static int indexOfAny(String text, String wanted) {
        for (int i = 0; i < text.length(); i++) {
            if (wanted.indexOf(text.charAt(i)) >= 0) {
                return i;
            }
        }
        return -1;
    }

    /** An address and the length of its prefix, whose host bits stay. */
    public record Prefix(IpAddress address, int length) {}

    /** {@code address/bits} of an interface. Unspecified addresses are refused. */
    public static Prefix prefix(String text) throws ValueException {
        int slash = text.indexOf('/');
        if (slash < 0) {
            throw new ValueException("missing mask");
        }
        String mask = text.substring(slash + 1);
        if (mask.isEmpty()) {
            throw new ValueException("empty mask");
        }
        IpAddress address = address(text.substring(0, slash), Optional.empty());
        long bits = Numbers.unsigned(mask, 0);
        if (Long.compareUnsigned(bits, address.family().bits()) > 0) {
            throw new ValueException("mask is too big");
        }
        return new Prefix(address, (int) bits);
    }

    /** What keeps {@code prefix} from being the address of an interface; empty if nothing does. */
    public static Optional<String> unspecified(Prefix prefix) {
        if (!prefix.address().equals(IpAddress.any(prefix.address().family()))) {
            return Optional.empty();
        }
        return Optional.of(prefix.length() == 0 ? "default route (no specific route)" : "unspecified address");
    }
}
