// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire;

import org.jswan.base.Bytes;

/**
 * The header of a message, RFC 7296 section 3.1 and RFC 2408 section 3.1:
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                    initiator's SPI (64 bits)                  |
 * |                    responder's SPI (64 bits)                  |
 * | next payload  | major | minor | exchange type |     flags     |
 * |                           message ID                          |
 * |                             length                            |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 *
 * @param nextPayload the type of the first payload; set when a message is encoded
 * @param flags 8 bits, see the constants
 * @param messageId 32 bits unsigned
 * @param length octets of the whole message, this header included; set when a message is encoded
 */
public record IkeHeader(
        IkeSpi initiatorSpi,
        IkeSpi responderSpi,
        PayloadType nextPayload,
        IkeVersion version,
        ExchangeType exchange,
        int flags,
        long messageId,
        long length) {
    /** Octets of a header. */
    public static final int LENGTH = 28;

    /** IKEv2: the sender began the IKE SA. */
    public static final int FLAG_INITIATOR = 0x08;

    /** IKEv2: the sender could speak a higher major version. */
    public static final int FLAG_VERSION = 0x10;

    /** IKEv2: this answers the request with the same message ID. */
    public static final int FLAG_RESPONSE = 0x20;

    /** Reserved: a sender leaves it 0, a receiver does not look at it. */
    public static final int FLAG_RESERVED = 0x40;

    /** IKEv1: the payloads are encrypted. */
    public static final int FLAG_V1_ENCRYPTION = 0x01;

    /** IKEv1: the other end is to wait until the sender is ready (RFC 2408 §3.1). Nothing protects it from being forged. */
    public static final int FLAG_V1_COMMIT = 0x02;

    private static final String STRUCTURE = "ISAKMP Message";

    /** The header of an IKEv2 message that is yet to be encoded. */
    public static IkeHeader v2(
            IkeSpi initiatorSpi, IkeSpi responderSpi, ExchangeType exchange, int flags, long messageId) {
        return new IkeHeader(
                initiatorSpi, responderSpi, PayloadType.NONE, IkeVersion.V2, exchange, flags, messageId, LENGTH);
    }

    /**
     * Reads the header of a datagram, of any version.
     *
     * @throws WireException if the datagram is shorter than the header or than the header says, or the exchange type is
     *     one that nobody knows. A datagram that is longer is none of the header's business.
     */
    public static IkeHeader decode(Bytes datagram) throws WireException {
        WireReader whole = WireReader.of(datagram, STRUCTURE);
        if (whole.remaining() < LENGTH) {
            throw whole.noRoom(STRUCTURE, LENGTH);
        }
        WireReader in = WireReader.of(datagram, STRUCTURE);
        IkeSpi initiatorSpi = new IkeSpi(in.u64());
        IkeSpi responderSpi = new IkeSpi(in.u64());
        PayloadType nextPayload = PayloadType.of(in.u8());
        IkeVersion version = IkeVersion.of(in.u8());
        ExchangeType exchange = ExchangeType.of(in.u8());
        if (!exchange.isKnown()) {
            throw WireException.unknownValue("exchange type", STRUCTURE, exchange.number());
        }
        int flags = in.u8();
        long messageId = in.u32();
        long length = in.u32();
        whole.checkLength(STRUCTURE, LENGTH, length);
        return new IkeHeader(initiatorSpi, responderSpi, nextPayload, version, exchange, flags, messageId, length);
    }

    public void write(WireWriter out) {
        out.u64(initiatorSpi.bits()).u64(responderSpi.bits());
        out.u8(nextPayload.number()).u8(version.octet()).u8(exchange.number()).u8(flags);
        out.u32(messageId).u32(length);
    }

    /** Whether the sender began the IKE SA (IKEv2). */
    public boolean fromInitiator() {
        return (flags & FLAG_INITIATOR) != 0;
    }

    /** Whether it answers a request (IKEv2). */
    public boolean isResponse() {
        return (flags & FLAG_RESPONSE) != 0;
    }

    public IkeHeader with(IkeVersion otherVersion, int otherFlags) {
        return new IkeHeader(
                initiatorSpi, responderSpi, nextPayload, otherVersion, exchange, otherFlags, messageId, length);
    }

    public IkeHeader with(ExchangeType otherExchange) {
        return new IkeHeader(initiatorSpi, responderSpi, nextPayload, version, otherExchange, flags, messageId, length);
    }

    public IkeHeader with(PayloadType newNextPayload, long newLength) {
        return new IkeHeader(
                initiatorSpi, responderSpi, newNextPayload, version, exchange, flags, messageId, newLength);
    }
}
