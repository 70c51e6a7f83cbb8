// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.config.value;

import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;

/** {@code protocol/port}: which traffic of an end is meant. */
public final class ProtocolPorts {
    /** Any text that begins with one of these is that protocol, as in the oracle. */
    private static final Map<String, Integer> PREFIXES =
            Map.of("unk", 0, "icmp", 1, "tun", 4, "tcp", 6, "udp", 17, "esp", 50, "ah", 51, "int", 61, "comp", 108);

    private ProtocolPorts() {}

    /**
     * @param protocol 0 to 255, 0 for any
     * @param port 0 to 65535, 0 for all
     * @param anyPort {@code %any}: one port that the peer chooses
     */
    public record Parsed(int protocol, int port, boolean anyPort) {}

    /** {@code protocol}, {@code protocol/}, {@code protocol/port} or {@code protocol/%any}, by number or name. */
    public static Parsed parse(String text, NetworkNames names) throws ValueException {
        int slash = text.indexOf('/');
        String protocolText = slash >= 0 ? text.substring(0, slash) : text.equals("%any") ? "unknown" : text;
        String portText = slash >= 0 ? text.substring(slash + 1) : "";
        int protocol = protocol(protocolText, names);
        if (portText.isEmpty()) {
            return new Parsed(protocol, 0, false);
        }
        if (portText.equals("%any")) {
            if (protocol == 0) {
                throw new ValueException("port wildcard (%any) requires a valid protocol");
            }
            return new Parsed(protocol, 0, true);
        }
        int port = port(portText, names);
        if (protocol == 0 && port != 0) {
            throw new ValueException("protocol 0 must have 0 port");
        }
        return new Parsed(protocol, port, false);
    }

    /** A protocol by number or name, 0 for any. */
    public static int protocol(String text, NetworkNames names) throws ValueException {
        String lower = text.toLowerCase(Locale.ROOT);
        for (Map.Entry<String, Integer> prefix : PREFIXES.entrySet()) {
            if (lower.startsWith(prefix.getKey())) {
                return prefix.getValue();
            }
        }
        long number;
        try {
            number = Numbers.unsigned(text, 0);
        } catch (ValueException noNumber) {
            return names.protocol(text).orElseThrow(() -> noNumber);
        }
        if (Long.compareUnsigned(number, 255) > 0) {
            throw new ValueException("numeric protocol must be <= 255");
        }
        return (int) number;
    }

    /** A port by number or name, 0 for all. */
    public static int port(String text, NetworkNames names) throws ValueException {
        OptionalInt named = names.port(text);
        if (named.isPresent()) {
            return named.getAsInt();
        }
        String digits = text.startsWith("-") || text.startsWith("+") ? text.substring(1) : text;
        long number;
        try {
            number = Numbers.unsigned(digits, 0);
        } catch (ValueException noNumber) {
            throw new ValueException("<protocol> is neither a number nor a valid name");
        }
        if (text.startsWith("-") && number != 0 || Long.compareUnsigned(number, 65535) > 0) {
            throw new ValueException("<port> must be between 0 and 65535");
        }
        return (int) number;
    }
}
