// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v1.engine;

import java.util.List;
import java.util.function.Consumer;
import org.jswan.base.AddressFamily;
import org.jswan.base.Bytes;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.crypto.Ikev1Cipher;
import org.jswan.exchange.DatagramSender;
import org.jswan.exchange.Repetition;
import org.jswan.impair.Impairment;
import org.jswan.log.Logger;
import org.jswan.sa.ChildSa;
import org.jswan.sa.IkeRole;
import org.jswan.sa.IkeSa;
import org.jswan.sa.Sa;
import org.jswan.sa.SaDatabase;
import org.jswan.sa.Statistics;
import org.jswan.sa.V1State;
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
    /** Messages are as long as a multiple of this. */
    private static final int ALIGNMENT = 4;

    private final World world;
    private final SaDatabase sas;
    private final DatagramSender sender;
    private final Repetition<Sa> repetition;

    public IsakmpTransmitter(World world, SaDatabase sas) {
        this.world = world;
        this.sas = sas;
        this.sender = new DatagramSender(world, sas.statistics());
        this.repetition = new Repetition<>(world, sas, new Exchanges());
    }

    /** Who is told that a peer does not go on. */
    public void onSilence(Consumer<Sa> action) {
        repetition.onSilence(action);
    }

    /** Who ends an SA because it would have to repeat a message and that is impaired. */
    public void onImpairedRepetition(Consumer<Sa> action) {
        repetition.onImpaired(action);
    }

    Statistics statistics() {
        return sas.statistics();
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
        sender.send(sa, inPieces(sa, false), purpose);
        sa.v1().answeredWhole();
    }

    /** The same, encrypted, for a message that nobody asked for: what was sent before is repeated with it. */
    public void sendToo(Sa sa, ExchangeType exchange, List<? extends Payload> payloads, String purpose) {
        Bytes octets = encode(sa, exchange, payloads, true);
        sa.v1().setSentToo(octets);
        sender.send(sa, List.of(octets), purpose);
    }

    private Bytes encode(Sa sa, ExchangeType exchange, List<? extends Payload> payloads, boolean encrypted) {
        IkeSa ike = sa.ike();
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
        return sa.connection().has(ConnectionPolicy.NO_IKEPAD) ? body : body.padded(ALIGNMENT);
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
        sender.send(sa, inPieces(sa, true), purpose);
        sa.v1().sentToo().ifPresent(octets -> sender.send(sa, List.of(octets), purpose));
    }

    /** The last message, whole or cut as the peer and the connection want it. */
    private static List<Bytes> inPieces(Sa sa, boolean again) {
        IkeSa ike = sa.ike();
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
        sender.send(ike, List.of(octets), purpose);
    }

    /** A message ID that no exchange of that SA has had. */
    public long newMessageId(IkeSa ike) {
        long id = unusedMessageId(ike);
        ike.phase1().use(id);
        return id;
    }

    private long unusedMessageId(IkeSa ike) {
        long id;
        do {
            id = world.random().nextLong() & 0xffff_ffffL;
        } while (!ike.phase1().isUnused(id));
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
        // As libreswan: with an ID of its own as if it were encrypted, which is not kept.
        long messageId = ike.state().isSecured() ? unusedMessageId(ike) : 0;
        IkeHeader header = header(ike, ExchangeType.INFO, messageId, false);
        ike.logger().debug(() -> IsakmpTrace.emitted(header, List.of(payload), false));
        sender.send(ike, List.of(Message.of(header, List.of(payload)).octets()), purpose);
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
        Logger logger = new Logger(world.log(), answered.prefix());
        sender.answer(logger, answered.socket(), answered.sender(), octets, "notification packet");
    }

    /** The last message is sent again until it is answered. */
    void startRepeating(Sa sa) {
        repetition.start(sa);
    }

    /** Last messages of exchanges that go on. */
    private final class Exchanges implements Repetition.Messages<Sa> {
        @Override
        public void repeat(Sa sa) {
            IsakmpTransmitter.this.repeat(sa, "EVENT_RETRANSMIT");
        }

        @Override
        public String hint(Sa sa) {
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
}
