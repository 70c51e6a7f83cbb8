// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.routing;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jswan.base.IpAddress;
import org.jswan.base.Selector;
import org.jswan.base.Subnet;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionEnd;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.connection.Shunt;
import org.jswan.kernel.IpsecMode;
import org.jswan.kernel.IpsecProtocol;
import org.jswan.kernel.KernelPolicy;
import org.jswan.kernel.KernelPolicy.Action;
import org.jswan.kernel.KernelPolicy.Direction;
import org.jswan.kernel.KernelPolicy.Mark;
import org.jswan.kernel.KernelPolicy.Template;
import org.jswan.kernel.KernelSa;

/** The policies of one connection, as the kernel gets them. */
final class PolicyBuilder {
    private final Connection connection;
    private final ConnectionEnd local;
    private final ConnectionEnd remote;

    PolicyBuilder(Connection connection) {
        this.connection = connection;
        local = connection.local();
        remote = connection.remote();
    }

    /** Outbound packets go through the Child SA. */
    KernelPolicy outbound(ChildInstall child) {
        return outbound(child, local.client().orElseThrow());
    }

    /** The same for the packets of this host that are not translated to its client yet; empty if they are not to be. */
    Optional<KernelPolicy> untranslated(ChildInstall child) {
        return local.isTranslated()
                ? local.address().map(host -> outbound(child, Selector.of(Subnet.host(host))))
                : Optional.empty();
    }

    private KernelPolicy outbound(ChildInstall child, Selector source) {
        return policy(
                Direction.OUT,
                source,
                remoteClient(child.mode()),
                Action.ALLOW,
                templates(child.outbound(), Direction.OUT));
    }

    /** Inbound packets must have come through the Child SA; forwarded ones, too, where whole packets are protected. */
    List<KernelPolicy> inbound(ChildInstall child) {
        Selector source = remoteClient(child.mode());
        Selector destination = local.client().orElseThrow();
        List<Template> templates = templates(child.inbound(), Direction.IN);
        List<KernelPolicy> policies = new ArrayList<>();
        policies.add(policy(Direction.IN, source, destination, Action.ALLOW, templates));
        if (child.mode() == IpsecMode.TUNNEL) {
            policies.add(policy(Direction.FORWARD, source, destination, Action.ALLOW, templates));
        }
        return policies;
    }

    /** In transport mode the peer is what it looks like from here, which a NAT may have changed. */
    private Selector remoteClient(IpsecMode mode) {
        Selector client = remote.client().orElseThrow();
        return mode == IpsecMode.TUNNEL
                ? client
                : new Selector(Subnet.host(remote.address().orElseThrow()), client.protocol(), client.port());
    }

    /**
     * What packets meet while there is no SA. A trap looks only at outbound packets and asks for an SA that nobody has;
     * whatever passes or drops does it both ways.
     */
    List<KernelPolicy> shunt(Shunt shunt) {
        KernelPolicy out = outboundShunt(shunt);
        if (shunt == Shunt.TRAP) {
            return List.of(out);
        }
        Selector source = remote.client().orElseThrow();
        Selector destination = local.client().orElseThrow();
        return List.of(
                out,
                policy(Direction.IN, source, destination, out.action(), out.templates()),
                policy(Direction.FORWARD, source, destination, out.action(), out.templates()));
    }

    KernelPolicy outboundShunt(Shunt shunt) {
        return outboundShunt(shunt, shunt == Shunt.PASS ? List.of() : asking());
    }

    /**
     * The same in the place of another policy. As libreswan: it always asks for an SA, so that what would pass is trapped.
     */
    KernelPolicy replacingShunt(Shunt shunt) {
        return outboundShunt(shunt, asking());
    }

    private KernelPolicy outboundShunt(Shunt shunt, List<Template> templates) {
        return policy(
                Direction.OUT, local.client().orElseThrow(), remote.client().orElseThrow(), action(shunt), templates);
    }

    /** An SA that nobody has. */
    private List<Template> asking() {
        return asking(local.client().orElseThrow());
    }

    private static List<Template> asking(Selector source) {
        IpAddress any = IpAddress.any(source.family());
        return List.of(new Template(IpsecProtocol.ESP, IpsecMode.TRANSPORT, 0, any, any, false));
    }

    private static Action action(Shunt shunt) {
        return switch (shunt) {
            case TRAP, PASS -> Action.ALLOW;
            case DROP, REJECT, NONE -> Action.BLOCK;
            case HOLD -> throw new IllegalArgumentException("the kernel holds by itself");
        };
    }

    /** What outbound packets meet that belongs to no connection: without marks, and without an interface. */
    static KernelPolicy bare(Selector source, Selector destination, Shunt shunt, int priority) {
        return new KernelPolicy(
                Direction.OUT,
                source,
                destination,
                action(shunt),
                shunt == Shunt.PASS ? List.of() : asking(source),
                priority,
                Optional.empty(),
                Optional.empty());
    }

    /**
     * What packets meet for whose labels there may be SAs: the kernel asks for one if the label of a packet has none, and
     * what comes must have come through one.
     */
    List<KernelPolicy> labelled() {
        Selector ours = local.client().orElseThrow();
        Selector theirs = remote.client().orElseThrow();
        List<KernelPolicy> policies = new ArrayList<>();
        policies.add(
                policy(Direction.OUT, ours, theirs, Action.ALLOW, labelledTemplates(local, remote, Direction.OUT)));
        List<Template> inbound = labelledTemplates(remote, local, Direction.IN);
        policies.add(policy(Direction.IN, theirs, ours, Action.ALLOW, inbound));
        if (connection.has(ConnectionPolicy.TUNNEL)) {
            policies.add(policy(Direction.FORWARD, theirs, ours, Action.ALLOW, inbound));
        }
        return policies;
    }

    private List<Template> labelledTemplates(ConnectionEnd from, ConnectionEnd to, Direction direction) {
        List<IpsecProtocol> protocols = new ArrayList<>();
        if (connection.has(ConnectionPolicy.COMPRESS)) {
            protocols.add(IpsecProtocol.IPCOMP);
        }
        if (connection.has(ConnectionPolicy.ENCRYPT)) {
            protocols.add(IpsecProtocol.ESP);
        }
        if (connection.has(ConnectionPolicy.AUTHENTICATE)) {
            protocols.add(IpsecProtocol.AH);
        }
        IpAddress any = IpAddress.any(connection.config().hostFamily());
        List<Template> templates = new ArrayList<>();
        for (IpsecProtocol protocol : protocols) {
            boolean tunnel = templates.isEmpty() && connection.has(ConnectionPolicy.TUNNEL);
            templates.add(new Template(
                    protocol,
                    tunnel ? IpsecMode.TUNNEL : IpsecMode.TRANSPORT,
                    connection.requestId(protocol),
                    tunnel ? from.address().orElseThrow() : any,
                    tunnel ? to.address().orElseThrow() : any,
                    protocol == IpsecProtocol.IPCOMP && direction != Direction.OUT));
        }
        return templates;
    }

    /** What names the policies from the peer, for their removal. */
    KernelPolicy named(Direction direction) {
        Selector ours = local.client().orElseThrow();
        Selector theirs = remote.client().orElseThrow();
        return direction == Direction.OUT
                ? policy(direction, ours, theirs, Action.ALLOW, List.of())
                : policy(direction, theirs, ours, Action.ALLOW, List.of());
    }

    private List<Template> templates(List<KernelSa> sas, Direction direction) {
        List<Template> templates = new ArrayList<>();
        IpAddress any = IpAddress.any(connection.config().hostFamily());
        for (KernelSa sa : sas) {
            // Only the innermost SA can carry whole packets; the others protect what it made.
            boolean tunnel = templates.isEmpty() && sa.mode() == IpsecMode.TUNNEL;
            templates.add(new Template(
                    sa.id().protocol(),
                    tunnel ? IpsecMode.TUNNEL : IpsecMode.TRANSPORT,
                    connection.requestId(sa.id().protocol()),
                    tunnel ? sa.id().source() : any,
                    tunnel ? sa.id().destination() : any,
                    sa.id().protocol() == IpsecProtocol.IPCOMP && direction != Direction.OUT));
        }
        return templates;
    }

    private KernelPolicy policy(
            Direction direction, Selector source, Selector destination, Action action, List<Template> templates) {
        // As libreswan: on an interface the outbound mark counts for both directions.
        Optional<Mark> mark = direction == Direction.OUT
                        || connection.config().kernel().interfaceId().isPresent()
                ? connection.kernel().markOut()
                : connection.kernel().markIn();
        // As libreswan: labels tell the packets, not marks.
        boolean labelled = connection.config().isLabelled();
        return new KernelPolicy(
                direction,
                source,
                destination,
                action,
                templates,
                PolicyPriority.of(connection),
                mark.filter(m -> m.value() != 0 && m.mask() != 0 && !labelled),
                connection.config().kernel().interfaceId().filter(id -> !labelled),
                connection.config().securityLabel());
    }
}
