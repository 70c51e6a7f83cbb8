// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v2;

import java.time.Duration;
import java.util.Optional;
import org.jswan.base.Bytes;
import org.jswan.base.Secret;
import org.jswan.crypto.Hash;
import org.jswan.exchange.Incoming;
import org.jswan.random.RandomSource;
import org.jswan.time.Clock;
import org.jswan.wire.NotifyType;
import org.jswan.wire.v2.NoncePayload;
import org.jswan.wire.v2.NotifyPayload;

/**
 * Cookies against forged IKE_SA_INIT requests (RFC 7296 §2.6): Cookie = SHA2-256(Ni | IPi | SPIi | secret). Nothing is
 * stored for a request that has none. The secret changes every hour; what the one before it made is taken for another hour.
 */
public final class Cookies {
    private static final int SECRET_LENGTH = 32;

    private static final long LIFE_NANOS = Duration.ofHours(1).toNanos();

    private final RandomSource random;
    private final Clock clock;
    private Optional<Secret> former = Optional.empty();
    private Secret secret;
    private long madeNanos;

    public Cookies(RandomSource random, Clock clock) {
        this.random = random;
        this.clock = clock;
        this.secret = newSecret();
        this.madeNanos = clock.nanos();
    }

    private Secret newSecret() {
        return Secret.copyOf(random.bytes(SECRET_LENGTH));
    }

    private void renew() {
        if (clock.nanos() - madeNanos >= LIFE_NANOS) {
            boolean lately = clock.nanos() - madeNanos < 2 * LIFE_NANOS;
            former.ifPresent(Secret::destroy);
            former = Optional.of(secret).filter(old -> lately);
            if (!lately) {
                secret.destroy();
            }
            secret = newSecret();
            madeNanos = clock.nanos();
        }
    }

    /** The cookie for a request. */
    Bytes cookie(Incoming request) {
        renew();
        return cookie(request, secret);
    }

    /** Whether a request brings the cookie that it was given. */
    boolean isGood(Bytes brought, Incoming request) {
        return brought.equals(cookie(request))
                || former.filter(old -> brought.equals(cookie(request, old))).isPresent();
    }

    private static Bytes cookie(Incoming request, Secret secret) {
        return Hash.SHA2_256.digest(
                request.need(NoncePayload.class).data(),
                request.sender().address().octets(),
                request.header().initiatorSpi().octets(),
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
