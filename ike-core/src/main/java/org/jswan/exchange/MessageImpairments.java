// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jswan.base.Bytes;
import org.jswan.impair.Impairment;
import org.jswan.impair.Impairments;
import org.jswan.log.Logger;
import org.jswan.wire.ExchangeType;
import org.jswan.wire.IkeHeader;
import org.jswan.wire.IkeVersion;
import org.jswan.wire.Payload;
import org.jswan.wire.PayloadType;
import org.jswan.wire.UnknownPayload;
import org.jswan.wire.WireWriter;

/** What is wrong with messages that go out, whatever is in them. */
final class MessageImpairments {
    /** A payload type that nobody knows. */
    private static final PayloadType UNKNOWN = PayloadType.of(255);

    private static final int BOGUS_FLAG = 1;

    /** As libreswan: other payloads never get the flag. */
    private static final Set<PayloadType> FLAGGED = Set.of(
            PayloadType.SA,
            PayloadType.NONCE,
            PayloadType.NOTIFY,
            PayloadType.IDI,
            PayloadType.IDR,
            PayloadType.AUTH,
            PayloadType.CERT,
            PayloadType.CERTREQ,
            UNKNOWN);

    private final Impairments impair;

    MessageImpairments(Impairments impair) {
        this.impair = impair;
    }

    /** A payload with more flags than its own. */
    private record Flagged(Payload payload) implements Payload {
        @Override
        public PayloadType type() {
            return payload.type();
        }

        @Override
        public void writeBody(WireWriter out) {
            payload.writeBody(out);
        }

        @Override
        public int flags() {
            return payload.flags() | BOGUS_FLAG;
        }
    }

    IkeHeader header(IkeHeader header) {
        IkeVersion version = new IkeVersion(
                header.version().major() + (impair.on(Impairment.MAJOR_VERSION_BUMP) ? 1 : 0),
                header.version().minor() + (impair.on(Impairment.MINOR_VERSION_BUMP) ? 1 : 0));
        int bogus = impair.on(Impairment.SEND_BOGUS_ISAKMP_FLAG) ? IkeHeader.FLAG_RESERVED : 0;
        boolean forged = header.isResponse()
                && header.exchange().equals(ExchangeType.IKE_AUTH)
                && impair.on(Impairment.BAD_IKEV2_AUTH_XCHG);
        return header.with(version, header.flags() | bogus)
                .with(forged ? ExchangeType.INFORMATIONAL : header.exchange());
    }

    /** The payloads that are not encrypted. */
    List<Payload> clear(Logger logger, IkeHeader header, List<? extends Payload> payloads) {
        return impaired(logger, header, payloads, Impairment.ADD_UNKNOWN_V2_PAYLOAD_TO, "");
    }

    /** The payloads that are encrypted. */
    List<Payload> encrypted(Logger logger, IkeHeader header, List<? extends Payload> payloads) {
        sayFlagged(logger, 1);
        return impaired(logger, header, payloads, Impairment.ADD_UNKNOWN_V2_PAYLOAD_TO_SK, "SK ");
    }

    private List<Payload> impaired(
            Logger logger, IkeHeader header, List<? extends Payload> payloads, Impairment adding, String where) {
        List<Payload> all = new ArrayList<>();
        if (impair.on(adding, header.exchange().shortName())) {
            all.add(unknown(logger, header, where));
        }
        for (Payload payload : payloads) {
            if (impair.on(Impairment.SEND_BOGUS_PAYLOAD_FLAG) && FLAGGED.contains(payload.type())) {
                sayFlagged(logger, 1);
                all.add(new Flagged(payload));
            } else {
                all.add(payload);
            }
        }
        return all;
    }

    private Payload unknown(Logger logger, IkeHeader header, String where) {
        boolean critical = impair.on(Impairment.UNKNOWN_V2_PAYLOAD_CRITICAL);
        logger.log("IMPAIR: adding an unknown" + (critical ? " critical" : "") + " payload of type " + UNKNOWN.number()
                + " to " + header.exchange().shortName() + " " + where + "request");
        if (critical) {
            logger.log("IMPAIR: setting (should be off) critical payload bit");
        }
        return new UnknownPayload(UNKNOWN, critical, Bytes.EMPTY);
    }

    /** Those of encrypted payloads, which {@link #sayFlagged} tells of. */
    int flags() {
        return impair.on(Impairment.SEND_BOGUS_PAYLOAD_FLAG) ? BOGUS_FLAG : 0;
    }

    void sayFlagged(Logger logger, int payloads) {
        for (int i = 0; i < payloads && impair.on(Impairment.SEND_BOGUS_PAYLOAD_FLAG); i++) {
            logger.log("IMPAIR: adding bogus bit to critical octet");
        }
    }
}
