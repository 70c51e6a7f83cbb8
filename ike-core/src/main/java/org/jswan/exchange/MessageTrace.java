// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange;

import java.util.ArrayList;
import java.util.List;
import org.jswan.base.Bytes;
import org.jswan.identity.IdType;
import org.jswan.wire.FieldText;
import org.jswan.wire.IkeHeader;
import org.jswan.wire.NotifyType;
import org.jswan.wire.Payload;
import org.jswan.wire.PayloadChain;
import org.jswan.wire.PayloadType;
import org.jswan.wire.WireException;
import org.jswan.wire.v1.PayloadTypes;
import org.jswan.wire.v2.AuthPayload;
import org.jswan.wire.v2.IdPayload;
import org.jswan.wire.v2.Message;
import org.jswan.wire.v2.NotifyPayload;
import org.jswan.wire.v2.SkfPayload;

/**
 * Messages field by field, as debugging output. Names and order are libreswan's, for people and scripts look for them in
 * its logs; of a payload only what they look for is shown.
 */
public final class MessageTrace {
    private static final String[] FLAGS = {
        "ISAKMP_FLAG_v1_ENCRYPTION",
        "ISAKMP_FLAG_v1_COMMIT",
        "ISAKMP_FLAG_v1_AUTHONLY",
        "ISAKMP_FLAG_v2_IKE_INIT",
        "ISAKMP_FLAG_v2_VERSION",
        "ISAKMP_FLAG_v2_MSG_RESPONSE",
        "ISAKMP_FLAG_MSG_RESERVED_BIT6",
        "ISAKMP_FLAG_MSG_RESERVED_BIT7"
    };

    private static final String[] PAYLOAD_FLAGS = {
        "RESERVED bit 0",
        "RESERVED bit 1",
        "RESERVED bit 2",
        "RESERVED bit 3",
        "RESERVED bit 4",
        "RESERVED bit 5",
        "RESERVED bit 6",
        "PAYLOAD_CRITICAL"
    };

    private static final String[] AUTH_METHODS = {
        "IKEv2_AUTH_RESERVED",
        "IKEv2_AUTH_RSA",
        "IKEv2_AUTH_SHARED",
        "IKEv2_AUTH_DSS_DIGITAL_SIGNATURE",
        null,
        null,
        null,
        null,
        null,
        "IKEv2_AUTH_ECDSA_SHA2_256_P256",
        "IKEv2_AUTH_ECDSA_SHA2_384_P384",
        "IKEv2_AUTH_ECDSA_SHA2_512_P521",
        "IKEv2_AUTH_GENERIC_SECURE_PASSWORD_AUTHENTICATION_METHOD",
        "IKEv2_AUTH_NULL",
        "IKEv2_AUTH_DIGSIG"
    };

    private static final String[] HASHES = {
        "RESERVED", "SHA1", "SHA2_256", "SHA2_384", "SHA2_512", "IDENTITY",
    };

    private MessageTrace() {}

    /** A message that came, as far as it can be read and is not encrypted. */
    static List<String> received(Bytes datagram) {
        List<String> lines = new ArrayList<>();
        try {
            IkeHeader header = IkeHeader.decode(datagram);
            lines.addAll(header(header, "parse"));
            lines.add(FieldText.number("length", header.length(), 4));
            if (header.version().major() == 1) {
                // What follows may be encrypted: whoever reads it tells of it.
                return lines;
            }
            Message message = Message.decode(header, datagram);
            lines.addAll(parsed(message.payloads(), message.octets().from(IkeHeader.LENGTH)));
        } catch (WireException unreadable) {
            // Whoever processes it tells what is wrong with it.
            lines.add("the rest cannot be read");
        }
        return lines;
    }

    /** A message that goes; its length is not known yet. */
    static List<String> emitted(IkeHeader header, List<? extends Payload> payloads) {
        List<String> lines = header(header.with(PayloadChain.first(payloads), header.length()), "emit");
        lines.addAll(payloads(payloads, "emit", Bytes.EMPTY));
        return lines;
    }

    /**
     * The header, but for its length.
     *
     * @param verb {@code parse} or {@code emit}
     */
    public static List<String> header(IkeHeader header, String verb) {
        List<String> lines = new ArrayList<>();
        lines.add(FieldText.structure(2, verb, "ISAKMP Message"));
        lines.add(FieldText.octets("initiator SPI", header.initiatorSpi().octets()));
        lines.add(FieldText.octets("responder SPI", header.responderSpi().octets()));
        lines.add(
                header.version().major() == 1
                        ? FieldText.named(
                                "next payload type",
                                PayloadTypes.name(header.nextPayload()),
                                header.nextPayload().number())
                        : next(header.nextPayload()));
        int version = header.version().major() << 4 | header.version().minor();
        lines.add("   ISAKMP version: "
                + switch (version) {
                    case 0x10 -> "ISAKMP Version 1.0 (rfc2407) (0x10)";
                    case 0x20 -> "IKEv2 version 2.0 (rfc4306/rfc5996) (0x20)";
                    default -> String.format("0x%x", version);
                });
        lines.add(FieldText.named(
                "exchange type", header.exchange().toString(), header.exchange().number()));
        lines.add(flags(header.flags()));
        lines.add(FieldText.number("Message ID", header.messageId(), 4));
        return lines;
    }

    /**
     * Payloads that came.
     *
     * @param chain their octets
     */
    static List<String> parsed(List<? extends Payload> payloads, Bytes chain) {
        return payloads(payloads, "parse", chain);
    }

    private static List<String> payloads(List<? extends Payload> payloads, String verb, Bytes chain) {
        List<String> lines = new ArrayList<>();
        Bytes rest = chain;
        for (int i = 0; i < payloads.size(); i++) {
            Payload payload = payloads.get(i);
            lines.add(FieldText.structure(3, verb, "IKEv2 payload " + payload.type()));
            lines.add(next(PayloadChain.first(payloads.subList(i + 1, payloads.size()))));
            if (rest.length() < PayloadChain.GENERIC_HEADER) {
                lines.add(payloadFlags(payload.flags()));
            } else {
                int length = rest.get(2) << Byte.SIZE | rest.get(3);
                lines.add(payloadFlags(rest.get(1)));
                lines.add(FieldText.number("length", length, 2));
                rest = rest.from(Math.min(length, rest.length()));
            }
            if (payload instanceof NotifyPayload notify) {
                notify(lines, notify, verb);
            } else if (payload instanceof AuthPayload auth) {
                String name = auth.method() < AUTH_METHODS.length ? AUTH_METHODS[auth.method()] : null;
                lines.add(FieldText.named("auth method", name == null ? auth.method() + "??" : name, auth.method()));
            } else if (payload instanceof IdPayload id) {
                lines.add(FieldText.named("ID type", IdType.label(id.idType()), id.idType()));
            } else if (payload instanceof SkfPayload fragment) {
                lines.addAll(fragment(fragment.number(), fragment.total()));
            }
        }
        return lines;
    }

    /** Which part of how many a fragment is. */
    static List<String> fragment(int number, int total) {
        return List.of(FieldText.number("fragment number", number, 2), FieldText.number("total fragments", total, 2));
    }

    private static void notify(List<String> lines, NotifyPayload notify, String verb) {
        NotifyType type = notify.notifyType();
        lines.add(FieldText.number("SPI size", notify.spi().length(), 1));
        lines.add(FieldText.named("Notify Message Type", type.toString(), type.number()));
        if (type.equals(NotifyType.SIGNATURE_HASH_ALGORITHMS)) {
            hashes(lines, notify.data(), verb);
        } else if (verb.equals("emit") && !notify.data().isEmpty()) {
            lines.add("emitting " + notify.data().length() + " raw bytes of Notify data into IKEv2 Notify Payload");
            lines.add("Notify data: " + FieldText.spaced(notify.data()));
        }
    }

    /** RFC 7427 §4: the hashes of signatures, two octets each. */
    private static void hashes(List<String> lines, Bytes data, String verb) {
        for (int at = 0; at + 2 <= data.length(); at += 2) {
            Bytes octets = data.slice(at, 2);
            int number = octets.get(0) << 8 | octets.get(1);
            if (verb.equals("emit")) {
                String name = "hash algorithm identifier "
                        + (number < HASHES.length ? "IKEv2_HASH_ALGORITHM_" + HASHES[number] : number + "??");
                lines.add("emitting 2 raw bytes of " + name + " into IKEv2 Notify Payload");
                lines.add(name + ": " + FieldText.spaced(octets));
            } else {
                String name = "hash algorithm identifier (network ordered)";
                lines.add("parsing 2 raw bytes of IKEv2 Notify Payload into " + name);
                lines.add(name);
                lines.add("  " + FieldText.spaced(octets));
            }
        }
    }

    private static String next(PayloadType type) {
        return FieldText.named("next payload type", type.toString(), type.number());
    }

    private static String flags(int flags) {
        return flags(flags, FLAGS);
    }

    private static String payloadFlags(int flags) {
        return flags(flags, PAYLOAD_FLAGS);
    }

    private static String flags(int flags, String[] all) {
        List<String> names = new ArrayList<>();
        for (int bit = 0; bit < all.length; bit++) {
            if ((flags & 1 << bit) != 0) {
                names.add(all[bit]);
            }
        }
        return FieldText.named("flags", names.isEmpty() ? "none" : String.join("+", names), flags);
    }
}
