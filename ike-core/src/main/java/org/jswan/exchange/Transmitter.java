// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jswan.base.AddressFamily;
import org.jswan.base.Bytes;
import org.jswan.base.Endpoint;
import org.jswan.connection.ConnectionConfig;
import org.jswan.impair.Impairment;
import org.jswan.impair.Impairments;
import org.jswan.log.Logger;
import org.jswan.log.RcCode;
import org.jswan.net.IkeSocket;
import org.jswan.net.Transport;
import org.jswan.sa.IkeRole;
import org.jswan.sa.IkeSa;
import org.jswan.sa.Retransmission;
import org.jswan.sa.Sa;
import org.jswan.sa.SaDatabase;
import org.jswan.sa.V2State;
import org.jswan.time.Durations;
import org.jswan.wire.ExchangeType;
import org.jswan.wire.IkeHeader;
import org.jswan.wire.IkeSpi;
import org.jswan.wire.IkeVersion;
import org.jswan.wire.Payload;
import org.jswan.wire.PayloadChain;
import org.jswan.wire.PayloadType;
import org.jswan.wire.UnknownPayload;
import org.jswan.wire.WireException;
import org.jswan.wire.sk.EncryptedMessage;
import org.jswan.wire.v2.Message;
import org.jswan.wire.v2.NotifyPayload;
import org.jswan.world.World;

/** Puts messages on the wire: encodes, encrypts, cuts into fragments, sends, and sends again. */
public final class Transmitter {
    /** Octets in front of an IKE message on port 4500 (RFC 3948 §2.2). */
    private static final int NON_ESP_MARKER = 4;

    /** A payload type that nobody knows. */
    private static final PayloadType UNKNOWN = PayloadType.of(255);

    private final World world;
    private final SaDatabase sas;
    private final LogLimiter strangers;
    private Consumer<IkeSa> onSilence = ike -> {};
    private Consumer<IkeSa> onImpairedRepetition = ike -> {};

    public Transmitter(World world, SaDatabase sas) {
        this.world = world;
        this.sas = sas;
        this.strangers = new LogLimiter(world.logger(), world.clock());
    }

    /** Who is told that a peer answers no more. */
    public void onSilence(Consumer<IkeSa> action) {
        onSilence = action;
    }

    /** Who ends an IKE SA because it would have to repeat a request and that is impaired. */
    public void onImpairedRepetition(Consumer<IkeSa> action) {
        onImpairedRepetition = action;
    }

    /** Sends a request of ours and repeats it until {@link #stopRepeating}. */
    public void sendRequest(IkeSa ike, ExchangeType exchange, List<? extends Payload> payloads) {
        sendRequest(ike, exchange, payloads, ike.state());
    }

    /** @param from the state whose end the request is */
    void sendRequest(IkeSa ike, ExchangeType exchange, List<? extends Payload> payloads, V2State from) {
        IkeHeader header = header(ike, exchange, false, ike.window().nextRequestId());
        List<Bytes> datagrams = datagrams(ike, header, payloads);
        if (exchange.equals(ExchangeType.IKE_SA_INIT)) {
            ike.negotiation().setLocalMessage(datagrams.get(0));
        }
        ike.window().requestSent(datagrams);
        send(ike, datagrams, from.fullName());
        traceWindow(ike, "updating initiator sent message request", header);
        ConnectionConfig.Retransmission timing = ike.connection().config().retransmission();
        Duration first = world.impair().on(Impairment.SUPPRESS_RETRANSMITS) ? timing.timeout() : timing.interval();
        ike.setRetransmission(
                new Retransmission(first, timing.timeout(), world.clock().nanos()));
        armRepetition(ike, first);
    }

    /** Sends a request that ends the SA: no answer is awaited. */
    public void sendLastRequest(IkeSa ike, ExchangeType exchange, List<? extends Payload> payloads) {
        IkeHeader header = header(ike, exchange, false, ike.window().nextRequestId());
        List<Bytes> datagrams = datagrams(ike, header, payloads);
        ike.window().requestSentWithoutResponse();
        send(ike, datagrams, "delete notification");
        traceWindow(ike, "updating initiator sent message request", header);
    }

    /** Sends the answer to the request at hand and keeps it for the case that the request comes again. */
    public void sendResponse(IkeSa ike, Incoming message, List<? extends Payload> payloads) {
        sendResponse(ike, message, payloads, ike.state());
    }

    /** @param from the state whose end the answer is */
    void sendResponse(IkeSa ike, Incoming message, List<? extends Payload> payloads, V2State from) {
        IkeHeader request = message.header();
        IkeHeader header = header(ike, request.exchange(), true, request.messageId());
        List<Bytes> datagrams = datagrams(ike, header, payloads);
        if (request.exchange().equals(ExchangeType.IKE_SA_INIT)) {
            ike.negotiation().setLocalMessage(datagrams.get(0));
        }
        ike.window().requestAnswered(datagrams);
        traceWindow(ike, "updating responder received message request", request);
        answer(ike, message, datagrams, from.fullName());
        traceWindow(ike, "updating responder sent message response", request);
    }

    /** Sends the unanswered request again. */
    void repeatRequest(IkeSa ike) {
        send(ike, ike.window().outstandingRequest(), "TCP");
    }

    /** Sends the last answer again. */
    public void repeatResponse(IkeSa ike, Incoming request) {
        answer(ike, request, ike.window().lastResponse(), "ikev2-responder-retransmit");
    }

    /** A peer that moves, or tries whether it could, is answered where it asks from (RFC 4555 §3.5). */
    private void answer(IkeSa ike, Incoming request, List<Bytes> datagrams, String purpose) {
        if (ike.mobility().isPresent()) {
            send(ike, request.socket(), request.sender(), datagrams, purpose);
        } else {
            send(ike, datagrams, purpose);
        }
    }

    /** The response that was awaited is processed. */
    void answered(IkeSa ike, IkeHeader response) {
        stopRepeating(ike);
        ike.window().responseProcessed();
        traceWindow(ike, "updating initiator received message response", response);
    }

    private static void traceWindow(IkeSa ike, String event, IkeHeader header) {
        ike.logger().debug(() -> ExchangeTrace.window(ike, event, header.messageId()));
    }

    /** The request was answered, or its SA is to end. */
    public void stopRepeating(IkeSa ike) {
        ike.clearRetransmission();
    }

    /** Answers a message that belongs to no SA with one notify in clear. */
    public void sendStateless(IkeSocket socket, Endpoint peer, IkeHeader request, NotifyPayload notify) {
        strangers.log(
                socket,
                peer,
                "responding to " + request.exchange().shortName() + " ("
                        + request.exchange().number() + ") message (Message ID " + request.messageId()
                        + ") with unencrypted notification "
                        + notify.notifyType().shortName());
        IkeHeader header = IkeHeader.v2(
                request.initiatorSpi(),
                request.responderSpi(),
                request.exchange(),
                IkeHeader.FLAG_RESPONSE | (request.fromInitiator() ? 0 : IkeHeader.FLAG_INITIATOR),
                request.messageId());
        try {
            Logger logger = new Logger(world.log(), Incoming.prefix(socket, peer));
            List<Payload> payloads =
                    impaired(logger, header, List.of(notify), Impairment.ADD_UNKNOWN_V2_PAYLOAD_TO, "");
            logger.debug(() -> MessageTrace.emitted(impaired(header), payloads));
            socket.send(peer, Message.of(impaired(header), payloads).octets());
        } catch (IOException refused) {
            world.logger().debug("reply to " + peer + " failed: " + refused.getMessage());
        }
    }

    private IkeHeader header(IkeSa ike, ExchangeType exchange, boolean response, long messageId) {
        int flags = (response ? IkeHeader.FLAG_RESPONSE : 0)
                | (ike.role() == IkeRole.INITIATOR ? IkeHeader.FLAG_INITIATOR : 0);
        // RFC 7296 §3.1: the responder's SPI is zero in the first message, repeated ones included.
        IkeSpi responder = exchange.equals(ExchangeType.IKE_SA_INIT) && !response ? IkeSpi.ZERO : ike.responderSpi();
        return impaired(IkeHeader.v2(ike.initiatorSpi(), responder, exchange, flags, messageId));
    }

    private IkeHeader impaired(IkeHeader header) {
        Impairments impair = world.impair();
        IkeVersion version = new IkeVersion(
                header.version().major() + (impair.on(Impairment.MAJOR_VERSION_BUMP) ? 1 : 0),
                header.version().minor() + (impair.on(Impairment.MINOR_VERSION_BUMP) ? 1 : 0));
        int bogus = impair.on(Impairment.SEND_BOGUS_ISAKMP_FLAG) ? IkeHeader.FLAG_RESERVED : 0;
        return header.with(version, header.flags() | bogus);
    }

    /** The payloads with one of unknown type in front of them, if that is impaired. */
    private List<Payload> impaired(
            Logger logger, IkeHeader header, List<? extends Payload> payloads, Impairment impairment, String where) {
        if (!world.impair().on(impairment, header.exchange().shortName())) {
            return List.copyOf(payloads);
        }
        boolean critical = world.impair().on(Impairment.UNKNOWN_V2_PAYLOAD_CRITICAL);
        logger.log("IMPAIR: adding an unknown" + (critical ? " critical" : "") + " payload of type " + UNKNOWN.number()
                + " to " + header.exchange().shortName() + " " + where + "request");
        if (critical) {
            logger.log("IMPAIR: setting (should be off) critical payload bit");
        }
        List<Payload> more = new ArrayList<>(List.of(new UnknownPayload(UNKNOWN, critical, Bytes.EMPTY)));
        more.addAll(payloads);
        return more;
    }

    private List<Bytes> datagrams(IkeSa ike, IkeHeader header, List<? extends Payload> asked) {
        if (header.exchange().equals(ExchangeType.IKE_SA_INIT)) {
            List<Payload> whole = impaired(ike.logger(), header, asked, Impairment.ADD_UNKNOWN_V2_PAYLOAD_TO, "");
            ike.logger().debug(() -> MessageTrace.emitted(header, whole));
            return List.of(Message.of(header, whole).octets());
        }
        List<Payload> clear = impaired(ike.logger(), header, List.of(), Impairment.ADD_UNKNOWN_V2_PAYLOAD_TO, "");
        List<Payload> payloads = impaired(ike.logger(), header, asked, Impairment.ADD_UNKNOWN_V2_PAYLOAD_TO_SK, "SK ");
        List<Payload> all = new ArrayList<>(clear);
        all.addAll(payloads);
        if (header.exchange().equals(ExchangeType.IKE_INTERMEDIATE)) {
            ike.negotiation()
                    .intermediate()
                    .add(ike.keys(), header, clear, PayloadChain.first(payloads), PayloadChain.encode(payloads));
        }
        ike.logger().debug(() -> MessageTrace.emitted(header, all));
        int limit = fragmentSize(ike);
        int whole = EncryptedMessage.sealedLength(payloads, ike.outbound());
        if (!ike.isFragmentationAllowed() || whole < limit) {
            return List.of(EncryptedMessage.seal(header, clear, payloads, ike.outbound(), world.random()));
        }
        try {
            List<Bytes> fragments =
                    EncryptedMessage.sealFragments(header, payloads, ike.outbound(), world.random(), limit);
            ike.logger().debug(() -> IntStream.rangeClosed(1, fragments.size())
                    .boxed()
                    .flatMap(number -> MessageTrace.fragment(number, fragments.size()).stream())
                    .toList());
            return fragments;
        } catch (WireException tooMany) {
            // Nothing of ours is that long; if it is, one large datagram has a better chance than none.
            ike.logger().log(RcCode.LOG_SERIOUS, tooMany.getMessage());
            return List.of(EncryptedMessage.seal(header, payloads, ike.outbound(), world.random()));
        }
    }

    private static int fragmentSize(IkeSa ike) {
        int size = ike.remote().address().family() == AddressFamily.IPV4
                ? EncryptedMessage.FRAGMENT_SIZE_IPV4
                : EncryptedMessage.FRAGMENT_SIZE_IPV6;
        return ike.socket().encapsulates() ? size - NON_ESP_MARKER : size;
    }

    private void send(IkeSa ike, List<Bytes> datagrams, String purpose) {
        send(ike, ike.socket(), ike.remote(), datagrams, purpose);
    }

    private static void send(IkeSa ike, IkeSocket socket, Endpoint remote, List<Bytes> datagrams, String purpose) {
        for (Bytes datagram : datagrams) {
            int marker = socket.encapsulates() ? NON_ESP_MARKER : 0;
            ike.logger()
                    .debug(() ->
                            ExchangeTrace.sending(ike.serial(), socket, remote, datagram.length() + marker, purpose));
            try {
                socket.send(remote, datagram);
            } catch (IOException refused) {
                ike.logger()
                        .error("send on " + socket.interfaceAddress().interfaceName() + " from " + socket.local()
                                + " to " + remote + " using " + socket.transport() + " failed in " + purpose + ": "
                                + refused.getMessage());
            }
        }
    }

    private void armRepetition(IkeSa ike, Duration delay) {
        ike.arm(Sa.Event.RETRANSMIT, world.timers().after(delay, Sa.Event.RETRANSMIT.text(), () -> repeat(ike)));
    }

    private void repeat(IkeSa ike) {
        if (!sas.isAlive(ike) || ike.retransmission().isEmpty()) {
            return;
        }
        ike.logger().debug(() -> ExchangeTrace.repeating(ike));
        if (world.impair().on(Impairment.TIMEOUT_ON_RETRANSMIT)) {
            ike.logger().log("IMPAIR: retransmit so timing out SA (may retry)");
            onSilence.accept(ike);
            return;
        }
        if (world.impair().on(Impairment.DELETE_ON_RETRANSMIT)) {
            ike.logger().log("IMPAIR: retransmit so deleting SA");
            onImpairedRepetition.accept(ike);
            return;
        }
        Retransmission retransmission = ike.retransmission().get();
        if (ike.socket().transport() == Transport.TCP && !hasTimedOut(retransmission)) {
            // TCP repeats what is lost; the time after which a silent peer is given up stays.
            ike.logger().debug("retransmits: TCP: retransmit skipped because TCP is handling retransmits");
            armRepetition(
                    ike,
                    retransmission
                            .timeout()
                            .minus(retransmission.waited(world.clock().nanos())));
            return;
        }
        Optional<Duration> next = retransmission.next(world.clock().nanos());
        if (next.isEmpty()) {
            ike.logger().log(RcCode.NORETRANSMISSION, silence(ike, retransmission));
            onSilence.accept(ike);
            return;
        }
        armRepetition(ike, next.get());
        ike.logger()
                .log(
                        RcCode.RETRANSMISSION,
                        ike.state().fullName() + ": retransmission; will wait " + Durations.seconds(next.get())
                                + " seconds for response");
        send(ike, ike.window().outstandingRequest(), "EVENT_RETRANSMIT");
    }

    private boolean hasTimedOut(Retransmission retransmission) {
        return retransmission.waited(world.clock().nanos()).compareTo(retransmission.timeout()) >= 0;
    }

    private String silence(IkeSa ike, Retransmission retransmission) {
        String how = retransmission.isCountExceeded()
                ? "max number of retransmissions (" + retransmission.count() + ") reached after "
                        + Durations.seconds(retransmission.waited(world.clock().nanos())) + " seconds"
                : Durations.seconds(retransmission.timeout()) + " second timeout exceeded after "
                        + retransmission.count() + " retransmits";
        String hint;
        if (ike.state() == V2State.PARENT_I2) {
            hint = "Possible authentication failure: no acceptable response to our first encrypted message";
        } else if (ike.state() == V2State.PARENT_I1) {
            hint = "No response (or no acceptable response) to our first IKEv2 message";
        } else {
            hint = "No response (or no acceptable response) to our IKEv2 message";
        }
        return ike.state().fullName() + ": " + how + ".  " + hint;
    }
}
