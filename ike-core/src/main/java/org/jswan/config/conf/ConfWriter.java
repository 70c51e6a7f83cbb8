// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.config.conf;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jswan.base.Subnet;
import org.jswan.config.conf.ConfKey.Trait;
import org.jswan.config.value.ProtocolNames;
import org.jswan.config.value.ProtocolPorts;
import org.jswan.connection.AuthenticationMethod;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.connection.IkeVersion;
import org.jswan.connection.Shunt;

/**
 * Writes a configuration the way {@code readwriteconf} does: what the reader made of it, not what was written. As the
 * oracle's, the words of most keys are left out and a value shows under every name its key has.
 */
public final class ConfWriter {
    private final StringBuilder out = new StringBuilder();

    private ConfWriter() {}

    /**
     * @param withSetup whether {@code config setup} is wanted
     * @param only the one conn that is wanted; empty for all
     */
    public static String write(ConfFile file, boolean withSetup, Optional<String> only) {
        ConfWriter writer = new ConfWriter();
        if (withSetup) {
            writer.out.append("config setup\n");
            writer.numbers("", Trait.SETUP, file.setup());
            writer.texts("", Trait.SETUP, file.setup());
            writer.out.append('\n');
        }
        file.conns().stream()
                .filter(conn -> only.isEmpty() || only.get().equals(conn.name()))
                .forEach(writer::conn);
        return writer.out.toString();
    }

    private void line(String key, String value) {
        out.append('\t').append(key).append('=').append(value).append('\n');
    }

    private static List<ConfKey> keys(Trait where) {
        return ConfKeys.all().stream()
                .filter(key -> key.is(where) && (where == Trait.END || !key.is(Trait.END)))
                .filter(key -> !key.is(Trait.ALIAS) && !key.is(Trait.PROCESSED))
                .toList();
    }

    private void numbers(String side, Trait where, Values values) {
        for (ConfKey key : keys(where)) {
            if (!values.isNumberGiven(key.field())) {
                continue;
            }
            long number = values.number(key.field());
            String name = side + key.name();
            switch (key.type()) {
                case BOOL -> line(name, number != 0 ? "yes" : "no");
                case ENUM -> line(name, "");
                case LOOSE_ENUM -> line(
                        name, number == ConfKey.OTHER ? values.text(key.field()).orElse("") : "");
                case DEBUG_SET -> {
                    if (number != 0) {
                        line(name, "\"" + String.join(",", DebugFlags.names(number)) + "\"");
                    }
                }
                case TIME, BINARY, BYTES, NUMBER -> line(name, Long.toString(number));
                default -> {}
            }
        }
    }

    private void texts(String side, Trait where, Values values) {
        for (ConfKey key : keys(where)) {
            if (!values.isTextGiven(key.field())) {
                continue;
            }
            String text = values.text(key.field()).orElse("");
            switch (key.type()) {
                case APPEND_LIST -> line(side + key.name(), "{" + text + "}");
                case STRING, APPEND_STRING, FILE_NAME, DIRECTORY_NAME -> {
                    String quote = text.indexOf(' ') < 0 ? "" : "\"";
                    line(side + key.name(), quote + text + quote);
                }
                default -> {}
            }
        }
    }

    private void conn(Conn conn) {
        out.append("conn ").append(conn.name()).append('\n');
        if (!conn.alsos().isEmpty()) {
            out.append("\t#also = ").append(String.join(" ", conn.alsos())).append('\n');
        }
        end(conn.left());
        end(conn.right());
        numbers("", Trait.CONN, conn.values());
        texts("", Trait.CONN, conn.values());
        conn.comments().forEach(comment -> out.append('\t').append(comment).append('\n'));
        conn.aliases().ifPresent(aliases -> line("connalias", aliases));
        line("auto", conn.startup().word());
        if (!conn.policy().isEmpty() || conn.prospectiveShunt().isPresent()) {
            policy(conn);
        }
    }

    private void end(ConnEnd end) {
        String side = end.side();
        host(end).ifPresent(host -> line(side, host));
        if (end.values().isTextGiven("id")) {
            end.id().ifPresent(id -> line(side + "id", "\"" + id + "\""));
        }
        switch (end.nextHopType()) {
            case NOT_SET -> {}
            case DEFAULT_ROUTE -> line(side + "nexthop", "%defaultroute");
            case ADDRESS -> line(
                    side + "nexthop", end.nextHop().map(Object::toString).orElse("<unset-address>"));
        }
        Optional<Subnet> ownAddress = end.address().map(Subnet::host);
        if (end.hasClient() && (end.subnet().isEmpty() || !end.subnet().equals(ownAddress))) {
            line(side + "subnet", end.subnet().map(Subnet::toString).orElse("<unset-subnet>"));
        }
        end.vti().ifPresent(vti -> line(side + "vti", vti.address() + "/" + vti.length()));
        end.publicKey().filter(key -> !key.text().isEmpty()).ifPresent(key -> line(side + key.kind(), key.text()));
        end.protocolPort().ifPresent(port -> line(side + "protoport", text(port)));
        end.values().givenText("cert").ifPresent(cert -> line(side + "cert", cert));
        end.sourceIp().ifPresent(address -> line(side + "sourceip", address.toString()));
        numbers(side, Trait.END, end.values());
        texts(side, Trait.END, end.values());
    }

    private static Optional<String> host(ConnEnd end) {
        return switch (end.hostType()) {
            case NOT_SET, UNKNOWN, INTERFACE -> Optional.empty();
            case DEFAULT_ROUTE -> Optional.of("%defaultroute");
            case ANY -> Optional.of("%any");
            case OPPORTUNISTIC -> Optional.of("%opportunistic");
            case OPPORTUNISTIC_GROUP -> Optional.of("%opportunisticgroup");
            case GROUP -> Optional.of("%group");
            case NAME -> end.hostText().or(() -> Optional.of("(null)"));
            case ADDRESS -> end.address().map(Object::toString);
        };
    }

    private static String text(ProtocolPorts.Parsed port) {
        if (port.protocol() == 0) {
            return "%any";
        }
        return ProtocolNames.of(port.protocol()) + "/" + (port.anyPort() ? "%any" : Integer.toString(port.port()));
    }

    private void policy(Conn conn) {
        Shunt shunt = conn.prospectiveShunt().orElse(Shunt.TRAP);
        if (shunt != Shunt.TRAP) {
            line("type", shunt == Shunt.PASS ? "passthrough" : shunt == Shunt.DROP ? "drop" : "reject");
            return;
        }
        line("type", has(conn, ConnectionPolicy.TUNNEL) ? "tunnel" : "transport");
        line("compress", yesNo(has(conn, ConnectionPolicy.COMPRESS)));
        line("pfs", yesNo(has(conn, ConnectionPolicy.PFS)));
        line("ikepad", yesNo(!has(conn, ConnectionPolicy.NO_IKEPAD)));
        if (conn.left().values().number("auth") == 0 || conn.right().values().number("auth") == 0) {
            line("authby", authentication(conn));
        }
        boolean encrypt = has(conn, ConnectionPolicy.ENCRYPT);
        boolean authenticate = has(conn, ConnectionPolicy.AUTHENTICATE);
        line("phase2", encrypt ? authenticate ? "ah+esp" : "esp" : authenticate ? "ah" : "UNKNOWN");
        line("ikev2", yesNo(conn.ikeVersion() == IkeVersion.IKEV2));
        boolean ppk = has(conn, ConnectionPolicy.PPK_ALLOW);
        boolean insist = has(conn, ConnectionPolicy.PPK_INSIST);
        line("ppk", ppk ? insist ? "UNKNOWN" : "permit" : insist ? "insist" : "no");
        boolean noEsn = has(conn, ConnectionPolicy.ESN_NO);
        line("esn", !noEsn ? "yes" : has(conn, ConnectionPolicy.ESN_YES) ? "either" : "no");
        if (!has(conn, ConnectionPolicy.IKE_FRAG_ALLOW)) {
            line("ike_frag", "never");
        } else if (has(conn, ConnectionPolicy.IKE_FRAG_FORCE)) {
            line("ike_frag", "force");
        }
    }

    private static boolean has(Conn conn, ConnectionPolicy bit) {
        return conn.policy().contains(bit);
    }

    private static String yesNo(boolean yes) {
        return yes ? "yes" : "no";
    }

    private static String authentication(Conn conn) {
        List<String> names = new ArrayList<>();
        method(conn, AuthenticationMethod.PSK, "PSK", names);
        method(conn, AuthenticationMethod.RSASIG, "RSASIG", names);
        method(conn, AuthenticationMethod.ECDSA, "ECDSA", names);
        method(conn, AuthenticationMethod.NEVER, "AUTH_NEVER", names);
        method(conn, AuthenticationMethod.NULL, "AUTH_NULL", names);
        method(conn, AuthenticationMethod.RSASIG_V1_5, "RSASIG_v1_5", names);
        return names.isEmpty() ? "none" : String.join("+", names);
    }

    private static void method(Conn conn, AuthenticationMethod method, String name, List<String> names) {
        if (conn.authentication().contains(method)) {
            names.add(name);
        }
    }
}
