// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v1;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import org.jswan.base.Bytes;
import org.jswan.impair.Impairment;
import org.jswan.impair.Impairments;
import org.jswan.log.Logger;
import org.jswan.wire.Payload;
import org.jswan.wire.v1.KePayload;

/** Our public values on the wire, or what an impairment makes of them. */
final class PublicValues {
    private PublicValues() {}

    /** The KE payload; none if it is to be left out. */
    static List<Payload> payload(Impairments impair, Logger logger, Bytes publicValue) {
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
}
