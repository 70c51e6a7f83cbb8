// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v1.engine;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jswan.base.Bytes;
import org.jswan.exchange.Context;
import org.jswan.exchange.Incoming;
import org.jswan.log.LogSink;
import org.jswan.log.Logger;
import org.jswan.log.RcCode;
import org.jswan.proposal.Phase1Auth;
import org.jswan.sa.ChildSa;
import org.jswan.sa.HeldMessages;
import org.jswan.sa.HeldMessages.HeldMessage;
import org.jswan.sa.IkeRole;
import org.jswan.sa.IkeSa;
import org.jswan.sa.Sa;
import org.jswan.sa.SaDatabase;
import org.jswan.sa.V1Exchange;
import org.jswan.sa.V1State;
import org.jswan.wire.ExchangeType;
import org.jswan.wire.IkeHeader;
import org.jswan.wire.v1.Message;
import org.jswan.wire.v1.NotificationType;
import org.jswan.world.World;

/** From a datagram of IKEv1 to the SA it is for and the transition it causes. What is not authentic changes nothing. */
public final class IsakmpDispatcher {
    /** As libreswan: how often one and the same message of the peer is answered. */
    private static final int MAXIMUM_DUPLICATES = 2;

    /** How many Quick Modes of one peer may be under way at once, each of which has SPIs in the kernel. */
    private static final int MOST_QUICK_MODES = 256;

    private final World world;
    private final LogSink strangers;
    private final SaDatabase sas;
    private final IsakmpTransmitter transmitter;
    private final IsakmpTransitions transitions;
    private final Notifications notifications;
    private final IsakmpFragments fragments;
    private final MessageOpening opening;
    private final Map<V1State, List<IsakmpRow>> rows = new EnumMap<>(V1State.class);
    private final Parts parts;

    /** What messages of several exchanges lead to. */
    public interface Parts {
        /**
         * Decides whether a new ISAKMP SA is made for the first message of an exchange.
         *
         * @return empty if not; the peer was answered, or not, as it deserves
         */
        Optional<IkeSa> accept(IsakmpMessage message);

        /** Whether anything may be kept for peers that are not known yet. */
        boolean hasRoom();

        /** Whether Quick Mode may begin on an ISAKMP SA; why not is logged. */
        boolean takesQuickMode(IkeSa ike);

        /** A new IPsec SA for a Quick Mode that the peer begins; empty if there is to be none, and the peer was told. */
        Optional<ChildSa> acceptQuick(IkeSa ike, IsakmpMessage message);

        /**
         * The state in which an ISAKMP SA takes a message of Mode Config or XAUTH.
         *
         * @return empty if it takes none
         */
        Optional<V1State> modeConfigState(IkeSa ike, long messageId);

        /** An Informational exchange; {@code ike} is the SA that protects it, or that it may be about if it is in clear. */
        void informational(Optional<IkeSa> ike, IsakmpMessage message);

        /** Deletes and vendor IDs in a message that was taken. @return false if the SA is gone by that */
        boolean addenda(Optional<? extends Sa> sa, IsakmpMessage message);
    }

    public IsakmpDispatcher(
            Context context,
            IsakmpTransmitter transmitter,
            IsakmpTransitions transitions,
            Notifications notifications,
            List<IsakmpRow> all,
            Parts parts) {
        this.world = context.world();
        this.strangers = context.strangers();
        this.sas = context.sas();
        this.transmitter = transmitter;
        this.transitions = transitions;
        this.notifications = notifications;
        this.fragments = new IsakmpFragments(sas, parts::hasRoom, world.logger(), notifications, this::packet);
        this.opening = new MessageOpening(world, strangers, notifications);
        this.parts = parts;
        all.forEach(this::add);
        FINAL.forEach(this::add);
    }

    private void add(IsakmpRow row) {
        rows.computeIfAbsent(row.from(), state -> new ArrayList<>()).add(row);
    }

    /** A message whose header was read. */
    public void packet(Incoming incoming) {
        IkeHeader header = incoming.header();
        IsakmpMessage bare = new IsakmpMessage(
                incoming.socket(),
                incoming.sender(),
                header,
                incoming.octets(),
                new Message(header, List.of(), incoming.octets()),
                Bytes.EMPTY);
        if ((header.flags() & IkeHeader.FLAG_V1_COMMIT) != 0) {
            world.logger()
                    .debug(
                            "IKE message has the Commit Flag set but Pluto doesn't implement this feature due to security"
                                    + " concerns; ignoring flag");
        }
        if (waits(bare)) {
            return;
        }
        ExchangeType exchange = header.exchange();
        if (exchange.equals(ExchangeType.IDPROT) || exchange.equals(ExchangeType.AGGR)) {
            phase1(bare);
        } else if (exchange.equals(ExchangeType.INFO)) {
            informational(bare);
        } else if (exchange.equals(ExchangeType.QUICK)) {
            quick(bare);
        } else if (exchange.equals(ExchangeType.MODE_CFG)) {
            modeConfig(bare);
        } else {
            world.logger().debug("unsupported exchange type " + exchange + " in message");
            notifications.refuse(bare, NotificationType.UNSUPPORTED_EXCHANGE_TYPE);
        }
    }

    /** What comes while an ISAKMP SA does what libreswan does at once is looked at when that is done. */
    private boolean waits(IsakmpMessage bare) {
        Optional<IkeSa> found = established(bare.header())
                .or(() -> begun(bare))
                .filter(ike -> ike.v1().waiting().isPresent());
        found.ifPresent(ike -> {
            HeldMessages held = ike.v1().waiting().orElseThrow();
            HeldMessage message = new HeldMessage(bare.socket(), bare.sender(), bare.octets());
            if (ike.isEstablished()) {
                held.hold(message);
            } else if (parts.hasRoom()) {
                int others = ike.heldOctets() - held.octets();
                held.hold(message);
                sas.setHeldOctets(ike, others + held.octets());
            }
        });
        return found.isPresent();
    }

    private Logger stranger(IsakmpMessage message) {
        return new Logger(strangers, message.prefix());
    }

    /** The ISAKMP SA of both cookies; for one that is leaving what comes is too late. */
    private Optional<IkeSa> established(IkeHeader header) {
        return sas.ikeBySpis(header.initiatorSpi(), header.responderSpi())
                .filter(ike -> ike.isVersion1() && !ike.phase1().isLeaving());
    }

    /** The one that we began and whose responder's cookie we may not know yet. */
    private Optional<IkeSa> begun(IsakmpMessage message) {
        return sas.ikeByLocalSpi(message.header().initiatorSpi())
                .filter(ike -> ike.isVersion1() && ike.role() == IkeRole.INITIATOR && !ike.isEstablished());
    }

    /** That, or the one that the peer begins again. Whoever goes on has to know our cookie. */
    private Optional<IkeSa> beginning(IsakmpMessage message) {
        return begun(message).or(() -> sas.responderFor(
                        message.header().initiatorSpi(), message.sender().address())
                .filter(IkeSa::isVersion1));
    }

    private void phase1(IsakmpMessage bare) {
        IkeHeader header = bare.header();
        if (header.messageId() != 0) {
            stranger(bare)
                    .log(String.format("Message ID was 0x%08x but should be zero in phase 1", header.messageId()));
            notifications.refuse(bare, NotificationType.INVALID_MESSAGE_ID);
            return;
        }
        if (header.initiatorSpi().isZero()) {
            stranger(bare).log("Initiator Cookie must not be zero in phase 1 message");
            notifications.refuse(bare, NotificationType.INVALID_COOKIE);
            return;
        }
        if (header.responderSpi().isZero()) {
            first(bare);
            return;
        }
        Optional<IkeSa> found = established(header).or(() -> begun(bare));
        if (found.isEmpty()) {
            stranger(bare).log("phase 1 message is part of an unknown exchange");
            return;
        }
        V1State state = (V1State) found.get().state();
        if (state.isPhase1()) {
            take(found.get(), state, bare);
        } else if (!isDuplicate(found.get(), bare)) {
            found.get().logger().debug("unexpected phase 1 message in " + state.fullName());
        }
    }

    /** The first message of a phase 1. */
    private void first(IsakmpMessage bare) {
        if (bare.isEncrypted()) {
            stranger(bare).log("initial phase 1 message is invalid: its Encrypted Flag is on");
            notifications.refuse(bare, NotificationType.INVALID_FLAGS);
            return;
        }
        Optional<IkeSa> known = beginning(bare);
        if (known.isPresent()) {
            if (!isDuplicate(known.get(), bare)) {
                known.get()
                        .logger()
                        .log("discarding initial packet; already "
                                + known.get().state().fullName());
            }
            return;
        }
        if (IsakmpFragments.isFragment(bare)) {
            fragments.received(Optional.empty(), bare);
            return;
        }
        V1State state = bare.header().exchange().equals(ExchangeType.IDPROT) ? V1State.MAIN_R0 : V1State.AGGR_R0;
        IsakmpRow row = rows.getOrDefault(state, List.of()).stream().findFirst().orElse(null);
        if (row == null) {
            notifications.refuse(bare, NotificationType.UNSUPPORTED_EXCHANGE_TYPE);
            return;
        }
        opening.clear(Optional.empty(), row, bare)
                .ifPresent(message -> parts.accept(message).ifPresent(ike -> {
                    parts.addenda(Optional.of(ike), message);
                    transitions.run(ike, message, row);
                }));
    }

    private void informational(IsakmpMessage bare) {
        Optional<IkeSa> found = established(bare.header()).or(() -> begun(bare));
        if (!bare.isEncrypted()) {
            if (found.filter(ike -> ike.state().isEstablished()).isPresent()) {
                found.get().logger().log(RcCode.LOG_SERIOUS, "Informational Exchange message must be encrypted");
                return;
            }
            if (IsakmpFragments.isFragment(bare)) {
                fragments.received(found, bare);
                return;
            }
            opening.clear(found, CLEAR_INFORMATIONAL, bare).ifPresent(message -> {
                if (parts.addenda(found, message)) {
                    parts.informational(found, message);
                }
            });
            return;
        }
        if (found.isEmpty()) {
            world.logger()
                    .debug(() -> List.of(String.format(
                            "Informational Exchange is for an unknown (expired?) SA with MSGID:0x%08x",
                            bare.header().messageId())));
            return;
        }
        IkeSa ike = found.get();
        long id = bare.header().messageId();
        if (!ike.state().isSecured() || !ike.phase1().hasKeys()) {
            ike.logger()
                    .log(
                            RcCode.LOG_SERIOUS,
                            "encrypted Informational Exchange message is invalid because no key is known");
        } else if (id == 0) {
            ike.logger()
                    .log(
                            RcCode.LOG_SERIOUS,
                            "Informational Exchange message is invalid because it has a Message ID of 0");
        } else if (!ike.phase1().isUnused(id)) {
            ike.logger()
                    .log(
                            RcCode.LOG_SERIOUS,
                            String.format(
                                    "Informational Exchange message is invalid because it has a previously used Message ID (0x%08x )",
                                    id));
        } else if (!isSpent(ike)) {
            opening.encrypted(ike, ike, firstIv(ike, id), INFORMATIONAL, bare).ifPresent(message -> {
                ike.phase1().use(id);
                if (parts.addenda(Optional.of(ike), message)) {
                    parts.informational(Optional.of(ike), message);
                }
            });
        }
    }

    /** Whether a peer has begun more exchanges on an ISAKMP SA than anybody keeps in mind: what begins another is not taken. */
    private boolean isSpent(IkeSa ike) {
        if (!ike.phase1().isSpent()) {
            return false;
        }
        transitions.spent(ike);
        return true;
    }

    /** States that expect nothing more; those of Aggressive Mode do not even want what comes to be encrypted. */
    private static final List<IsakmpRow> FINAL = List.of(
            IsakmpRow.row(V1State.MAIN_R3, V1State.MAIN_R3).encrypted().unexpected(),
            IsakmpRow.row(V1State.MAIN_I4, V1State.MAIN_I4).encrypted().unexpected(),
            IsakmpRow.row(V1State.AGGR_I2, V1State.AGGR_I2).unexpected(),
            IsakmpRow.row(V1State.AGGR_R2, V1State.AGGR_R2).unexpected(),
            IsakmpRow.row(V1State.QUICK_I2, V1State.QUICK_I2).encrypted().unexpected(),
            IsakmpRow.row(V1State.QUICK_R2, V1State.QUICK_R2).encrypted().unexpected(),
            IsakmpRow.row(V1State.MODE_CFG_R2, V1State.MODE_CFG_R2).encrypted().unexpected());

    /** What an encrypted Informational exchange consists of. */
    private static final IsakmpRow INFORMATIONAL = IsakmpRow.row(V1State.INFO_PROTECTED, V1State.INFO_PROTECTED)
            .hash(IsakmpRow.Hash.FIRST)
            .encrypted()
            .by((ike, message) -> IsakmpVerdict.done());

    /** And one in clear. */
    private static final IsakmpRow CLEAR_INFORMATIONAL =
            IsakmpRow.row(V1State.INFO, V1State.INFO).by((ike, message) -> IsakmpVerdict.done());

    /** As libreswan: before phase 1 is through its last block counts as empty. */
    private static Bytes firstIv(IkeSa ike, long messageId) {
        return ike.phase1().keys().phase2Iv(ike.phase1().lastBlock(), messageId);
    }

    private void quick(IsakmpMessage bare) {
        IkeHeader header = bare.header();
        if (header.initiatorSpi().isZero() || header.responderSpi().isZero()) {
            notifications.refuse(bare, NotificationType.INVALID_COOKIE);
            return;
        }
        if (header.messageId() == 0) {
            notifications.refuse(bare, NotificationType.INVALID_MESSAGE_ID);
            return;
        }
        Optional<IkeSa> found = established(header);
        if (found.isEmpty()) {
            world.logger().debug("Quick Mode message is for a non-existent (expired?) ISAKMP SA");
            return;
        }
        IkeSa ike = found.get();
        Optional<ChildSa> child = ike.phase1().quickMode(header.messageId()).filter(sas::isAlive);
        if (child.isPresent()) {
            take(child.get(), (V1State) child.get().state(), bare);
        } else {
            newQuick(ike, bare);
        }
    }

    private void newQuick(IkeSa ike, IsakmpMessage bare) {
        long id = bare.header().messageId();
        if (!parts.takesQuickMode(ike)) {
            return;
        }
        if (!ike.isEstablished()) {
            ike.logger()
                    .log(
                            RcCode.LOG_SERIOUS,
                            "Quick Mode message is unacceptable because it is for an incomplete ISAKMP SA");
            notifications.refuse(ike, NotificationType.PAYLOAD_MALFORMED);
            return;
        }
        if (!ike.phase1().isUnused(id)) {
            ike.logger()
                    .log(
                            RcCode.LOG_SERIOUS,
                            String.format(
                                    "Quick Mode I1 message is unacceptable because it uses a previously used Message ID 0x%08x (perhaps this is a duplicated packet)",
                                    id));
            notifications.refuseUnproven(ike, NotificationType.INVALID_MESSAGE_ID);
            return;
        }
        if (IsakmpFragments.isFragment(bare)) {
            fragments.received(Optional.of(ike), bare);
            return;
        }
        if (isSpent(ike)) {
            return;
        }
        if (ike.phase1().hasMoreBegunThan(MOST_QUICK_MODES)) {
            ike.logger().debug("Quick Mode message is not taken: more than " + MOST_QUICK_MODES + " are under way");
            return;
        }
        IsakmpRow row = rows.get(V1State.QUICK_R0).get(0);
        // Nothing protects the flag: what does not say that it is encrypted is not taken, whatever it is.
        Optional<IsakmpMessage> read = bare.isEncrypted()
                ? opening.encrypted(ike, ike, firstIv(ike, id), row, bare)
                : opening.clear(Optional.of(ike), row, bare);
        read.ifPresent(message -> {
            if (parts.addenda(Optional.of(ike), message)) {
                parts.acceptQuick(ike, message).ifPresent(child -> transitions.run(child, message, row));
            }
        });
    }

    private void modeConfig(IsakmpMessage bare) {
        IkeHeader header = bare.header();
        if (header.initiatorSpi().isZero() || header.responderSpi().isZero() || header.messageId() == 0) {
            world.logger().debug("Mode Config message is invalid because of its cookies or Message ID");
            return;
        }
        Optional<IkeSa> found = established(header);
        if (found.isEmpty() || !found.get().isEstablished()) {
            world.logger().debug("Mode Config message is for a non-existent (expired?) or incomplete ISAKMP SA");
            return;
        }
        IkeSa ike = found.get();
        Optional<V1State> state = parts.modeConfigState(ike, header.messageId());
        if (state.isEmpty()) {
            ike.logger()
                    .debug("Mode Config message is unexpected in " + ike.state().fullName());
            return;
        }
        if (header.messageId() != ike.v1().messageId() && isSpent(ike)) {
            return;
        }
        if (isReplayed(ike, bare)) {
            ike.logger().debug("Mode Config message uses a previously used Message ID");
            return;
        }
        take(ike, state.get(), bare);
    }

    /** Whether a message would begin an exchange that there was before; the last message may come again. */
    private static boolean isReplayed(IkeSa ike, IsakmpMessage bare) {
        long id = bare.header().messageId();
        return id != ike.v1().messageId()
                && !ike.phase1().isUnused(id)
                && !ike.v1().isLastReceived(bare.octets());
    }

    /** A message of an exchange that has begun. */
    private void take(Sa sa, V1State state, IsakmpMessage bare) {
        IkeSa ike = sa.ike();
        if (IsakmpFragments.isFragment(bare)) {
            fragments.received(Optional.of(sa), bare);
            return;
        }
        if (sa.v1().isSuspended()) {
            sa.logger()
                    .logOnly("discarding packet received during asynchronous work (DNS or crypto) in "
                            + sa.state().fullName());
            return;
        }
        if (isDuplicate(sa, bare)) {
            return;
        }
        Optional<IsakmpRow> row = row(ike, state);
        if (row.isEmpty()) {
            sa.logger().debug("unexpected message in " + state.fullName());
            return;
        }
        if (bare.isEncrypted() && !ike.phase1().hasKeys()) {
            holdUntilKeys(ike, bare);
            return;
        }
        Optional<IsakmpMessage> read = bare.isEncrypted()
                ? opening.encrypted(ike, sa, iv(ike, sa, bare), row.get(), bare)
                : opening.clear(Optional.of(sa), row.get(), bare);
        read.ifPresent(message -> {
            if (row.get().isUnexpected()) {
                transitions.run(sa, message, row.get());
                return;
            }
            ike.phase1().use(bare.header().messageId());
            if (parts.addenda(Optional.of(sa), message)) {
                transitions.run(sa, message, row.get());
            }
        });
    }

    /** While a responder computes its keys the initiator may be quicker: what it sends is looked at once they are there. */
    private void holdUntilKeys(IkeSa ike, IsakmpMessage bare) {
        if (ike.state() != V1State.MAIN_R2 || !parts.hasRoom()) {
            ike.logger().debug("discarding encrypted message: no keys are there, nor under way");
            return;
        }
        int others = ike.heldOctets() - ike.v1().heldLength();
        ike.v1().hold(new HeldMessage(bare.socket(), bare.sender(), bare.octets()));
        sas.setHeldOctets(ike, others + ike.v1().heldLength());
    }

    private static Bytes iv(IkeSa ike, Sa sa, IsakmpMessage bare) {
        long id = bare.header().messageId();
        return sa.v1().messageId() == id && !sa.v1().iv().isEmpty() ? sa.v1().iv() : firstIv(ike, id);
    }

    private Optional<IsakmpRow> row(IkeSa ike, V1State state) {
        Optional<Phase1Auth> auth = ike.phase1().authentication();
        return rows.getOrDefault(state, List.of()).stream()
                .filter(row -> row.isFor(auth))
                .findFirst();
    }

    /** Whether it is the message that was taken last, which is then answered as before, or not. */
    private boolean isDuplicate(Sa sa, IsakmpMessage bare) {
        V1Exchange exchange = sa.v1();
        if (!exchange.isLastReceived(bare.octets())) {
            return false;
        }
        String already = sa.state().fullName();
        if (exchange.repeat() == V1Exchange.Repeat.NEVER) {
            sa.logger().debug("discarding duplicate packet; already " + already);
        } else if (exchange.repeat() == V1Exchange.Repeat.ALWAYS || exchange.countDuplicate() <= MAXIMUM_DUPLICATES) {
            sa.logger()
                    .log(RcCode.RETRANSMISSION, "retransmitting in response to duplicate packet; already " + already);
            transmitter.repeat(sa, "retransmit in response to duplicate");
        } else {
            sa.logger()
                    .log(
                            RcCode.LOG_SERIOUS,
                            "discarding duplicate packet -- exhausted retransmission; already " + already);
        }
        return true;
    }
}
