// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jswan.base.Bytes;
import org.jswan.base.Endpoint;
import org.jswan.connection.Ikev1Policy;
import org.jswan.exchange.Verdict.Advance;
import org.jswan.exchange.Verdict.Outgoing;
import org.jswan.impair.Impairment;
import org.jswan.log.Logger;
import org.jswan.log.RcCode;
import org.jswan.net.IkeSocket;
import org.jswan.sa.IkeRole;
import org.jswan.sa.IkeSa;
import org.jswan.sa.MessageWindow;
import org.jswan.sa.Negotiation.Held;
import org.jswan.sa.Sa;
import org.jswan.sa.SaDatabase;
import org.jswan.sa.V2State;
import org.jswan.wire.ExchangeType;
import org.jswan.wire.IkeHeader;
import org.jswan.wire.NotifyType;
import org.jswan.wire.Payload;
import org.jswan.wire.PayloadType;
import org.jswan.wire.UnknownPayload;
import org.jswan.wire.WireException;
import org.jswan.wire.sk.AuthenticButBad;
import org.jswan.wire.sk.Decoded;
import org.jswan.wire.sk.DecodedMessage;
import org.jswan.wire.sk.EncryptedMessage;
import org.jswan.wire.sk.NotAuthentic;
import org.jswan.wire.v2.Message;
import org.jswan.wire.v2.NotifyPayload;
import org.jswan.wire.v2.SkfPayload;
import org.jswan.world.World;

/**
 * From a datagram to the handler of its transition, and from the handler's verdict to what follows. Here alone states
 * are set, messages answered, and SAs that failed ended. What is not authentic changes nothing (RFC 7296 §2.21).
 */
public final class Dispatcher {
    private final World world;
    private final SaDatabase sas;
    private final Transmitter transmitter;
    private final Lifecycle lifecycle;
    private final RowTable rows;
    private final InitRequests initRequests;
    private final LogLimiter strangers;
    private final Ikev1Packets version1;
    private Consumer<IkeSa> onEstablished = ike -> {};

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

        /** The IKE SA begins IKE_SA_INIT anew. */
        Verdict begin(IkeSa ike);

        /** Our IKE_SA_INIT request as it is now. */
        List<Payload> requestPayloads(IkeSa ike);

        /** An encrypted request came before the keys are known: computes them, then calls {@code ready}. */
        void computeKeys(IkeSa ike, Runnable ready);
    }

    public Dispatcher(
            World world,
            SaDatabase sas,
            Transmitter transmitter,
            Lifecycle lifecycle,
            List<Row> rows,
            InitRequests initRequests,
            Ikev1Policy version1) {
        this.world = world;
        this.sas = sas;
        this.transmitter = transmitter;
        this.lifecycle = lifecycle;
        this.rows = new RowTable(rows);
        this.initRequests = initRequests;
        this.strangers = new LogLimiter(world.logger(), world.clock());
        this.version1 = new Ikev1Packets(version1, strangers, world.logger());
    }

    /** Who is told that an IKE SA is established. */
    public void onEstablished(Consumer<IkeSa> action) {
        onEstablished = action;
    }

    /** A datagram came in. Nothing that it holds makes this throw. */
    public void datagram(IkeSocket socket, Endpoint sender, Bytes datagram) {
        world.logger().debug(() -> MessageTrace.received(datagram));
        if (!world.impair().on(Impairment.REPLAY_DUPLICATES)) {
            process(socket, sender, datagram);
            return;
        }
        for (String which : List.of("original packet", "duplicate packet")) {
            world.logger().log("IMPAIR: start processing " + which + " (" + datagram.length() + " bytes)");
            process(socket, sender, datagram);
            world.logger().log("IMPAIR: stop processing " + which);
        }
    }

    private void process(IkeSocket socket, Endpoint sender, Bytes datagram) {
        IkeHeader header;
        try {
            header = IkeHeader.decode(datagram);
        } catch (WireException malformed) {
            strangers.log(sender, "dropping packet with mangled IKE header: " + malformed.getMessage());
            return;
        }
        Bytes octets = datagram.first((int) header.length());
        Incoming message = new Incoming(socket, sender, header, octets, List.of(), Optional.empty());
        int major = header.version().major();
        if (major == 2) {
            version2(message);
        } else if (major == 1) {
            version1.packet(message);
        } else if (major == 0) {
            strangers.log(sender, "ignoring packet with IKE major version '0'");
        } else {
            strangers.log(sender, "message contains unsupported IKE major version '" + major + "'");
            if (!header.isResponse()) {
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
            strangers.log(message.sender(), what + " has no corresponding IKE SA; message dropped");
        } else if (!found.get().state().isSecured()) {
            strangers.log(
                    message.sender(),
                    "IKE SA " + found.get().serial() + " for " + what + " has not been secured; message dropped");
        } else {
            secured(found.get(), message);
        }
    }

    private void initRequest(Incoming bare) {
        IkeHeader header = bare.header();
        if (header.messageId() != 0) {
            strangers.log(bare.sender(), "dropping IKE_SA_INIT message with non-zero message ID; dropping packet");
            return;
        }
        if (!header.fromInitiator()) {
            strangers.log(
                    bare.sender(), "IKE_SA_INIT request does not have I (IKE Initiator) flag set; dropping packet");
            return;
        }
        if (!header.responderSpi().isZero()) {
            strangers.log(bare.sender(), "IKE_SA_INIT request has non-zero IKE SA Responder SPI; dropping packet");
            return;
        }
        Optional<IkeSa> known =
                sas.responderFor(header.initiatorSpi(), bare.sender().address());
        if (known.isPresent()) {
            repeatedInitRequest(known.get(), bare);
            return;
        }
        Optional<Incoming> read = readClear(bare, packetLogger(bare), notify -> initRequests.refuse(bare, notify));
        if (read.isEmpty()) {
            return;
        }
        Incoming message = read.get();
        Optional<Row> row = rows.find(V2State.PARENT_R0, message, packetLogger(bare));
        if (row.isEmpty()) {
            initRequests.refuse(message, NotifyPayload.of(NotifyType.INVALID_SYNTAX));
            return;
        }
        initRequests.accept(message).ifPresent(ike -> run(ike, message, row.get()));
    }

    private Logger packetLogger(Incoming message) {
        return new Logger(world.log(), LogLimiter.prefix(message.sender()));
    }

    private void repeatedInitRequest(IkeSa ike, Incoming message) {
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
            strangers.log(bare.sender(), "IKE_SA_INIT response has I (IKE Initiator) flag set; dropping packet");
            return;
        }
        Optional<IkeSa> found = sas.ikeByLocalSpi(header.initiatorSpi()).filter(ike -> ike.role() == IkeRole.INITIATOR);
        if (found.isEmpty()) {
            strangers.log(bare.sender(), "dropping IKE_SA_INIT response no matching IKE ISA");
            return;
        }
        IkeSa ike = found.get();
        if (ike.state() != V2State.PARENT_I1 || !ike.window().isAwaitedResponse(header.messageId())) {
            strangers.log(
                    bare.sender(), "dropping IKE_SA_INIT response as unexpected for matching IKE SA " + ike.serial());
            return;
        }
        if (ike.isSuspended()) {
            sayBusy(ike, bare);
            return;
        }
        readClear(bare, ike.logger(), notify -> {}).ifPresent(message -> rows.find(ike.state(), message, ike.logger())
                .ifPresent(row -> run(ike, message, row)));
    }

    private void sayBusy(IkeSa ike, Incoming message) {
        if (ike.holdWhileSuspended(new Held(message.socket(), message.sender(), message.octets()))) {
            return;
        }
        ike.logger()
                .log("discarding packet received during asynchronous work (DNS or crypto) in "
                        + ike.state().fullName());
    }

    /** What to do with a notify that answers an unreadable message. */
    private interface Refusal {
        void with(NotifyPayload notify);
    }

    /** Reads the payloads that are not encrypted. */
    private static Optional<Incoming> readClear(Incoming bare, Logger logger, Refusal refusal) {
        List<Payload> payloads;
        try {
            payloads = Message.decode(bare.header(), bare.octets()).payloads();
        } catch (WireException malformed) {
            logger.log(RcCode.LOG_SERIOUS, "malformed payload in packet: " + malformed.getMessage());
            refusal.with(NotifyPayload.of(NotifyType.INVALID_SYNTAX));
            return Optional.empty();
        }
        Optional<NotifyPayload> critical = unknownCritical(payloads, bare.role(), logger);
        if (critical.isPresent()) {
            refusal.with(critical.get());
            return Optional.empty();
        }
        return Optional.of(new Incoming(
                bare.socket(), bare.sender(), bare.header(), bare.octets(), known(payloads), Optional.empty()));
    }

    /** RFC 7296 §2.5: a critical payload that we don't know makes us refuse the message, naming its type. */
    private static Optional<NotifyPayload> unknownCritical(List<Payload> payloads, MessageRole role, Logger logger) {
        for (Payload payload : payloads) {
            if (payload instanceof UnknownPayload unknown) {
                if (unknown.critical()) {
                    logger.log(
                            RcCode.LOG_SERIOUS,
                            "message " + role + " contained an unknown critical payload type (" + unknown.type() + ")");
                    return Optional.of(NotifyPayload.of(
                            NotifyType.UNSUPPORTED_CRITICAL_PAYLOAD,
                            Bytes.of(unknown.type().number())));
                }
                logger.log(
                        RcCode.COMMENT,
                        "non-critical payload ignored because it contains an unknown or unexpected payload type ("
                                + unknown.type() + ") at the outermost level");
            }
        }
        return Optional.empty();
    }

    /** RFC 7296 §2.5: what we don't know is skipped, unless it is critical. */
    private static List<Payload> known(List<Payload> payloads) {
        return payloads.stream()
                .filter(payload -> !(payload instanceof UnknownPayload))
                .toList();
    }

    private void secured(IkeSa ike, Incoming bare) {
        boolean duplicate = bare.role() == MessageRole.REQUEST ? isOldRequest(ike, bare) : isOldResponse(ike, bare);
        if (duplicate) {
            return;
        }
        Optional<Incoming> read = readClear(bare, ike.logger(), notify -> {});
        if (read.isEmpty()
                || rows.findByClear(ike.state(), read.get(), ike.logger()).isEmpty()) {
            return;
        }
        Incoming message = read.get();
        if (!ike.hasKeys()) {
            holdUntilKeys(ike, bare);
            return;
        }
        open(ike, message).ifPresent(inner -> opened(ike, message.opened(inner)));
    }

    private boolean isOldRequest(IkeSa ike, Incoming message) {
        long id = message.header().messageId();
        MessageWindow window = ike.window();
        String what = message.header().exchange().shortName() + " request has duplicate Message ID " + id;
        if (window.isLastRequest(id)) {
            if (isFollowingFragment(message)) {
                return true;
            }
            ike.logger().log(what + "; retransmitting response");
            transmitter.repeatResponse(ike, message);
            return true;
        }
        if (id < window.expectedRequestId()) {
            ike.logger()
                    .log(what + " but it is older than last response (" + (window.expectedRequestId() - 1)
                            + "); message dropped");
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
    private void holdUntilKeys(IkeSa ike, Incoming bare) {
        ike.negotiation().hold(new Held(bare.socket(), bare.sender(), bare.octets()));
        if (ike.isKeyComputationBegun()) {
            return;
        }
        ike.setKeyComputationBegun();
        initRequests.computeKeys(ike, () -> {
            for (Held held : ike.negotiation().takeHeld()) {
                if (sas.isAlive(ike)) {
                    process(held.socket(), held.sender(), held.octets());
                }
            }
        });
    }

    /** Decrypts; empty if it is not authentic, or a fragment of a message that is not complete. */
    private Optional<List<Payload>> open(IkeSa ike, Incoming message) {
        Message outer = new Message(message.header(), message.clear(), message.octets());
        Decoded decoded;
        if (message.clear().stream().anyMatch(SkfPayload.class::isInstance)) {
            if (!ike.isFragmentationAllowed()) {
                ike.logger().log(RcCode.LOG_SERIOUS, "ignoring fragment as peer never proposed fragmentation");
                return Optional.empty();
            }
            decoded = ike.reassembler().add(outer, ike.inbound());
        } else {
            decoded = EncryptedMessage.open(outer, ike.inbound());
        }
        if (decoded instanceof DecodedMessage whole) {
            ike.forgetFragments();
            transcribe(ike, whole);
            ike.logger().debug(() -> MessageTrace.parsed(whole.inner()));
            return Optional.of(whole.inner());
        }
        if (decoded instanceof NotAuthentic not) {
            not.cause().ifPresent(ike.logger()::log);
            ike.logger().log(not.fragment() ? RcCode.LOG_SERIOUS : RcCode.LOG, not.problem());
        } else if (decoded instanceof AuthenticButBad bad) {
            ike.forgetFragments();
            ike.logger().log(RcCode.LOG_SERIOUS, "malformed payload in packet: " + bad.problem());
            authenticButBad(ike, message, NotifyPayload.of(NotifyType.INVALID_SYNTAX));
        }
        return Optional.empty();
    }

    /** What IKE_INTERMEDIATE says is signed in IKE_AUTH (RFC 9242 §3.3.2). */
    private static void transcribe(IkeSa ike, DecodedMessage whole) {
        if (whole.outer().header().exchange().equals(ExchangeType.IKE_INTERMEDIATE)) {
            ike.negotiation()
                    .intermediate()
                    .add(ike.keys(), whole.outer().header(), whole.clear(), whole.firstInner(), whole.content());
        }
    }

    private void opened(IkeSa ike, Incoming message) {
        ike.heard(message.role() == MessageRole.RESPONSE, world.clock().nanos());
        Optional<NotifyPayload> critical = unknownCritical(message.payloads(), message.role(), ike.logger());
        if (critical.isPresent()) {
            authenticButBad(ike, message, critical.get());
            return;
        }
        Incoming readable = message.opened(known(message.payloads()));
        Optional<Row> row = rows.find(ike.state(), readable, ike.logger());
        if (row.isPresent()) {
            run(ike, readable, row.get());
        } else {
            authenticButBad(ike, message, NotifyPayload.of(NotifyType.INVALID_SYNTAX));
        }
    }

    /** The peer itself sent what we cannot accept: it is told, and the IKE SA ends (RFC 7296 §2.21.3). */
    private void authenticButBad(IkeSa ike, Incoming message, NotifyPayload notify) {
        fatal(ike);
        if (message.role() == MessageRole.REQUEST) {
            transmitter.sendResponse(ike, message, List.of(notify));
        }
        lifecycle.end(ike, Lifecycle.Notice.NEVER);
    }

    private static void fatal(IkeSa ike) {
        ike.logger()
                .log(
                        RcCode.FATAL,
                        "encountered fatal error in state " + ike.state().fullName());
    }

    /** Begins a negotiation: the first verdict comes from nobody's message. */
    public void begin(IkeSa ike) {
        apply(ike, initRequests.begin(ike), this::sendInit);
    }

    private void sendInit(IkeSa ike) {
        sas.setState(ike, V2State.PARENT_I1);
        ike.disarm(Sa.Event.DISCARD);
        transmitter.sendRequest(ike, ExchangeType.IKE_SA_INIT, initRequests.requestPayloads(ike));
        ike.logger()
                .log(
                        RcCode.NEW_V2_STATE + V2State.PARENT_I1.number(),
                        V2State.PARENT_I1.story() + " to " + ike.remote());
    }

    private void run(IkeSa ike, Incoming message, Row row) {
        ike.logger().debug("selected transition: " + row.story());
        step(ike, message, row, () -> row.handler().handle(ike, message));
    }

    private void step(IkeSa ike, Incoming message, Row row, Verdict.Step step) {
        Verdict verdict;
        try {
            verdict = step.go();
        } catch (ProtocolFailure failure) {
            failed(ike, message, failure);
            return;
        }
        if (verdict instanceof Verdict.Suspend suspend) {
            if (message.isProtected() && message.role() == MessageRole.RESPONSE) {
                // It is authentic: however long the rest takes, the request need not be sent again.
                transmitter.stopRepeating(ike);
            }
            suspend(ike, suspend, next -> step(ike, message, row, next));
        } else if (verdict instanceof Advance advance) {
            advance(ike, message, row, advance.outgoing());
        } else if (verdict instanceof Verdict.Drop drop) {
            ike.logger().debug("message dropped: " + drop.why());
        } else if (verdict instanceof Verdict.End end) {
            end.outgoing().ifPresent(out -> transmitter.sendResponse(ike, message, out.payloads()));
            lifecycle.end(ike, end.tellPeer() ? Lifecycle.Notice.ALWAYS : Lifecycle.Notice.NEVER);
        } else if (verdict instanceof Verdict.Restart) {
            restart(ike);
        }
    }

    /** Applies a verdict that no message caused. */
    private void apply(IkeSa ike, Verdict verdict, Consumer<IkeSa> onAdvance) {
        if (verdict instanceof Verdict.Suspend suspend) {
            suspend(ike, suspend, next -> {
                try {
                    apply(ike, next.go(), onAdvance);
                } catch (ProtocolFailure failure) {
                    ike.logger().log(RcCode.LOG_SERIOUS, failure.getMessage());
                    fatal(ike);
                    lifecycle.end(ike, Lifecycle.Notice.NEVER);
                }
            });
        } else if (verdict instanceof Advance) {
            onAdvance.accept(ike);
        } else {
            throw new IllegalStateException("verdict " + verdict + " without a message");
        }
    }

    /** Lets the handler wait; what it resumes with is dropped if the SA is gone by then. */
    private void suspend(IkeSa ike, Verdict.Suspend suspend, Verdict.Resumption onResume) {
        ike.setSuspended(true);
        ike.setHolding(suspend.holdsMessages());
        suspend.work().start(step -> {
            if (!sas.isAlive(ike)) {
                return;
            }
            if (!ike.isSuspended()) {
                throw new IllegalStateException(ike.serial() + " was resumed twice");
            }
            ike.setSuspended(false);
            List<Held> held = ike.takeHeld();
            onResume.resume(step);
            lifecycle.fulfilWishes(ike);
            for (Held message : held) {
                process(message.socket(), message.sender(), message.octets());
            }
        });
    }

    private void restart(IkeSa ike) {
        transmitter.stopRepeating(ike);
        ike.window().restart();
        sas.setState(ike, V2State.PARENT_I0);
        lifecycle.armDiscard(ike);
        begin(ike);
    }

    private void advance(IkeSa ike, Incoming message, Row row, Optional<Outgoing> outgoing) {
        if (!sas.isAlive(ike)) {
            return;
        }
        boolean wasEstablished = ike.isEstablished();
        if (message.role() == MessageRole.RESPONSE) {
            transmitter.stopRepeating(ike);
            ike.window().responseProcessed();
        }
        sas.setState(ike, row.to());
        switch (row.timer()) {
            case DISCARD -> lifecycle.armDiscard(ike);
            case REPLACE -> lifecycle.armIkeLife(ike);
            case RETRANSMIT -> ike.disarm(Sa.Event.DISCARD);
            case RETAIN -> {}
        }
        outgoing.ifPresent(out -> send(ike, message, out));
        announce(ike, message, row);
        if (!wasEstablished && ike.isEstablished()) {
            onEstablished.accept(ike);
            ike.forgetNegotiation();
            sas.setHeldOctets(ike, 0);
            ike.logger().detachAll();
        }
        lifecycle.fulfilWishes(ike);
    }

    private static void announce(IkeSa ike, Incoming message, Row row) {
        String story = ike.state().story();
        String text =
                switch (row.announcement()) {
                    case NOTHING -> "";
                    case STORY_AND_ALGORITHMS -> story + " " + ike.algorithmsText();
                    case EXCHANGE -> ike.role() + " processed "
                            + message.header().exchange().shortName() + "; " + story;
                };
        if (!text.isEmpty()) {
            ike.logger().log(RcCode.NEW_V2_STATE + ike.state().number(), text);
        }
    }

    private void send(IkeSa ike, Incoming message, Outgoing out) {
        if (out.newExchange().isPresent()) {
            transmitter.sendRequest(ike, out.newExchange().get(), out.payloads());
        } else {
            transmitter.sendResponse(ike, message, out.payloads());
        }
    }

    private void failed(IkeSa ike, Incoming message, ProtocolFailure failure) {
        if (!sas.isAlive(ike)) {
            return;
        }
        if (failure.getMessage() != null && !failure.getMessage().isEmpty()) {
            ike.logger().log(RcCode.LOG_SERIOUS, failure.getMessage());
        }
        if (failure.scope() == ProtocolFailure.Scope.OURS) {
            ike.logger()
                    .log(
                            RcCode.INTERNALERR,
                            "state transition function for " + ike.state().fullName() + " had internal error");
            ike.logger().detachAll();
            lifecycle.end(ike, Lifecycle.Notice.NEVER);
            return;
        }
        boolean request = message.role() == MessageRole.REQUEST;
        if (failure.scope() == ProtocolFailure.Scope.EXCHANGE) {
            if (!request) {
                transmitter.stopRepeating(ike);
                ike.window().responseProcessed();
                lifecycle.fulfilWishes(ike);
            }
            failure.notifyType()
                    .filter(type -> request)
                    .ifPresent(type ->
                            transmitter.sendResponse(ike, message, List.of(NotifyPayload.of(type, failure.data()))));
            return;
        }
        if (failure.scope() == ProtocolFailure.Scope.IKE_SA) {
            fatal(ike);
        }
        if (request && failure.notifyType().isPresent()) {
            transmitter.sendResponse(
                    ike, message, List.of(NotifyPayload.of(failure.notifyType().get(), failure.data())));
        } else if (!request) {
            transmitter.stopRepeating(ike);
            ike.window().responseProcessed();
        }
        lifecycle.end(
                ike,
                failure.scope() == ProtocolFailure.Scope.IKE_SA_AND_TELL
                        ? Lifecycle.Notice.ALWAYS
                        : Lifecycle.Notice.NEVER);
    }
}
