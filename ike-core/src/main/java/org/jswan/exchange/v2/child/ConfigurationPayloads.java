// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v2.child;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jswan.base.AddressFamily;
import org.jswan.base.Bytes;
import org.jswan.base.IpAddress;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionConfig;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.connection.Leases;
import org.jswan.exchange.Context;
import org.jswan.exchange.Incoming;
import org.jswan.exchange.PeerText;
import org.jswan.log.RcCode;
import org.jswan.sa.ChildSa;
import org.jswan.wire.NotifyType;
import org.jswan.wire.v2.CpPayload;
import org.jswan.wire.v2.CpPayload.Attribute;

/**
 * Addresses and names for road warriors (RFC 7296 §2.19): CP(CFG_REQUEST) asks for them, CP(CFG_REPLY) gives them. They
 * ride along with the Child SA of IKE_AUTH, before its SA payload; who asks with a later Child SA is told the same again.
 */
final class ConfigurationPayloads {
    /** RFC 7296 §3.15.1: "The prefix length" of an IPv6 address; all of it is the peer's. */
    private static final int WHOLE_IPV6 = 128;

    private final Leases leases;

    ConfigurationPayloads(Context context) {
        this.leases = new Leases(context.uniqueIds());
    }

    /** Whether we ask the peer for an address. As libreswan: one that is translated is wanted behind a NAT only. */
    static boolean isWanted(ChildSa child) {
        Connection c = child.connection();
        return c.local().modeConfigClient()
                && (!c.local().config().modeConfigRole().addressTranslation()
                        || child.ike().nat().local());
    }

    /** As libreswan: who could tell others of name servers asks for them itself, behind all else. */
    static boolean isAlsoSent(ChildSa child) {
        ConnectionConfig.ModeConfig config = child.connection().config().modeConfig();
        return !config.dns().isEmpty() || !config.domains().isEmpty();
    }

    /** The request or, for a peer that has a lease, the reply. */
    static CpPayload payload(Connection c) {
        List<Attribute> attributes = new ArrayList<>();
        if (!c.remote().isLeased()) {
            for (ConfigurationAttribute type : ConfigurationAttribute.ASKED) {
                attributes.add(new Attribute(type.number(), Bytes.EMPTY));
            }
            return new CpPayload(CpPayload.REQUEST, attributes);
        }
        IpAddress given = c.remote().client().orElseThrow().subnet().address();
        attributes.add(attribute(
                given, ConfigurationAttribute.INTERNAL_IP4_ADDRESS, ConfigurationAttribute.INTERNAL_IP6_ADDRESS));
        ConnectionConfig.ModeConfig config = c.config().modeConfig();
        for (IpAddress dns : config.dns()) {
            // As libreswan: an IPv6 server bears a prefix length as an address does.
            attributes.add(
                    attribute(dns, ConfigurationAttribute.INTERNAL_IP4_DNS, ConfigurationAttribute.INTERNAL_IP6_DNS));
        }
        for (String domain : config.domains()) {
            attributes.add(new Attribute(ConfigurationAttribute.INTERNAL_DNS_DOMAIN.number(), Bytes.ofUtf8(domain)));
        }
        return new CpPayload(CpPayload.REPLY, attributes);
    }

    private static Attribute attribute(IpAddress address, ConfigurationAttribute v4, ConfigurationAttribute v6) {
        return address.family() == AddressFamily.IPV4
                ? new Attribute(v4.number(), address.octets())
                : new Attribute(v6.number(), address.octets().plus(Bytes.of(WHOLE_IPV6)));
    }

    /** As responder: whether the peer asks for its configuration and the connection has a pool for it. */
    boolean isAsked(ChildSa child, Incoming request) {
        return child.connection().pool().isPresent()
                && request.first(CpPayload.class).isPresent();
    }

    /** As responder: whether the peer asked for its configuration and has a lease. */
    boolean isAnswered(ChildSa child, Incoming request) {
        return child.connection().remote().isLeased()
                && request.first(CpPayload.class).isPresent();
    }

    /** As responder: the peer's client is an address of the pool, whatever it names. */
    void lease(ChildSa child) throws ChildRefused {
        if (!leases.lease(child.connection())) {
            child.logger().log("ikev2 lease_an_address failure no free address in addresspool");
            throw new ChildRefused(NotifyType.INTERNAL_ADDRESS_FAILURE);
        }
        ChildSelectors.carry(child);
    }

    /** As initiator: takes what the peer gives, if we asked for it. */
    void take(ChildSa child, Incoming response) throws ChildRefused {
        if (!isWanted(child)) {
            return;
        }
        Optional<CpPayload> reply = response.first(CpPayload.class);
        if (reply.isEmpty()) {
            child.logger().log(RcCode.LOG_SERIOUS, "missing v2CP reply, not attempting to setup child SA");
            throw new ChildRefused(NotifyType.TS_UNACCEPTABLE);
        }
        if (reply.get().cfgType() != CpPayload.REPLY) {
            child.logger()
                    .log(
                            RcCode.LOG_SERIOUS,
                            "ERROR expected IKEv2_CP_CFG_REPLY got a "
                                    + typeName(reply.get().cfgType()));
            throw new ChildRefused(NotifyType.TS_UNACCEPTABLE);
        }
        new Taking(child).take(reply.get());
    }

    private static String typeName(int type) {
        return switch (type) {
            case CpPayload.REQUEST -> "IKEv2_CP_CFG_REQUEST";
            case CpPayload.REPLY -> "IKEv2_CP_CFG_REPLY";
            case CpPayload.SET -> "IKEv2_CP_CFG_SET";
            default -> "IKEv2_CP_CFG_ACK";
        };
    }

    /** Reads one reply. */
    private static final class Taking {
        private final ChildSa child;
        private final Connection connection;
        private final boolean ignoresDns;
        private final List<String> dns = new ArrayList<>();
        private final List<String> domains = new ArrayList<>();
        private boolean addressSeen;

        Taking(ChildSa child) {
            this.child = child;
            this.connection = child.connection();
            this.ignoresDns = connection.has(ConnectionPolicy.IGNORE_PEER_DNS);
        }

        void take(CpPayload reply) throws ChildRefused {
            for (Attribute attribute : reply.attributes()) {
                Optional<ConfigurationAttribute> type = ConfigurationAttribute.of(attribute.type());
                if (type.isEmpty()) {
                    child.logger()
                            .log("unknown attribute " + ConfigurationAttribute.name(attribute.type()) + " length "
                                    + attribute.value().length());
                    continue;
                }
                if (!take(type.get(), attribute.value())) {
                    child.logger().log(RcCode.LOG_SERIOUS, "ERROR malformed " + type.get() + " attribute");
                    throw new ChildRefused(NotifyType.TS_UNACCEPTABLE);
                }
            }
            child.setNameService(new ChildSa.NameService(String.join(" ", dns), String.join(" ", domains)));
        }

        private boolean take(ConfigurationAttribute type, Bytes value) {
            switch (type) {
                case INTERNAL_DNS_DOMAIN -> domain(value);
                case INTERNAL_IP4_ADDRESS, INTERNAL_IP6_ADDRESS -> {
                    return read(type, value).map(a -> address(type, a)).isPresent();
                }
                default -> {
                    return connection.has(ConnectionPolicy.OPPORTUNISTIC) && ignored(type)
                            || read(type, value).map(a -> server(type, a)).isPresent();
                }
            }
            return true;
        }

        /** An IPv6 address may have its prefix length behind it. */
        private Optional<IpAddress> read(ConfigurationAttribute type, Bytes value) {
            int octets = type.octets();
            if (value.length() < octets) {
                child.logger()
                        .log("not enough room in input packet for INTERNAL_IP_"
                                + (type.isDns() ? "DNS CP payload" : "ADDRESS"));
                return Optional.empty();
            }
            IpAddress address = IpAddress.of(value.slice(0, octets));
            if (address.isAny()) {
                child.logger().log("ERROR " + type + " " + address + " is invalid");
                return Optional.empty();
            }
            return Optional.of(address);
        }

        private boolean address(ConfigurationAttribute type, IpAddress given) {
            child.logger().log("received " + type + " " + given + (addressSeen ? "; discarded" : ""));
            if (!addressSeen) {
                addressSeen = true;
                connection.local().receive(given);
            }
            return true;
        }

        private boolean ignored(ConfigurationAttribute type) {
            child.logger().log("ignored " + type + " CP payload for Opportunistic IPsec");
            return true;
        }

        private boolean server(ConfigurationAttribute type, IpAddress given) {
            child.logger().log("received " + (ignoresDns ? "and ignored " : "") + type + " " + given);
            if (!ignoresDns) {
                dns.add(given.toString());
            }
            return true;
        }

        private void domain(Bytes value) {
            String kept = PeerText.received(
                    child.logger(), ConfigurationAttribute.INTERNAL_DNS_DOMAIN.toString(), value, ignoresDns);
            if (!ignoresDns) {
                domains.add(kept);
            }
        }
    }
}
