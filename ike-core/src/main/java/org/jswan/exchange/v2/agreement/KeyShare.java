// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v2.agreement;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import org.jswan.base.Bytes;
import org.jswan.crypto.KeGroup;
import org.jswan.crypto.NumberSpace;
import org.jswan.crypto.jca.PeerValueException;
import org.jswan.helper.Helpers.Outcome;
import org.jswan.impair.Impairment;
import org.jswan.impair.Impairments;
import org.jswan.log.Logger;
import org.jswan.wire.v2.KePayload;

/** Our public value on its way to the peer (RFC 7296 §3.4), unless that is impaired. */
public final class KeyShare {
    private KeyShare() {}

    /** Why there is no shared secret, in libreswan's words where it has some. */
    public static String failure(Outcome<?> outcome) {
        Throwable why = outcome.failure();
        return why instanceof PeerValueException ? why.getMessage() : "Diffie-Hellman failed: " + why.getMessage();
    }

    /** The KE payload; none if it is to be left out. */
    public static List<KePayload> payload(KeGroup group, Bytes publicValue, Impairments impair, Logger logger) {
        if (impair.on(Impairment.KE_PAYLOAD, "omit")) {
            logger.log("IMPAIR: omitting KE payload");
            return List.of();
        }
        return List.of(
                new KePayload(group.ids().in(NumberSpace.IKEV2).orElseThrow(), impaired(publicValue, impair, logger)));
    }

    private static Bytes impaired(Bytes publicValue, Impairments impair, Logger logger) {
        if (impair.on(Impairment.KE_PAYLOAD, "empty")) {
            logger.log("IMPAIR: sending an empty KE value");
            return Bytes.EMPTY;
        }
        OptionalLong octet = impair.number(Impairment.KE_PAYLOAD);
        if (octet.isEmpty()) {
            return publicValue;
        }
        logger.log(
                "IMPAIR: sending bogus KE (g^x) == " + (octet.getAsLong() & 0xff) + " value to break DH calculations");
        byte[] bogus = new byte[publicValue.length()];
        Arrays.fill(bogus, (byte) octet.getAsLong());
        return Bytes.wrap(bogus);
    }
}
