// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jswan.base.AddressFamily;
import org.jswan.base.Bytes;
import org.jswan.base.Endpoint;
import org.jswan.connection.ConnectionConfig;
import org.jswan.impair.Impairment;
import org.jswan.log.Logger;
import org.jswan.log.RcCode;
import org.jswan.net.IkeSocket;
import org.jswan.net.Transport;
import org.jswan.sa.IkeRole;
import org.jswan.sa.IkeSa;
import org.jswan.sa.Retransmission;
import org.jswan.sa.Sa;
import org.jswan.sa.SaDatabase;
import org.jswan.sa.State;
import org.jswan.sa.V2State;
import org.jswan.time.Durations;
import org.jswan.wire.ExchangeType;
import org.jswan.wire.IkeHeader;
import org.jswan.wire.IkeSpi;
import org.jswan.wire.Payload;
import org.jswan.wire.PayloadChain;
import org.jswan.wire.WireException;
import org.jswan.wire.sk.EncryptedMessage;
import org.jswan.wire.v2.Message;
import org.jswan.wire.v2.NotifyPayload;
import org.jswan.world.World;

/** Puts messages on the wire: encodes, encrypts, cuts into fragments, sends, and sends again. */
public final class Transmitter {
    /** Octets in front of an IKE message on port 4500 (RFC 3948 §2.2). */
    private static final int NON_ESP_MARKER = 4;

    private static final Duration TWICE = Duration.ofMillis(500);

    private final World world;
    private final SaDatabase sas;
    private final MessageImpairments impaired;
    private final LogLimiter strangers;
    private Consumer<IkeSa> onSilence = ike -> {};
    private Consumer<IkeSa> onImpairedRepetition = ike -> {};

    public Transmitter(World world, SaDatabase sas) {
        this.world = world;
        this.sas = sas;
        this.impaired = new MessageImpairments(world.impair());
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
    void sendRequest(IkeSa ike, ExchangeType exchange, List<? extends Payload> payloads, State from) {
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
    void sendResponse(IkeSa ike, Incoming message, List<? extends Payload> payloads, State from) {
        IkeHeader request = message.header();
        IkeHeader header = header(ike, request.exchange(), true, request.messageId());
        List<Bytes> datagrams = datagrams(ike, header, payloads);
        if (payloads.size() == 1 && payloads.get(0) instanceof NotifyPayload refusal) {
            sas.statistics().countErrors("sent", Stream.of(refusal.notifyType()));
        }
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
            List<Payload> payloads = impaired.clear(logger, header, List.of(notify));
            logger.debug(() -> MessageTrace.emitted(impaired.header(header), payloads));
            Bytes octets = Message.of(impaired.header(header), payloads).octets();
            if (!impaired.isLost(logger, octets)) {
                socket.send(peer, octets);
                sas.statistics().add("ike.traffic.out", octets.length());
                sas.statistics().countErrors("sent", Stream.of(notify.notifyType()));
            }
        } catch (IOException refused) {
            world.logger().debug("reply to " + peer + " failed: " + refused.getMessage());
        }
    }

    private IkeHeader header(IkeSa ike, ExchangeType exchange, boolean response, long messageId) {
        int flags = (response ? IkeHeader.FLAG_RESPONSE : 0)
                | (ike.role() == IkeRole.INITIATOR ? IkeHeader.FLAG_INITIATOR : 0);
        // RFC 7296 §3.1: the responder's SPI is zero in the first message, repeated ones included.
        IkeSpi responder = exchange.equals(ExchangeType.IKE_SA_INIT) && !response ? IkeSpi.ZERO : ike.responderSpi();
        return impaired.header(IkeHeader.v2(ike.initiatorSpi(), responder, exchange, flags, messageId));
    }

    private List<Bytes> datagrams(IkeSa ike, IkeHeader header, List<? extends Payload> asked) {
        if (header.exchange().equals(ExchangeType.IKE_SA_INIT)) {
            List<Payload> whole = impaired.clear(ike.logger(), header, asked);
            ike.logger().debug(() -> MessageTrace.emitted(header, whole));
            return List.of(Message.of(header, whole).octets());
        }
        List<Payload> clear = impaired.clear(ike.logger(), header, List.of());
        List<Payload> payloads = impaired.encrypted(ike.logger(), header, asked);
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
            return List.of(
                    EncryptedMessage.seal(header, clear, payloads, impaired.flags(), ike.outbound(), world.random()));
        }
        try {
            List<Bytes> fragments = EncryptedMessage.sealFragments(
                    header, payloads, impaired.flags(), ike.outbound(), world.random(), limit);
            impaired.sayFlagged(ike.logger(), fragments.size());
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

    private void send(IkeSa ike, IkeSocket socket, Endpoint remote, List<Bytes> datagrams, String purpose) {
        for (Bytes datagram : datagrams) {
            int marker = socket.encapsulates() ? NON_ESP_MARKER : 0;
            ike.logger()
                    .debug(() ->
                            ExchangeTrace.sending(ike.serial(), socket, remote, datagram.length() + marker, purpose));
            if (sendOnce(ike, socket, remote, datagram, purpose)
                    && world.impair().on(Impairment.JACOB_TWO_TWO)) {
                ike.logger()
                        .log("IMPAIR: JACOB 2-2: resending " + (datagram.length() + marker) + " bytes for " + purpose
                                + " through " + socket.interfaceAddress().interfaceName() + " from " + socket.local()
                                + " to " + remote + ":");
                // As libreswan, half a second later; but nothing else waits meanwhile, save who watches the SA.
                Logger watching = ike.logger().fork();
                world.timers().after(TWICE, "JACOB 2-2", () -> {
                    sendOnce(ike, socket, remote, datagram, purpose);
                    watching.detachAll();
                });
            }
        }
    }

    private boolean sendOnce(IkeSa ike, IkeSocket socket, Endpoint remote, Bytes datagram, String purpose) {
        if (impaired.isLost(ike.logger(), datagram)) {
            return true;
        }
        sas.statistics().add("ike.traffic.out", datagram.length() + (socket.encapsulates() ? NON_ESP_MARKER : 0));
        try {
            socket.send(remote, datagram);
            return true;
        } catch (IOException refused) {
            ike.logger()
                    .error("send on " + socket.interfaceAddress().interfaceName() + " from " + socket.local() + " to "
                            + remote + " using " + socket.transport() + " failed in " + purpose + ": "
                            + refused.getMessage());
            return false;
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
