// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.whack;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jswan.base.AddressFamily;
import org.jswan.base.IpAddress;
import org.jswan.base.Subnet;
import org.jswan.config.value.Addresses;
import org.jswan.config.value.NetworkNames;
import org.jswan.config.value.Numbers;
import org.jswan.config.value.ProtocolPorts;
import org.jswan.config.value.ValueException;
import org.jswan.connection.AddressPrefix;
import org.jswan.connection.AuthenticationMethod;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.ConnectionRequest;
import org.jswan.connection.EndAuthentication;
import org.jswan.connection.EndOption;
import org.jswan.connection.EndRequest;
import org.jswan.connection.HostSpec;
import org.jswan.connection.IkeVersion;
import org.jswan.connection.ProtocolPort;
import org.jswan.connection.RequestOption;
import org.jswan.connection.Shunt;
import org.jswan.connection.SignatureHash;
import org.jswan.net.NameResolver;
import org.jswan.whack.value.AddressText;
import org.jswan.whack.value.OctetsText;

/** The connection form while its options are read. */
final class ConnectionForm {
    /** An address family and the option that decided it. */
    private static final class Family {
        private Optional<AddressFamily> family = Optional.empty();
        private String usedBy;

        void learn(AddressFamily found, String option) {
            if (family.isEmpty()) {
                family = Optional.of(found);
                usedBy = option;
            }
        }

        AddressFamily orIpv4(String option) {
            learn(AddressFamily.IPV4, option);
            return family.orElseThrow();
        }
    }

    private static final int INTERFACE_NAME_SIZE = 16;
    private static final long MAX_MANUAL_REQID = 16383;

    private final WhackParse parse;
    private final NameResolver names;
    private final Supplier<NetworkNames> services;
    private final Family hostFamily = new Family();
    private final Family clientFamily = new Family();
    private final EndRequest.Builder left = EndRequest.builder();
    private final EndRequest.Builder right = EndRequest.builder();
    private final Set<AuthenticationMethod> methods = EnumSet.noneOf(AuthenticationMethod.class);
    private final Set<SignatureHash> hashes = EnumSet.noneOf(SignatureHash.class);
    private final ConnectionRequest.Builder values = ConnectionRequest.builder("");
    private EndRequest.Builder end = left;
    private boolean hashesGiven;

    ConnectionForm(WhackParse parse, NameResolver names, Supplier<NetworkNames> services) {
        this.parse = parse;
        this.names = names;
        this.services = services;
    }

    /** What has been read of the connection as a whole. */
    ConnectionRequest.Builder values() {
        return values;
    }

    Set<AuthenticationMethod> methods() {
        return methods;
    }

    boolean hostFamilyIsKnown() {
        return hostFamily.family.isPresent();
    }

    void to() throws WhackRefusal {
        if (end.get(EndOption.HOST).isEmpty()) {
            throw parse.refuse("connection missing --host before --to");
        }
        end = right;
    }

    /** An address that belongs with the hosts. */
    IpAddress hostAddress(String option, String text) throws WhackRefusal {
        return address(hostFamily, option, text);
    }

    /** An address that belongs with the clients. */
    IpAddress clientAddress(String option, String text) throws WhackRefusal {
        return address(clientFamily, option, text);
    }

    private IpAddress address(Family family, String option, String text) throws WhackRefusal {
        try {
            IpAddress address = AddressText.named(text, family.family, names);
            family.learn(address.family(), option);
            return address;
        } catch (ValueException e) {
            throw parse.refuseQuoting(e.getMessage(), text);
        }
    }

    void host(String option, String text) throws WhackRefusal {
        Optional<HostSpec.Kind> keyword =
                switch (text) {
                    case "%any" -> Optional.of(HostSpec.Kind.ANY);
                    case "%defaultroute" -> Optional.of(HostSpec.Kind.DEFAULT_ROUTE);
                    case "%opportunistic" -> Optional.of(HostSpec.Kind.OPPORTUNISTIC);
                    case "%group" -> Optional.of(HostSpec.Kind.GROUP);
                    case "%opportunisticgroup" -> Optional.of(HostSpec.Kind.OPPORTUNISTIC_GROUP);
                    default -> Optional.empty();
                };
        HostSpec host;
        if (keyword.isPresent()) {
            hostFamily.orIpv4(option);
            host = HostSpec.special(keyword.get());
        } else if (left.get(EndOption.ID).isPresent() && !text.equals("%null")) {
            host = perhapsLater(option, text);
        } else {
            host = HostSpec.of(hostAddress(option, text));
        }
        end.set(EndOption.HOST, host);
        if (host.isOpportunistic() || host.isGroup()) {
            forTheCrowd(host, option);
        }
    }

    /** With an identity that is not its address, a host may have a name that nobody knows yet. */
    private HostSpec perhapsLater(String option, String text) {
        try {
            IpAddress address = Addresses.address(text, hostFamily.family);
            hostFamily.learn(address.family(), option);
            return HostSpec.of(address);
        } catch (ValueException notNumeric) {
            HostSpec name = HostSpec.name(text);
            try {
                IpAddress address = AddressText.named(text, hostFamily.family, names);
                hostFamily.learn(address.family(), option);
                return name.resolved(address);
            } catch (ValueException unknown) {
                return name; // looked up again when the connection is added
            }
        }
    }

    private void forTheCrowd(HostSpec host, String option) throws WhackRefusal {
        values.set(ConnectionOption.TUNNEL);
        boolean clientGiven = parse.hasSeen(EndOption.CLIENT.whackName());
        if (!clientGiven) {
            end.set(EndOption.CLIENT, Subnet.all(clientFamily.orIpv4(option)));
        }
        if (host.isGroup()) {
            if (clientGiven) {
                throw parse.refuse("--host %group clashes with --client");
            }
            parse.markSeen(EndOption.CLIENT.whackName());
        }
        if (host.isOpportunistic()) {
            end.set(EndOption.DNS_KEY_ON_DEMAND);
        }
    }

    void client(String option, String text) throws WhackRefusal {
        values.set(ConnectionOption.TUNNEL);
        if (text.startsWith("vhost:") || text.startsWith("vnet:")) {
            end.set(EndOption.VIRTUAL, text);
            return;
        }
        try {
            Subnet subnet = Addresses.subnet(
                    text, clientFamily.family, Addresses.HostBits.WARN, warning -> parse.warn(parse.logged(warning)));
            clientFamily.learn(subnet.family(), option);
            end.set(EndOption.CLIENT, subnet);
        } catch (ValueException e) {
            throw parse.refuseQuoting(e.getMessage(), text);
        }
    }

    void family(ConnectionOption<AddressFamily> which, String option, AddressFamily wanted) throws WhackRefusal {
        boolean host = which == ConnectionOption.HOST_FAMILY;
        Family family = host ? hostFamily : clientFamily;
        if (host && family.family.equals(Optional.of(wanted))) {
            return;
        }
        String other = (host ? "ipv" : "tunnelipv") + (wanted == AddressFamily.IPV4 ? 6 : 4);
        if (parse.hasSeen(other)) {
            throw parse.refuse("--" + option + " conflicts with --" + other);
        }
        if (family.usedBy != null) {
            throw parse.refuseQuoting("--" + option + " must precede", family.usedBy);
        }
        family.learn(wanted, option);
    }

    void certificate(EndOption<String> which, String text) throws WhackRefusal {
        EndOption<String> other = which == EndOption.CERT ? EndOption.CKAID : EndOption.CERT;
        if (end.get(other).isPresent()) {
            throw parse.refuse("only one --cert <nickname> or --ckaid <ckaid> allowed");
        }
        if (which == EndOption.CKAID) {
            try {
                OctetsText.hex(text);
            } catch (ValueException e) {
                throw parse.refuseQuoting(e.getMessage(), text);
            }
        }
        end.set(which, text);
    }

    /** One of the options that allow a way to authenticate. */
    void authentication(String option) {
        String[] parts = option.split("-", 2);
        switch (option) {
            case "psk" -> methods.add(AuthenticationMethod.PSK);
            case "auth-never" -> methods.add(AuthenticationMethod.NEVER);
            case "auth-null" -> methods.add(AuthenticationMethod.NULL);
            case "rsa-sha1" -> methods.add(AuthenticationMethod.RSASIG_V1_5);
            case "rsasig" -> {
                methods.add(AuthenticationMethod.RSASIG);
                methods.add(AuthenticationMethod.RSASIG_V1_5);
                hashes.addAll(EnumSet.allOf(SignatureHash.class));
            }
            default -> {
                methods.add(parts[0].equals("ecdsa") ? AuthenticationMethod.ECDSA : AuthenticationMethod.RSASIG);
                hashes.addAll(hashes(option));
            }
        }
    }

    private static Set<SignatureHash> hashes(String option) {
        if (option.endsWith("_256")) {
            return EnumSet.of(SignatureHash.SHA2_256);
        } else if (option.endsWith("_384")) {
            return EnumSet.of(SignatureHash.SHA2_384);
        } else if (option.endsWith("_512")) {
            return EnumSet.of(SignatureHash.SHA2_512);
        }
        return EnumSet.allOf(SignatureHash.class);
    }

    <T> void set(ConnectionOption<T> option, Optional<T> fixed, String text, long number) throws WhackRefusal {
        if (fixed.isPresent()) {
            if (option == ConnectionOption.IKE_VERSION
                    && !values.get(option).orElse(fixed.get()).equals(fixed.get())) {
                throw parse.refuse("connection can no longer have --ikev1 and --ikev2");
            }
            values.set(option, fixed.get());
        } else if (option == ConnectionOption.DPD_ACTION
                && Choices.meaning(option, text).isEmpty()) {
            parse.unknownDpdAction();
        } else if (option == ConnectionOption.XAUTH_FAIL
                && Choices.meaning(option, text).isEmpty()) {
            parse.warn("whack: unknown xauthfail method '" + text + "' ignored\n");
        } else if (option == ConnectionOption.VTI_INTERFACE && text.length() >= INTERFACE_NAME_SIZE) {
            parse.warn("whack: invalid interface name '" + text + "' ignored\n");
        } else {
            checkRange(option, text, number);
            values.set(option, value(option, text, number));
        }
    }

    private void checkRange(ConnectionOption<?> option, String text, long number) throws WhackRefusal {
        long limit = option == ConnectionOption.NFLOG_GROUP
                ? 0xffff
                : option == ConnectionOption.REQID ? MAX_MANUAL_REQID : 0;
        if (limit != 0 && (number == 0 || Long.compareUnsigned(number, limit) > 0)) {
            throw parse.refuseQuoting("invalid " + option.whackName() + " value - range must be 1-" + limit, text);
        }
    }

    <T> void set(EndOption<T> option, Optional<T> fixed, String text, long number) throws WhackRefusal {
        if (fixed.isPresent()) {
            end.set(option, fixed.get());
            return;
        }
        if (option == EndOption.IKE_PORT && (number == 0 || Long.compareUnsigned(number, 0x10000) >= 0)) {
            throw parse.refuseQuoting("<port-number> must be a number between 1 and 65535", text);
        }
        end.set(option, value(option, text, number));
    }

    /** {@code %direct} or an address of the hosts' family. */
    void nexthop(String option, String text) throws WhackRefusal {
        end.set(
                EndOption.NEXTHOP,
                text.equals("%direct") ? IpAddress.any(hostFamily.orIpv4(option)) : hostAddress(option, text));
    }

    void hostSpec(HostSpec host) {
        end.set(EndOption.HOST, host);
    }

    void vtiIp(EndOption<AddressPrefix> which, String option, String text) throws WhackRefusal {
        try {
            AddressPrefix prefix = AddressText.prefix(text, clientFamily.family);
            clientFamily.learn(prefix.address().family(), option);
            end.set(which, prefix);
        } catch (ValueException e) {
            throw parse.refuseQuoting(e.getMessage(), text);
        }
    }

    void signatureHashes(String text) throws WhackRefusal {
        hashes.clear();
        hashesGiven = true;
        for (String word : text.isEmpty() ? new String[0] : text.split(",", -1)) {
            try {
                hashes.add(SignatureHash.valueOf(word));
            } catch (IllegalArgumentException e) {
                throw parse.refuseQuoting("unknown hash", word);
            }
        }
    }

    @SuppressWarnings("unchecked") // each kind yields the type that options of that kind have
    private <T> T value(RequestOption<T> option, String text, long number) throws WhackRefusal {
        try {
            return switch (option.type().kind()) {
                case TEXT -> (T) text;
                case NUMBER -> (T) Long.valueOf(number(text, number));
                case SECONDS -> (T) Numbers.duration(text, Duration.ofSeconds(1));
                case MILLISECONDS -> (T) Numbers.duration(text, Duration.ofMillis(1));
                case RANGE -> (T) Addresses.range(text);
                case PROTOCOL_PORT -> (T) protocolPort(text);
                case CHOICE -> Choices.meaning(option, text).orElseThrow(() -> Choices.refuse(parse, option, text));
                default -> throw new IllegalStateException(option + " is not read by its kind");
            };
        } catch (ValueException e) {
            throw parse.refuseQuoting(e.getMessage(), text);
        }
    }

    private ProtocolPort protocolPort(String text) throws ValueException {
        ProtocolPorts.Parsed parsed = ProtocolPorts.parse(text, services.get());
        return new ProtocolPort(parsed.protocol(), parsed.port(), parsed.anyPort());
    }

    /** The number that was read already, save for options that are numbers without being numeric to getopt. */
    private long number(String text, long number) throws ValueException {
        return parse.isNumericOption() ? number : Numbers.unsigned(text, 0);
    }

    /** Judges the form as a whole. */
    void check() throws WhackRefusal {
        HostSpec rightHost = right.get(EndOption.HOST).orElse(null);
        if (!parse.hasSeen("to")) {
            throw parse.refuse("connection description option, but no --to");
        }
        if (rightHost == null) {
            throw parse.refuse("connection missing --host after --to");
        }
        HostSpec leftHost = left.get(EndOption.HOST).orElseThrow();
        if (leftHost.isOpportunistic() || rightHost.isOpportunistic()) {
            checkOpportunism();
        }
        checkEnd(left, right);
        checkEnd(right, left);
        if (!left.get(EndOption.CLIENT)
                .map(Subnet::family)
                .equals(right.get(EndOption.CLIENT).map(Subnet::family))) {
            throw parse.refuse("endpoints clash: one is IPv4 and the other is IPv6");
        }
        checkAuthentication();
    }

    private void checkOpportunism() throws WhackRefusal {
        if (methods.contains(AuthenticationMethod.PSK)) {
            throw parse.refuse("PSK is not supported for opportunism");
        }
        if (!methods.contains(AuthenticationMethod.RSASIG)
                && !methods.contains(AuthenticationMethod.RSASIG_V1_5)
                && !methods.contains(AuthenticationMethod.ECDSA)) {
            throw parse.refuse("only Digital Signatures are supported for opportunism");
        }
        if (values.get(ConnectionOption.PFS).isEmpty()) {
            throw parse.refuse("PFS required for opportunism");
        }
        if (values.get(ConnectionOption.ENCRYPT).isEmpty()) {
            throw parse.refuse("encryption required for opportunism");
        }
    }

    private void checkEnd(EndRequest.Builder mine, EndRequest.Builder other) throws WhackRefusal {
        HostSpec host = mine.get(EndOption.HOST).orElseThrow();
        boolean unresolved = host.kind() == HostSpec.Kind.NAME && host.address().isEmpty();
        if (hostFamily.family.isPresent()
                && (unresolved || (host.family().isPresent() && !host.family().equals(hostFamily.family)))) {
            throw parse.refuse("address family of host inconsistent");
        }
        if (mine.get(EndOption.CLIENT).isPresent()
                && !mine.get(EndOption.CLIENT).map(Subnet::family).equals(clientFamily.family)) {
            throw parse.refuse("address family of client subnet inconsistent");
        }
        if (protocol(mine) != protocol(other)) {
            throw parse.refuse("the protocol for leftprotoport and rightprotoport must be the same");
        }
    }

    private static int protocol(EndRequest.Builder end) {
        return end.get(EndOption.PROTOCOL_PORT).map(ProtocolPort::protocol).orElse(0);
    }

    private void checkAuthentication() throws WhackRefusal {
        if (methods.contains(AuthenticationMethod.NEVER)) {
            if (values.get(ConnectionOption.PROSPECTIVE_SHUNT)
                    .map(shunt -> shunt == Shunt.TRAP)
                    .orElse(true)) {
                throw parse.refuse("shunt connection must have shunt policy (eg --pass, --drop or --reject)."
                        + " Is this a non-shunt connection missing an authentication method such as"
                        + " --psk or --rsasig or --auth-null ?");
            }
        } else if (methods.isEmpty()
                && left.get(EndOption.AUTH).equals(Optional.of(EndAuthentication.NEVER))
                && right.get(EndOption.AUTH).equals(Optional.of(EndAuthentication.NEVER))) {
            throw parse.refuse("must specify connection authentication, eg --rsasig, --psk or --auth-null"
                    + " for non-shunt connection");
        }
    }

    /** The connection. What was not given but is known from what was, is filled in. */
    ConnectionRequest build(String name) {
        ConnectionRequest.Builder request = values.build().toBuilder(name);
        hostFamily.family.ifPresent(family -> request.set(ConnectionOption.HOST_FAMILY, family));
        clientFamily.family.ifPresent(family -> request.set(ConnectionOption.CLIENT_FAMILY, family));
        if (!methods.isEmpty()) {
            request.set(ConnectionOption.AUTHENTICATION, methods);
        }
        if (hashesGiven || !methods.isEmpty()) {
            // As libreswan: IKEv1 knows no signature hashes.
            boolean none = !hashesGiven && request.build().value(ConnectionOption.IKE_VERSION) == IkeVersion.IKEV1;
            request.set(ConnectionOption.SIGNATURE_HASHES, none ? Set.of() : hashes);
        }
        return request.left(left.build()).right(right.build()).build();
    }
}
