// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v1.config;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jswan.base.IpAddress;
import org.jswan.base.Selector;
import org.jswan.base.Subnet;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionConfig;
import org.jswan.connection.Leases;
import org.jswan.exchange.Context;
import org.jswan.exchange.v1.engine.IsakmpFailure;
import org.jswan.exchange.v1.engine.IsakmpMessage;
import org.jswan.exchange.v1.engine.IsakmpRow;
import org.jswan.exchange.v1.engine.IsakmpRow.Timer;
import org.jswan.exchange.v1.engine.IsakmpVerdict;
import org.jswan.log.RcCode;
import org.jswan.sa.IkeSa;
import org.jswan.sa.V1State;
import org.jswan.wire.WireAttribute;
import org.jswan.wire.v1.AttributesPayload;
import org.jswan.wire.v1.NotificationType;

/** Gives peers addresses: when they ask, or unasked (draft-ietf-ipsec-isakmp-mode-cfg-05). */
final class ModeConfigServer {
    /** What peers may ask for; what they are told of it stands in this order. */
    enum Item {
        ADDRESS(ConfigAttribute.IP4_ADDRESS),
        NETMASK(ConfigAttribute.IP4_NETMASK),
        DNS(ConfigAttribute.IP4_DNS),
        SUBNET(ConfigAttribute.IP4_SUBNET);

        private final int type;

        Item(int type) {
            this.type = type;
        }

        static Optional<Item> of(WireAttribute attribute) {
            for (Item item : values()) {
                if (item.type == attribute.type() && !attribute.fixed()) {
                    return Optional.of(item);
                }
            }
            return Optional.empty();
        }
    }

    private final ConfigExchange exchange;
    private final Leases leases;

    ModeConfigServer(Context context, ConfigExchange exchange) {
        this.exchange = exchange;
        this.leases = new Leases(context.uniqueIds());
    }

    List<IsakmpRow> rows() {
        return List.of(ConfigExchange.row(V1State.MODE_CFG_R0, V1State.MODE_CFG_R1)
                .reply()
                .then(Timer.REPLACE)
                .by(this::asked));
    }

    /** Tells the peer its address unasked. */
    void push(IkeSa ike) {
        exchange.enter(ike, V1State.MODE_CFG_R1);
        ike.logger().log("Sending MODE CONFIG set");
        if (ike.v1().messageId() == 0) {
            exchange.begin(ike);
        }
        ike.phase1().phase15().setConfigured();
        if (lease(ike)) {
            exchange.stopRepeating(ike);
            exchange.send(
                    ike,
                    "mode config response",
                    answer(ike, AttributesPayload.SET, 0, EnumSet.of(Item.ADDRESS, Item.DNS, Item.SUBNET)),
                    "ModeCfg set");
        }
    }

    /** REQUEST --&gt; REPLY. */
    private IsakmpVerdict asked(IkeSa ike, IsakmpMessage message) throws IsakmpFailure {
        ConfigExchange.continueAs(ike, message.header().messageId());
        AttributesPayload request = message.need(AttributesPayload.class);
        if (request.messageType() != AttributesPayload.REQUEST) {
            ike.logger()
                    .log("Expecting ISAKMP_CFG_REQUEST, got " + ConfigExchange.name(request) + " instead (ignored).");
            throw IsakmpFailure.ignored("not a request");
        }
        Set<Item> items = EnumSet.noneOf(Item.class);
        for (WireAttribute attribute : ConfigExchange.attributes(ike, request)) {
            Item.of(attribute)
                    .ifPresentOrElse(
                            items::add, () -> ConfigExchange.unsupported(ike, "modecfg (CFG_REQUEST)", attribute));
        }
        if (!lease(ike)) {
            ike.logger()
                    .log(
                            RcCode.INTERNALERR.code() + NotificationType.CERTIFICATE_UNAVAILABLE.number(),
                            "state transition function for " + ike.state().fullName() + " had internal error");
            return IsakmpVerdict.done();
        }
        ike.logger().log("modecfg_inR0(STF_OK)");
        return IsakmpVerdict.reply(exchange.hashed(
                ike, "mode config response", answer(ike, AttributesPayload.REPLY, request.identifier(), items)));
    }

    /** The peer's client is an address of the pool from now on, if there is a pool. */
    private boolean lease(IkeSa ike) {
        Connection c = ike.connection();
        if (c.pool().isEmpty() || leases.lease(c, ike.phase1().phase15().userName())) {
            return true;
        }
        ike.logger().log("lease_an_address failure no free address in addresspool");
        return false;
    }

    /** What our side says; in an acknowledgement, too, as libreswan. */
    static AttributesPayload answer(IkeSa ike, int messageType, int identifier, Set<Item> items) {
        Connection c = ike.connection();
        ConnectionConfig.ModeConfig config = c.config().modeConfig();
        Optional<Subnet> ours = c.local().client().map(Selector::subnet);
        List<WireAttribute> attributes = new ArrayList<>();
        if (items.contains(Item.ADDRESS)) {
            c.remote()
                    .client()
                    .map(given -> given.subnet().address())
                    .ifPresent(given -> attributes.add(ConfigAttribute.address(ConfigAttribute.IP4_ADDRESS, given)));
        }
        if (items.contains(Item.NETMASK)) {
            ours.ifPresent(
                    subnet -> attributes.add(ConfigAttribute.address(ConfigAttribute.IP4_NETMASK, subnet.mask())));
        }
        for (IpAddress server : config.dns()) {
            attributes.add(ConfigAttribute.address(ConfigAttribute.IP4_DNS, server));
        }
        if (items.contains(Item.SUBNET)) {
            ours.ifPresent(subnet -> attributes.add(ConfigAttribute.subnet(subnet)));
        }
        config.domains().stream()
                .findFirst()
                .ifPresent(domain -> attributes.add(
                        ConfigAttribute.of(ConfigAttribute.DOMAIN, org.jswan.base.Bytes.ofUtf8(domain))));
        config.banner()
                .ifPresent(banner -> attributes.add(
                        ConfigAttribute.of(ConfigAttribute.BANNER, org.jswan.base.Bytes.ofUtf8(banner))));
        ours.filter(subnet -> subnet.prefixLength() > 0)
                .ifPresent(subnet -> attributes.add(ConfigAttribute.splitInclude(subnet)));
        return ConfigExchange.padded(ike, messageType, identifier, attributes);
    }
}
