// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.connection;

import static org.jswan.connection.ConnectionPolicy.AUTHENTICATE;
import static org.jswan.connection.ConnectionPolicy.ENCRYPT;
import static org.jswan.connection.ConnectionPolicy.ESN_NO;
import static org.jswan.connection.ConnectionPolicy.ESN_YES;
import static org.jswan.connection.ConnectionPolicy.TUNNEL;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jswan.base.AddressFamily;
import org.jswan.base.IpAddress;
import org.jswan.base.SecurityLabel;
import org.jswan.base.Subnet;
import org.jswan.connection.EndConfig.Side;
import org.jswan.kernel.KernelAbilities;
import org.jswan.kernel.KernelAbility;
import org.jswan.log.RcCode;
import org.jswan.proposal.AlgorithmSuites;
import org.jswan.proposal.ProposalException;

/**
 * Makes a {@link ConnectionConfig} of a request, or refuses it. The checks come in the oracle's order, so that of several
 * mistakes the same one is told.
 */
final class ConfigCheck {
    private static final Duration LONGEST_LIFETIME = Duration.ofDays(1);
    private static final long MOST_OPERATIONS = 1L << 63;

    /** What a flag of the request is called as a policy. */
    private static final Map<ConnectionOption<Boolean>, ConnectionPolicy> FLAGS = Map.ofEntries(
            Map.entry(ConnectionOption.ENCRYPT, ENCRYPT),
            Map.entry(ConnectionOption.AUTHENTICATE, AUTHENTICATE),
            Map.entry(ConnectionOption.COMPRESS, ConnectionPolicy.COMPRESS),
            Map.entry(ConnectionOption.TUNNEL, TUNNEL),
            Map.entry(ConnectionOption.PFS, ConnectionPolicy.PFS),
            Map.entry(ConnectionOption.DECAP_DSCP, ConnectionPolicy.DECAP_DSCP),
            Map.entry(ConnectionOption.NO_PMTU_DISCOVERY, ConnectionPolicy.NOPMTUDISC),
            Map.entry(ConnectionOption.MS_DH_DOWNGRADE, ConnectionPolicy.MSDH_DOWNGRADE),
            Map.entry(ConnectionOption.ALLOW_CERT_WITHOUT_SAN, ConnectionPolicy.ALLOW_NO_SAN),
            Map.entry(ConnectionOption.DNS_MATCH_ID, ConnectionPolicy.DNS_MATCH_ID),
            Map.entry(ConnectionOption.SHA2_TRUNCATION_BUG, ConnectionPolicy.SHA2_TRUNCBUG),
            Map.entry(ConnectionOption.DONT_REKEY, ConnectionPolicy.DONT_REKEY),
            Map.entry(ConnectionOption.REAUTH, ConnectionPolicy.REAUTH),
            Map.entry(ConnectionOption.KEEP_UP, ConnectionPolicy.UP),
            Map.entry(ConnectionOption.MODECFG_PULL, ConnectionPolicy.MODECFG_PULL),
            Map.entry(ConnectionOption.AGGRESSIVE, ConnectionPolicy.AGGRESSIVE),
            Map.entry(ConnectionOption.OVERLAP_IP, ConnectionPolicy.OVERLAPIP),
            Map.entry(ConnectionOption.ALLOW_NARROWING, ConnectionPolicy.IKEV2_ALLOW_NARROWING),
            Map.entry(ConnectionOption.PAM_AUTHORIZE, ConnectionPolicy.IKEV2_PAM_AUTHORIZE),
            Map.entry(ConnectionOption.ACCEPT_REDIRECT, ConnectionPolicy.ACCEPT_REDIRECT_YES),
            Map.entry(ConnectionOption.IKE_FRAGMENTATION_ALLOW, ConnectionPolicy.IKE_FRAG_ALLOW),
            Map.entry(ConnectionOption.IKE_FRAGMENTATION_FORCE, ConnectionPolicy.IKE_FRAG_FORCE),
            Map.entry(ConnectionOption.NO_IKE_PAD, ConnectionPolicy.NO_IKEPAD),
            Map.entry(ConnectionOption.MOBIKE, ConnectionPolicy.MOBIKE),
            Map.entry(ConnectionOption.PPK_ALLOW, ConnectionPolicy.PPK_ALLOW),
            Map.entry(ConnectionOption.PPK_INSIST, ConnectionPolicy.PPK_INSIST),
            Map.entry(ConnectionOption.ESN_NO, ESN_NO),
            Map.entry(ConnectionOption.ESN_YES, ESN_YES),
            Map.entry(ConnectionOption.INTERMEDIATE, ConnectionPolicy.INTERMEDIATE),
            Map.entry(ConnectionOption.IGNORE_PEER_DNS, ConnectionPolicy.IGNORE_PEER_DNS));

    private final ConnectionRequest request;
    private final AddContext context;
    private final Set<ConnectionPolicy> policies;
    private final Set<AuthenticationMethod> authby;
    private final boolean neverNegotiates;

    ConfigCheck(ConnectionRequest request, AddContext context) {
        this.request = request;
        this.context = context;
        policies = policies(request);
        authby = request.value(ConnectionOption.AUTHENTICATION);
        neverNegotiates = !policies.contains(ENCRYPT) && !policies.contains(AUTHENTICATE);
    }

    private static Set<ConnectionPolicy> policies(ConnectionRequest request) {
        Set<ConnectionPolicy> policies = EnumSet.noneOf(ConnectionPolicy.class);
        FLAGS.forEach((option, policy) -> {
            if (request.is(option)) {
                policies.add(policy);
            }
        });
        switch (request.value(ConnectionOption.SEND_REDIRECT)) {
            case YES -> policies.add(ConnectionPolicy.SEND_REDIRECT_ALWAYS);
            case NO -> policies.add(ConnectionPolicy.SEND_REDIRECT_NEVER);
            case AUTO -> {}
        }
        for (EndRequest end : List.of(request.left(), request.right())) {
            Optional<HostSpec> host = end.get(EndOption.HOST);
            if (host.filter(HostSpec::isOpportunistic).isPresent()) {
                policies.add(ConnectionPolicy.OPPORTUNISTIC);
            }
            if (host.filter(HostSpec::isGroup).isPresent()) {
                policies.add(ConnectionPolicy.GROUP);
            }
        }
        return policies;
    }

    ConnectionConfig config() throws ConnectionRefused {
        checkProtocol();
        checkVersion();
        if (policies.contains(ConnectionPolicy.MOBIKE)
                && !context.kernelAbilities().can(KernelAbility.MIGRATION)) {
            throw ConnectionRefused.fatal("MOBIKE not supported by " + context.kernelName() + " interface");
        }
        int tcpPort = tcpPort();
        if (port(request.left()).anyPort() && port(request.right()).anyPort()) {
            throw ConnectionRefused.fatal("cannot have protoports with wildcard (%any) ports on both sides");
        }
        AddressFamily hostFamily = hostFamily();
        AddressFamily clientFamily = clientFamily().orElse(hostFamily);
        if (isUnknown(request.left()) && isUnknown(request.right())) {
            throw ConnectionRefused.fatal("must specify host IP address for our side");
        }
        checkSequenceNumbers();
        Optional<String> ike = proposal(ConnectionOption.IKE, "ike");
        Optional<AlgorithmSuites> ikeSuites = ikeSuites(ike);
        Optional<String> esp = childProposal();
        Optional<AlgorithmSuites> childSuites = childSuites(esp);
        ConnectionConfig.Lifetimes lifetimes = lifetimes();
        ConnectionConfig.ModeConfig modeConfig = modeConfig();
        ConnectionConfig.Kernel kernel = kernel();
        Optional<SecurityLabel> label = label();
        checkAbilities(kernel, label);
        EndCheck ends = new EndCheck(request, context, hostFamily, clientFamily, neverNegotiates);
        EndConfig left = ends.end(Side.LEFT);
        EndConfig right = ends.end(Side.RIGHT);
        if (EndCheck.isSameAuthority(request.left())) {
            left = left.withAuthority(right.certificate().ca());
        }
        if (EndCheck.isSameAuthority(request.right())) {
            right = right.withAuthority(left.certificate().ca());
        }
        if (left.xauth().server() || right.xauth().server()) {
            policies.add(ConnectionPolicy.XAUTH);
        }
        checkAuthentication(left, right);
        Optional<VirtualNetwork> virtual = left.client()
                .virtual()
                .or(right.client()::virtual)
                .flatMap(text -> VirtualNetwork.parse(text, context.logger()));
        boolean leftIsOpen = left.host().address().isEmpty() || left.isOpen();
        if (virtual.isPresent() && leftIsOpen) {
            left = left.withVirtual(virtual.get());
        } else if (virtual.isPresent()) {
            right = right.withVirtual(virtual.get());
        }
        if (policies.contains(ConnectionPolicy.OPPORTUNISTIC) && lifetimes.keyingTries() == 0) {
            lifetimes = lifetimes.triedOnce();
        }
        warnOfLater();
        return new ConnectionConfig(
                request.name(),
                request.get(ConnectionOption.ALIASES),
                version(),
                left,
                right,
                hostFamily,
                policies,
                neverNegotiates || isIkev1() ? Set.of() : request.value(ConnectionOption.SIGNATURE_HASHES),
                shunts(),
                ike,
                esp,
                ikeSuites,
                childSuites,
                lifetimes,
                retransmission(),
                liveness(),
                natTraversal(),
                new ConnectionConfig.Tcp(neverNegotiates ? TcpMode.NO : request.value(ConnectionOption.TCP), tcpPort),
                announcements(),
                kernel,
                modeConfig,
                new ConnectionConfig.Redirect(
                        request.get(ConnectionOption.REDIRECT_TO), request.get(ConnectionOption.ACCEPT_REDIRECT_TO)),
                label,
                request.is(ConnectionOption.NM_CONFIGURED),
                List.of());
    }

    private void checkProtocol() throws ConnectionRefused {
        long tfc = request.value(ConnectionOption.TFC);
        if (!policies.contains(TUNNEL)) {
            if (tfc != 0) {
                throw ConnectionRefused.fatal("connection with type=transport cannot specify tfc=");
            }
            if (request.has(ConnectionOption.VTI_INTERFACE)) {
                throw ConnectionRefused.fatal("VTI requires tunnel mode but connection specifies type=transport");
            }
        }
        if (policies.contains(AUTHENTICATE) && tfc != 0) {
            throw ConnectionRefused.fatal("connection with phase2=ah cannot specify tfc=");
        }
        boolean never = authby.contains(AuthenticationMethod.NEVER);
        boolean traps = request.get(ConnectionOption.PROSPECTIVE_SHUNT)
                .map(shunt -> shunt == Shunt.TRAP)
                .orElse(true);
        if (never && traps) {
            throw ConnectionRefused.fatal("connection with authby=never must specify shunt type via type=");
        }
        if (!traps && !authby.equals(Set.of(AuthenticationMethod.NEVER))) {
            throw ConnectionRefused.fatal("shunt connection cannot have authentication method other then authby=never");
        }
        if (traps && neverNegotiates) {
            throw ConnectionRefused.fatal("non-shunt connection must have AH or ESP");
        }
        if (traps && policies.contains(ENCRYPT) && policies.contains(AUTHENTICATE)) {
            throw ConnectionRefused.fatal("non-shunt connection must not specify both AH and ESP");
        }
    }

    private void checkVersion() throws ConnectionRefused {
        if (!isIkev1()) {
            return;
        }
        if (context.ikev1() != Ikev1Policy.ACCEPT) {
            throw new ConnectionRefused(
                    RcCode.FATAL,
                    "failed to add IKEv1 connection: global ikev1-policy does not allow IKEv1 connections");
        }
        new Ikev1Check(context.logger()).checkPolicies(policies, request.value(ConnectionOption.TCP));
    }

    private boolean isIkev1() {
        return version() == IkeVersion.IKEV1;
    }

    private int tcpPort() throws ConnectionRefused {
        TcpMode mode = request.value(ConnectionOption.TCP);
        if (neverNegotiates) {
            if (mode != TcpMode.NO) {
                inform("ignored enable-tcp= option for type=passthrough connection");
            }
            return 0;
        }
        int port = request.value(ConnectionOption.TCP_REMOTE_PORT).intValue();
        if (mode != TcpMode.NO && (port == 0 || port == 500)) {
            throw ConnectionRefused.fatal("tcp-remoteport cannot be 0 or 500");
        }
        return port;
    }

    private static ProtocolPort port(EndRequest end) {
        return end.value(EndOption.PROTOCOL_PORT);
    }

    /** A host that is neither an address nor a name which may become one. */
    private static boolean isUnknown(EndRequest end) {
        return end.get(EndOption.HOST)
                .filter(host ->
                        host.kind() == HostSpec.Kind.NAME || host.address().isPresent())
                .isEmpty();
    }

    /** A value that tells its family, and the option it came with. */
    private record Familiar(String option, AddressFamily family, Object value) {}

    private AddressFamily hostFamily() throws ConnectionRefused {
        Optional<Familiar> first = Optional.empty();
        for (Side side : Side.values()) {
            EndRequest end = side == Side.LEFT ? request.left() : request.right();
            Optional<IpAddress> host = end.get(EndOption.HOST)
                    .filter(spec -> spec.kind() != HostSpec.Kind.NAME)
                    .flatMap(HostSpec::address);
            first = agree("host", first, host.map(a -> new Familiar(side.toString(), a.family(), a)));
            first = agree(
                    "host", first, end.get(EndOption.NEXTHOP).map(a -> new Familiar(side + "nexthop", a.family(), a)));
        }
        return first.map(Familiar::family)
                .or(() -> request.get(ConnectionOption.HOST_FAMILY))
                .or(this::nameFamily)
                .orElse(AddressFamily.IPV4);
    }

    /** What a name was found as, where nothing else tells the family. */
    private Optional<AddressFamily> nameFamily() {
        return List.of(request.left(), request.right()).stream()
                .flatMap(end -> end.get(EndOption.HOST).stream())
                .flatMap(host -> host.family().stream())
                .findFirst();
    }

    private Optional<AddressFamily> clientFamily() throws ConnectionRefused {
        Optional<Familiar> first = Optional.empty();
        for (Side side : Side.values()) {
            EndRequest end = side == Side.LEFT ? request.left() : request.right();
            Optional<Subnet> client = end.get(EndOption.CLIENT);
            first = agree("client", first, client.map(s -> new Familiar(side + "subnet", s.family(), s)));
        }
        return first.map(Familiar::family);
    }

    private static Optional<Familiar> agree(String level, Optional<Familiar> first, Optional<Familiar> next)
            throws ConnectionRefused {
        if (first.isEmpty() || next.isEmpty()) {
            return first.or(() -> next);
        }
        Familiar a = first.get();
        Familiar b = next.get();
        if (a.family() != b.family()) {
            throw ConnectionRefused.fatal(level + " address family " + a.family() + " from " + a.option() + "="
                    + a.value() + " conflicts with " + b.option() + "=" + b.value());
        }
        return first;
    }

    /** RFC 4303 §2.2.1: extended sequence numbers need the anti-replay service. */
    private void checkSequenceNumbers() throws ConnectionRefused {
        if (neverNegotiates || !policies.contains(ESN_YES)) {
            return;
        }
        KernelAbilities abilities = context.kernelAbilities();
        long window = request.value(ConnectionOption.REPLAY_WINDOW);
        if (window == 0) {
            useNoExtendedNumbers();
        } else if (isIkev1()) {
            // IKEv1's Child SAs have none, whatever the connection says.
        } else if (!abilities.can(KernelAbility.EXTENDED_SEQUENCE_NUMBERS)) {
            context.logger().log(RcCode.LOG, "kernel interface does not support ESN so disabling");
            useNoExtendedNumbers();
        } else if (Long.compareUnsigned(window, abilities.maxReplayWindow()) > 0) {
            throw ConnectionRefused.fatal("replay-window=" + Long.toUnsignedString(window) + " exceeds "
                    + context.kernelName() + " limit of " + abilities.maxReplayWindow());
        }
    }

    /** Refused now, and not when the peer has its half of an SA already. */
    private void checkAbilities(ConnectionConfig.Kernel kernel, Optional<SecurityLabel> label)
            throws ConnectionRefused {
        demand(
                KernelAbility.MARKS,
                kernel.markIn().isPresent() || kernel.markOut().isPresent(),
                "mark=");
        demand(KernelAbility.MARKS, kernel.interfaceId().isPresent(), "ipsec-interface=");
        demand(KernelAbility.PADDING, kernel.tfcPadding() != 0, "tfc=");
        demand(KernelAbility.OFFLOAD, kernel.nicOffload() == YesNoAuto.YES, "nic-offload=yes");
        demand(KernelAbility.TCP, request.value(ConnectionOption.TCP) == TcpMode.ONLY, "enable-tcp=yes");
        demand(KernelAbility.LABELS, label.isPresent(), "sec-label=");
    }

    private void demand(KernelAbility ability, boolean wanted, String option) throws ConnectionRefused {
        if (wanted && !neverNegotiates && !context.kernelAbilities().can(ability)) {
            throw ConnectionRefused.fatal(option + " not supported by " + context.kernelName() + " interface");
        }
    }

    private void useNoExtendedNumbers() {
        policies.remove(ESN_YES);
        policies.add(ESN_NO);
    }

    private Optional<String> proposal(ConnectionOption<String> option, String name) {
        if (neverNegotiates && request.has(option)) {
            inform("ignored " + name + "= option for type=passthrough connection");
            return Optional.empty();
        }
        // as libreswan: no text counts as none given.
        return request.get(option).filter(text -> !text.isEmpty());
    }

    /** {@code esp=} with the group of {@code --pfsgroup} behind a semicolon. */
    private Optional<String> childProposal() {
        Optional<String> esp = proposal(ConnectionOption.ESP, "esp");
        Optional<String> group = neverNegotiates ? Optional.empty() : request.get(ConnectionOption.PFS_GROUP);
        return group.isEmpty() ? esp : Optional.of(esp.orElse("") + ";" + group.get());
    }

    private Optional<AlgorithmSuites> ikeSuites(Optional<String> text) throws ConnectionRefused {
        if (neverNegotiates) {
            return Optional.empty();
        }
        try {
            return Optional.of(context.proposals().ike(version(), text, this::remark));
        } catch (ProposalException e) {
            throw ConnectionRefused.fatal(e.getMessage());
        }
    }

    private Optional<AlgorithmSuites> childSuites(Optional<String> text) throws ConnectionRefused {
        if (neverNegotiates) {
            return Optional.empty();
        }
        try {
            return Optional.of(context.proposals().child(version(), text, policies, this::remark));
        } catch (ProposalException e) {
            throw ConnectionRefused.fatal(e.getMessage());
        }
    }

    private IkeVersion version() {
        return request.value(ConnectionOption.IKE_VERSION);
    }

    private void remark(String text) {
        context.logger().log(text);
    }

    private ConnectionConfig.Lifetimes lifetimes() {
        if (neverNegotiates) {
            return new ConnectionConfig.Lifetimes(Duration.ZERO, Duration.ZERO, Duration.ZERO, 0, 0, 0, 0);
        }
        Duration ike = lifetime("IKE", request.value(ConnectionOption.IKE_LIFETIME));
        Duration ipsec = lifetime("IPsec", request.value(ConnectionOption.IPSEC_LIFETIME));
        long bytes = operations("bytes", request.value(ConnectionOption.IPSEC_MAX_BYTES));
        long packets = operations("packets", request.value(ConnectionOption.IPSEC_MAX_PACKETS));
        Duration margin = request.value(ConnectionOption.REKEY_MARGIN);
        if (margin.compareTo(ipsec) >= 0) {
            Duration half = ipsec.dividedBy(2);
            context.logger()
                    .log("rekeymargin (" + margin.toSeconds() + "s) >= salifetime (" + ipsec.toSeconds()
                            + "s); reducing rekeymargin to " + half.toSeconds() + "s seconds");
            margin = half;
        }
        return new ConnectionConfig.Lifetimes(
                ike,
                ipsec,
                margin,
                request.value(ConnectionOption.REKEY_FUZZ),
                request.value(ConnectionOption.KEYING_TRIES),
                bytes,
                packets);
    }

    private Duration lifetime(String what, Duration asked) {
        if (!asked.isZero() && asked.toSeconds() <= LONGEST_LIFETIME.toSeconds()) {
            return asked;
        }
        context.logger().log(what + " lifetime set to the maximum allowed " + LONGEST_LIFETIME.toSeconds() + "s");
        return LONGEST_LIFETIME;
    }

    private long operations(String what, long asked) {
        if (Long.compareUnsigned(asked, MOST_OPERATIONS) <= 0) {
            return asked;
        }
        context.logger().log(RcCode.LOG_SERIOUS, "IPsec max " + what + " limited to the maximum allowed 2^63");
        return MOST_OPERATIONS;
    }

    private ConnectionConfig.Retransmission retransmission() {
        return neverNegotiates
                ? new ConnectionConfig.Retransmission(Duration.ZERO, Duration.ZERO)
                : new ConnectionConfig.Retransmission(
                        request.value(ConnectionOption.RETRANSMIT_INTERVAL),
                        request.value(ConnectionOption.RETRANSMIT_TIMEOUT));
    }

    private ConnectionConfig.Liveness liveness() {
        if (neverNegotiates) {
            return new ConnectionConfig.Liveness(DpdAction.DISABLED, Duration.ZERO, Duration.ZERO);
        }
        ConnectionConfig.Liveness liveness = new ConnectionConfig.Liveness(
                request.value(ConnectionOption.DPD_ACTION),
                request.value(ConnectionOption.DPD_DELAY),
                request.value(ConnectionOption.DPD_TIMEOUT));
        return isIkev1() ? new Ikev1Check(context.logger()).liveness(liveness) : liveness;
    }

    private ConnectionConfig.NatTraversal natTraversal() {
        return new ConnectionConfig.NatTraversal(
                neverNegotiates ? Optional.empty() : request.get(ConnectionOption.ENCAPSULATION),
                !neverNegotiates && request.is(ConnectionOption.NAT_KEEPALIVE),
                request.value(ConnectionOption.IKEV1_NAT_METHOD));
    }

    private ConnectionConfig.Announcements announcements() {
        return new ConnectionConfig.Announcements(
                !neverNegotiates && request.is(ConnectionOption.INITIAL_CONTACT),
                !neverNegotiates && request.is(ConnectionOption.CISCO_UNITY),
                !neverNegotiates && request.is(ConnectionOption.FAKE_STRONGSWAN),
                !neverNegotiates && request.is(ConnectionOption.SEND_VENDOR_ID),
                request.is(ConnectionOption.SEND_NO_ESP_TFC),
                request.value(ConnectionOption.SEND_CA));
    }

    private ConnectionConfig.Shunts shunts() {
        return new ConnectionConfig.Shunts(
                request.get(ConnectionOption.PROSPECTIVE_SHUNT).orElse(Shunt.TRAP),
                request.get(ConnectionOption.NEGOTIATION_SHUNT).orElse(Shunt.HOLD),
                request.get(ConnectionOption.FAILURE_SHUNT).orElse(Shunt.NONE));
    }

    private ConnectionConfig.ModeConfig modeConfig() throws ConnectionRefused {
        return new ConnectionConfig.ModeConfig(
                neverNegotiates ? List.of() : nameServers(),
                neverNegotiates ? List.of() : domains(),
                neverNegotiates ? Optional.empty() : request.get(ConnectionOption.MODECFG_BANNER),
                request.value(ConnectionOption.XAUTH_BY),
                request.value(ConnectionOption.XAUTH_FAIL),
                request.value(ConnectionOption.REMOTE_PEER_TYPE));
    }

    private List<IpAddress> nameServers() throws ConnectionRefused {
        return ListOption.addresses(
                "modecfgdns",
                request.get(ConnectionOption.MODECFG_DNS),
                isIkev1() ? Optional.of(AddressFamily.IPV4) : Optional.empty());
    }

    private List<String> domains() {
        Optional<String> text = request.get(ConnectionOption.MODECFG_DOMAINS);
        List<String> domains = ListOption.words(text);
        return isIkev1() ? new Ikev1Check(context.logger()).domains(domains, text) : domains;
    }

    private ConnectionConfig.Kernel kernel() {
        MarkOption marks = new MarkOption(context.logger());
        boolean negotiates = !neverNegotiates;
        marks.read(
                negotiates ? request.get(ConnectionOption.MARK) : Optional.empty(),
                negotiates ? request.get(ConnectionOption.MARK_IN) : Optional.empty(),
                negotiates ? request.get(ConnectionOption.MARK_OUT) : Optional.empty());
        long interfaceId = request.value(ConnectionOption.IPSEC_INTERFACE);
        return new ConnectionConfig.Kernel(
                negotiates ? request.value(ConnectionOption.REPLAY_WINDOW) : 0,
                request.value(ConnectionOption.REQID).intValue(),
                // as libreswan: as many bits as it keeps.
                request.value(ConnectionOption.PRIORITY) & 0xffffffffL,
                negotiates ? request.value(ConnectionOption.METRIC).intValue() : 0,
                negotiates ? request.value(ConnectionOption.MTU).intValue() & 0xffff : 0,
                request.value(ConnectionOption.TFC).intValue(),
                request.value(ConnectionOption.NFLOG_GROUP).intValue(),
                marks.in(),
                marks.out(),
                marks.isUnique(),
                request.get(ConnectionOption.VTI_INTERFACE).filter(name -> negotiates),
                request.is(ConnectionOption.VTI_ROUTING) && negotiates,
                request.is(ConnectionOption.VTI_SHARED) && negotiates,
                interfaceId == 0xffffffffL || neverNegotiates
                        ? Optional.empty()
                        : Optional.of(interfaceId == 0 ? ConnectionConfig.Kernel.INTERFACE_ZERO : (int) interfaceId),
                negotiates ? request.value(ConnectionOption.NIC_OFFLOAD) : YesNoAuto.NO);
    }

    private Optional<SecurityLabel> label() throws ConnectionRefused {
        Optional<String> text = request.get(ConnectionOption.SECURITY_LABEL);
        Optional<String> fault = text.flatMap(SecurityLabel::fault);
        if (fault.isPresent()) {
            throw ConnectionRefused.serious(fault.get() + ": policy-label=" + text.get());
        }
        return text.map(SecurityLabel::of);
    }

    private void checkAuthentication(EndConfig left, EndConfig right) throws ConnectionRefused {
        EndAuthentication ours = left.auth();
        EndAuthentication theirs = right.auth();
        if (ours == EndAuthentication.PSK && theirs == EndAuthentication.NULL
                || ours == EndAuthentication.NULL && theirs == EndAuthentication.PSK) {
            throw ConnectionRefused.fatal("cannot mix PSK and NULL authentication (leftauth="
                    + AuthenticationText.of(ours) + " and rightauth=" + AuthenticationText.of(theirs) + ")");
        }
    }

    private void warnOfLater() {
        for (ConnectionOption<?> option : request.options()) {
            warnIfLater(option, request.get(option));
        }
        for (Side side : Side.values()) {
            EndRequest end = side == Side.LEFT ? request.left() : request.right();
            for (EndOption<?> option : end.options()) {
                warnIfLater(option, end.get(option), side.toString());
            }
        }
    }

    private <T> void warnIfLater(ConnectionOption<T> option, Optional<?> value) {
        warnIfLater(option, value, "");
    }

    @SuppressWarnings("unchecked") // the request holds values of the option's own type
    private <T> void warnIfLater(RequestOption<T> option, Optional<?> value, String side) {
        if (value.isPresent() && option.isLater((T) value.get())) {
            String label = option.label();
            String name = label.startsWith("--") && !side.isEmpty() ? label + " of " + side : side + label;
            context.logger().log("warning: " + name + " is accepted but has no effect yet");
        }
    }

    private void inform(String text) {
        context.logger().log(RcCode.INFORMATIONAL, text);
    }
}
