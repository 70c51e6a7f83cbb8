// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.whack;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jswan.base.IpAddress;
import org.jswan.config.value.NetworkNames;
import org.jswan.config.value.Numbers;
import org.jswan.config.value.ValueException;
import org.jswan.connection.AuthenticationMethod;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.ConnectionRequest;
import org.jswan.connection.EndOption;
import org.jswan.connection.IkeVersion;
import org.jswan.control.DebugChange;
import org.jswan.control.ExitStatus;
import org.jswan.control.ImpairmentChange;
import org.jswan.control.Version;
import org.jswan.control.WhackCommand;
import org.jswan.control.WhackRequest;
import org.jswan.net.NameResolver;
import org.jswan.whack.getopt.Getopt;
import org.jswan.whack.getopt.GetoptException;
import org.jswan.whack.value.CLong;
import org.jswan.whack.value.OctetsText;

/** One argument vector on its way to a request. */
final class WhackParse {
    /** libreswan composes an error with its argument in a buffer of this size. */
    private static final int QUOTING_ERROR_SIZE = 119;

    private static final Duration LONGEST_LIFE = Duration.ofDays(1);
    private static final int SMALLEST_SOCKET_BUFFER = 1500;

    private final String program;
    private final ConnectionForm connection;
    private final StringBuilder warnings = new StringBuilder();
    private final Set<String> seen = new HashSet<>();
    private final Set<String> seenAtEnd = new HashSet<>();
    private final Set<Form> forms = EnumSet.noneOf(Form.class);
    private final List<ImpairmentChange> impairments = new ArrayList<>();
    private WhackOption option;
    private boolean connectionForm;
    private boolean adjusting;
    private boolean onlyBasic = true;
    private boolean ignoreErrors;
    private boolean dpdActionUnknown;
    private DebugChange debugging = DebugChange.NONE;
    private String label;
    private String name;
    private Optional<String> remoteHost = Optional.empty();
    private String keyId;
    private Optional<WhackCommand.Key.PublicKey> publicKey = Optional.empty();
    private OptionalLong deleteState = OptionalLong.empty();
    private Optional<IpAddress> crash = Optional.empty();
    private OptionalLong socketBuffer = OptionalLong.empty();
    private Optional<String> activeRedirect = Optional.empty();
    private Optional<String> globalRedirectTo = Optional.empty();
    private Optional<WhackCommand.GlobalRedirect.Mode> globalRedirect = Optional.empty();
    private Optional<WhackCommand.Ddos.Mode> ddos = Optional.empty();
    private Optional<String> username = Optional.empty();
    private Optional<String> password = Optional.empty();
    private IpAddress opportunisticHere;
    private IpAddress opportunisticThere;
    // As libreswan: an ICMP echo request, unless it is said otherwise.
    private int opportunisticProtocol = 1;
    private int opportunisticSourcePort = 8;
    private int opportunisticDestinationPort;

    WhackParse(String program, NameResolver names, Supplier<NetworkNames> services) {
        this.program = program;
        this.connection = new ConnectionForm(this, names, services);
    }

    WhackParsed run(List<String> arguments) {
        try {
            Getopt<WhackOption> getopt = new Getopt<>(program, WhackOptions.all(), arguments);
            for (var found = getopt.next(); found.isPresent(); found = getopt.next()) {
                option(found.get().option(), found.get().argument());
            }
            checkVersion();
            if (!getopt.operands().isEmpty()) {
                throw refuseQuoting("unexpected argument", getopt.operands().get(0));
            }
            return new WhackParsed.Request(request(), warnings.toString());
        } catch (GetoptException e) {
            return new WhackParsed.Done("", warnings + e.getMessage() + "\n", ExitStatus.WHACK_PROBLEM);
        } catch (WhackRefusal e) {
            return new WhackParsed.Done(e.output(), warnings + e.error(), e.status());
        }
    }

    private void option(WhackOption found, String argument) throws WhackRefusal {
        option = found;
        long number = 0;
        if (found.numeric()) {
            try {
                number = Numbers.unsigned(argument, 0);
            } catch (ValueException e) {
                throw refuseQuoting(e.getMessage(), argument);
            }
        }
        WhackOption.Group group = found.slot().group();
        Set<String> marks = group == WhackOption.Group.END ? seenAtEnd : seen;
        if (group.once() && !marks.add(found.slot().name())) {
            throw refuseQuoting("duplicated flag", found.name());
        }
        connectionForm |= group.connection();
        boolean basic =
                found.slot().name().equals("status") || found.slot().name().equals("shutdown");
        onlyBasic &= basic || group == WhackOption.Group.FREE;
        found.action().apply(this, argument, number);
    }

    // What options do.

    /** The help is all there is to a command that asks for it. */
    static WhackRefusal help() {
        return new WhackRefusal("", WhackHelp.text(), 0);
    }

    static WhackRefusal version() {
        return new WhackRefusal(Version.TEXT + "\n", "", 0);
    }

    void label(String text) {
        label = text;
    }

    void name(String text) {
        name = text;
    }

    void remoteHost(String text) {
        remoteHost = Optional.of(text);
    }

    void keyId(String text) {
        keyId = text;
    }

    void publicKey(WhackCommand.Key.Algorithm algorithm, String text) throws WhackRefusal {
        if (publicKey.isPresent()) {
            throw refuseQuoting("only one " + algorithm + " public-key allowed", text);
        }
        try {
            publicKey = Optional.of(new WhackCommand.Key.PublicKey(algorithm, OctetsText.prefixed(text)));
        } catch (ValueException e) {
            throw refuseQuoting(algorithm + " public-key data malformed (" + e.getMessage() + ")", text);
        }
    }

    void deleteState(long number) {
        deleteState = OptionalLong.of(number);
    }

    void crash(String text) throws WhackRefusal {
        crash = Optional.of(specified(connection.hostAddress(option.name(), text), "--crash"));
    }

    void socketBuffer(long octets) throws WhackRefusal {
        if (Long.compareUnsigned(octets, SMALLEST_SOCKET_BUFFER) < 0) {
            throw refuse("Ignoring extremely unwise IKE buffer size choice");
        }
        socketBuffer = OptionalLong.of(octets);
    }

    void activeRedirect(String text) {
        activeRedirect = Optional.of(text);
    }

    void globalRedirect(String text) throws WhackRefusal {
        globalRedirect = Optional.of(
                switch (text) {
                    case "yes" -> WhackCommand.GlobalRedirect.Mode.YES;
                    case "no" -> WhackCommand.GlobalRedirect.Mode.NO;
                    case "auto" -> WhackCommand.GlobalRedirect.Mode.AUTO;
                    default -> throw refuse(
                            "invalid option argument for --global-redirect" + " (allowed arguments: yes, no, auto)");
                });
    }

    void globalRedirectTo(String text) {
        globalRedirectTo = Optional.of(text);
    }

    void ddos(WhackCommand.Ddos.Mode mode) {
        ddos = Optional.of(mode);
    }

    void username(String text) throws WhackRefusal {
        // It may be for --initiate or for a connection; that shows only later.
        connection.set(EndOption.USERNAME, Optional.of(text), text, 0);
        username = Optional.of(text);
    }

    void password(String text) {
        password = Optional.of(text);
    }

    void opportunisticHere(String text) throws WhackRefusal {
        // "--opphere": as libreswan spells it
        opportunisticHere = specified(connection.clientAddress(option.name(), text), "--opphere");
    }

    void opportunisticThere(String text) throws WhackRefusal {
        opportunisticThere = specified(connection.clientAddress(option.name(), text), "--oppothere");
    }

    private IpAddress specified(IpAddress address, String name) throws WhackRefusal {
        if (address.isAny()) {
            throw refuseQuoting("invalid " + name + " <address>", address.toString());
        }
        return address;
    }

    void opportunisticProtocol(String text) {
        opportunisticProtocol = (int) CLong.parse(text).value() & 0xff;
    }

    void opportunisticSourcePort(String text) {
        opportunisticSourcePort = (int) CLong.parse(text).value() & 0xffff;
    }

    void opportunisticDestinationPort(String text) {
        opportunisticDestinationPort = (int) CLong.parse(text).value() & 0xffff;
    }

    void form(Form form) {
        forms.add(form);
    }

    /** A form that only shows something: the exit status is 0 whatever comes. */
    void query(Form form) {
        forms.add(form);
        ignoreErrors = true;
    }

    void rereadAll() {
        forms.addAll(EnumSet.of(Form.REREAD_SECRETS, Form.REREAD_CRLS, Form.FETCH_CRLS, Form.REREAD_CERTS));
    }

    void listAll() {
        // As libreswan: events asked for before are forgotten.
        forms.remove(Form.LIST_EVENTS);
        forms.addAll(
                EnumSet.of(Form.LIST_PUBLIC_KEYS, Form.LIST_CERTS, Form.LIST_CA_CERTS, Form.LIST_CRLS, Form.LIST_PSKS));
        ignoreErrors = true;
    }

    void debugging(UnaryOperator<DebugChange> change) {
        adjusting = true;
        debugging = change.apply(debugging);
    }

    void debug(String text, boolean enable) throws WhackRefusal {
        adjusting = true;
        debugging = DebugOptions.change(this, debugging, text, enable);
    }

    void impair(String text, boolean enable) throws WhackRefusal {
        adjusting = true;
        impairments.add(Impairments.parse(this, text, enable));
    }

    void unknownDpdAction() {
        dpdActionUnknown = true;
    }

    ConnectionForm connection() {
        return connection;
    }

    // What options may know.

    /** The option as it is spelled in the table. */
    String optionName() {
        return option.name();
    }

    boolean isNumericOption() {
        return option.numeric();
    }

    /** Whether an option of the connection, or of this end, was given. */
    boolean hasSeen(String slot) {
        return seen.contains(slot) || seenAtEnd.contains(slot);
    }

    void markSeen(String slot) {
        seenAtEnd.add(slot);
    }

    void nextEnd() {
        seenAtEnd.clear();
    }

    void warn(String line) {
        warnings.append(line);
    }

    /** A line as libreswan's tools log it: behind the last part of the program's name. */
    String logged(String text) {
        return program.substring(program.lastIndexOf('/') + 1) + ": " + text + "\n";
    }

    WhackRefusal refuse(String message) {
        StringBuilder line = new StringBuilder("whack error: ");
        if (label != null) {
            line.append(label).append(' ');
        }
        if (name != null) {
            line.append('"').append(name).append("\" ");
        }
        return new WhackRefusal("", line.append(message).append('\n').toString(), ExitStatus.WHACK_PROBLEM);
    }

    WhackRefusal refuseQuoting(String message, String quoted) {
        String text = message + " \"" + quoted + "\"";
        return refuse(text.substring(0, Math.min(text.length(), QUOTING_ERROR_SIZE)));
    }

    // The command as a whole.

    private IkeVersion ikeVersion() {
        return connection.values().get(ConnectionOption.IKE_VERSION).orElse(IkeVersion.IKEV2);
    }

    private void checkVersion() throws WhackRefusal {
        if (ikeVersion() == IkeVersion.IKEV1 && connection.methods().contains(AuthenticationMethod.ECDSA)) {
            throw refuse("connection cannot specify --ecdsa and --ikev1");
        }
        if (ikeVersion() == IkeVersion.IKEV2
                && connection.values().get(ConnectionOption.AGGRESSIVE).isPresent()) {
            throw refuse("connection cannot specify --ikev2 and --aggressive");
        }
    }

    private WhackRequest request() throws WhackRefusal {
        if (hasSeen("oppohere") != hasSeen("oppothere")) {
            throw refuse("--oppohere and --oppothere must be used together");
        }
        if (hasSeen("oppohere") && onlyClientFamilySeen()) {
            connectionForm = false;
        }
        if (connectionForm) {
            connection.check();
        }
        checkName();
        if (hasSeen("remote-host") && !forms.contains(Form.INITIATE)) {
            throw refuse("--remote-host can only be used with --initiate");
        }
        if ((hasSeen("pubkeyrsa") || forms.contains(Form.ADD_KEY)) && keyId == null) {
            throw refuse("--addkey and --pubkeyrsa require --keyid");
        }
        List<WhackCommand> commands = commands();
        if (commands.isEmpty()) {
            throw refuse("no action specified; try --help for hints");
        }
        checkValues();
        return new WhackRequest(
                commands, forms.contains(Form.ASYNCHRONOUS), onlyBasic && !adjusting, ignoreErrors, username, password);
    }

    /** With a packet to pretend, the family of the clients may be said without a connection form. */
    private boolean onlyClientFamilySeen() {
        return WhackOptions.all().stream()
                .filter(each -> each.slot().group() == WhackOption.Group.CONNECTION)
                .map(each -> each.slot().name())
                .noneMatch(slot -> seen.contains(slot) && !slot.startsWith("tunnelipv"));
    }

    private void checkName() throws WhackRefusal {
        Set<Form> named = EnumSet.of(
                Form.ROUTE,
                Form.UNROUTE,
                Form.INITIATE,
                Form.TERMINATE,
                Form.DELETE,
                Form.DELETE_ID,
                Form.DELETE_USER,
                Form.REKEY_IKE,
                Form.REKEY_IPSEC);
        if (name == null && (connectionForm || forms.stream().anyMatch(named::contains))) {
            throw refuse("missing --name <connection_name>");
        }
    }

    private void checkValues() throws WhackRefusal {
        ConnectionRequest values = connection.values().build();
        if (values.is(ConnectionOption.AGGRESSIVE) && !values.has(ConnectionOption.IKE)) {
            throw refuse("cannot specify aggressive mode without ike= to set algorithm");
        }
        new LifetimeCheck(this, values).check(LONGEST_LIFE);
        Duration delay = values.value(ConnectionOption.DPD_DELAY);
        Duration timeout = values.value(ConnectionOption.DPD_TIMEOUT);
        if (ikeVersion() == IkeVersion.IKEV2) {
            if (timeout.toSeconds() != 0) {
                warn("whack: IKEv2 liveness uses --retransmit-timeout, option --dpdtimeout ignored\n");
            }
        } else if (delay.toSeconds() != 0 && timeout.toSeconds() == 0) {
            throw refuse("dpddelay specified, but dpdtimeout is zero, both should be specified");
        } else if (delay.toSeconds() == 0 && timeout.toSeconds() != 0) {
            throw refuse("dpdtimeout specified, but dpddelay is zero, both should be specified");
        }
        if (dpdActionUnknown) {
            throw refuse("dpdaction can only be \"clear\", \"hold\" or \"restart\"");
        }
    }

    private List<WhackCommand> commands() {
        List<WhackCommand> commands = new ArrayList<>();
        forms.forEach(form -> command(form).ifPresent(commands::add));
        if (adjusting && !connectionForm) {
            commands.add(new WhackCommand.Adjust(Optional.ofNullable(name), debugging, impairments));
        }
        deleteState.ifPresent(serial -> commands.add(new WhackCommand.DeleteState(serial)));
        crash.ifPresent(peer -> commands.add(new WhackCommand.Crash(peer)));
        if (connectionForm) {
            commands.add(new WhackCommand.Add(connection.build(name)));
            if (adjusting) {
                commands.add(new WhackCommand.Adjust(Optional.ofNullable(name), debugging, impairments));
            }
        }
        activeRedirect.ifPresent(to -> commands.add(new WhackCommand.ActiveRedirect(Optional.ofNullable(name), to)));
        globalRedirectTo.ifPresent(to -> commands.add(new WhackCommand.GlobalRedirectTo(to)));
        globalRedirect.ifPresent(mode -> commands.add(new WhackCommand.GlobalRedirect(mode)));
        socketBuffer.ifPresent(octets -> commands.add(new WhackCommand.SocketBuffer(octets)));
        if (!forms.contains(Form.LISTEN) && (socketBuffer.isPresent() || forms.contains(Form.TOGGLE_ERROR_QUEUE))) {
            commands.add(new WhackCommand.Listen());
        }
        ddos.ifPresent(mode -> commands.add(new WhackCommand.Ddos(mode)));
        if (keyId != null) {
            commands.add(new WhackCommand.Key(keyId, forms.contains(Form.ADD_KEY), publicKey));
        }
        if (opportunisticHere != null && opportunisticThere != null) {
            commands.add(new WhackCommand.OpportunisticInitiate(
                    opportunisticHere,
                    opportunisticSourcePort,
                    opportunisticThere,
                    opportunisticDestinationPort,
                    opportunisticProtocol));
        }
        commands.sort(Comparator.comparing(CommandOrder::of));
        return commands;
    }

    private Optional<WhackCommand> command(Form form) {
        boolean utc = forms.contains(Form.UTC);
        return Optional.ofNullable(
                switch (form) {
                    case ADD_KEY, LEAVE_STATE, ASYNCHRONOUS, UTC -> null;
                    case ROUTE -> new WhackCommand.Route(name);
                    case UNROUTE -> new WhackCommand.Unroute(name);
                    case INITIATE -> new WhackCommand.Initiate(name, remoteHost);
                    case TERMINATE -> new WhackCommand.Terminate(name);
                    case DELETE -> new WhackCommand.Delete(name, connectionForm);
                    case DELETE_ID -> new WhackCommand.DeleteId(name);
                    case DELETE_USER -> new WhackCommand.DeleteUser(name);
                    case LISTEN -> new WhackCommand.Listen();
                    case UNLISTEN -> new WhackCommand.Unlisten();
                    case TOGGLE_ERROR_QUEUE -> new WhackCommand.ToggleErrorQueue();
                    case REKEY_IKE -> new WhackCommand.RekeyIke(name);
                    case REKEY_IPSEC -> new WhackCommand.RekeyIpsec(name);
                    case DDNS -> new WhackCommand.Ddns();
                    case REREAD_SECRETS -> new WhackCommand.RereadSecrets();
                    case REREAD_CRLS -> new WhackCommand.RereadCrls();
                    case REREAD_CERTS -> new WhackCommand.RereadCerts();
                    case FETCH_CRLS -> new WhackCommand.FetchCrls();
                    case REREAD_GROUPS -> new WhackCommand.RereadGroups();
                    case PURGE_OCSP -> new WhackCommand.PurgeOcsp();
                    case STATUS -> new WhackCommand.Status();
                    case GLOBAL_STATUS -> new WhackCommand.GlobalStatus();
                    case CLEAR_STATS -> new WhackCommand.ClearStats();
                    case TRAFFIC_STATUS -> new WhackCommand.TrafficStatus(Optional.ofNullable(name));
                    case SHUNT_STATUS -> new WhackCommand.ShuntStatus();
                    case ADDRESS_POOL_STATUS -> new WhackCommand.AddressPoolStatus();
                    case FIPS_STATUS -> new WhackCommand.FipsStatus();
                    case BRIEF_STATUS -> new WhackCommand.BriefStatus();
                    case PROCESS_STATUS -> new WhackCommand.ProcessStatus();
                    case SHOW_STATES -> new WhackCommand.ShowStates();
                    case SHUTDOWN -> new WhackCommand.Shutdown(forms.contains(Form.LEAVE_STATE));
                    case CHECK_PUBLIC_KEYS -> new WhackCommand.CheckPublicKeys(utc);
                    case LIST_PUBLIC_KEYS -> new WhackCommand.ListPublicKeys(utc);
                    case LIST_CERTS -> new WhackCommand.ListCerts(utc);
                    case LIST_CA_CERTS -> new WhackCommand.ListCaCerts(utc);
                    case LIST_CRLS -> new WhackCommand.ListCrls(utc);
                    case LIST_PSKS -> new WhackCommand.ListPsks();
                    case LIST_EVENTS -> new WhackCommand.ListEvents();
                    case LIST_GROUPS -> new WhackCommand.ListGroups();
                });
    }
}
