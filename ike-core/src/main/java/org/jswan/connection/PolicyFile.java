// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.connection;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jswan.base.AddressFamily;
import org.jswan.base.Bytes;
import org.jswan.base.IpAddress;
import org.jswan.base.Subnet;
import org.jswan.config.RecordLexer;
import org.jswan.config.value.Addresses;
import org.jswan.config.value.NetworkNames;
import org.jswan.config.value.ProtocolPorts;
import org.jswan.config.value.ValueException;

/**
 * The file of a policy group as it was read. Its grammar is that of secrets, with records
 *
 * <pre>
 * address [ "/" mask ] [ protocol source-port destination-port ]
 * </pre>
 *
 * What is wrong with addresses concerns one record; what else is wrong ends the file.
 *
 * @param path where it is
 * @param state whether it could be read
 * @param lines what it says, in its order
 */
public record PolicyFile(String path, State state, List<Line> lines) {
    private static final int ESP = 50;
    private static final int AH = 51;
    private static final String FORM = ": either only specify CIDR, or specify CIDR protocol source_port dest_port";

    /** Whether there is something to read. */
    public enum State {
        READ,
        MISSING,
        /** There is a file; its only line is the complaint. */
        UNREADABLE
    }

    public PolicyFile {
        lines = List.copyOf(lines);
    }

    /** What a record comes to: a target, or a complaint. */
    public record Line(Optional<GroupTarget> target, String complaint) {
        static Line of(GroupTarget target) {
            return new Line(Optional.of(target), "");
        }

        static Line of(String complaint) {
            return new Line(Optional.empty(), complaint);
        }
    }

    static PolicyFile missing(String path) {
        return new PolicyFile(path, State.MISSING, List.of());
    }

    static PolicyFile unreadable(String path, String why) {
        return new PolicyFile(path, State.UNREADABLE, List.of(Line.of(why)));
    }

    static PolicyFile parse(String path, Bytes text, NetworkNames names) {
        List<Line> lines = new ArrayList<>();
        RecordLexer lexer = new RecordLexer(path, text, complaint -> lines.add(Line.of(complaint)));
        boolean good = true;
        while (good && lexer.isAtRecord()) {
            lexer.nextRecord();
            good = record(lexer, names, lines);
        }
        if (!lexer.isAtEnd()) {
            lines.add(Line.of("rest of file ignored"));
        }
        return new PolicyFile(path, State.READ, lines);
    }

    /** Whether the file makes sense behind the record. */
    private static boolean record(RecordLexer lexer, NetworkNames names, List<Line> lines) {
        String token = lexer.token();
        Subnet subnet;
        try {
            subnet = subnet(token);
        } catch (ValueException e) {
            lines.add(Line.of("ignored, '" + token + "' is not " + (token.indexOf('/') < 0 ? "an address" : "a subnet")
                    + ": " + e.getMessage()));
            lexer.endRecord("");
            return true;
        }
        if (!lexer.shift()) {
            lines.add(Line.of(GroupTarget.of(subnet)));
            return true;
        }
        try {
            lines.add(Line.of(traffic(lexer, names, subnet)));
            return true;
        } catch (ValueException e) {
            lines.add(Line.of(e.getMessage()));
            return false;
        }
    }

    private static Subnet subnet(String token) throws ValueException {
        if (token.indexOf('/') < 0) {
            IpAddress address = Addresses.address(token, Optional.empty());
            return Subnet.host(address);
        }
        AddressFamily family = token.indexOf(':') < 0 ? AddressFamily.IPV4 : AddressFamily.IPV6;
        return Addresses.subnet(token, Optional.of(family), Addresses.HostBits.REFUSE, warning -> {});
    }

    private static GroupTarget traffic(RecordLexer lexer, NetworkNames names, Subnet subnet) throws ValueException {
        int protocol = value("protocol", lexer.token(), text -> ProtocolPorts.protocol(text, names));
        if (protocol == 0 || protocol == ESP || protocol == AH) {
            throw new ValueException(
                    "invalid protocol '" + lexer.token() + "' - mistakenly defined to be 0 or 50(esp) or 51(ah)");
        }
        need(lexer, "missing source_port");
        int source = value("source port", lexer.token(), text -> ProtocolPorts.port(text, names));
        need(lexer, "missing dest_port");
        int destination = value("destination port", lexer.token(), text -> ProtocolPorts.port(text, names));
        if (lexer.shift()) {
            throw new ValueException("garbage '" + lexer.token() + "' at end of line" + FORM);
        }
        return new GroupTarget(subnet, protocol, source, destination);
    }

    private static void need(RecordLexer lexer, String otherwise) throws ValueException {
        if (!lexer.shift()) {
            throw new ValueException(otherwise + FORM);
        }
    }

    private interface Reader {
        int read(String text) throws ValueException;
    }

    private static int value(String what, String token, Reader reader) throws ValueException {
        try {
            return reader.read(token);
        } catch (ValueException e) {
            throw new ValueException(what + " '" + token + "' invalid: " + e.getMessage());
        }
    }
}
