// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.status;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jswan.base.Humber;
import org.jswan.base.SaSerial;
import org.jswan.connection.AuthenticationMethod;
import org.jswan.connection.AuthenticationText;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionConfig;
import org.jswan.connection.ConnectionEnd;
import org.jswan.connection.ConnectionKind;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.connection.EapMethod;
import org.jswan.connection.EndConfig;
import org.jswan.connection.IkeVersion;
import org.jswan.connection.NatMethodV1;
import org.jswan.connection.PolicyText;
import org.jswan.connection.RoutingState;
import org.jswan.connection.TcpMode;
import org.jswan.connection.Topology;
import org.jswan.connection.YesNoAuto;
import org.jswan.identity.DistinguishedName;
import org.jswan.identity.IkeId;
import org.jswan.kernel.KernelPolicy.Mark;
import org.jswan.routing.VirtualInterfaces;

/** All that the status tells of one connection. */
final class ConnectionLines {
    /** as libreswan: its buffer for the two marks cuts off what is longer. */
    private static final int MARK_WIDTH = 43;

    private final Connection connection;
    private final ConnectionConfig config;
    private final ConnectionEnd local;
    private final ConnectionEnd remote;
    private final String prefix;
    private final NewestSuites suites;
    private final int keepAlive;
    private final List<String> lines = new ArrayList<>();

    /** @param keepAlive seconds between NAT keepalives */
    ConnectionLines(Connection connection, NewestSuites suites, int keepAlive) {
        this.connection = connection;
        this.suites = suites;
        this.keepAlive = keepAlive;
        config = connection.config();
        local = connection.local();
        remote = connection.remote();
        String instance = connection.kind() == ConnectionKind.INSTANCE && connection.instanceNumber() != 0
                ? "[" + connection.instanceNumber() + "]"
                : "";
        prefix = '"' + connection.name() + '"' + instance + ":";
    }

    List<String> all() {
        route();
        authentication();
        modeConfig();
        authorities();
        lifetimes();
        policy();
        kernel();
        identities();
        liveness();
        natTraversal();
        if (!connection.debug().isEmpty()) {
            line("   debug: " + String.join("+", connection.debug()));
        }
        sas();
        config.aliases().ifPresent(aliases -> line("   aliases: " + aliases));
        algorithms();
        return lines;
    }

    private void line(String text) {
        lines.add(prefix + text);
    }

    private void route() {
        line(" " + Topology.of(connection) + "; " + connection.routing() + "; eroute owner: #"
                + number(connection.routeOwner()));
        line("     " + (connection.isOriented() ? "oriented" : "unoriented")
                + "; my_ip=" + sourceIp(local)
                + "; their_ip=" + sourceIp(remote)
                + nickname("; mycert=", local)
                + nickname("; peercert=", remote)
                + "; my_updown=" + local.config().client().updown().orElse("<disabled>") + ";");
    }

    private static long number(Optional<SaSerial> serial) {
        return serial.map(SaSerial::value).orElse(0L);
    }

    private static String nickname(String label, ConnectionEnd end) {
        return end.certificate()
                .map(certificate -> label + certificate.nickname())
                .orElse("");
    }

    private void authorities() {
        Optional<DistinguishedName> ours = local.config().certificate().ca();
        Optional<DistinguishedName> theirs = remote.config().certificate().ca();
        if (ours.isPresent() || theirs.isPresent()) {
            line("   CAs: '" + name(ours) + "'...'" + name(theirs) + "'");
        }
    }

    private static String name(Optional<DistinguishedName> authority) {
        return authority.map(DistinguishedName::toString).orElse("%any");
    }

    private static String sourceIp(ConnectionEnd end) {
        return end.sourceIp().map(Object::toString).orElse("unset");
    }

    private void authentication() {
        EndConfig.Xauth ours = local.config().xauth();
        EndConfig.Xauth theirs = remote.config().xauth();
        line("   xauth us:" + role(ours.server(), ours.client())
                + ", xauth them:" + role(theirs.server(), theirs.client()) + ", "
                + (ours.server()
                        ? "xauthby:" + word(config.modeConfig().xauthBy()).replace("_", "") + ";"
                        : "")
                + " my_username=" + ours.username().orElse("[any]")
                + "; their_username=" + theirs.username().orElse("[any]"));
        line("   our auth:" + auth(local, true) + ", their auth:" + auth(remote, false) + ", our autheap:" + eap(local)
                + ", their autheap:" + eap(remote) + ";");
    }

    private static String role(boolean server, boolean client) {
        if (server) {
            return client ? "BOTH??" : "server";
        }
        return client ? "client" : "none";
    }

    private static String eap(ConnectionEnd end) {
        return end.config().eap() == EapMethod.TLS ? "tls" : "none";
    }

    /** The way to authenticate, and in brackets what else is allowed; a known peer's is what it may do. */
    private String auth(ConnectionEnd end, boolean ours) {
        Set<AuthenticationMethod> expected =
                AuthenticationText.methods(end.config().auth());
        Set<AuthenticationMethod> allowed = new HashSet<>(end.config().authby());
        if (ours && connection.isOriented()) {
            allowed.retainAll(expected);
        }
        expected.remove(AuthenticationMethod.RSASIG_V1_5);
        if (allowed.equals(expected)) {
            return AuthenticationText.of(end.config().auth());
        }
        return !ours && connection.isOriented()
                ? AuthenticationText.of(end.config().authby())
                : AuthenticationText.of(end.config().auth()) + "(" + AuthenticationText.of(allowed) + ")";
    }

    private void modeConfig() {
        ConnectionConfig.ModeConfig modeConfig = config.modeConfig();
        line("   modecfg info: us:" + role(local.modeConfigServer(), local.modeConfigClient())
                + ", them:" + role(remote.modeConfigServer(), remote.modeConfigClient())
                + ", modecfg policy:" + (connection.has(ConnectionPolicy.MODECFG_PULL) ? "pull" : "push")
                + ", dns:"
                + (modeConfig.dns().isEmpty()
                        ? "unset"
                        : modeConfig.dns().stream().map(Object::toString).collect(Collectors.joining(", ")))
                + ", domains:"
                + (modeConfig.domains().isEmpty() ? "unset" : String.join(",", modeConfig.domains()))
                + ", cat:" + (local.config().modeConfigRole().addressTranslation() ? "set" : "unset") + ";");
        modeConfig.banner().ifPresent(banner -> line(" banner:" + banner + ";"));
        line("   sec_label:"
                + connection
                        .label()
                        .or(config::securityLabel)
                        .map(Object::toString)
                        .orElse("unset;"));
    }

    private void lifetimes() {
        ConnectionConfig.Lifetimes lifetimes = config.lifetimes();
        line("   ike_life: " + lifetimes.ike().toSeconds() + "s;"
                + " ipsec_life: " + lifetimes.ipsec().toSeconds() + "s;"
                + " ipsec_max_bytes: " + Humber.max(lifetimes.maxBytes(), "B") + ";"
                + " ipsec_max_packets: " + Humber.max(lifetimes.maxPackets(), "") + ";"
                + " replay_window: "
                + Integer.toUnsignedString((int) config.kernel().replayWindow()) + ";"
                + " rekey_margin: " + lifetimes.margin().toSeconds() + "s;"
                + " rekey_fuzz: " + Long.toUnsignedString(lifetimes.fuzzPercent()) + "%;"
                + " keyingtries: " + Long.toUnsignedString(lifetimes.keyingTries()) + ";");
        line("   retransmit-interval: " + config.retransmission().interval().toMillis() + "ms;"
                + " retransmit-timeout: " + config.retransmission().timeout().toSeconds() + "s;"
                + " iketcp:"
                + (config.tcp().mode() == TcpMode.ONLY
                        ? "yes"
                        : word(config.tcp().mode()))
                + "; iketcp-port:" + config.tcp().remotePort() + ";");
        ConnectionConfig.Announcements announcements = config.announcements();
        line("   initial-contact:" + yes(announcements.initialContact())
                + "; cisco-unity:" + yes(announcements.ciscoUnity())
                + "; fake-strongswan:" + yes(announcements.fakeStrongswan())
                + "; send-vendorid:" + yes(announcements.vendorId())
                + "; send-no-esp-tfc:" + yes(announcements.noEspTfc()) + ";");
    }

    private void policy() {
        connection.policyNext().ifPresent(next -> line("   policy_next: " + next.name()));
        String keys = (local.config().certificate().keyFromDns() ? "+lKOD" : "")
                + (remote.config().certificate().keyFromDns() ? "+rKOD" : "");
        line("   policy: " + PolicyText.of(connection) + (keys.isEmpty() ? "" : "; " + keys) + ";");
        if (config.ikeVersion() == IkeVersion.IKEV2) {
            line("   v2-auth-hash-policy: "
                    + (config.signatureHashes().isEmpty()
                            ? "none"
                            : config.signatureHashes().stream().map(Enum::name).collect(Collectors.joining("+")))
                    + ";");
        }
    }

    private void kernel() {
        ConnectionConfig.Kernel kernel = connection.kernel();
        int[] lengths = connection.prefixLengths();
        line("   conn_prio: " + lengths[0] + "," + lengths[1]
                + "; interface: "
                + connection
                        .socket()
                        .map(s -> kernel.interfaceId()
                                        .map(id -> VirtualInterfaces.name(id) + "@")
                                        .orElse("")
                                + s.interfaceAddress().interfaceName())
                        .orElse("")
                + "; metric: " + kernel.metric()
                + "; mtu: " + orElse(kernel.mtu(), "unset")
                + "; sa_prio:" + orElse(kernel.priority(), "auto")
                + "; sa_tfc:" + orElse(kernel.tfcPadding(), "none") + ";");
        line("   nflog-group: " + orElse(kernel.nflogGroup(), "unset")
                + "; mark: " + marks(kernel)
                + "; vti-iface:" + kernel.vtiInterface().orElse("unset")
                + "; vti-routing:" + yes(kernel.vtiRouting())
                + "; vti-shared:" + yes(kernel.vtiShared())
                + "; nic-offload:" + word(kernel.nicOffload()) + ";");
    }

    private static String marks(ConnectionConfig.Kernel kernel) {
        Mark in = kernel.markIn().orElse(new Mark(0, 0));
        Mark out = kernel.markOut().orElse(new Mark(0, 0));
        if (in.value() == 0 && out.value() == 0) {
            return "unset";
        }
        String text = text(in) + ", " + text(out);
        return text.substring(0, Math.min(text.length(), MARK_WIDTH));
    }

    private static String text(Mark mark) {
        return Integer.toUnsignedString(mark.value())
                + (mark.mask() == 0 ? "/00000000" : String.format("/0x%06x", mark.mask()));
    }

    private static String orElse(long value, String otherwise) {
        return value == 0 ? otherwise : Long.toUnsignedString(value);
    }

    private void identities() {
        line("   our idtype: " + local.id().type().label() + "; our id=" + id(local.id()) + "; their idtype: "
                + remote.id().type().label() + "; their id=" + id(remote.id()));
    }

    private static String id(IkeId id) {
        return id.toString();
    }

    private void liveness() {
        ConnectionConfig.Liveness liveness = config.liveness();
        if (config.ikeVersion() == IkeVersion.IKEV1) {
            boolean active = !liveness.delay().isZero() && !liveness.timeout().isZero();
            line("   dpd: " + (active ? "active" : "passive")
                    + "; action:" + word(liveness.action())
                    + "; delay:" + liveness.delay().toSeconds()
                    + "s; timeout:" + liveness.timeout().toSeconds() + "s");
        } else {
            line("   liveness: " + (liveness.delay().toSeconds() > 0 ? "active" : "passive")
                    + "; dpdaction:" + word(liveness.action())
                    + "; dpddelay:" + liveness.delay().toSeconds()
                    + "s; retransmit-timeout:"
                    + config.retransmission().timeout().toSeconds() + "s");
        }
    }

    private void natTraversal() {
        ConnectionConfig.NatTraversal nat = config.natTraversal();
        line("   nat-traversal: encaps:" + word(nat.encapsulation().orElse(YesNoAuto.NO))
                + "; keepalive:" + (nat.keepalive() ? keepAlive + "s" : "no")
                + (config.ikeVersion() == IkeVersion.IKEV1 ? "; ikev1-method:" + method(nat.ikev1Method()) : ""));
    }

    private static String method(NatMethodV1 method) {
        return method == NatMethodV1.BOTH ? "rfc+drafts" : word(method);
    }

    private void sas() {
        line("   newest " + (config.ikeVersion() == IkeVersion.IKEV1 ? "ISAKMP SA" : "IKE SA") + ": #"
                + number(connection.newestIke())
                + "; newest IPsec SA: #" + number(connection.newestChild())
                + "; conn serial: " + connection.serial()
                + connection.template().map(t -> ", instantiated from: " + t).orElse("") + ";");
    }

    private void algorithms() {
        config.ikeSuites().filter(s -> !s.defaulted()).ifPresent(s -> line("   IKE algorithms: " + s));
        connection
                .newestIke()
                .flatMap(suites::ike)
                .ifPresent(s -> line("   " + (config.ikeVersion() == IkeVersion.IKEV1 ? "IKEv1" : "IKEv2")
                        + " algorithm newest: " + s));
        String protocol = protocol();
        config.childSuites().filter(s -> !s.defaulted()).ifPresent(s -> line("   " + protocol + " algorithms: " + s));
        connection
                .newestChild()
                .flatMap(suites::child)
                .ifPresent(s -> line("   " + protocol + " algorithm newest: " + s + "; pfsgroup="
                        + (connection.has(ConnectionPolicy.PFS) ? "<Phase1>" : "<N/A>")));
    }

    private String protocol() {
        if (connection.has(ConnectionPolicy.ENCRYPT)) {
            return connection.has(ConnectionPolicy.AUTHENTICATE) ? "ESP+AH" : "ESP";
        }
        return connection.has(ConnectionPolicy.AUTHENTICATE) ? "AH" : "noESPnoAH";
    }

    private static String yes(boolean value) {
        return value ? "yes" : "no";
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    /** Whether a connection counts as active in the total. */
    static boolean isActive(Connection connection) {
        return connection.routing() == RoutingState.ROUTED_TUNNEL;
    }
}
