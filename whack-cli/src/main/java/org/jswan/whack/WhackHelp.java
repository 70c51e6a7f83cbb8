// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.whack;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.EndOption;
import org.jswan.connection.RequestOption;
import org.jswan.connection.Spelling;
import org.jswan.connection.ValueType;
import org.jswan.control.Version;

/** The usage message: the forms, and below the connection form its options from the tables. */
public final class WhackHelp {
    private static final int WIDTH = 76;

    private WhackHelp() {}

    /** The whole message. */
    public static String text() {
        List<String> lines = new ArrayList<>();
        lines.add("Usage:");
        lines.add("");
        lines.add("all forms: [--rundir <path>] [--ctlsocket <file>] [--label <string>]");
        form(lines, "help: whack [--help] [--version]");
        form(lines, "connection: whack --name <connection_name> \\");
        lines.add("\tper end, before and after --to: \\");
        wrap(lines, EndOption.all());
        lines.add("\tfor both: \\");
        wrap(lines, ConnectionOption.all());
        lines.add("\t--to");
        form(lines, "routing: whack (--route | --unroute) --name <connection_name>");
        form(
                lines,
                "initiation: whack (--initiate [--remote-host <ip or hostname>] | --terminate) \\",
                "\t--name <connection_name> [--asynchronous] \\",
                "\t[--username <name>] [--xauthpass <pass>]");
        form(lines, "rekey: whack (--rekey-ike | --rekey-ipsec) \\", "\t--name <connection_name> [--asynchronous]");
        form(lines, "active redirect: whack [--name <connection_name>] --redirect-to <ip-address(es)>");
        form(
                lines,
                "global redirect: whack [--global-redirect yes|no|auto] \\",
                "\t[--global-redirect-to <ip-address, dns-domain, ..>]");
        form(
                lines,
                "opportunistic initiation: whack [--tunnelipv4 | --tunnelipv6] \\",
                "\t--oppohere <ip-address> --oppothere <ip-address> \\",
                "\t[--opposport <port>] [--oppodport <port>] [--oppoproto <protocol>]");
        form(lines, "delete: whack --delete --name <connection_name>");
        form(lines, "delete by identity: whack --deleteid --name <id>");
        form(lines, "delete state: whack --deletestate <state_object_number>");
        form(lines, "delete user: whack --deleteuser --name <user_name>");
        form(lines, "crashed peer: whack --crash <ip-address>");
        form(lines, "pubkey: whack --keyid <id> [--addkey] [--pubkeyrsa <key> | --pubkeyecdsa <key>]");
        form(
                lines,
                "debug: whack [--name <connection_name>] \\",
                "\t[--debug help|none|<class>] [--no-debug <class>] \\",
                "\t[--impair help|list|none|<behaviour>[:<how>]] [--no-impair <behaviour>]");
        form(lines, "listen: whack (--listen | --unlisten)");
        form(lines, "socket: whack [--ike-socket-bufsize <bufsize>] [--ike-socket-errqueue-toggle]");
        form(lines, "ddos-protection: whack (--ddos-busy | --ddos-unlimited | --ddos-auto)");
        form(
                lines,
                "list: whack [--utc] [--checkpubkeys] [--listpubkeys] [--listcerts] \\",
                "\t[--listcacerts] [--listcrls] [--listpsks] [--listgroups] [--listevents] \\",
                "\t[--listall]");
        form(lines, "purge: whack --purgeocsp");
        form(
                lines,
                "reread: whack [--fetchcrls] [--rereadcerts] [--rereadsecrets] \\",
                "\t[--rereadgroups] [--rereadall]");
        form(
                lines,
                "status: whack [--status] [--trafficstatus] [--globalstatus] [--clearstats] \\",
                "\t[--shuntstatus] [--fipsstatus] [--briefstatus] [--showstates] \\",
                "\t[--addresspoolstatus] [--processstatus]");
        form(lines, "refresh dns: whack --ddns");
        form(lines, "shutdown: whack --shutdown [--leave-state]");
        lines.add("");
        lines.add(Version.TEXT);
        return lines.stream().map(line -> line + "\n").collect(Collectors.joining());
    }

    private static void form(List<String> lines, String... text) {
        lines.add("");
        lines.addAll(Arrays.asList(text));
    }

    private static void wrap(List<String> lines, List<? extends RequestOption<?>> options) {
        StringBuilder line = new StringBuilder();
        for (RequestOption<?> option : options) {
            String usage = usage(option);
            if (usage.isEmpty()) {
                continue;
            }
            if (line.length() + usage.length() > WIDTH) {
                lines.add("\t" + line + "\\");
                line.setLength(0);
            }
            line.append(usage).append(' ');
        }
        lines.add("\t" + line + "\\");
    }

    /** One option; alternatives that take no argument stand together. */
    private static String usage(RequestOption<?> option) {
        List<? extends Spelling<?>> known =
                option.spellings().stream().filter(spelling -> !spelling.ours()).toList();
        if (known.isEmpty()) {
            return "";
        }
        ValueType<?> type = option.type();
        if (type.kind() == ValueType.Kind.FLAG) {
            return "[--" + known.get(0).name() + "]";
        }
        List<String> fixed = known.stream()
                .filter(spelling -> spelling.fixed().isPresent())
                .map(spelling -> "--" + spelling.name())
                .toList();
        if (type.kind() == ValueType.Kind.SET || fixed.size() == known.size()) {
            return known.stream().map(spelling -> "--" + spelling.name()).collect(Collectors.joining(" | ", "[", "]"));
        }
        String argument = type.kind() == ValueType.Kind.CHOICE
                ? type.words().keySet().stream().sorted().collect(Collectors.joining("|"))
                : type.kind().toString().toLowerCase(Locale.ROOT).replace('_', '-');
        return "[--" + known.get(0).name() + " <" + argument + ">]";
    }
}
