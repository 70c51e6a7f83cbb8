// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire.sk;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jswan.base.Bytes;
import org.jswan.crypto.Protection;
import org.jswan.random.RandomSource;
import org.jswan.wire.IkeHeader;
import org.jswan.wire.LastPayload;
import org.jswan.wire.Payload;
import org.jswan.wire.PayloadChain;
import org.jswan.wire.PayloadType;
import org.jswan.wire.WireException;
import org.jswan.wire.WireReader;
import org.jswan.wire.WireWriter;
import org.jswan.wire.v2.Message;
import org.jswan.wire.v2.Payloads;
import org.jswan.wire.v2.SkPayload;
import org.jswan.wire.v2.SkfPayload;

/**
 * Messages whose payloads are encrypted, RFC 7296 section 3.14:
 *
 * <pre>
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                          IKE header                           |
 * | first payload |C|  reserved   |         payload length        |
 * |   fragment number (SKF)       |     total fragments (SKF)     |
 * |                     initialisation vector                     |
 * |                    payloads, encrypted                        |
 * |                   padding, encrypted          | pad length    |
 * |                     integrity check value                     |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 *
 * What stands in front of the initialisation vector is authenticated with the rest (RFC 7296 section 3.14, RFC 5282
 * section 5.1, RFC 7383 section 2.5).
 */
public final class EncryptedMessage {
    /** A message of this many octets or more is fragmented on its way to an IPv4 address. */
    public static final int FRAGMENT_SIZE_IPV4 = 532;

    /** A message of this many octets or more is fragmented on its way to an IPv6 address. */
    public static final int FRAGMENT_SIZE_IPV6 = 1192;

    /** As libreswan: no message is made of more fragments, in or out. */
    public static final int MAX_FRAGMENTS = 32;

    private static final int GENERIC_HEADER = PayloadChain.GENERIC_HEADER;
    private static final int FRAGMENT_HEADER = GENERIC_HEADER + 4;

    /** As libreswan: two octets of each fragment stay unused. */
    private static final int UNUSED = 2;

    private EncryptedMessage() {}

    /** Encrypts {@code inner} into one message. */
    public static Bytes seal(
            IkeHeader header, List<? extends Payload> inner, Protection protection, RandomSource random) {
        return seal(header, List.of(), inner, 0, protection, random);
    }

    /**
     * Encrypts {@code inner} into one message; the payloads {@code clear} stand before it.
     *
     * @param flags of the encrypted payload's generic header, 0 unless that is impaired
     */
    public static Bytes seal(
            IkeHeader header,
            List<? extends Payload> clear,
            List<? extends Payload> inner,
            int flags,
            Protection protection,
            RandomSource random) {
        SkPayload shell = new SkPayload(PayloadChain.first(inner), Bytes.EMPTY);
        return sealShell(header, clear, new Flagged(shell, flags), PayloadChain.encode(inner), protection, random);
    }

    /** Octets that {@link #seal} makes of that much. */
    public static int sealedLength(List<? extends Payload> inner, Protection protection) {
        int content = PayloadChain.encode(inner).length();
        return IkeHeader.LENGTH + GENERIC_HEADER + sealedLength(content, protection);
    }

    /**
     * Encrypts {@code inner} into fragments.
     *
     * @param size {@link #FRAGMENT_SIZE_IPV4} or {@link #FRAGMENT_SIZE_IPV6}, less 4 where a non-ESP marker goes in
     *     front. As libreswan, fragments are cut so that they have at most that many octets not counting their
     *     initialisation vector.
     * @throws WireException if more than {@link #MAX_FRAGMENTS} would be needed; the text is the log line
     */
    public static List<Bytes> sealFragments(
            IkeHeader header, List<? extends Payload> inner, Protection protection, RandomSource random, int size)
            throws WireException {
        return sealFragments(header, inner, 0, protection, random, size);
    }

    /** @param flags as for {@link #seal} */
    public static List<Bytes> sealFragments(
            IkeHeader header,
            List<? extends Payload> inner,
            int flags,
            Protection protection,
            RandomSource random,
            int size)
            throws WireException {
        Bytes content = PayloadChain.encode(inner);
        int room = size - IkeHeader.LENGTH - FRAGMENT_HEADER - protection.icvLength();
        int chunk = room - room % protection.blockSize() - UNUSED;
        int total = (content.length() + chunk - 1) / chunk;
        if (total > MAX_FRAGMENTS) {
            throw new WireException("fragmenting this " + content.length() + " byte message into " + chunk
                    + " byte chunks leads to too many frags");
        }
        List<Bytes> fragments = new ArrayList<>(total);
        PayloadType first = PayloadChain.first(inner);
        for (int number = 1; number <= total; number++) {
            int from = (number - 1) * chunk;
            Bytes part = content.slice(from, Math.min(chunk, content.length() - from));
            SkfPayload shell = new SkfPayload(number == 1 ? first : PayloadType.NONE, number, total, Bytes.EMPTY);
            fragments.add(sealShell(header, List.of(), new Flagged(shell, flags), part, protection, random));
        }
        return fragments;
    }

    /** An encrypted payload with flags in its generic header. */
    private record Flagged(LastPayload payload, int flags) implements LastPayload {
        @Override
        public PayloadType type() {
            return payload.type();
        }

        @Override
        public PayloadType firstInner() {
            return payload.firstInner();
        }

        @Override
        public void writeBody(WireWriter out) {
            payload.writeBody(out);
        }
    }

    /** @param shell the payload less its sealed octets */
    private static Bytes sealShell(
            IkeHeader header,
            List<? extends Payload> clear,
            Payload shell,
            Bytes content,
            Protection protection,
            RandomSource random) {
        Bytes plaintext = pad(content, protection.blockSize());
        int sealedLength = sealedLength(content.length(), protection);
        List<Payload> outer = new ArrayList<>(clear);
        outer.add(shell);
        Bytes chain = PayloadChain.encode(outer);
        int shellLength = PayloadChain.encode(List.of(shell)).length();
        int length = IkeHeader.LENGTH + chain.length() + sealedLength;
        WireWriter out = new WireWriter();
        header.with(PayloadChain.first(outer), length).write(out);
        out.bytes(chain);
        out.patchU16(IkeHeader.LENGTH + chain.length() - shellLength + 2, shellLength + sealedLength);
        Bytes associated = out.toBytes();
        Bytes sealed = protection.seal(associated, plaintext, random);
        if (sealed.length() != sealedLength) {
            throw new IllegalStateException(sealed.length() + " octets sealed, not " + sealedLength);
        }
        return associated.plus(sealed);
    }

    private static int sealedLength(int content, Protection protection) {
        return protection.ivLength() + content + padding(content, protection.blockSize()) + protection.icvLength();
    }

    /** Octets of padding, pad length included: the fewest that make the plaintext whole blocks. */
    private static int padding(int content, int blockSize) {
        return blockSize - content % blockSize;
    }

    /** As libreswan: the octets of padding count up from 0, so that the last of them is the pad length. */
    private static Bytes pad(Bytes content, int blockSize) {
        byte[] padding = new byte[padding(content.length(), blockSize)];
        for (int i = 0; i < padding.length; i++) {
            padding[i] = (byte) i;
        }
        return content.plus(Bytes.wrap(padding));
    }

    /**
     * Opens a message whose last payload is an {@link SkPayload}.
     *
     * @throws IllegalArgumentException if it is not
     */
    public static Decoded open(Message message, Protection protection) {
        SkPayload sk = message.first(SkPayload.class)
                .orElseThrow(() -> new IllegalArgumentException("no SK payload in the message"));
        Opened opened = open(message, sk.sealed(), protection);
        if (opened.content().isEmpty()) {
            return new NotAuthentic(
                    Optional.of(opened.problem()), "encrypted payload seems to be corrupt; dropping packet", false);
        }
        return decode(message, sk.firstInner(), opened.content().get(), 0);
    }

    /** The content, or a log line about why there is none. */
    record Opened(Optional<Bytes> content, String problem) {
        private static Opened failed(String problem) {
            return new Opened(Optional.empty(), problem);
        }
    }

    /** @param sealed the last octets of the message */
    static Opened open(Message message, Bytes sealed, Protection protection) {
        int encrypted = sealed.length() - protection.ivLength() - protection.icvLength();
        if (encrypted < 1) {
            return Opened.failed("encrypted payload impossibly short (" + sealed.length() + ")");
        }
        if (encrypted % protection.blockSize() != 0) {
            return Opened.failed("discarding invalid packet: " + encrypted
                    + " octet payload length is not a multiple of encryption block-size (" + protection.blockSize()
                    + ")");
        }
        Bytes associated = message.octets().first(message.octets().length() - sealed.length());
        Optional<Bytes> plaintext = protection.open(associated, sealed);
        if (plaintext.isEmpty()) {
            return Opened.failed(protection.refusal());
        }
        return strip(plaintext.get());
    }

    /** RFC 7296 section 3.14: any pad length that leaves whole blocks is legal, and any octets of padding. */
    private static Opened strip(Bytes plaintext) {
        int padLength = plaintext.get(plaintext.length() - 1);
        int padding = padLength + 1;
        if (padding > plaintext.length()) {
            return Opened.failed(String.format(
                    "discarding invalid packet: padding-length %d (octet 0x%02x) is larger than %d octet payload length",
                    padding, padLength, plaintext.length()));
        }
        return new Opened(Optional.of(plaintext.first(plaintext.length() - padding)), "");
    }

    /** Reads the content of an encrypted payload that turned out authentic. */
    static Decoded decode(Message outer, PayloadType firstInner, Bytes content, int fragments) {
        try {
            int known = (int) outer.payloads().stream()
                    .filter(payload -> Payloads.isKnown(payload.type()))
                    .count();
            WireReader in = WireReader.of(content, "encrypted content");
            List<Payload> inner = Payloads.read(in, firstInner, PayloadChain.LIMIT - known);
            if (inner.stream().anyMatch(p -> p instanceof SkPayload || p instanceof SkfPayload)) {
                return new AuthenticButBad(outer, "encrypted payload inside an encrypted payload");
            }
            return new DecodedMessage(outer, inner, content, fragments);
        } catch (WireException e) {
            return new AuthenticButBad(outer, e.getMessage());
        }
    }
}
