// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v1;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jswan.base.Bytes;
import org.jswan.connection.Connection;
import org.jswan.exchange.Context;
import org.jswan.exchange.HalfOpenLimit;
import org.jswan.exchange.Incoming;
import org.jswan.exchange.Initiator;
import org.jswan.exchange.v1.config.AfterPhase1;
import org.jswan.exchange.v1.engine.IsakmpDispatcher;
import org.jswan.exchange.v1.engine.IsakmpMessage;
import org.jswan.exchange.v1.engine.IsakmpRow;
import org.jswan.exchange.v1.engine.IsakmpTimers;
import org.jswan.exchange.v1.engine.IsakmpTransitions;
import org.jswan.exchange.v1.engine.IsakmpTransmitter;
import org.jswan.exchange.v1.engine.NatTraversal;
import org.jswan.exchange.v1.engine.Notifications;
import org.jswan.exchange.v1.engine.VendorIds;
import org.jswan.exchange.v1.informational.DeadPeers;
import org.jswan.exchange.v1.informational.Deletes;
import org.jswan.exchange.v1.informational.IsakmpInformational;
import org.jswan.exchange.v1.phase1.AggressiveInitiator;
import org.jswan.exchange.v1.phase1.AggressiveResponder;
import org.jswan.exchange.v1.phase1.MainInitiator;
import org.jswan.exchange.v1.phase1.MainResponder;
import org.jswan.exchange.v1.phase1.Phase1Parts;
import org.jswan.exchange.v1.quick.QuickAgreement;
import org.jswan.exchange.v1.quick.QuickInitiator;
import org.jswan.exchange.v1.quick.QuickResponder;
import org.jswan.log.Logger;
import org.jswan.sa.ChildSa;
import org.jswan.sa.HeldMessages.HeldMessage;
import org.jswan.sa.IkeSa;
import org.jswan.sa.Sa;
import org.jswan.sa.V1State;
import org.jswan.wire.ExchangeType;
import org.jswan.wire.IkeHeader;
import org.jswan.wire.WireException;

/** The exchanges of IKEv1 and how one leads to another (RFC 2409). */
public final class Ikev1 {
    /** What an SA of a peer that is not known yet takes beside its message, roughly. */
    private static final int HALF_OPEN_OCTETS = 2048;

    private final Context context;
    private final IsakmpDispatcher dispatcher;
    private final Negotiations negotiations;
    private final HalfOpenLimit limit;
    private final MainResponder mainResponder;
    private final AggressiveResponder aggressiveResponder;
    private final QuickResponder quickResponder;
    private final IsakmpInformational informational;
    private final Deletes deletes;
    private final DeadPeers deadPeers;
    private final AfterPhase1 afterPhase1;
    private final IsakmpTimers timers;

    /**
     * @param vendorId our own, for connections that send it
     * @param limit whether there is room for what strangers begin
     * @param onNatTraversal told of ISAKMP SAs whose both ends know of NATs
     */
    public Ikev1(Context context, Bytes vendorId, HalfOpenLimit limit, Consumer<IkeSa> onNatTraversal) {
        this.context = context;
        this.limit = limit;
        VendorIds vendorIds = new VendorIds(vendorId);
        NatTraversal nat = new NatTraversal(context, onNatTraversal);
        IsakmpTransmitter transmitter = new IsakmpTransmitter(context.world(), context.sas());
        this.timers = new IsakmpTimers(context, transmitter);
        Notifications notifications = new Notifications(context.world(), context.strangers(), transmitter);
        IsakmpTransitions transitions = new IsakmpTransitions(context, transmitter, timers, notifications, nat);
        this.afterPhase1 = new AfterPhase1(context, transitions, transmitter, timers);
        transitions.after(afterPhase1);
        Phase1Parts phase1 = Phase1Parts.of(context, vendorIds, nat, AfterPhase1::skipIfRenewed);
        MainInitiator mainInitiator = new MainInitiator(phase1, transmitter, timers);
        AggressiveInitiator aggressiveInitiator = new AggressiveInitiator(phase1, transmitter, timers, transitions);
        this.aggressiveResponder = new AggressiveResponder(phase1);
        this.mainResponder = new MainResponder(phase1);
        QuickAgreement agreement = new QuickAgreement(context);
        QuickInitiator quickInitiator = new QuickInitiator(context, transmitter, timers, transitions, agreement, nat);
        this.quickResponder = new QuickResponder(context, notifications, agreement, nat);
        this.deadPeers = new DeadPeers(context, notifications);
        transitions.onUp(deadPeers::check);
        this.informational = new IsakmpInformational(context, deadPeers);
        context.lifetimes().onChildUp(deadPeers::watch);
        this.deletes = new Deletes(context, timers, nat);
        this.negotiations = new Negotiations(
                context, mainInitiator, aggressiveInitiator, quickInitiator, new StuckNegotiations(context, timers));
        List<IsakmpRow> rows = new ArrayList<>();
        rows.addAll(mainInitiator.rows());
        rows.addAll(mainResponder.rows());
        rows.addAll(aggressiveInitiator.rows());
        rows.addAll(aggressiveResponder.rows());
        rows.addAll(quickInitiator.rows());
        rows.addAll(quickResponder.rows());
        rows.addAll(afterPhase1.rows());
        this.dispatcher = new IsakmpDispatcher(context, transmitter, transitions, notifications, rows, new Parts());
        mainResponder.onHeld(this::held);
        transitions.onHeld(this::held);
        context.lifecycle().setFarewell(new IsakmpFarewell(context, notifications, timers, negotiations::established));
        SilentPeers silentPeers = new SilentPeers(context, negotiations);
        transmitter.onImpairedRepetition(silentPeers::giveUp);
        transmitter.onSilence(silentPeers::silent);
    }

    private void held(HeldMessage held) {
        try {
            IkeHeader header = IkeHeader.decode(held.octets());
            dispatcher.packet(
                    new Incoming(held.socket(), held.sender(), header, held.octets(), List.of(), Optional.empty()));
        } catch (WireException impossible) {
            throw new IllegalStateException("its header was read before", impossible);
        }
    }

    /** A message of IKEv1. */
    public void packet(Incoming message) {
        dispatcher.packet(message);
    }

    /** How connections are brought up. */
    public Initiator.Protocol initiation() {
        return negotiations;
    }

    /** Who begins negotiations anew. */
    public void beginBy(Initiator initiator) {
        negotiations.beginBy(initiator);
        deadPeers.askBy(negotiations::established);
        timers.onReplaceDue(negotiations::rekey);
    }

    /** The peer has forgotten that SA: it gets a successor now. Until its life is over it stays. */
    public void replaceNow(Sa sa) {
        timers.replace(sa, false);
    }

    /** Who ends and begins anew all connections with a dead peer, and who takes its route away. */
    public void onDeadPeer(BiConsumer<Connection, Logger> restart, Consumer<Connection> unroute) {
        deadPeers.onDeath(restart, unroute);
    }

    private final class Parts implements IsakmpDispatcher.Parts {
        @Override
        public boolean hasRoom() {
            return !limit.refusesAllOfIkev1();
        }

        @Override
        public Optional<IkeSa> accept(IsakmpMessage message) {
            limit.stranger();
            int octets = message.octets().length();
            boolean aggressive = message.header().exchange().equals(ExchangeType.AGGR);
            if (aggressive ? limit.refusesAggressiveMode(octets) : limit.refusesMainMode(octets)) {
                context.world().logger().debug("too many peers that are not known yet: message dropped");
                return Optional.empty();
            }
            Optional<IkeSa> made = aggressive ? aggressiveResponder.accept(message) : mainResponder.accept(message);
            made.ifPresent(ike -> context.sas()
                    .setHeldOctets(ike, HALF_OPEN_OCTETS + message.octets().length()));
            return made;
        }

        @Override
        public boolean takesQuickMode(IkeSa ike) {
            return afterPhase1.letsQuickModeBegin(ike);
        }

        @Override
        public Optional<ChildSa> acceptQuick(IkeSa ike, IsakmpMessage message) {
            afterPhase1.quickModeBegins(ike);
            return quickResponder.accept(ike, message);
        }

        @Override
        public Optional<V1State> modeConfigState(IkeSa ike, long messageId) {
            return afterPhase1.stateFor(ike, messageId);
        }

        @Override
        public void informational(Optional<IkeSa> ike, IsakmpMessage message) {
            informational.received(ike, message);
        }

        @Override
        public boolean addenda(Optional<? extends Sa> sa, IsakmpMessage message) {
            // As libreswan: of an SA that deletes itself the vendor IDs are told before it goes.
            VendorIds.tell(
                    message, sa.map(Sa::logger).orElseGet(() -> new Logger(context.strangers(), message.prefix())));
            informational.tell(sa, message);
            return deletes.received(sa, message);
        }
    }
}
