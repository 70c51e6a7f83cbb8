// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jswan.base.AddressFamily;
import org.jswan.base.Bytes;
import org.jswan.base.Endpoint;
import org.jswan.log.Logger;
import org.jswan.log.RcCode;
import org.jswan.net.IkeSocket;
import org.jswan.sa.IkeRole;
import org.jswan.sa.IkeSa;
import org.jswan.sa.SaDatabase;
import org.jswan.sa.State;
import org.jswan.sa.V2State;
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

    private final World world;
    private final SaDatabase sas;
    private final MessageImpairments impaired;
    private final LogLimiter strangers;
    private final DatagramSender sender;
    private final Repetition<IkeSa> repetition;

    public Transmitter(World world, SaDatabase sas) {
        this.world = world;
        this.sas = sas;
        this.impaired = new MessageImpairments(world.impair());
        this.strangers = new LogLimiter(world.log(), world.clock());
        this.sender = new DatagramSender(world, sas.statistics());
        this.repetition = new Repetition<>(world, sas, new Requests());
    }

    /** Who is told that a peer answers no more. */
    public void onSilence(Consumer<IkeSa> action) {
        repetition.onSilence(action);
    }

    /** Who ends an IKE SA because it would have to repeat a request and that is impaired. */
    public void onImpairedRepetition(Consumer<IkeSa> action) {
        repetition.onImpaired(action);
    }

    /** Sends a request of ours and repeats it until it is answered, or the SA ends. */
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
        repetition.start(ike);
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
            sender.send(ike, request.socket(), request.sender(), datagrams, purpose);
        } else {
            send(ike, datagrams, purpose);
        }
    }

    /** The response that was awaited is processed. */
    void answered(IkeSa ike, IkeHeader response) {
        ike.stopRepeating();
        ike.window().responseProcessed();
        traceWindow(ike, "updating initiator received message response", response);
    }

    private static void traceWindow(IkeSa ike, String event, IkeHeader header) {
        ike.logger().debug(() -> ExchangeTrace.window(ike, event, header.messageId()));
    }

    /** Answers a message that belongs to no SA with one notify in clear. */
    public void sendStateless(IkeSocket socket, Endpoint peer, IkeHeader request, NotifyPayload notify) {
        strangers.log(
                socket,
                peer,
                "responding to " + nameInVersion2(request.exchange()) + " ("
                        + request.exchange().number() + ") message (Message ID " + request.messageId()
                        + ") with unencrypted notification "
                        + notify.notifyType().shortName());
        IkeHeader header = IkeHeader.v2(
                request.initiatorSpi(),
                request.responderSpi(),
                request.exchange(),
                IkeHeader.FLAG_RESPONSE | (request.fromInitiator() ? 0 : IkeHeader.FLAG_INITIATOR),
                request.messageId());
        Logger logger = new Logger(world.log(), Incoming.prefix(socket, peer));
        List<Payload> payloads = impaired.clear(logger, header, List.of(notify));
        logger.debug(() -> MessageTrace.emitted(impaired.header(header), payloads));
        Bytes octets = Message.of(impaired.header(header), payloads).octets();
        if (sender.answer(logger, socket, peer, octets, "v2 notify")) {
            sas.statistics().countErrors("sent", Stream.of(notify.notifyType()));
        }
    }

    private static String nameInVersion2(ExchangeType exchange) {
        boolean named = exchange.isKnown() && exchange.number() >= ExchangeType.IKE_SA_INIT.number();
        return named ? exchange.shortName() : "UNKNOWN";
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
        sender.send(ike, datagrams, purpose);
    }

    /** Requests without an answer. */
    private final class Requests implements Repetition.Messages<IkeSa> {
        @Override
        public void repeat(IkeSa ike) {
            send(ike, ike.window().outstandingRequest(), "EVENT_RETRANSMIT");
        }

        @Override
        public String hint(IkeSa ike) {
            if (ike.state() == V2State.PARENT_I2) {
                return ".  Possible authentication failure: no acceptable response to our first encrypted message";
            }
            return ".  No response (or no acceptable response) to our "
                    + (ike.state() == V2State.PARENT_I1 ? "first " : "") + "IKEv2 message";
        }

        @Override
        public List<String> trace(IkeSa ike) {
            return ExchangeTrace.repeating(ike);
        }
    }
}
