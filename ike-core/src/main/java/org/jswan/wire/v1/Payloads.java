// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire.v1;

import static java.util.Map.entry;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jswan.wire.ExchangeType;
import org.jswan.wire.Payload;
import org.jswan.wire.PayloadChain;
import org.jswan.wire.PayloadFormat;
import org.jswan.wire.PayloadType;
import org.jswan.wire.WireException;
import org.jswan.wire.WireReader;

/** The payload types that IKEv1 messages can have here, with libreswan's names for them in error texts. */
final class Payloads {
    /** How many payloads a message may have. */
    static final int LIMIT = PayloadChain.LIMIT;

    private static final int LENGTH_AT = 2;

    private static final Map<PayloadType, PayloadFormat> FORMATS = Map.ofEntries(
            format(PayloadTypes.SA, "ISAKMP Security Association Payload", 8, SaPayload::read),
            format(PayloadTypes.KE, "ISAKMP Key Exchange Payload", 4, KePayload::read),
            format(PayloadTypes.ID, "ISAKMP Identification Payload", 8, IdPayload::read),
            format(PayloadTypes.CERT, "ISAKMP Certificate Payload", 5, CertPayload::read),
            // As libreswan: no blank between these two words.
            format(PayloadTypes.CR, "ISAKMP Certificate RequestPayload", 5, CertRequestPayload::read),
            format(PayloadTypes.HASH, "ISAKMP Hash Payload", 4, HashPayload::read),
            format(PayloadTypes.SIG, "ISAKMP Signature Payload", 4, SignaturePayload::read),
            format(PayloadTypes.NONCE, "ISAKMP Nonce Payload", 4, NoncePayload::read),
            format(PayloadTypes.N, "ISAKMP Notification Payload", 12, NotificationPayload::read),
            format(PayloadTypes.D, "ISAKMP Delete Payload", 12, DeletePayload::read),
            format(PayloadTypes.VID, "ISAKMP Vendor ID Payload", 4, VendorIdPayload::read),
            format(PayloadTypes.MODECFG, "ISAKMP Mode Attribute", 8, AttributesPayload::read),
            format(PayloadTypes.NATD_RFC, "ISAKMP NAT-D Payload", 4, natDetection(PayloadTypes.NATD_RFC)),
            format(PayloadTypes.NATOA_RFC, "ISAKMP NAT-OA Payload", 8, originalAddress(PayloadTypes.NATOA_RFC)),
            format(PayloadTypes.NATD_DRAFTS, "ISAKMP NAT-D Payload (draft)", 4, natDetection(PayloadTypes.NATD_DRAFTS)),
            format(
                    PayloadTypes.NATOA_DRAFTS,
                    "ISAKMP NAT-OA Payload (draft)",
                    8,
                    originalAddress(PayloadTypes.NATOA_DRAFTS)));

    private static final PayloadFormat CLIENT_ID = format(
                    PayloadTypes.ID, "ISAKMP Identification Payload (IPsec DOI)", 8, IdPayload::read)
            .getValue();

    private static final PayloadFormat SKIPPED = format(
                    PayloadTypes.SAK, "ignored ISAKMP Generic Payload", 4, VendorIdPayload::read)
            .getValue();

    private Payloads() {}

    /** Reads the body of a payload; which one follows does not matter to any. */
    private interface Body {
        Payload read(WireReader in) throws WireException;
    }

    private static Map.Entry<PayloadType, PayloadFormat> format(PayloadType type, String name, int fixed, Body body) {
        return entry(type, new PayloadFormat(name, fixed, (next, in) -> body.read(in)));
    }

    private static Body natDetection(PayloadType type) {
        return in -> NatDetectionPayload.read(type, in);
    }

    private static Body originalAddress(PayloadType type) {
        return in -> NatOriginalAddressPayload.read(type, in);
    }

    /** Reads payloads until one says that none follows. What is left over then is padding. */
    static List<Payload> read(WireReader in, PayloadType first, ExchangeType exchange, Admission admission)
            throws WireException {
        List<Payload> payloads = new ArrayList<>();
        PayloadType type = first;
        while (!type.equals(PayloadTypes.NONE)) {
            if (payloads.size() >= LIMIT) {
                throw new Refusal(
                        NotificationType.PAYLOAD_MALFORMED, "more than " + LIMIT + " payloads in message; ignored");
            }
            boolean skipped = type.equals(PayloadTypes.SAK);
            PayloadFormat format = skipped ? SKIPPED : formatOf(type, exchange);
            if (skipped) {
                admission.skip(type);
            } else {
                admission.admit(type);
            }
            try {
                WireReader payload = in.structure(format.name(), format.fixed(), LENGTH_AT);
                type = PayloadType.of(payload.u8());
                payload.u24();
                Payload read = format.body().read(type, payload);
                if (!skipped) {
                    payloads.add(read);
                }
            } catch (WireException e) {
                throw Refusal.malformed(e);
            }
        }
        return List.copyOf(payloads);
    }

    /** What a payload is called. */
    static String structure(PayloadType type, ExchangeType exchange) throws WireException {
        return (type.equals(PayloadTypes.SAK) ? SKIPPED : formatOf(type, exchange)).name();
    }

    private static PayloadFormat formatOf(PayloadType type, ExchangeType exchange) throws WireException {
        if (type.equals(PayloadTypes.ID) && exchange.equals(ExchangeType.QUICK)) {
            return CLIENT_ID;
        }
        PayloadFormat format = FORMATS.get(type);
        if (format == null) {
            throw Refusal.unknownType(PayloadTypes.name(type));
        }
        return format;
    }
}
