// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v1.engine;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jswan.base.AddressFamily;
import org.jswan.base.Bytes;
import org.jswan.connection.ConnectionConfig;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.crypto.Ikev1Cipher;
import org.jswan.impair.Impairment;
import org.jswan.log.RcCode;
import org.jswan.sa.ChildSa;
import org.jswan.sa.IkeRole;
import org.jswan.sa.IkeSa;
import org.jswan.sa.Retransmission;
import org.jswan.sa.Sa;
import org.jswan.sa.SaDatabase;
import org.jswan.sa.Statistics;
import org.jswan.sa.V1State;
import org.jswan.time.Durations;
import org.jswan.wire.ExchangeType;
import org.jswan.wire.IkeHeader;
import org.jswan.wire.IkeVersion;
import org.jswan.wire.Payload;
import org.jswan.wire.PayloadChain;
import org.jswan.wire.v1.Fragmenter;
import org.jswan.wire.v1.Message;
import org.jswan.wire.v1.PayloadTypes;
import org.jswan.world.World;

/** Puts messages of IKEv1 on the wire: encodes, encrypts, sends, and sends again. */
public final class IsakmpTransmitter {
    /** Octets in front of an IKE message on port 4500 (RFC 3948 §2.2). */
    private static final int NON_ESP_MARKER = 4;

    /** Messages are as long as a multiple of this. */
    private static final int ALIGNMENT = 4;

    private final World world;
    private final SaDatabase sas;
    private Consumer<Sa> onSilence = sa -> {};
    private Consumer<Sa> onImpairedRepetition = sa -> {};

    public IsakmpTransmitter(World world, SaDatabase sas) {
        this.world = world;
        this.sas = sas;
    }

    /** Who is told that a peer does not go on. */
    public void onSilence(Consumer<Sa> action) {
        onSilence = action;
    }

    /** Who ends an SA because it would have to repeat a message and that is impaired. */
    public void onImpairedRepetition(Consumer<Sa> action) {
        onImpairedRepetition = action;
    }

    Statistics statistics() {
        return sas.statistics();
    }

    public static IkeSa isakmp(Sa sa) {
        return sa instanceof ChildSa child ? child.ike() : (IkeSa) sa;
    }

    /**
     * Sends the next message of an SA's exchange and remembers it, to be sent again.
     *
     * @param purpose the state that sends it, or what else makes it go
     */
    public void send(
            Sa sa, ExchangeType exchange, List<? extends Payload> payloads, boolean encrypted, String purpose) {
        sa.v1().setLastSent(encode(sa, exchange, payloads, encrypted));
        if (sa.state() == V1State.MAIN_R2 && world.impair().on(Impairment.SEND_NO_MAIN_R2)) {
            sa.logger().log("IMPAIR: Skipped sending STATE_MAIN_R2 response packet");
            return;
        }
        send(sa, inPieces(sa, false), purpose);
        sa.v1().answeredWhole();
    }

    /** The same, encrypted, for a message that nobody asked for: what was sent before is repeated with it. */
    public void sendToo(Sa sa, ExchangeType exchange, List<? extends Payload> payloads, String purpose) {
        Bytes octets = encode(sa, exchange, payloads, true);
        sa.v1().setSentToo(octets);
        send(sa, List.of(octets), purpose);
    }

    private Bytes encode(Sa sa, ExchangeType exchange, List<? extends Payload> payloads, boolean encrypted) {
        IkeSa ike = isakmp(sa);
        IkeHeader header = impaired(sa, header(ike, exchange, sa.v1().messageId(), encrypted));
        sa.logger().debug(() -> IsakmpTrace.emitted(header, payloads, isAnswer(sa)));
        if (encrypted) {
            Ikev1Cipher.Result sealed = ike.phase1().cipher().encrypt(sa.v1().iv(), Message.encodePayloads(payloads));
            sa.v1().setIv(sealed.nextIv());
            return Message.envelope(header, PayloadChain.first(payloads), sealed.octets());
        }
        return Message.envelope(header, PayloadChain.first(payloads), aligned(sa, Message.encodePayloads(payloads)));
    }

    /** Whether what is sent of proposals is what was chosen of the peer's. */
    private static boolean isAnswer(Sa sa) {
        return (sa instanceof ChildSa child ? child.role() : ((IkeSa) sa).role()) == IkeRole.RESPONDER;
    }

    /** The body of a message in clear, padded as {@code ikepad=} has it; what is encrypted is aligned by its cipher. */
    private static Bytes aligned(Sa sa, Bytes body) {
        int excess = body.length() % ALIGNMENT;
        return excess == 0 || sa.connection().has(ConnectionPolicy.NO_IKEPAD)
                ? body
                : body.plus(Bytes.copyOf(new byte[ALIGNMENT - excess]));
    }

    /** As libreswan: some first messages are spared. */
    private IkeHeader impaired(Sa sa, IkeHeader header) {
        boolean spared = sa.state() == V1State.QUICK_I1 || sa.state() == V1State.AGGR_I1;
        return world.impair().on(Impairment.SEND_BOGUS_ISAKMP_FLAG) && !spared
                ? header.with(header.version(), header.flags() | IkeHeader.FLAG_RESERVED)
                : header;
    }

    /** Sends the last message of an SA's exchange again. */
    void repeat(Sa sa, String purpose) {
        send(sa, inPieces(sa, true), purpose);
        sa.v1().sentToo().ifPresent(octets -> send(sa, List.of(octets), purpose));
    }

    /** The last message, whole or cut as the peer and the connection want it. */
    private static List<Bytes> inPieces(Sa sa, boolean again) {
        IkeSa ike = isakmp(sa);
        Bytes message = sa.v1().lastSent();
        AddressFamily family = ike.remote().address().family();
        boolean marker = ike.socket().encapsulates();
        boolean wanted = again
                        && sa.connection().has(ConnectionPolicy.IKE_FRAG_ALLOW)
                        && ike.phase1().peer().takesFragments()
                || sa.connection().has(ConnectionPolicy.IKE_FRAG_FORCE)
                || sa.v1().isPeerFragmenting()
                || ike.v1().isPeerFragmenting();
        // The first message may be for one who never heard of fragments.
        boolean cut = wanted && sa.state() != V1State.MAIN_I1 && Fragmenter.isLong(message.length(), family, marker);
        if (!cut) {
            return List.of(message);
        }
        List<Bytes> pieces = Fragmenter.cut(message, family, marker);
        for (int i = 1; i <= pieces.size(); i++) {
            sa.logger()
                    .debug("sending IKE fragment id '1', number '" + i + "'" + (i == pieces.size() ? " (last)" : ""));
        }
        return pieces;
    }

    /** What is told in an exchange of its own. */
    enum Information {
        DELETE(HashImpairment.Exchange.DELETE, "send delete"),
        REFUSAL(HashImpairment.Exchange.NOTIFICATION, "send notification"),
        NOTICE(HashImpairment.Exchange.NOTIFICATION, "notification");

        private final HashImpairment.Exchange exchange;
        private final String text;

        Information(HashImpairment.Exchange exchange, String text) {
            this.exchange = exchange;
            this.text = text;
        }
    }

    /**
     * Sends payloads in an exchange of their own that nobody answers, protected by the ISAKMP SA (RFC 2409 §5.7).
     *
     * <pre>
     * HDR*, HASH(1), N/D
     * </pre>
     *
     * @param about the SA that it is about
     */
    void inform(IkeSa ike, Sa about, Information kind, List<? extends Payload> payloads, String purpose) {
        long messageId = newMessageId(ike);
        List<Payload> hashed = new HashImpairment(world.impair(), about.logger(), kind.exchange)
                .inFront(
                        ike.phase1().keys().informationalHash(messageId, Message.encodePayloads(payloads)),
                        kind.text,
                        payloads);
        Bytes iv = ike.phase1().keys().phase2Iv(ike.phase1().lastBlock(), messageId);
        IkeHeader header = header(ike, ExchangeType.INFO, messageId, true);
        ike.logger().debug(() -> IsakmpTrace.emitted(header, hashed, false));
        Bytes octets = Message.envelope(
                header,
                PayloadChain.first(hashed),
                ike.phase1()
                        .cipher()
                        .encrypt(iv, Message.encodePayloads(hashed))
                        .octets());
        send(ike, List.of(octets), purpose);
    }

    /** A message ID that no exchange of that SA has had. */
    public long newMessageId(IkeSa ike) {
        long id;
        do {
            id = world.random().nextLong() & 0xffff_ffffL;
        } while (!ike.phase1().isUnused(id));
        ike.phase1().use(id);
        return id;
    }

    static IkeHeader header(IkeSa ike, ExchangeType exchange, long messageId, boolean encrypted) {
        return new IkeHeader(
                ike.initiatorSpi(),
                ike.responderSpi(),
                PayloadTypes.NONE,
                IkeVersion.V1,
                exchange,
                encrypted ? IkeHeader.FLAG_V1_ENCRYPTION : 0,
                messageId,
                IkeHeader.LENGTH);
    }

    /** The same in clear, where keys are not there or may not be the peer's. */
    void informInClear(IkeSa ike, Payload payload, String purpose) {
        // As libreswan: with an ID of its own as if it were encrypted.
        long messageId = ike.state().isSecured() ? newMessageId(ike) : 0;
        IkeHeader header = header(ike, ExchangeType.INFO, messageId, false);
        ike.logger().debug(() -> IsakmpTrace.emitted(header, List.of(payload), false));
        send(ike, List.of(Message.of(header, List.of(payload)).octets()), purpose);
    }

    /** Sends a message in clear that answers one of no SA. */
    void answerInClear(IsakmpMessage answered, Payload payload) {
        IkeHeader request = answered.header();
        IkeHeader header = new IkeHeader(
                request.initiatorSpi(),
                request.responderSpi(),
                PayloadTypes.NONE,
                IkeVersion.V1,
                ExchangeType.INFO,
                0,
                0,
                IkeHeader.LENGTH);
        world.logger().debug(() -> IsakmpTrace.emitted(header, List.of(payload), false));
        Bytes octets = Message.of(header, List.of(payload)).octets();
        try {
            answered.socket().send(answered.sender(), octets);
            sas.statistics().add("ike.traffic.out", octets.length());
        } catch (IOException refused) {
            world.logger().debug("reply to " + answered.sender() + " failed: " + refused.getMessage());
        }
    }

    private void send(Sa sa, List<Bytes> datagrams, String purpose) {
        IkeSa ike = isakmp(sa);
        int marker = ike.socket().encapsulates() ? NON_ESP_MARKER : 0;
        for (Bytes datagram : datagrams) {
            sa.logger()
                    .debug(() -> List.of("sending " + (datagram.length() + marker) + " bytes for " + purpose
                            + " through " + ike.socket().interfaceAddress().interfaceName() + " from "
                            + ike.socket().local() + " to " + ike.remote() + " using "
                            + ike.socket().transport() + " (for " + sa.serial() + ")"));
            sas.statistics().add("ike.traffic.out", datagram.length() + marker);
            try {
                ike.socket().send(ike.remote(), datagram);
            } catch (IOException refused) {
                sa.logger()
                        .error("send on " + ike.socket().interfaceAddress().interfaceName() + " from "
                                + ike.socket().local() + " to " + ike.remote() + " using "
                                + ike.socket().transport() + " failed in " + purpose + ": " + refused.getMessage());
            }
        }
    }

    /** The last message is sent again until {@link #stopRepeating}. */
    void startRepeating(Sa sa) {
        ConnectionConfig.Retransmission timing = sa.connection().config().retransmission();
        Duration first = world.impair().on(Impairment.SUPPRESS_RETRANSMITS) ? timing.timeout() : timing.interval();
        sa.v1()
                .setRetransmission(Optional.of(new Retransmission(
                        first, timing.timeout(), world.clock().nanos())));
        arm(sa, first);
    }

    void stopRepeating(Sa sa) {
        sa.v1().setRetransmission(Optional.empty());
        sa.disarm(Sa.Event.RETRANSMIT);
    }

    private void arm(Sa sa, Duration delay) {
        sa.arm(Sa.Event.RETRANSMIT, world.timers().after(delay, Sa.Event.RETRANSMIT.text(), () -> due(sa)));
    }

    private void due(Sa sa) {
        Optional<Retransmission> repeating = sa.v1().retransmission();
        if (!sas.isAlive(sa) || repeating.isEmpty()) {
            return;
        }
        if (world.impair().on(Impairment.TIMEOUT_ON_RETRANSMIT)) {
            sa.logger().log("IMPAIR: retransmit so timing out SA (may retry)");
            onSilence.accept(sa);
            return;
        }
        if (world.impair().on(Impairment.DELETE_ON_RETRANSMIT)) {
            sa.logger().log("IMPAIR: retransmit so deleting SA");
            onImpairedRepetition.accept(sa);
            return;
        }
        Retransmission retransmission = repeating.get();
        Optional<Duration> next = retransmission.next(world.clock().nanos());
        if (next.isEmpty()) {
            sa.logger().log(RcCode.NORETRANSMISSION, silence(sa, retransmission));
            onSilence.accept(sa);
            return;
        }
        arm(sa, next.get());
        sa.logger()
                .log(
                        RcCode.RETRANSMISSION,
                        sa.state().fullName() + ": retransmission; will wait " + Durations.seconds(next.get())
                                + " seconds for response");
        repeat(sa, "EVENT_RETRANSMIT");
    }

    private String silence(Sa sa, Retransmission retransmission) {
        String how = retransmission.isCountExceeded()
                ? "max number of retransmissions (" + retransmission.count() + ") reached after "
                        + Durations.seconds(retransmission.waited(world.clock().nanos())) + " seconds"
                : Durations.seconds(retransmission.timeout()) + " second timeout exceeded after "
                        + retransmission.count() + " retransmits";
        return sa.state().fullName() + ": " + how + hint(sa);
    }

    private static String hint(Sa sa) {
        return switch ((V1State) sa.state()) {
            case MAIN_I3,
                    AGGR_I2 -> ".  Possible authentication failure: no acceptable response to our first encrypted message";
            case MAIN_I1, AGGR_I1 -> ".  No response (or no acceptable response) to our first IKEv1 message";
            case QUICK_I1 -> sa.connection().newestChild().isPresent()
                    ? ""
                    : ".  No acceptable response to our first Quick Mode message: perhaps peer likes no proposal";
            default -> ".  No response (or no acceptable response) to our IKEv1 message";
        };
    }
}
