// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v1.config;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jswan.base.Bytes;
import org.jswan.base.IpAddress;
import org.jswan.base.Subnet;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.exchange.PeerText;
import org.jswan.exchange.v1.engine.IsakmpFailure;
import org.jswan.exchange.v1.engine.IsakmpMessage;
import org.jswan.exchange.v1.engine.IsakmpRow;
import org.jswan.exchange.v1.engine.IsakmpRow.Timer;
import org.jswan.exchange.v1.engine.IsakmpVerdict;
import org.jswan.log.RcCode;
import org.jswan.sa.IkeSa;
import org.jswan.sa.Phase15;
import org.jswan.sa.V1State;
import org.jswan.wire.WireAttribute;
import org.jswan.wire.v1.AttributesPayload;

/** Takes the address that a server gives us, asked for or not (draft-ietf-ipsec-isakmp-mode-cfg-05). */
final class ModeConfigClient {
    private static final int IPV4_OCTETS = 4;

    /** What we ask for, in libreswan's order. */
    private static final List<Integer> ASKED = List.of(
            ConfigAttribute.IP4_ADDRESS,
            ConfigAttribute.IP4_NETMASK,
            ConfigAttribute.IP4_DNS,
            ConfigAttribute.BANNER,
            ConfigAttribute.DOMAIN,
            ConfigAttribute.SPLIT_INCLUDE);

    private final ConfigExchange exchange;

    ModeConfigClient(ConfigExchange exchange) {
        this.exchange = exchange;
    }

    List<IsakmpRow> rows() {
        return List.of(
                // Of a server that told an address unasked, or of a client that is told without having asked.
                ConfigExchange.row(V1State.MODE_CFG_R1, V1State.MODE_CFG_R2)
                        .then(Timer.REPLACE)
                        .by(this::answered),
                ConfigExchange.row(V1State.MODE_CFG_I1, V1State.MAIN_I4)
                        .then(Timer.REPLACE)
                        .by(this::answered));
    }

    /** REQUEST. */
    void ask(IkeSa ike) {
        ike.logger().log("modecfg: Sending IP request (MODECFG_I1)");
        exchange.begin(ike);
        exchange.enter(ike, V1State.MODE_CFG_I1);
        exchange.send(
                ike,
                "mode config request",
                ConfigExchange.padded(
                        ike,
                        AttributesPayload.REQUEST,
                        0,
                        ASKED.stream().map(ConfigAttribute::empty).toList()),
                "modecfg: req");
        ike.phase1().phase15().setConfigurationAsked();
    }

    /** REPLY, or ACK. */
    private IsakmpVerdict answered(IkeSa ike, IsakmpMessage message) throws IsakmpFailure {
        AttributesPayload payload = message.need(AttributesPayload.class);
        ConfigExchange.continueAs(ike, message.header().messageId());
        if (payload.messageType() != AttributesPayload.REPLY && payload.messageType() != AttributesPayload.ACK) {
            ike.logger()
                    .log("Expecting ISAKMP_CFG_ACK or ISAKMP_CFG_REPLY, got "
                            + Integer.toHexString(payload.messageType()) + " instead.");
            throw IsakmpFailure.ignored("neither reply nor acknowledgement");
        }
        boolean known = false;
        for (WireAttribute attribute : ConfigExchange.attributes(ike, payload)) {
            known |= ModeConfigServer.Item.of(attribute).isPresent();
            if (payload.messageType() == AttributesPayload.REPLY) {
                take(ike, attribute);
            }
        }
        if (known) {
            ike.phase1().phase15().setConfigured();
        }
        return IsakmpVerdict.advance();
    }

    private static void take(IkeSa ike, WireAttribute attribute) throws IsakmpFailure {
        Phase15 phase15 = ike.phase1().phase15();
        Connection c = ike.connection();
        switch (attribute.type()) {
            case ConfigAttribute.IP4_ADDRESS -> {
                IpAddress given = address(ike, attribute);
                c.local().configure(given);
                ike.logger().log(RcCode.INFORMATIONAL, "Received IPv4 address: " + Subnet.host(given));
            }
            case ConfigAttribute.IP4_NETMASK -> address(ike, attribute);
            case ConfigAttribute.IP4_DNS -> {
                IpAddress server = address(ike, attribute);
                boolean ignored = c.has(ConnectionPolicy.IGNORE_PEER_DNS);
                ike.logger()
                        .log(
                                RcCode.INFORMATIONAL,
                                "Received " + (ignored ? "and ignored " : "") + "DNS server " + server);
                phase15.addServer(server);
            }
            case ConfigAttribute.DOMAIN -> phase15.addDomain(
                    PeerText.received(ike.logger(), "Domain", attribute.value(), false));
            case ConfigAttribute.BANNER -> phase15.setBanner(
                    PeerText.received(ike.logger(), "Banner", attribute.value(), false));
            case ConfigAttribute.SPLIT_INCLUDE -> SplitNetworks.take(ike, attribute.value());
            case ConfigAttribute.IP4_NBNS, ConfigAttribute.IP6_NBNS -> ike.logger()
                    .log("Received and ignored obsoleted Cisco NetBEUI NS info");
            default -> ConfigExchange.unsupported(ike, "modecfg (CFG_REPLY)", attribute);
        }
    }

    private static IpAddress address(IkeSa ike, WireAttribute attribute) throws IsakmpFailure {
        Bytes value = attribute.value();
        if (value.length() < IPV4_OCTETS) {
            ike.logger().log("not enough bytes left to get addr from ISAKMP ModeCfg attribute");
            throw IsakmpFailure.fatal("");
        }
        return IpAddress.of(value.first(IPV4_OCTETS));
    }

    /** SET --&gt; ACK. */
    IsakmpVerdict pushed(IkeSa ike, IsakmpMessage message) throws IsakmpFailure {
        AttributesPayload set = message.need(AttributesPayload.class);
        ConfigExchange.continueAs(ike, message.header().messageId());
        if (set.messageType() != AttributesPayload.SET) {
            ike.logger().log("Expecting MODE_CFG_SET, got " + Integer.toHexString(set.messageType()) + " instead.");
            throw IsakmpFailure.ignored("not a set");
        }
        Set<ModeConfigServer.Item> items = EnumSet.noneOf(ModeConfigServer.Item.class);
        for (WireAttribute attribute : ConfigExchange.attributes(ike, set)) {
            ModeConfigServer.Item.of(attribute).ifPresent(items::add);
            if (attribute.type() == ConfigAttribute.IP4_ADDRESS) {
                configure(ike, address(ike, attribute));
            }
        }
        if (!items.isEmpty()) {
            ike.phase1().phase15().setConfigured();
        }
        return IsakmpVerdict.reply(exchange.hashed(
                ike,
                "mode config response",
                ModeConfigServer.answer(ike, AttributesPayload.ACK, set.identifier(), items)));
    }

    private static void configure(IkeSa ike, IpAddress given) {
        Connection c = ike.connection();
        boolean isNew = c.local().sourceIp().isEmpty();
        c.local().configure(given);
        ike.logger().log("Received IP address " + Subnet.host(given));
        if (isNew) {
            ike.logger().log("setting ip source address to " + Subnet.host(given));
        }
    }
}
