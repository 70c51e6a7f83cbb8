// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.whack;

import static org.jswan.whack.WhackOption.Group.COMMAND;
import static org.jswan.whack.WhackOption.Group.CONNECTION;
import static org.jswan.whack.WhackOption.Group.END;
import static org.jswan.whack.WhackOption.Group.FREE;
import static org.jswan.whack.WhackOption.Group.POLICY;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jswan.base.AddressFamily;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.EndOption;
import org.jswan.connection.HostSpec;
import org.jswan.connection.RequestOption;
import org.jswan.connection.Spelling;
import org.jswan.connection.ValueType;
import org.jswan.control.DebugChange;
import org.jswan.control.DebugClass;
import org.jswan.control.WhackCommand;
import org.jswan.whack.WhackOption.Action;
import org.jswan.whack.WhackOption.Group;
import org.jswan.whack.WhackOption.Slot;

/**
 * The table of whack's options. The order is libreswan's, which the listing of ambiguous abbreviations shows; the
 * options of the connection form are bound to the tables of {@link ConnectionOption} and {@link EndOption} by their
 * spelling, and what those have beyond libreswan's whack stands at the end.
 */
final class WhackOptions {
    /** The flags that libreswan keeps as bits of a policy. */
    private static final Set<ConnectionOption<Boolean>> POLICIES = Set.of(
            ConnectionOption.INTERMEDIATE,
            ConnectionOption.ENCRYPT,
            ConnectionOption.AUTHENTICATE,
            ConnectionOption.COMPRESS,
            ConnectionOption.OVERLAP_IP,
            ConnectionOption.TUNNEL,
            ConnectionOption.PFS,
            ConnectionOption.MS_DH_DOWNGRADE,
            ConnectionOption.DNS_MATCH_ID,
            ConnectionOption.ALLOW_CERT_WITHOUT_SAN,
            ConnectionOption.SHA2_TRUNCATION_BUG,
            ConnectionOption.AGGRESSIVE,
            ConnectionOption.DONT_REKEY,
            ConnectionOption.REAUTH,
            ConnectionOption.MOBIKE,
            ConnectionOption.MODECFG_PULL,
            ConnectionOption.ALLOW_NARROWING,
            ConnectionOption.IKE_FRAGMENTATION_ALLOW,
            ConnectionOption.IKE_FRAGMENTATION_FORCE,
            ConnectionOption.NO_IKE_PAD,
            ConnectionOption.ESN_NO,
            ConnectionOption.ESN_YES,
            ConnectionOption.DECAP_DSCP,
            ConnectionOption.NO_PMTU_DISCOVERY,
            ConnectionOption.IGNORE_PEER_DNS);

    private static final List<WhackOption> ALL = new WhackOptions().build();

    private final List<WhackOption> options = new ArrayList<>();

    private WhackOptions() {}

    /** All of them. */
    static List<WhackOption> all() {
        return ALL;
    }

    private List<WhackOption> build() {
        general();
        commands();
        status();
        listings();
        ends();
        connection();
        debugging();
        ours();
        return Collections.unmodifiableList(options);
    }

    private void general() {
        flag("help", FREE, parse -> {
            throw WhackParse.help();
        });
        flag("version", FREE, parse -> {
            throw WhackParse.version();
        });
        argument("label", FREE, "label", (parse, text, number) -> parse.label(text));
        argument("rundir", COMMAND, "rundir", (parse, text, number) -> {});
        argument("ctlbase", COMMAND, "rundir", (parse, text, number) -> {});
        argument("ctlsocket", COMMAND, "ctlsocket", (parse, text, number) -> {});
        argument("name", COMMAND, "name", (parse, text, number) -> parse.name(text));
        argument("remote-host", COMMAND, "remote-host", (parse, text, number) -> parse.remoteHost(text));
        argument("connalias", COMMAND, "connalias", (parse, text, number) -> parse.connection()
                .set(ConnectionOption.ALIASES, Optional.empty(), text, number));
        argument("keyid", COMMAND, "keyid", (parse, text, number) -> parse.keyId(text));
        form("addkey", Form.ADD_KEY);
        argument(
                "pubkeyrsa",
                COMMAND,
                "pubkeyrsa",
                (parse, text, number) -> parse.publicKey(WhackCommand.Key.Algorithm.RSA, text));
    }

    private void commands() {
        form("route", Form.ROUTE);
        form("ondemand", Form.ROUTE);
        form("unroute", Form.UNROUTE);
        form("initiate", Form.INITIATE);
        form("terminate", Form.TERMINATE);
        form("delete", Form.DELETE);
        form("deleteid", Form.DELETE_ID);
        numeric("deletestate", COMMAND, "deletestate", (parse, text, number) -> parse.deleteState(number));
        form("deleteuser", Form.DELETE_USER);
        argument("crash", COMMAND, "crash", (parse, text, number) -> parse.crash(text));
        form("listen", Form.LISTEN);
        form("unlisten", Form.UNLISTEN);
        numeric(
                "ike-socket-bufsize",
                COMMAND,
                "ike-socket-bufsize",
                (parse, text, number) -> parse.socketBuffer(number));
        form("ike-socket-errqueue-toggle", Form.TOGGLE_ERROR_QUEUE);
        argument("redirect-to", COMMAND, "redirect-to", (parse, text, number) -> parse.activeRedirect(text));
        argument("global-redirect", COMMAND, "global-redirect", (parse, text, number) -> parse.globalRedirect(text));
        argument(
                "global-redirect-to",
                COMMAND,
                "global-redirect-to",
                (parse, text, number) -> parse.globalRedirectTo(text));
        flag("ddos-busy", COMMAND, parse -> parse.ddos(WhackCommand.Ddos.Mode.BUSY));
        flag("ddos-unlimited", COMMAND, parse -> parse.ddos(WhackCommand.Ddos.Mode.UNLIMITED));
        flag("ddos-auto", COMMAND, parse -> parse.ddos(WhackCommand.Ddos.Mode.AUTO));
        form("ddns", Form.DDNS);
        form("rereadsecrets", Form.REREAD_SECRETS);
        form("rereadcrls", Form.REREAD_CRLS);
        form("rereadcerts", Form.REREAD_CERTS);
        form("fetchcrls", Form.FETCH_CRLS);
        flag("rereadall", COMMAND, parse -> parse.rereadAll());
        form("purgeocsp", Form.PURGE_OCSP);
    }

    private void status() {
        query("status", Form.STATUS);
        query("globalstatus", Form.GLOBAL_STATUS);
        form("clearstats", Form.CLEAR_STATS);
        query("trafficstatus", Form.TRAFFIC_STATUS);
        query("shuntstatus", Form.SHUNT_STATUS);
        query("addresspoolstatus", Form.ADDRESS_POOL_STATUS);
        query("fipsstatus", Form.FIPS_STATUS);
        query("briefstatus", Form.BRIEF_STATUS);
        query("processstatus", Form.PROCESS_STATUS);
        query("showstates", Form.SHOW_STATES);
        form("shutdown", Form.SHUTDOWN);
        form("leave-state", Form.LEAVE_STATE);
        for (String name : List.of("username", "xauthuser", "xauthname")) {
            argument(name, COMMAND, "username", (parse, text, number) -> parse.username(text));
        }
        argument("xauthpass", COMMAND, "xauthpass", (parse, text, number) -> parse.password(text));
        argument("oppohere", COMMAND, "oppohere", (parse, text, number) -> parse.opportunisticHere(text));
        argument("oppothere", COMMAND, "oppothere", (parse, text, number) -> parse.opportunisticThere(text));
        argument("oppoproto", COMMAND, "oppoproto", (parse, text, number) -> parse.opportunisticProtocol(text));
        argument("opposport", COMMAND, "opposport", (parse, text, number) -> parse.opportunisticSourcePort(text));
        argument("oppodport", COMMAND, "oppodport", (parse, text, number) -> parse.opportunisticDestinationPort(text));
        form("asynchronous", Form.ASYNCHRONOUS);
        form("rekey-ike", Form.REKEY_IKE);
        form("rekey-ipsec", Form.REKEY_IPSEC);
    }

    private void listings() {
        form("utc", Form.UTC);
        query("checkpubkeys", Form.CHECK_PUBLIC_KEYS);
        query("listpubkeys", Form.LIST_PUBLIC_KEYS);
        query("listcerts", Form.LIST_CERTS);
        query("listcacerts", Form.LIST_CA_CERTS);
        query("listcrls", Form.LIST_CRLS);
        query("listpsks", Form.LIST_PSKS);
        query("listevents", Form.LIST_EVENTS);
        flag("listall", COMMAND, parse -> parse.listAll());
    }

    private void ends() {
        argument(
                "host", END, "host", (parse, text, number) -> parse.connection().host(parse.optionName(), text));
        end("id");
        argument(
                "cert", END, "cert", (parse, text, number) -> parse.connection().certificate(EndOption.CERT, text));
        argument("ckaid", END, "ckaid", (parse, text, number) -> parse.connection()
                .certificate(EndOption.CKAID, text));
        end("ca", "groups", "ikeport");
        argument("nexthop", END, "nexthop", (parse, text, number) -> parse.connection()
                .nexthop(parse.optionName(), text));
        argument("client", END, "client", (parse, text, number) -> parse.connection()
                .client(parse.optionName(), text));
        end("clientprotoport", "dnskeyondemand");
        argument("srcip", END, "srcip", (parse, text, number) -> parse.connection()
                .set(
                        EndOption.SOURCE_IP,
                        Optional.of(parse.connection().hostAddress(parse.optionName(), text)),
                        text,
                        number));
        argument("vtiip", END, "vtiip", (parse, text, number) -> parse.connection()
                .vtiIp(EndOption.VTI_IP, parse.optionName(), text));
        end("authby", "autheap", "updown");
        flag("to", CONNECTION, parse -> {
            parse.connection().to();
            parse.nextEnd();
        });
    }

    private void connection() {
        connection("intermediate", "encrypt", "authenticate", "compress", "overlapip", "tunnel");
        family("tunnelipv4", ConnectionOption.CLIENT_FAMILY, AddressFamily.IPV4);
        family("tunnelipv6", ConnectionOption.CLIENT_FAMILY, AddressFamily.IPV6);
        connection("pfs", "ms-dh-downgrade", "dns-match-id", "allow-cert-without-san-id");
        connection("sha2-truncbug", "sha2_truncbug", "aggressive", "aggrmode");
        connection("initiateontraffic", "pass", "drop", "reject", "negopass");
        connection("failnone", "failpass", "faildrop", "failreject", "dontrekey", "reauth", "forceencaps", "encaps");
        connection("no-nat_keepalive", "ikev1_natt", "ikev1-natt", "initialcontact", "cisco_unity", "cisco-unity");
        connection("fake-strongswan", "mobike", "dpddelay", "dpdtimeout", "dpdaction", "send-redirect");
        // As libreswan: the name stands here once more, out of reach behind its first place.
        argument("redirect-to", CONNECTION, "connection-redirect-to", (parse, text, number) -> {});
        connection("accept-redirect", "accept-redirect-to");
        end("xauth", "xauthserver", "xauthclient");
        connection("xauthby", "xauthfail", "modecfgpull");
        end("modecfgserver", "modecfgclient", "addresspool");
        connection("modecfgdns", "modecfgdomains", "modecfgbanner");
        end("modeconfigserver", "modeconfigclient");
        connection("metric", "mtu", "priority", "tfc", "send-no-esp-tfc", "reqid", "nflog-group");
        connection("conn-mark", "conn-mark-in", "conn-mark-out", "vti-iface", "vti-routing", "vti-shared");
        connection("ipsec-interface");
        end("sendcert");
        connection("sendca");
        family("ipv4", ConnectionOption.HOST_FAMILY, AddressFamily.IPV4);
        family("ipv6", ConnectionOption.HOST_FAMILY, AddressFamily.IPV6);
        connection("ikelifetime", "ipseclifetime", "ipsec-lifetime", "ipsec-max-bytes", "ipsec-max-packets");
        connection("retransmit-timeout", "retransmit-interval", "rekeymargin", "rekeywindow", "rekeyfuzz");
        connection("keyingtries", "replay-window", "ike", "ikealg", "pfsgroup", "esp", "remote-peer-type");
        connection("nic-offload");
        for (Spelling<?> spelling : ConnectionOption.AUTHENTICATION.spellings()) {
            String name = spelling.name();
            Slot slot = slot(authenticationGroup(name), name.equals("ecdsa-sha2") ? "ecdsa" : name);
            flag(name, slot, parse -> parse.connection().authentication(name));
        }
        connection("ikev1", "ikev1-allow", "ikev2", "ikev2-allow", "ikev2-propose", "allow-narrowing");
        connection("ikefrag-allow", "ikefrag-force", "no-ikepad", "no-esn", "esn", "decap-dscp", "nopmtudisc");
        connection("ms-dh-downgrade", "dns-match-id", "ignore-peer-dns", "tcp", "tcp-remote-port");
        connection("nm_configured", "nm-configured", "policylabel");
    }

    private void debugging() {
        flag(
                "debug-none",
                FREE,
                parse -> parse.debugging(change -> new DebugChange(Set.of(), Set.of(DebugClass.values()))));
        flag(
                "debug-all",
                FREE,
                parse -> parse.debugging(change -> {
                    Set<DebugClass> rest = new HashSet<>(Set.of(DebugClass.values()));
                    rest.removeAll(DebugClass.ALL);
                    return new DebugChange(DebugClass.ALL, rest);
                }));
        argument("debug", FREE, "debug", (parse, text, number) -> parse.debug(text, true));
        argument("no-debug", FREE, "no-debug", (parse, text, number) -> parse.debug(text, false));
        argument("impair", FREE, "impair", (parse, text, number) -> parse.impair(text, true));
        argument("no-impair", FREE, "no-impair", (parse, text, number) -> parse.impair(text, false));
    }

    /** What libreswan's whack lacks: names of the manual, and spellings for all that a conn can say. */
    private void ours() {
        exactly(new WhackOption(
                "globalstats", false, false, slot(COMMAND, "globalstatus"), query(Form.GLOBAL_STATUS), true));
        exactly(new WhackOption(
                "listgroups", false, false, slot(COMMAND, "listgroups"), query(Form.LIST_GROUPS), true));
        exactly(new WhackOption(
                "rereadgroups",
                false,
                false,
                slot(COMMAND, "rereadgroups"),
                (parse, text, number) -> parse.form(Form.REREAD_GROUPS),
                true));
        exactly(new WhackOption(
                "pubkeyecdsa",
                true,
                false,
                slot(COMMAND, "pubkeyecdsa"),
                (parse, text, number) -> parse.publicKey(WhackCommand.Key.Algorithm.ECDSA, text),
                true));
        for (EndOption<?> option : EndOption.all()) {
            for (Spelling<?> spelling : option.spellings()) {
                if (spelling.ours()) {
                    exactly(bind(option, spelling.name(), END, ourAction(option, spelling.name())));
                }
            }
        }
        for (ConnectionOption<?> option : ConnectionOption.all()) {
            for (Spelling<?> spelling : option.spellings()) {
                if (spelling.ours()) {
                    exactly(bind(option, spelling.name(), CONNECTION, ourAction(option, spelling.name())));
                }
            }
        }
    }

    private static Action ourAction(RequestOption<?> option, String name) {
        if (option == EndOption.HOST) {
            return (parse, text, number) -> parse.connection()
                    .hostSpec(name.equals("host-name") ? HostSpec.name(text) : HostSpec.ofInterface(text));
        } else if (option == EndOption.INTERFACE_IP) {
            return (parse, text, number) -> parse.connection().vtiIp(EndOption.INTERFACE_IP, parse.optionName(), text);
        } else if (option == ConnectionOption.SIGNATURE_HASHES) {
            return (parse, text, number) -> parse.connection().signatureHashes(text);
        }
        return set(option, name);
    }

    private static <T> Action set(RequestOption<T> option, String name) {
        Optional<T> fixed = spelling(option, name).fixed();
        if (option instanceof ConnectionOption<T> whole) {
            return (parse, text, number) -> parse.connection().set(whole, fixed, text, number);
        }
        EndOption<T> end = (EndOption<T>) option;
        return (parse, text, number) -> parse.connection().set(end, fixed, text, number);
    }

    private static <T> Spelling<T> spelling(RequestOption<T> option, String name) {
        return option.spellings().stream()
                .filter(spelling -> spelling.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private void end(String... names) {
        for (String name : names) {
            EndOption<?> option = (EndOption<?>) find(EndOption.all(), name);
            options.add(bind(option, name, END, set(option, name)));
        }
    }

    private void connection(String... names) {
        for (String name : names) {
            ConnectionOption<?> option = (ConnectionOption<?>) find(ConnectionOption.all(), name);
            options.add(bind(option, name, group(option), set(option, name)));
        }
    }

    private static Group group(ConnectionOption<?> option) {
        boolean shunt = option == ConnectionOption.PROSPECTIVE_SHUNT
                || option == ConnectionOption.NEGOTIATION_SHUNT
                || option == ConnectionOption.FAILURE_SHUNT;
        // As libreswan: shunts may be repeated, and don't make a command a connection form.
        return shunt ? FREE : POLICIES.contains(option) ? POLICY : CONNECTION;
    }

    private static RequestOption<?> find(List<? extends RequestOption<?>> table, String name) {
        return table.stream()
                .filter(option -> option.spellings().stream()
                        .anyMatch(spelling -> spelling.name().equals(name)))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no option for --" + name));
    }

    private static WhackOption bind(RequestOption<?> option, String name, Group group, Action action) {
        Spelling<?> spelling = spelling(option, name);
        boolean argument = spelling.fixed().isEmpty();
        // As libreswan: the replay window is a number without being "numeric", and a rekeywindow is both.
        boolean number = option.type().kind() == ValueType.Kind.NUMBER && option != ConnectionOption.REPLAY_WINDOW;
        boolean numeric = argument && (number || name.equals("rekeywindow"));
        // Spellings of one value share a slot; flags that say different things don't.
        String slot = argument || spelling.fixed().equals(Optional.of(true))
                ? option.whackName()
                : option.whackName() + "=" + spelling.fixed().orElseThrow();
        return new WhackOption(name, argument, numeric, slot(group, slot), action, spelling.ours());
    }

    private void family(String name, ConnectionOption<AddressFamily> which, AddressFamily family) {
        flag(name, CONNECTION, parse -> parse.connection().family(which, name, family));
    }

    private void form(String name, Form form) {
        String slot = form == Form.ROUTE ? "route" : name;
        flag(name, slot(COMMAND, slot), parse -> parse.form(form));
    }

    private void query(String name, Form form) {
        options.add(new WhackOption(name, false, false, slot(COMMAND, name), query(form), false));
    }

    private static Action query(Form form) {
        return (parse, text, number) -> parse.query(form);
    }

    /** An action that needs no argument. */
    @FunctionalInterface
    private interface FlagAction {
        void apply(WhackParse parse) throws WhackRefusal;
    }

    private void flag(String name, Group group, FlagAction action) {
        flag(name, slot(group, name), action);
    }

    private void flag(String name, Slot slot, FlagAction action) {
        options.add(new WhackOption(name, false, false, slot, (parse, text, number) -> action.apply(parse), false));
    }

    private void argument(String name, Group group, String slot, Action action) {
        options.add(new WhackOption(name, true, false, slot(group, slot), action, false));
    }

    private void numeric(String name, Group group, String slot, Action action) {
        options.add(new WhackOption(name, true, true, slot(group, slot), action, false));
    }

    private void exactly(WhackOption option) {
        options.add(option);
    }

    private static Slot slot(Group group, String name) {
        return new Slot(group, name);
    }

    /** As libreswan: those without signatures may be repeated, and don't make a command a connection form. */
    private static Group authenticationGroup(String name) {
        return Set.of("psk", "auth-never", "auth-null").contains(name) ? FREE : POLICY;
    }
}
