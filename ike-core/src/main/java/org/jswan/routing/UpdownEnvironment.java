// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.routing;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jswan.base.AddressFamily;
import org.jswan.base.Bytes;
import org.jswan.base.IpAddress;
import org.jswan.base.Selector;
import org.jswan.base.Subnet;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionConfig;
import org.jswan.connection.ConnectionConfig.Kernel;
import org.jswan.connection.ConnectionEnd;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.connection.PolicyText;
import org.jswan.connection.RemotePeerType;
import org.jswan.kernel.IpsecProtocol;
import org.jswan.kernel.KernelPolicy.Mark;
import org.jswan.kernel.KernelSa;
import org.jswan.log.Logger;

/**
 * What updown gets to know. Values are octets of the environment, never parsed by a shell; characters that meant something
 * to one come as backslash and octal digits nonetheless, as scripts are used to.
 */
final class UpdownEnvironment {
    private final Map<String, String> variables = new LinkedHashMap<>();
    private final StringBuilder shown = new StringBuilder();
    private final Connection connection;
    private final Host host;
    private final Logger logger;

    /**
     * What is the same for all connections.
     *
     * @param kernelName the kernel interface as the script is to know it
     */
    record Host(String kernelName, PeerAuthorities authorities) {}

    /**
     * What is known of an installed Child SA.
     *
     * @param added when the kernel got it; empty until the kernel was asked
     * @param inboundBytes and {@code outboundBytes}: empty if the kernel did not tell
     */
    record Installed(
            ChildInstall install, Optional<Instant> added, Optional<Long> inboundBytes, Optional<Long> outboundBytes) {}

    /**
     * The variables.
     *
     * @param shown as libreswan writes them before the command, without the verb
     */
    record Variables(Map<String, String> values, String shown) {}

    /** @param logger gets what is wrong with them */
    UpdownEnvironment(Connection connection, Host host, Logger logger) {
        this.connection = connection;
        this.host = host;
        this.logger = logger;
    }

    /** The variables for {@code verb} with its suffix, such as {@code up-client}. */
    Variables of(String verb, Optional<Installed> child) {
        ConnectionConfig config = connection.config();
        ConnectionEnd local = connection.local();
        ConnectionEnd remote = connection.remote();
        variables.put("PLUTO_VERB", verb);
        put("PLUTO_CONNECTION", connection.name());
        put("PLUTO_CONNECTION_TYPE", isTunnel() ? "tunnel" : "transport");
        Optional<Integer> interfaceId = config.kernel().interfaceId();
        put("PLUTO_VIRT_INTERFACE", interfaceId.map(VirtualInterfaces::name).orElse("NULL"));
        put(
                "PLUTO_INTERFACE",
                connection
                        .socket()
                        .map(s -> s.interfaceAddress().interfaceName())
                        .orElse("NULL"));
        put("PLUTO_XFRMI_ROUTE", interfaceId.isPresent() ? "yes" : "");
        local.nextHop().ifPresent(hop -> put("PLUTO_NEXT_HOP", hop));
        put("PLUTO_ME", address(local));
        put("PLUTO_MY_ID", local.id().text(UpdownEnvironment::quoted));
        putClient("PLUTO_MY", local, false);
        config.end(local.config().side()).client().vtiIp().ifPresent(ip -> put("VTI_IP", ip));
        config.end(local.config().side()).client().interfaceIp().ifPresent(ip -> put("INTERFACE_IP", ip));
        put("PLUTO_MY_PORT", local.client().map(Selector::port).orElse(0));
        put("PLUTO_MY_PROTOCOL", local.client().map(Selector::protocol).orElse(0));
        put("PLUTO_SA_REQID", connection.requestId());
        put("PLUTO_SA_TYPE", child.map(c -> protocol(c).name()).orElse("none"));
        put("PLUTO_PEER", address(remote));
        put("PLUTO_PEER_ID", remote.id().text(UpdownEnvironment::quoted));
        boolean natted = child.map(c -> c.install().peer().behindNat()).orElse(false);
        putClient("PLUTO_PEER", remote, natted && !isTunnel());
        put("PLUTO_PEER_PORT", remote.client().map(Selector::port).orElse(0));
        put("PLUTO_PEER_PROTOCOL", remote.client().map(Selector::protocol).orElse(0));
        put(
                "PLUTO_PEER_CA",
                host.authorities()
                        .of(connection)
                        .map(name -> quoted(Bytes.ofUtf8(name.toString())))
                        .orElse(""));
        put("PLUTO_STACK", host.kernelName());
        putIfSet("PLUTO_METRIC", config.kernel().metric());
        putIfSet("PLUTO_MTU", config.kernel().mtu());
        put(
                "PLUTO_ADDTIME",
                // as libreswan: of AH it is not known.
                child.filter(c -> protocol(c) == IpsecProtocol.ESP)
                        .flatMap(Installed::added)
                        .map(Instant::getEpochSecond)
                        .orElse(0L));
        put("PLUTO_CONN_POLICY", PolicyText.of(connection));
        put("PLUTO_CONN_KIND", connection.kindText());
        put("PLUTO_CONN_ADDRFAMILY", config.hostFamily() == AddressFamily.IPV4 ? "ipv4" : "ipv6");
        putPeerFacts(child);
        put("PLUTO_IS_PEER_CISCO", config.modeConfig().remotePeerType() == RemotePeerType.CISCO ? 1 : 0);
        put("PLUTO_PEER_DNS_INFO", child.map(c -> c.install().peer().dns()).orElse(""));
        put(
                "PLUTO_PEER_DOMAIN_INFO",
                child.map(c -> c.install().peer().domains()).orElse(""));
        put("PLUTO_PEER_BANNER", child.map(c -> c.install().peer().banner()).orElse(""));
        put("PLUTO_CFG_SERVER", local.modeConfigServer() ? 1 : 0);
        put("PLUTO_CFG_CLIENT", local.modeConfigClient() ? 1 : 0);
        put("PLUTO_NM_CONFIGURED", config.networkManager() ? 1 : 0);
        child.flatMap(Installed::inboundBytes).ifPresent(bytes -> put("PLUTO_INBYTES", bytes));
        child.flatMap(Installed::outboundBytes).ifPresent(bytes -> put("PLUTO_OUTBYTES", bytes));
        putKernel(connection.kernel());
        // as libreswan: what is called IN is the SA towards the peer.
        putBare("SPI_IN", child.map(c -> spi(c.install().main(false))).orElse("0x0"));
        putBare("SPI_OUT", child.map(c -> spi(c.install().main(true))).orElse("0x0"));
        return new Variables(variables, shown.toString());
    }

    private static IpsecProtocol protocol(Installed child) {
        return child.install().main(true).id().protocol();
    }

    private boolean isTunnel() {
        return connection.has(ConnectionPolicy.TUNNEL);
    }

    private void putClient(String prefix, ConnectionEnd end, boolean hostInstead) {
        Optional<Subnet> client =
                hostInstead ? end.address().map(Subnet::host) : end.client().map(Selector::subnet);
        client.ifPresent(subnet -> {
            put(prefix + "_CLIENT", subnet);
            put(prefix + "_CLIENT_NET", subnet.address());
        });
        end.client()
                .ifPresent(selector ->
                        put(prefix + "_CLIENT_MASK", selector.subnet().mask()));
    }

    private void putPeerFacts(Optional<Installed> child) {
        put("XAUTH_FAILED", child.filter(c -> c.install().peer().xauthFailed()).isPresent() ? 1 : 0);
        child.flatMap(c -> c.install().peer().userName()).ifPresent(this::putUser);
        connection.local().sourceIp().ifPresent(ip -> {
            put("PLUTO_MY_SOURCEIP", ip);
            child.ifPresent(c -> put("PLUTO_MOBIKE_EVENT", c.install().peer().lostAddress() ? "yes" : ""));
        });
    }

    private void putKernel(Kernel kernel) {
        putIfSet("NFLOG", kernel.nflogGroup());
        kernel.markIn().filter(m -> m.value() != 0).ifPresent(m -> putBare("CONNMARK_IN", text(m)));
        Optional<Mark> out = kernel.markOut().filter(m -> m.value() != 0);
        if (kernel.interfaceId().isPresent()) {
            put("PLUTO_XFRMI_FWMARK", out.map(UpdownEnvironment::text).orElseGet(this::interfaceMark));
        } else {
            out.ifPresent(m -> putBare("CONNMARK_OUT", text(m)));
        }
        put("VTI_IFACE", kernel.vtiInterface().orElse(""));
        put("VTI_ROUTING", kernel.vtiRouting() ? "yes" : "no");
        put("VTI_SHARED", kernel.vtiShared() ? "yes" : "no");
        if (connection.local().isTranslated()) {
            put("CAT", "YES");
        }
    }

    /** Packets to the peer itself that are protected already need a way of their own if they match the tunnel, too. */
    private String interfaceMark() {
        ConnectionEnd remote = connection.remote();
        Optional<Subnet> client = remote.client().map(Selector::subnet);
        return remote.address()
                        .filter(host -> client.isPresent() && client.get().contains(host))
                        .isPresent()
                ? Integer.toUnsignedString(
                                connection.config().kernel().interfaceId().orElseThrow())
                        + "/0xffffffff"
                : "";
    }

    private static String text(Mark mark) {
        return Integer.toUnsignedString(mark.value())
                + String.format(mark.mask() == 0 ? "/%08x" : "/0x%06x", mark.mask());
    }

    private static String spi(KernelSa sa) {
        return "0x" + Integer.toHexString(sa.id().spi());
    }

    private String address(ConnectionEnd end) {
        return end.address()
                .orElse(IpAddress.any(connection.config().hostFamily()))
                .toString();
    }

    private static String quoted(Bytes octets) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < octets.length(); i++) {
            int c = octets.get(i);
            if ("'\\\"`$".indexOf(c) >= 0 || c < 0x20 || c > 0x7e) {
                text.append(String.format("\\%03o", c));
            } else {
                text.append((char) c);
            }
        }
        return text.toString();
    }

    private void putUser(String name) {
        String clean = name.replaceAll("[^-_.0-9a-zA-Z]", "");
        if (!clean.equals(name)) {
            // as libreswan: of the old name only what it has not looked at.
            logger.log("Warning: XAUTH username changed from '' to '" + clean + "'");
        }
        put("PLUTO_USERNAME", clean);
    }

    /** Numbers are shown without quotes. */
    private void put(String name, Object value) {
        if (value instanceof Number) {
            putBare(name, value);
        } else {
            variables.put(name, value.toString());
            shown.append(name).append("='").append(value).append("' ");
        }
    }

    private void putBare(String name, Object value) {
        variables.put(name, value.toString());
        shown.append(name).append('=').append(value).append(' ');
    }

    private void putIfSet(String name, int value) {
        if (value != 0) {
            put(name, value);
        }
    }
}
