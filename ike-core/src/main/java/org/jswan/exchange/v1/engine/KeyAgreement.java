// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v1.engine;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import org.jswan.base.Bytes;
import org.jswan.crypto.jca.PeerValueException;
import org.jswan.helper.Helpers.Outcome;
import org.jswan.impair.Impairment;
import org.jswan.impair.Impairments;
import org.jswan.log.Logger;
import org.jswan.wire.Payload;
import org.jswan.wire.v1.KePayload;
import org.jswan.wire.v1.NoncePayload;
import org.jswan.wire.v1.NotificationType;

/** What phase 1 and Quick Mode have in common: public values, nonces, and what helpers compute of them. */
public final class KeyAgreement {
    /** Octets of our nonces. */
    public static final int NONCE_LENGTH = 32;

    private static final int SHORTEST_NONCE = 8;
    private static final int LONGEST_NONCE = 256;

    private KeyAgreement() {}

    /** Our public value as a KE payload, or what an impairment makes of it; none if it is to be left out. */
    public static List<Payload> payload(Impairments impair, Logger logger, Bytes publicValue) {
        if (impair.on(Impairment.KE_PAYLOAD, "omit")) {
            logger.log("IMPAIR: sending no KE (g^x) payload");
            return List.of();
        }
        if (impair.on(Impairment.KE_PAYLOAD, "empty")) {
            logger.log("IMPAIR: sending empty KE (g^x)");
            return List.of(new KePayload(Bytes.EMPTY));
        }
        OptionalLong octet = impair.number(Impairment.KE_PAYLOAD);
        if (octet.isEmpty()) {
            return List.of(new KePayload(publicValue));
        }
        logger.log(
                "IMPAIR: sending bogus KE (g^x) == " + (octet.getAsLong() & 0xff) + " value to break DH calculations");
        byte[] bogus = new byte[publicValue.length()];
        Arrays.fill(bogus, (byte) octet.getAsLong());
        return List.of(new KePayload(Bytes.wrap(bogus)));
    }

    /** The peer's nonce. */
    public static Bytes nonce(IsakmpMessage message, String name) throws IsakmpFailure {
        Bytes nonce = message.need(NoncePayload.class).data();
        if (nonce.length() < SHORTEST_NONCE || nonce.length() > LONGEST_NONCE) {
            throw IsakmpFailure.refused(
                    NotificationType.PAYLOAD_MALFORMED,
                    name + " length not between " + SHORTEST_NONCE + " and " + LONGEST_NONCE);
        }
        return nonce;
    }

    /** What a helper computed. */
    public static <T> T valueOf(Outcome<T> outcome) throws IsakmpFailure {
        if (outcome.failure() != null) {
            Throwable why = outcome.failure();
            throw IsakmpFailure.refused(
                    NotificationType.INVALID_KEY_INFORMATION,
                    why instanceof PeerValueException
                            ? why.getMessage()
                            : "Diffie-Hellman failed: " + why.getMessage());
        }
        return outcome.value();
    }
}
