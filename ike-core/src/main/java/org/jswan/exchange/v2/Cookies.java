// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v2;

import java.util.Optional;
import org.jswan.base.Bytes;
import org.jswan.base.Secret;
import org.jswan.crypto.Hash;
import org.jswan.exchange.Incoming;
import org.jswan.random.RandomSource;
import org.jswan.wire.NotifyType;
import org.jswan.wire.v2.NoncePayload;
import org.jswan.wire.v2.NotifyPayload;

/**
 * Cookies against forged IKE_SA_INIT requests (RFC 7296 §2.6): Cookie = SHA2-256(Ni | IPi | SPIi | secret). Nothing is
 * stored for a request that has none.
 */
public final class Cookies {
    private static final int SECRET_LENGTH = 32;

    private final RandomSource random;
    private Secret secret;

    public Cookies(RandomSource random) {
        this.random = random;
        renew();
    }

    /** Makes a new secret; cookies given out before are worth nothing any more. */
    public void renew() {
        if (secret != null) {
            secret.destroy();
        }
        secret = Secret.copyOf(random.bytes(SECRET_LENGTH));
    }

    /** The cookie for a request. */
    Bytes cookie(Incoming request) {
        return Hash.SHA2_256.digest(
                request.need(NoncePayload.class).data(),
                request.sender().address().octets(),
                NatDetection.octets(request.header().initiatorSpi()),
                Bytes.copyOf(secret.expose()));
    }

    /** The cookie that a request brings: it is the first payload, if any. */
    static Optional<Bytes> broughtBy(Incoming request) {
        return request.clear().stream()
                .limit(1)
                .filter(NotifyPayload.class::isInstance)
                .map(NotifyPayload.class::cast)
                .filter(n -> n.notifyType().equals(NotifyType.COOKIE))
                .map(NotifyPayload::data)
                .findFirst();
    }
}
