// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jswan.base.Bytes;
import org.jswan.base.Endpoint;
import org.jswan.connection.Ikev1Policy;
import org.jswan.log.Logger;
import org.jswan.log.RcCode;
import org.jswan.net.IkeSocket;
import org.jswan.sa.HeldMessages.HeldMessage;
import org.jswan.sa.IkeRole;
import org.jswan.sa.IkeSa;
import org.jswan.sa.MessageWindow;
import org.jswan.sa.SaDatabase;
import org.jswan.sa.V2State;
import org.jswan.wire.ExchangeType;
import org.jswan.wire.IkeHeader;
import org.jswan.wire.NotifyType;
import org.jswan.wire.PayloadType;
import org.jswan.wire.WireException;
import org.jswan.wire.v2.NotifyPayload;
import org.jswan.wire.v2.SkfPayload;
import org.jswan.world.World;

/**
 * From a datagram to the SA it is for and the transition it causes. What is not authentic changes nothing (RFC 7296
 * §2.21).
 */
public final class Dispatcher {
    private final World world;
    private final SaDatabase sas;
    private final Transmitter transmitter;
    private final Transitions transitions;
    private final MessageReader reader;
    private final RowTable rows;
    private final InitRequests initRequests;
    private final LogLimiter strangers;
    private final Ikev1Packets version1;
    private final ReceptionImpairments reception;

    /** Takes IKE_SA_INIT requests that belong to no SA yet. */
    public interface InitRequests {
        /**
         * Decides whether a new IKE SA is made for the request.
         *
         * @return empty if not; the peer was answered, or not, as it deserves
         */
        Optional<IkeSa> accept(Incoming request);

        /** A request that cannot be read is answered with that notify, unless we are too busy for it. */
        void refuse(Incoming request, NotifyPayload notify);

        /** An encrypted request came before the keys are known: computes them, then calls {@code ready}. */
        void computeKeys(IkeSa ike, Runnable ready);
    }

    public Dispatcher(
            World world,
            SaDatabase sas,
            Transmitter transmitter,
            Transitions transitions,
            List<Row> rows,
            InitRequests initRequests,
            Ikev1Policy policy1,
            Consumer<Incoming> version1) {
        this.world = world;
        this.sas = sas;
        this.transmitter = transmitter;
        this.transitions = transitions;
        this.reader = new MessageReader(transitions.failures());
        this.rows = new RowTable(rows);
        this.initRequests = initRequests;
        this.strangers = new LogLimiter(world.log(), world.clock());
        this.version1 = new Ikev1Packets(policy1, version1, strangers, world.logger());
        this.reception = new ReceptionImpairments(world, sas, this::process);
        transitions.onHeld(this::process);
    }

    /** A datagram came in. Nothing that it holds makes this throw. */
    public void datagram(IkeSocket socket, Endpoint sender, Bytes datagram) {
        world.logger().debug(() -> MessageTrace.received(datagram));
        sas.statistics().add("ike.traffic.in", datagram.length());
        reception.receive(new HeldMessage(socket, sender, datagram));
    }

    private void process(HeldMessage held) {
        process(held.socket(), held.sender(), held.octets());
    }

    private void process(IkeSocket socket, Endpoint sender, Bytes datagram) {
        IkeHeader header;
        try {
            header = IkeHeader.decode(datagram);
        } catch (WireException malformed) {
            strangers.log(socket, sender, "dropping packet with mangled IKE header: " + malformed.getMessage());
            return;
        }
        // What is kept of it counts by its length, so nothing behind it may stay in memory with it.
        Bytes octets = datagram.first((int) header.length()).compact();
        Incoming message = new Incoming(socket, sender, header, octets, List.of(), Optional.empty());
        int major = header.version().major();
        if (major == 2) {
            if (header.version().minor() != 0) {
                // RFC 7296 §2.5: a higher minor version is none of our business.
                strangers.log(
                        socket,
                        sender,
                        "Ignoring unknown IKEv2 minor version number "
                                + header.version().minor());
            }
            version2(message);
        } else if (major == 1) {
            version1.packet(message);
        } else if (major == 0) {
            strangers.log(socket, sender, "ignoring packet with IKE major version '0'");
        } else {
            strangers.log(socket, sender, "message contains unsupported IKE major version '" + major + "'");
            if (header.isResponse()) {
                // libreswan answers even this; RFC 7296 §2.1 has nobody answer a response.
                world.logger().debug("no INVALID_MAJOR_VERSION is sent, as the message is a response");
            } else {
                transmitter.sendStateless(socket, sender, header, NotifyPayload.of(NotifyType.INVALID_MAJOR_VERSION));
            }
        }
    }

    private void version2(Incoming message) {
        IkeHeader header = message.header();
        if (header.exchange().equals(ExchangeType.IKE_SA_INIT)) {
            if (message.role() == MessageRole.REQUEST) {
                initRequest(message);
            } else {
                initResponse(message);
            }
            return;
        }
        // The flag tells whose SPI is whose: we have the initiator's if the sender is not the initiator.
        Optional<IkeSa> found = header.fromInitiator()
                ? sas.ikeByLocalSpi(header.responderSpi())
                        .filter(ike -> ike.role() == IkeRole.RESPONDER
                                && ike.initiatorSpi().equals(header.initiatorSpi()))
                : sas.ikeByLocalSpi(header.initiatorSpi())
                        .filter(ike -> ike.role() == IkeRole.INITIATOR
                                && ike.responderSpi().equals(header.responderSpi()));
        String what = header.exchange().shortName() + " " + message.role();
        if (found.isEmpty()) {
            strangers.log(message.socket(), message.sender(), what + " has no corresponding IKE SA; message dropped");
        } else if (!found.get().state().isSecured()) {
            strangers.log(
                    message.socket(),
                    message.sender(),
                    "IKE SA " + found.get().serial() + " for " + what + " has not been secured; message dropped");
        } else {
            secured(found.get(), message);
        }
    }

    private void initRequest(Incoming bare) {
        IkeHeader header = bare.header();
        if (header.messageId() != 0) {
            strangers.log(
                    bare.socket(),
                    bare.sender(),
                    "dropping IKE_SA_INIT message with non-zero message ID; dropping packet");
            return;
        }
        if (!header.fromInitiator()) {
            strangers.log(
                    bare.socket(),
                    bare.sender(),
                    "IKE_SA_INIT request has I (IKE Initiator) flag clear; dropping packet");
            return;
        }
        if (header.initiatorSpi().isZero()) {
            strangers.log(
                    bare.socket(), bare.sender(), "IKE_SA_INIT request has zero IKE SA Initiator SPI; dropping packet");
            return;
        }
        if (!header.responderSpi().isZero()) {
            strangers.log(
                    bare.socket(),
                    bare.sender(),
                    "IKE_SA_INIT request has non-zero IKE SA Responder SPI; dropping packet");
            return;
        }
        Optional<IkeSa> known =
                sas.responderFor(header.initiatorSpi(), bare.sender().address());
        if (known.isPresent()) {
            repeatedInitRequest(known.get(), bare);
            return;
        }
        Optional<Incoming> read =
                MessageReader.clear(bare, packetLogger(bare), notify -> initRequests.refuse(bare, notify));
        if (read.isEmpty()) {
            return;
        }
        Incoming message = read.get();
        Optional<Row> row = rows.findForStranger(V2State.PARENT_R0, message, packetLogger(bare));
        if (row.isEmpty()) {
            initRequests.refuse(message, NotifyPayload.of(NotifyType.INVALID_SYNTAX));
            return;
        }
        initRequests.accept(message).ifPresent(ike -> {
            reception.sayReplayed(ike);
            transitions.run(ike, message, row.get());
        });
    }

    private Logger packetLogger(Incoming message) {
        return new Logger(strangers, message.prefix());
    }

    private void repeatedInitRequest(IkeSa ike, Incoming message) {
        reception.sayReplayed(ike);
        if (ike.isSuspended()) {
            sayBusy(ike, message);
        } else if (ike.state() == V2State.PARENT_R1
                && ike.window().expectedRequestId() == 1
                && ike.negotiation().remoteMessage().equals(message.octets())) {
            ike.logger().log("received duplicate IKE_SA_INIT message request (Message ID 0); retransmitting response");
            transmitter.repeatResponse(ike, message);
        } else {
            ike.logger().log("received too old retransmit: 0 < " + (ike.window().expectedRequestId() - 1));
        }
    }

    private void initResponse(Incoming bare) {
        IkeHeader header = bare.header();
        if (header.fromInitiator()) {
            strangers.log(
                    bare.socket(),
                    bare.sender(),
                    "IKE_SA_INIT response has I (IKE Initiator) flag set; dropping packet");
            return;
        }
        Optional<IkeSa> found = sas.ikeByLocalSpi(header.initiatorSpi()).filter(ike -> ike.role() == IkeRole.INITIATOR);
        if (found.isEmpty()) {
            strangers.log(bare.socket(), bare.sender(), "dropping IKE_SA_INIT response no matching IKE ISA");
            return;
        }
        IkeSa ike = found.get();
        reception.sayReplayed(ike);
        if (ike.state() != V2State.PARENT_I1 || !ike.window().isAwaitedResponse(header.messageId())) {
            strangers.log(
                    bare.socket(),
                    bare.sender(),
                    "dropping IKE_SA_INIT response as unexpected for matching IKE SA " + ike.serial());
            return;
        }
        if (ike.isSuspended()) {
            sayBusy(ike, bare);
            return;
        }
        MessageReader.clear(bare, ike.logger(), notify -> {})
                .ifPresent(message -> rows.find(ike, message).ifPresent(row -> transitions.run(ike, message, row)));
    }

    private void sayBusy(IkeSa ike, Incoming message) {
        if (ike.isHolding()) {
            ike.held().hold(held(message));
            return;
        }
        ike.logger()
                .log("discarding packet received during asynchronous work (DNS or crypto) in "
                        + ike.state().fullName());
    }

    private static HeldMessage held(Incoming message) {
        return new HeldMessage(message.socket(), message.sender(), message.octets());
    }

    private void secured(IkeSa ike, Incoming bare) {
        reception.sayReplayed(ike);
        boolean duplicate = bare.role() == MessageRole.REQUEST ? isOldRequest(ike, bare) : isOldResponse(ike, bare);
        if (duplicate) {
            return;
        }
        Optional<Incoming> read = MessageReader.clear(bare, ike.logger(), notify -> {});
        if (read.isEmpty() || rows.findByClear(ike, read.get()).isEmpty()) {
            return;
        }
        Incoming message = read.get();
        if (!ike.hasKeys()) {
            holdUntilKeys(ike, message);
            return;
        }
        reader.open(ike, reception.encrypted(ike, message)).ifPresent(inner -> opened(ike, inner));
    }

    private boolean isOldRequest(IkeSa ike, Incoming message) {
        long id = message.header().messageId();
        MessageWindow window = ike.window();
        String request = message.header().exchange().shortName() + " request";
        String duplicate = " has duplicate Message ID " + id;
        if (window.isLastRequest(id)) {
            if (isFollowingFragment(message)) {
                return true;
            }
            ike.logger().log(request + fragment(message) + duplicate + "; retransmitting response");
            transmitter.repeatResponse(ike, message);
            return true;
        }
        if (id < window.expectedRequestId()) {
            ike.logger()
                    .log(request + duplicate + " but it is older than last response ("
                            + (window.expectedRequestId() - 1) + "); message dropped");
            return true;
        }
        if (id > window.expectedRequestId()) {
            // RFC 7296 §2.3: outside the window, whose size is 1.
            ike.logger().debug("request " + id + " is outside the window; message dropped");
            return true;
        }
        if (ike.isSuspended() && ike.hasKeys()) {
            sayBusy(ike, message);
            return true;
        }
        return false;
    }

    /** Which fragment of the whole a message is, as logged; empty if it is the whole. */
    private static String fragment(Incoming message) {
        int total = IkeHeader.LENGTH + 6;
        Bytes octets = message.octets();
        return message.header().nextPayload().equals(PayloadType.SKF) && octets.length() > total + 1
                ? " fragment 1 of " + (octets.get(total) << 8 | octets.get(total + 1))
                : "";
    }

    /** Only the first fragment of a repeated request is answered (RFC 7383 §2.6.1). */
    private static boolean isFollowingFragment(Incoming message) {
        int at = IkeHeader.LENGTH + 4;
        Bytes octets = message.octets();
        return message.header().nextPayload().equals(PayloadType.SKF)
                && octets.length() > at + 1
                && octets.slice(at, 2).compareTo(Bytes.of(0, 1)) != 0;
    }

    private boolean isOldResponse(IkeSa ike, Incoming message) {
        long id = message.header().messageId();
        if (ike.window().isOldResponse(id)) {
            ike.logger().debug("already processed response " + id + "; discarding packet");
            return true;
        }
        if (!ike.window().isAwaitedResponse(id)) {
            ike.logger()
                    .log(message.header().exchange() + " message response with Message ID " + id
                            + " has no matching SA");
            return true;
        }
        if (ike.isSuspended()) {
            sayBusy(ike, message);
            return true;
        }
        return false;
    }

    /** The responder computes its keys when the first encrypted request shows that the initiator is no forgery. */
    private void holdUntilKeys(IkeSa ike, Incoming message) {
        if (ike.held().holds(held(message))) {
            message.clear().stream()
                    .filter(SkfPayload.class::isInstance)
                    .map(SkfPayload.class::cast)
                    .forEach(fragment -> ike.logger()
                            .log(
                                    RcCode.LOG_SERIOUS,
                                    "dropping fragment " + fragment.number() + " of " + fragment.total()
                                            + " as repeat"));
            return;
        }
        ike.held().hold(held(message));
        if (ike.isKeyComputationBegun()) {
            return;
        }
        ike.setKeyComputationBegun();
        initRequests.computeKeys(ike, () -> {
            for (HeldMessage held : ike.held().take()) {
                if (sas.isAlive(ike)) {
                    process(held);
                }
            }
        });
    }

    private void countErrors(Incoming message) {
        if (message.role() == MessageRole.RESPONSE) {
            sas.statistics().countErrors("recv", message.notifies().map(NotifyPayload::notifyType));
        }
    }

    private void opened(IkeSa ike, Incoming message) {
        ike.heard(message.role() == MessageRole.RESPONSE, world.clock().nanos());
        transitions.streams().follow(ike, message);
        countErrors(message);
        Optional<Incoming> known = reader.known(ike, message);
        if (known.isEmpty()) {
            return;
        }
        Optional<Row> row = rows.find(ike, known.get());
        if (row.isPresent()) {
            transitions.run(ike, known.get(), row.get());
        } else {
            transitions.failures().authenticButBad(ike, message, NotifyPayload.of(NotifyType.INVALID_SYNTAX));
        }
    }
}
