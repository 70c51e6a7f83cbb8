// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v1.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import org.jswan.base.Bytes;
import org.jswan.impair.Impairment;
import org.jswan.impair.Impairments;
import org.jswan.log.Logger;
import org.jswan.wire.Payload;
import org.jswan.wire.v1.HashPayload;

/** Puts a HASH payload in front of others: the right one, or what an impairment makes of it. */
final class HashImpairment {
    /** The exchanges whose hashes can be impaired; the names are those of {@code whack --impair v1-hash-exchange:}. */
    enum Exchange {
        QUICK,
        XAUTH,
        NOTIFICATION,
        DELETE
    }

    private final Impairments impair;
    private final Logger logger;
    private final Exchange exchange;

    HashImpairment(Impairments impair, Logger logger, Exchange exchange) {
        this.impair = impair;
        this.logger = logger;
        this.exchange = exchange;
    }

    /** @param what the message, as logged */
    List<Payload> inFront(Bytes hash, String what, List<? extends Payload> rest) {
        List<Payload> payloads = new ArrayList<>(rest);
        if (!impair.on(Impairment.V1_HASH_EXCHANGE, exchange.name())) {
            payloads.add(0, new HashPayload(hash));
            return payloads;
        }
        if (impair.on(Impairment.V1_HASH_PAYLOAD, "omit")) {
            logger.log("IMPAIR: omitting HASH payload for " + what);
            return payloads;
        }
        payloads.add(0, new HashPayload(impaired(hash, what)));
        return payloads;
    }

    private Bytes impaired(Bytes hash, String what) {
        if (impair.on(Impairment.V1_HASH_PAYLOAD, "empty")) {
            logger.log("IMPAIR: sending HASH payload with no data for " + what);
            return Bytes.EMPTY;
        }
        OptionalLong octet = impair.number(Impairment.V1_HASH_PAYLOAD);
        if (octet.isEmpty()) {
            return hash;
        }
        // As libreswan: it shows the number, of which an octet is sent.
        logger.log(String.format("IMPAIR: setting HASH payload bytes to %02x", octet.getAsLong()));
        byte[] bogus = new byte[hash.length()];
        Arrays.fill(bogus, (byte) octet.getAsLong());
        return Bytes.wrap(bogus);
    }
}
