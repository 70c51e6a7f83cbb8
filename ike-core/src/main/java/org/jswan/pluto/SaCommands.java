// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.pluto;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jswan.base.IpAddress;
import org.jswan.base.SaSerial;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionDatabase;
import org.jswan.connection.ConnectionKind;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.connection.HostSpec;
import org.jswan.connection.IkeVersion;
import org.jswan.connection.SaEnder;
import org.jswan.control.WhackCommand;
import org.jswan.control.WhackCommand.DeleteState;
import org.jswan.control.WhackCommand.Initiate;
import org.jswan.control.WhackCommand.RekeyIke;
import org.jswan.control.WhackCommand.RekeyIpsec;
import org.jswan.control.WhackCommand.Terminate;
import org.jswan.exchange.Initiator;
import org.jswan.exchange.Lifecycle;
import org.jswan.exchange.Lifecycle.Notice;
import org.jswan.exchange.Revivals;
import org.jswan.log.Logger;
import org.jswan.log.RcCode;
import org.jswan.log.WhackSession;
import org.jswan.pluto.CommandTable.Handler;
import org.jswan.pluto.CommandTable.Request;
import org.jswan.pluto.CommandTable.SlowHandler;
import org.jswan.routing.Instances;
import org.jswan.routing.Routing;
import org.jswan.sa.ChildSa;
import org.jswan.sa.IkeSa;
import org.jswan.sa.Sa;
import org.jswan.sa.SaDatabase;

/** The commands that bring SAs up and down. */
final class SaCommands implements SaEnder {
    /** As far as libreswan takes it for a number. */
    private static final Pattern SERIAL = Pattern.compile("[0-9]{1,18}");

    private final SaDatabase sas;
    private final ConnectionDatabase connections;
    private final Instances instances;
    private final Lifecycle lifecycle;
    private final Initiator initiator;
    private final Revivals revivals;
    private final Routing routing;
    private final Interfaces interfaces;

    SaCommands(
            SaDatabase sas,
            ConnectionDatabase connections,
            Instances instances,
            Lifecycle lifecycle,
            Initiator initiator,
            Revivals revivals,
            Routing routing,
            Interfaces interfaces) {
        this.sas = sas;
        this.connections = connections;
        this.instances = instances;
        this.lifecycle = lifecycle;
        this.initiator = initiator;
        this.revivals = revivals;
        this.routing = routing;
        this.interfaces = interfaces;
    }

    void register(CommandTable table) {
        table.slow(Initiate.class, inTurn(this::initiate));
        table.slow(Terminate.class, inTurn(this::terminate));
        table.slow(DeleteState.class, inTurn(this::deleteState));
        table.slow(RekeyIke.class, inTurn((command, request) -> rekey(command.name(), true, request)));
        table.slow(RekeyIpsec.class, inTurn((command, request) -> rekey(command.name(), false, request)));
    }

    /**
     * Waits until no updown runs, for nothing may change while it does, and is done when what the command asked of
     * routing is.
     */
    <C extends WhackCommand> SlowHandler<C> inTurn(Handler<C> handler) {
        return (command, request, done) -> routing.exclusively(release -> {
            try {
                handler.run(command, request);
            } finally {
                release.run();
                routing.exclusively(last -> {
                    last.run();
                    done.run();
                });
            }
        });
    }

    private void initiate(Initiate command, Request request) {
        if (!interfaces.isListening()) {
            request.logger().whackOnly(RcCode.DEAF, "need --listen before --initiate");
            return;
        }
        Optional<Connection> named = connections.findConfigured(command.name());
        if (named.isPresent()) {
            initiate(named.get(), command, request, true);
            return;
        }
        request.logger().log(RcCode.COMMENT, "initiating all conns with alias='" + command.name() + "'");
        List<Connection> aliased = new ArrayList<>(connections.findByAlias(command.name()));
        Collections.reverse(aliased);
        if (aliased.isEmpty()) {
            request.logger().log(RcCode.UNKNOWN_NAME, "no connection named \"" + command.name() + "\"");
        }
        aliased.forEach(c -> initiate(c, command, request, false));
    }

    private void initiate(Connection c, Initiate command, Request request, boolean tellFailure) {
        c.logger().attach(request.session());
        Optional<IpAddress> remote = command.remoteHost().flatMap(IpAddress::parse);
        boolean begun;
        if (remote.isEmpty() || c.remote().address().isPresent()) {
            begun = initiator.initiate(c, watching(request));
        } else if (c.kind() == ConnectionKind.TEMPLATE) {
            begun = initiateInstance(c, remote.get(), request);
        } else {
            c.logger()
                    .log(RcCode.NOPEERIP, "cannot instantiate non-template connection to a supplied remote IP address");
            begun = false;
        }
        if (!begun && tellFailure) {
            c.logger().log(RcCode.FATAL, "failed to initiate connection");
        }
        c.logger().detach(request.session());
    }

    private boolean initiateInstance(Connection template, IpAddress remote, Request request) {
        Connection instance = instances.make(template, Optional.of(remote), Optional.empty());
        instance.logger().attach(request.session());
        instance.logger().whackOnly(RcCode.LOG, "instantiated connection with remote IP set to " + remote);
        boolean begun = initiator.initiate(instance, watching(request));
        if (!begun) {
            instances.unmake(instance, instance.logger());
        }
        instance.logger().detach(request.session());
        return begun;
    }

    private static List<WhackSession> watching(Request request) {
        return request.background() ? List.of() : List.of(request.session());
    }

    private void terminate(Terminate command, Request request) {
        List<Connection> named = connections.findByName(command.name());
        if (!named.isEmpty()) {
            terminateAll(command.name(), request.session());
            return;
        }
        List<Connection> aliased = new ArrayList<>(connections.findByAlias(command.name()));
        Collections.reverse(aliased);
        aliased.forEach(c -> terminate(c, List.of(request.session())));
        // As libreswan: that there is none is no error, for then nothing is up.
        if (!aliased.isEmpty()) {
            request.logger()
                    .log(
                            RcCode.COMMENT,
                            "terminated " + aliased.size() + " connections from aliased connection \"" + command.name()
                                    + "\"");
        }
    }

    /** Ends the SAs of all connections of that name. */
    void terminateAll(String name, WhackSession session) {
        connections.findByName(name).stream()
                .filter(c -> c.kind().isConcrete() && !c.config().neverNegotiates())
                .forEach(c -> terminate(c, List.of(session)));
    }

    private void terminate(Connection c, List<WhackSession> watching) {
        watching.forEach(c.logger()::attach);
        c.logger().log("terminating SAs using this connection");
        endSas(c, watching);
        watching.forEach(c.logger()::detach);
    }

    /** The peer of an IKE SA is dead: ends what there is with it, and begins it anew. */
    void restartPeer(IkeSa dead) {
        restartPeer(dead.connection(), dead.logger(), () -> lifecycle.end(dead, Notice.NEVER));
    }

    /** The peer of a connection of IKEv1 is dead. */
    void restartPeer(Connection c, Logger logger) {
        restartPeer(c, logger, () -> c.newestIke()
                .flatMap(sas::find)
                .map(IkeSa.class::cast)
                .ifPresent(ike -> routing.exclusively(release -> {
                    lifecycle.end(ike, Notice.NEVER);
                    release.run();
                })));
    }

    /** @param last ends an IKE SA that is left over */
    private void restartPeer(Connection c, Logger logger, Runnable last) {
        Logger watching = logger.derive(() -> "");
        routing.exclusively(release -> {
            boolean begins =
                    c.kind() != ConnectionKind.INSTANCE || withSamePeer(c).size() > 1;
            for (Connection sharing : withSamePeer(c)) {
                if (sharing.kind().isConcrete()
                        && connections.find(sharing.serial()).isPresent()) {
                    terminate(sharing, watching.sessions());
                }
            }
            // Otherwise what begins anew would ask for its Child SA by it, in vain, if it was shared.
            last.run();
            watching.detachAll();
            release.run();
            routing.exclusively(turn -> {
                turn.run();
                if (begins) {
                    withSamePeer(c).stream()
                            .filter(sharing -> sharing.kind() != ConnectionKind.INSTANCE)
                            .forEach(initiator::initiateAlone);
                }
            });
        });
    }

    /** The connections between the same hosts, by address or by name, newest first. */
    private List<Connection> withSamePeer(Connection c) {
        if (!c.isOriented()) {
            return List.of();
        }
        return connections
                .findByHosts(c.local().address().orElseThrow(), c.remote().address())
                .stream()
                .filter(other -> name(c).equals(name(other)))
                .toList();
    }

    /** The peer's name if the configuration gives no address. */
    private static Optional<String> name(Connection c) {
        HostSpec peer = c.remote().config().host().spec();
        return Optional.of(peer.text()).filter(text -> peer.kind() == HostSpec.Kind.NAME);
    }

    @Override
    public void end(Connection c, WhackSession session) {
        endSas(c, List.of(session));
        // They go with the connection, which is the next that happens.
        sas.of(c).forEach(sa -> {
            if (sa instanceof IkeSa ike && ike.isVersion1()) {
                ike.phase1().setLeaving();
            }
        });
    }

    /** As libreswan: none outlives its connection. */
    @Override
    public void release(Connection c, WhackSession session) {
        lifecycle.endAllOf(c, List.of(session));
    }

    private void endSas(Connection c, List<WhackSession> watching) {
        c.set(ConnectionPolicy.UP, false);
        revivals.forget(c);
        if (!lifecycle.isShared(c)) {
            if (c.config().ikeVersion() == IkeVersion.IKEV1) {
                // as libreswan: those of IKEv2 are told of when their SAs are gone.
                c.setLeaving();
            }
            lifecycle.endAllOf(c, watching);
            return;
        }
        c.logger().log("IKE SA is shared - only terminating IPsec SA");
        c.newestChild().flatMap(sas::find).map(ChildSa.class::cast).ifPresent(child -> {
            watching.forEach(child.logger()::attach);
            lifecycle.endChild(child, Notice.IF_ESTABLISHED);
        });
    }

    /** @param which a connection's name or alias, or an SA's number, whatever kind it is */
    private void rekey(String which, boolean ofIke, Request request) {
        if (SERIAL.matcher(which).matches()) {
            rekeyNumbered(Long.parseLong(which), request);
            return;
        }
        List<Connection> named = connections.findByName(which);
        if (!named.isEmpty()) {
            named.stream().filter(c -> c.kind().isConcrete()).forEach(c -> rekey(c, ofIke, request));
            return;
        }
        long count = connections.findByAlias(which).stream()
                .filter(c -> rekey(c, ofIke, request))
                .count();
        request.logger()
                .log(
                        count == 0 ? RcCode.UNKNOWN_NAME : RcCode.COMMENT,
                        count == 0
                                ? "no such connection or aliased connection named \"" + which + "\""
                                : "rekeyed " + count + " connections from aliased connection \"" + which + "\"");
    }

    private boolean rekey(Connection c, boolean ofIke, Request request) {
        if (c.config().ikeVersion() != IkeVersion.IKEV2) {
            request.logger().log("cannot force rekey of IKEv1 connection");
            return false;
        }
        Optional<Sa> newest = (ofIke ? c.newestIke() : c.newestChild()).flatMap(sas::find);
        if (newest.isEmpty()) {
            request.logger().log("connection does not have " + (ofIke ? "IKE SA" : "Child SA"));
            return false;
        }
        rekey(newest.get(), request);
        return true;
    }

    private void rekeyNumbered(long number, Request request) {
        Optional<Sa> found = sas.find(new SaSerial(number));
        if (found.isEmpty()) {
            request.logger().log("can't find SA #" + number + " to rekey");
            return;
        }
        Sa sa = found.get();
        request.logger()
                .log("rekeying " + (sa instanceof IkeSa ? "IKE" : "IPsec") + " SA state #" + number + " of connection "
                        + sa.connection());
        rekey(sa, request);
    }

    private void rekey(Sa sa, Request request) {
        if (!request.background()) {
            sa.logger().attach(request.session());
        }
        initiator.rekey(sa);
    }

    private void deleteState(DeleteState command, Request request) {
        Optional<Sa> found = sas.find(new SaSerial(command.serial()));
        if (found.isEmpty()) {
            request.logger().log(RcCode.UNKNOWN_NAME, "no state #" + command.serial() + " to delete");
            return;
        }
        Sa sa = found.get();
        sa.logger().attach(request.session());
        sa.logger()
                .log("received whack to delete IKEv"
                        + (sa.connection().config().ikeVersion() == IkeVersion.IKEV1 ? "1" : "2") + " state "
                        + sa.serial() + " "
                        + sa.state().fullName());
        if (sa instanceof IkeSa ike) {
            lifecycle.endByCommand(ike, Notice.IF_ESTABLISHED);
        } else if (sa instanceof ChildSa child) {
            lifecycle.endChild(child, Notice.IF_ESTABLISHED);
        }
    }
}
