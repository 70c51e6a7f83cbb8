// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.whack.value;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import org.jswan.connection.ProtocolPort;

/** {@code protocol}, {@code protocol/port}, {@code protocol/%any}, {@code %any}; each by number or name. */
public final class ProtocolPortText {
    /** A name that begins like one of these is the protocol, in this order. */
    private static final Map<String, Integer> PREFIXES = new LinkedHashMap<>();

    static {
        PREFIXES.put("unk", 0);
        PREFIXES.put("icmp", 1);
        PREFIXES.put("tun", 4);
        PREFIXES.put("tcp", 6);
        PREFIXES.put("udp", 17);
        PREFIXES.put("esp", 50);
        PREFIXES.put("ah", 51);
        PREFIXES.put("int", 61);
        PREFIXES.put("comp", 108);
    }

    private ProtocolPortText() {}

    public static ProtocolPort parse(String text, ServiceNames names) throws ValueException {
        if (text.equals("%any")) {
            return ProtocolPort.ANY;
        }
        int slash = text.indexOf('/');
        int protocol = protocol(slash < 0 ? text : text.substring(0, slash), names);
        String port = slash < 0 ? "" : text.substring(slash + 1);
        if (port.isEmpty()) {
            return new ProtocolPort(protocol, 0, false);
        }
        if (port.equals("%any")) {
            if (protocol == 0) {
                throw new ValueException("port wildcard (%any) requires a valid protocol");
            }
            return new ProtocolPort(protocol, 0, true);
        }
        int number = port(port, names);
        if (protocol == 0 && number != 0) {
            throw new ValueException("protocol 0 must have 0 port");
        }
        return new ProtocolPort(protocol, number, false);
    }

    private static int protocol(String text, ServiceNames names) throws ValueException {
        for (Map.Entry<String, Integer> prefix : PREFIXES.entrySet()) {
            if (text.regionMatches(true, 0, prefix.getKey(), 0, prefix.getKey().length())) {
                return prefix.getValue();
            }
        }
        long number;
        try {
            number = NumberText.parse(text, 0);
        } catch (ValueException e) {
            OptionalInt named = names.protocol(text);
            if (named.isEmpty()) {
                throw e;
            }
            return named.getAsInt();
        }
        if (Long.compareUnsigned(number, 255) > 0) {
            throw new ValueException("numeric protocol must be <= 255");
        }
        return (int) number;
    }

    private static int port(String text, ServiceNames names) throws ValueException {
        OptionalInt named = names.service(text);
        if (named.isPresent()) {
            return named.getAsInt();
        }
        CLong number = CLong.parse(text);
        if (!number.wholeText()) {
            throw new ValueException("<protocol> is neither a number nor a valid name");
        }
        if (number.value() < 0 || number.value() > 0xffff) {
            throw new ValueException("<port> must be between 0 and 65535");
        }
        return (int) number.value();
    }
}
