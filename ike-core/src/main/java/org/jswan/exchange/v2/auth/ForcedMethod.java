// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v2.auth;

import java.util.Map;
import java.util.Optional;
import org.jswan.impair.Impairment;
import org.jswan.impair.Impairments;
import org.jswan.wire.v2.AuthPayload;

/** The method of authentication that an impairment demands. */
final class ForcedMethod {
    private static final Map<String, Integer> NUMBERS = Map.of(
            "RSA", AuthPayload.RSA_SIGNATURE,
            "SHARED", AuthPayload.SHARED_KEY,
            "ECDSA_SHA2_256_P256", AuthPayload.ECDSA_SHA2_256_P256,
            "ECDSA_SHA2_384_P384", AuthPayload.ECDSA_SHA2_384_P384,
            "ECDSA_SHA2_512_P521", AuthPayload.ECDSA_SHA2_512_P521,
            "NULL", AuthPayload.NULL,
            "DIGSIG", AuthPayload.DIGITAL_SIGNATURE);

    private ForcedMethod() {}

    /** Its number in AUTH payloads. */
    static Optional<Integer> of(Impairments impair) {
        return name(impair).map(NUMBERS::get);
    }

    /** Its name. */
    static Optional<String> name(Impairments impair) {
        return NUMBERS.keySet().stream()
                .filter(name -> impair.on(Impairment.FORCE_V2_AUTH_METHOD, name))
                .findFirst();
    }
}
