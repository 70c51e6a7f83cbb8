// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.routing;

import java.time.Duration;
import java.util.Optional;
import org.jswan.base.ConnectionSerial;
import org.jswan.base.Selector;
import org.jswan.base.Subnet;
import org.jswan.connection.Connection;
import org.jswan.connection.RoutingState;
import org.jswan.connection.Shunt;
import org.jswan.log.Logger;
import org.jswan.log.RcCode;
import org.jswan.time.Clock;
import org.jswan.time.TimerQueue;

/**
 * What packets meet while the connection that they asked for is negotiated, and after that failed. Each change is part of an
 * operation of {@link Routing}.
 */
public final class NegotiationShunts {
    private final Routing routing;
    private final RoutingStates states;
    private final BareShunts bare;
    private final Shunts shunts;
    private final Heirs heirs;
    private final Clock clock;
    private final TimerQueue timers;
    private final Setting setting;
    private final Logger logger;
    private final long beginning;
    private boolean armed;

    /**
     * @param lifetime how long a shunt of no connection stays ({@code shuntlifetime=})
     * @param interval how often that is looked after ({@code --expire-shunt-interval}); more than 0
     */
    public record Setting(Duration lifetime, Duration interval) {
        public static final Setting DEFAULT = new Setting(Duration.ofMinutes(15), Duration.ofSeconds(20));
    }

    /** @param logger the daemon's */
    public NegotiationShunts(Routing routing, Clock clock, TimerQueue timers, Setting setting, Logger logger) {
        this.routing = routing;
        this.states = routing.states();
        this.bare = routing.bare();
        this.shunts = routing.shunts();
        this.heirs = routing.heirs();
        this.clock = clock;
        this.timers = timers;
        this.setting = setting;
        this.logger = logger;
        this.beginning = clock.nanos();
    }

    /** A packet met the trap of a connection with a known peer, which is about to be negotiated. */
    void hold(Connection connection, Selector source, Selector destination) {
        add(source, destination, Shunt.HOLD, BareShunt.Why.ACQUIRE, Optional.empty());
        if (!assign(connection, source, destination)) {
            logger.log("initiate_ondemand_body() failed to install negotiation_shunt,");
        }
    }

    /**
     * An instance is about to be negotiated for a packet.
     *
     * @param acquired whether the packet met the trap, and not a user's command
     */
    void negotiate(Connection instance, Selector source, Selector destination, boolean acquired) {
        Selector ours = instance.local().client().orElseThrow();
        Selector theirs = instance.remote().client().orElseThrow();
        Shunt shunt = instance.config().shunts().negotiation();
        if (shunts.put(ours, theirs, shunt, PolicyPriority.ofNegotiation(instance), logger)) {
            add(ours, theirs, shunt, BareShunt.Why.NEGOTIATING, Optional.empty());
        } else {
            logger.log("adding bare wide passthrough negotiationshunt failed");
        }
        if (acquired && !assign(instance, source, destination)) {
            logger.log("assign_holdpass failed!");
        }
    }

    /** The shunt that packets meet now is the connection's. As libreswan: nearly, and not where it is a network's. */
    private boolean assign(Connection connection, Selector source, Selector destination) {
        RoutingTable.Step step = RoutingTable.step(RoutingEvent.ACQUIRE, connection);
        switch (RoutingKind.of(connection)) {
            case HOST, PASSING -> {
                boolean known = bare.forget(
                        connection.local().client().orElseThrow(),
                        connection.remote().client().orElseThrow(),
                        logger);
                if (!known) {
                    connection.logger().log("assign_holdpass() no bare shunt to remove? - mismatch?");
                }
            }
            default -> {
                if (step == RoutingTable.Step.WIDEN && !shunts.widen(connection)) {
                    connection.logger().log("assign_holdpass() eroute_connection() failed");
                    return false;
                }
                shunts.removeIfThere(source, destination, connection.logger());
                if (!bare.forget(host(source), host(destination), logger)) {
                    connection
                            .logger()
                            .log("can't find expected bare shunt to delete: "
                                    + BareShunt.selectors(host(source), host(destination)));
                }
                connection.logger().log("assign_holdpass() delete_bare_shunt() failed");
                return false;
            }
        }
        switch (step) {
            case HOLD_UNROUTED -> states.set(connection, RoutingState.UNROUTED_HOLD);
            case HOLD_ROUTED -> states.set(connection, RoutingState.ROUTED_HOLD);
            default -> {}
        }
        return true;
    }

    private static Selector host(Selector packet) {
        return new Selector(Subnet.host(packet.subnet().address()), packet.protocol(), 0);
    }

    /** The peer of an instance did not agree, or did not answer: its packets meet the failure shunt for a while. */
    public void failed(Connection instance) {
        routing.exclusively(release -> {
            // libreswan takes the packets of an SA that is up, too, when a successor of its IKE SA fails.
            if (instance.routing() != RoutingState.ROUTED_TUNNEL) {
                orphan(instance);
            }
            release.run();
        });
    }

    private void orphan(Connection instance) {
        if (instance.routing().compareTo(RoutingState.ROUTED_TUNNEL) >= 0) {
            // A successor failed: what there is goes on.
            return;
        }
        states.forgo(instance);
        Selector ours = instance.local().client().orElseThrow();
        Selector theirs = instance.remote().client().orElseThrow();
        Shunt negotiation = instance.config().shunts().negotiation();
        Shunt failure = instance.config().shunts().failure();
        bare.forget(ours, theirs, instance.logger());
        if (heirs.twin(instance).isPresent()) {
            // The peer began, too, and its SA is up.
            states.set(instance, RoutingState.UNROUTED);
            return;
        }
        Optional<ConnectionSerial> from =
                states.owners().eclipses(instance) ? Optional.of(instance.serial()) : Optional.empty();
        add(ours, theirs, negotiation, BareShunt.Why.FAILING, from);
        if (negotiation != failure) {
            replace(instance, ours, theirs, failure);
        }
        switch (RoutingTable.step(RoutingEvent.NEGOTIATION_FAILED, instance)) {
            case ABANDON_SHUNT -> states.set(instance, RoutingState.UNROUTED);
            case CLAIM_SHUNT -> states.set(instance, RoutingState.UNROUTED_HOLD);
            case CLAIM_TRAP -> states.set(instance, RoutingState.ROUTED_PROSPECTIVE);
            default -> {}
        }
    }

    private void replace(Connection instance, Selector here, Selector there, Shunt failure) {
        boolean replaced = shunts.put(here, there, failure, 0, instance.logger());
        String selectors = BareShunt.selectors(here, there);
        if (!replaced) {
            instance.logger().log("replace kernel shunt " + selectors + " failed - deleting from pluto shunt table");
        }
        Optional<BareShunt> old = bare.find(here, there);
        if (old.isEmpty()) {
            instance.logger()
                    .log("can't find expected bare shunt to " + (replaced ? "replace" : "delete") + ": " + selectors);
        } else if (replaced) {
            BareShunt failing = old.get();
            bare.replace(
                    new BareShunt(
                            failing.ours(),
                            failing.theirs(),
                            failure,
                            BareShunt.Why.FAILED,
                            clock.nanos(),
                            failing.from()),
                    instance.logger());
        } else {
            instance.logger().log("assign_holdpass() failed to update shunt policy");
            bare.forget(here, there, instance.logger());
        }
    }

    private void add(Selector ours, Selector theirs, Shunt kind, BareShunt.Why why, Optional<ConnectionSerial> from) {
        bare.put(new BareShunt(ours, theirs, kind, why, clock.nanos(), from), logger);
        arm();
    }

    /** Looks after the shunts at the multiples of the interval, as if it always did, while there are any. */
    private void arm() {
        if (!armed) {
            armed = true;
            long interval = setting.interval().toNanos();
            long rest = interval - (clock.nanos() - beginning) % interval;
            timers.after(
                    Duration.ofNanos(rest),
                    "EVENT_SHUNT_SCAN",
                    () -> routing.exclusively(release -> {
                        expire();
                        release.run();
                    }));
        }
    }

    private void expire() {
        logger.debug("kernel: checking for aged bare shunts from shunt table to expire");
        for (BareShunt shunt : bare.newestFirst()) {
            if (Duration.ofNanos(clock.nanos() - shunt.sinceNanos()).toSeconds()
                    <= setting.lifetime().toSeconds()) {
                logger.debug("keeping recent " + shunt.story());
                continue;
            }
            logger.debug("expiring old " + shunt.story());
            if (shunt.from().isPresent()) {
                // Its IKE SA is all that is left of the instance: the trap is the template's again.
                routing.find(shunt.from().get()).ifPresent(instance -> routing.untrap(instance, gone -> {}));
            } else {
                delete(shunt);
            }
            bare.forget(shunt.ours(), shunt.theirs(), logger);
        }
        armed = false;
        if (!bare.isEmpty()) {
            arm();
        }
    }

    private void delete(BareShunt shunt) {
        if (!shunts.remove(shunt, logger)) {
            logger.log(RcCode.LOG_SERIOUS, "failed to delete bare shunt " + shunt.story());
        }
    }

    /** The daemon ends: none is left. */
    public void end() {
        routing.exclusively(release -> {
            for (BareShunt shunt : bare.newestFirst()) {
                if (!shunts.remove(shunt, logger)) {
                    logger.log(RcCode.LOG_SERIOUS, "failed to delete bare shunt's kernel policy " + shunt.story());
                }
                bare.forget(shunt.ours(), shunt.theirs(), logger);
            }
            release.run();
        });
    }
}
