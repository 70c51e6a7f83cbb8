// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v1.config;

import java.util.List;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.exchange.v1.engine.IsakmpFailure;
import org.jswan.exchange.v1.engine.IsakmpRow;
import org.jswan.exchange.v1.engine.IsakmpRow.Hash;
import org.jswan.exchange.v1.engine.IsakmpTimers;
import org.jswan.exchange.v1.engine.IsakmpTransitions;
import org.jswan.exchange.v1.engine.IsakmpTransmitter;
import org.jswan.exchange.v1.engine.QuickHashes;
import org.jswan.impair.Impairments;
import org.jswan.log.RcCode;
import org.jswan.sa.IkeSa;
import org.jswan.sa.V1State;
import org.jswan.wire.ExchangeType;
import org.jswan.wire.Payload;
import org.jswan.wire.WireAttribute;
import org.jswan.wire.WireException;
import org.jswan.wire.v1.AttributesPayload;
import org.jswan.wire.v1.PayloadTypes;

/**
 * The exchange by which XAUTH and Mode Config go (draft-ietf-ipsec-isakmp-mode-cfg-05 section 3.1):
 *
 * <pre>
 * HDR*, HASH(1), ATTR  --&gt;
 *                      &lt;--  HDR*, HASH(1), ATTR
 * </pre>
 */
final class ConfigExchange {
    /** Payloads end at multiples of that many octets. */
    private static final int ALIGNMENT = 4;

    private final IsakmpTransitions transitions;
    private final IsakmpTransmitter transmitter;
    private final IsakmpTimers timers;
    private final Impairments impair;

    ConfigExchange(
            IsakmpTransitions transitions, IsakmpTransmitter transmitter, IsakmpTimers timers, Impairments impair) {
        this.transitions = transitions;
        this.impair = impair;
        this.transmitter = transmitter;
        this.timers = timers;
    }

    /** A row for one of its messages. */
    static IsakmpRow.Builder row(V1State from, V1State to) {
        return IsakmpRow.row(from, to).encrypted().require(PayloadTypes.MODECFG).hash(Hash.FIRST);
    }

    /** An exchange of ours begins: with a message ID and a vector of its own. */
    void begin(IkeSa ike) {
        continueAs(ike, transmitter.newMessageId(ike));
        ike.v1()
                .setIv(ike.phase1()
                        .keys()
                        .phase2Iv(ike.phase1().lastBlock(), ike.v1().messageId()));
    }

    /** The SA takes what comes next in that state. */
    void enter(IkeSa ike, V1State state) {
        transitions.enter(ike, state);
    }

    /** The peer's exchange is the one that goes on. */
    static void continueAs(IkeSa ike, long messageId) {
        ike.v1().setMessageId(messageId);
    }

    /** The exchange is over. */
    static void end(IkeSa ike) {
        ike.v1().setMessageId(0);
    }

    /**
     * Sends a message that the peer is to answer, again and again until it does.
     *
     * @param what as that of {@link #hashed}
     */
    void send(IkeSa ike, String what, AttributesPayload attributes, String purpose) {
        transmitter.send(ike, ExchangeType.MODE_CFG, hashed(ike, what, attributes), true, purpose);
        awaitAnswer(ike);
    }

    /** The same behind the last message of phase 1, which may have been lost: both are repeated. */
    void sendToo(IkeSa ike, String what, AttributesPayload attributes, String purpose) {
        transmitter.sendToo(ike, ExchangeType.MODE_CFG, hashed(ike, what, attributes), purpose);
        awaitAnswer(ike);
    }

    /** Nothing is repeated any more; what the SA waited for, it does not. */
    void stopRepeating(IkeSa ike) {
        timers.clear(ike);
    }

    /** The peer has to go on. */
    void awaitAnswer(IkeSa ike) {
        if (ike.retransmission().isEmpty()) {
            timers.retransmit(ike);
        }
    }

    /**
     * The payloads of a message.
     *
     * @param what it is, as logged if an impairment has its hash otherwise
     */
    List<Payload> hashed(IkeSa ike, String what, AttributesPayload attributes) {
        return QuickHashes.hashed(impair, ike, Hash.FIRST, "XAUTH: " + what, List.of(attributes));
    }

    /** Attributes with the padding that libreswan puts behind them. */
    static AttributesPayload padded(IkeSa ike, int messageType, int identifier, List<WireAttribute> attributes) {
        AttributesPayload bare = new AttributesPayload(messageType, identifier, attributes);
        return ike.connection().has(ConnectionPolicy.NO_IKEPAD)
                ? bare
                : new AttributesPayload(messageType, identifier, bare.content().padded(ALIGNMENT));
    }

    /** The attributes of a message that came in. */
    static List<WireAttribute> attributes(IkeSa ike, AttributesPayload payload) throws IsakmpFailure {
        try {
            return payload.attributes();
        } catch (WireException malformed) {
            ike.logger().log(RcCode.LOG, malformed.getMessage());
            throw IsakmpFailure.refused("");
        }
    }

    /** How debugging lines tell of an attribute that is not known there. */
    static void unsupported(IkeSa ike, String where, WireAttribute attribute) {
        ike.logger()
                .debug("Unsupported " + where + " " + (attribute.fixed() ? "basic" : "long") + " attribute "
                        + attribute.type() + " received.");
    }

    /** Types of messages as logs name them. */
    static String name(AttributesPayload payload) {
        return switch (payload.messageType()) {
            case AttributesPayload.REQUEST -> "ISAKMP_CFG_REQUEST";
            case AttributesPayload.REPLY -> "ISAKMP_CFG_REPLY";
            case AttributesPayload.SET -> "ISAKMP_CFG_SET";
            default -> "ISAKMP_CFG_ACK";
        };
    }
}
