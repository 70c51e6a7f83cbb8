// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire.v2;

import static java.util.Map.entry;

import java.util.List;
import java.util.Map;
import org.jswan.wire.Payload;
import org.jswan.wire.PayloadChain;
import org.jswan.wire.PayloadFormat;
import org.jswan.wire.PayloadType;
import org.jswan.wire.WireException;
import org.jswan.wire.WireReader;

/** The payload types that IKEv2 messages can have here, with libreswan's names for them in error texts. */
public final class Payloads {
    private static final Map<PayloadType, PayloadFormat> FORMATS = Map.ofEntries(
            format(PayloadType.SA, "IKEv2 Security Association Payload", 4, (next, in) -> SaPayload.read(in)),
            format(PayloadType.KE, "IKEv2 Key Exchange Payload", 8, (next, in) -> KePayload.read(in)),
            format(
                    PayloadType.IDI,
                    "IKEv2 Identification - Initiator - Payload",
                    8,
                    (next, in) -> IdPayload.read(PayloadType.IDI, in)),
            format(
                    PayloadType.IDR,
                    "IKEv2 Identification - Responder - Payload",
                    8,
                    (next, in) -> IdPayload.read(PayloadType.IDR, in)),
            format(PayloadType.CERT, "IKEv2 Certificate Payload", 5, (next, in) -> CertPayload.read(in)),
            format(PayloadType.CERTREQ, "IKEv2 Certificate Request Payload", 5, (next, in) -> CertReqPayload.read(in)),
            format(PayloadType.AUTH, "IKEv2 Authentication Payload", 8, (next, in) -> AuthPayload.read(in)),
            format(PayloadType.NONCE, "IKEv2 Nonce Payload", 4, (next, in) -> NoncePayload.read(in)),
            format(PayloadType.NOTIFY, "IKEv2 Notify Payload", 8, (next, in) -> NotifyPayload.read(in)),
            format(PayloadType.DELETE, "IKEv2 Delete Payload", 8, (next, in) -> DeletePayload.read(in)),
            format(PayloadType.VENDOR_ID, "IKEv2 Vendor ID Payload", 4, (next, in) -> VendorIdPayload.read(in)),
            format(
                    PayloadType.TSI,
                    "IKEv2 Traffic Selector - Initiator - Payload",
                    8,
                    (next, in) -> TsPayload.read(PayloadType.TSI, in)),
            format(
                    PayloadType.TSR,
                    "IKEv2 Traffic Selector - Responder - Payload",
                    8,
                    (next, in) -> TsPayload.read(PayloadType.TSR, in)),
            format(PayloadType.SK, "IKEv2 Encryption Payload", 4, (next, in) -> new SkPayload(next, in.rest())),
            format(PayloadType.CP, "IKEv2 Configuration Payload", 8, (next, in) -> CpPayload.read(in)),
            format(PayloadType.EAP, "EAP Payload", 4, (next, in) -> EapPayload.read(in)),
            format(PayloadType.SKF, "IKEv2 Encrypted Fragment", 8, SkfPayload::read));

    private Payloads() {}

    private static Map.Entry<PayloadType, PayloadFormat> format(
            PayloadType type, String name, int fixed, PayloadFormat.BodyReader body) {
        return entry(type, new PayloadFormat(name, fixed, body));
    }

    /** Whether we can read payloads of that type. */
    public static boolean isKnown(PayloadType type) {
        return FORMATS.containsKey(type);
    }

    /**
     * Reads a chain of payloads that fills {@code in}.
     *
     * @param first the type of the first; NONE if there is none
     * @param limit how many payloads of known types may come
     */
    public static List<Payload> read(WireReader in, PayloadType first, int limit) throws WireException {
        return PayloadChain.read(in, first, FORMATS, "IKEv2 Generic Payload", limit);
    }
}
