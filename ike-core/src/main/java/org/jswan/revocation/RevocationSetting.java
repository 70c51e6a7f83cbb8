// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.revocation;

import java.time.Duration;
import java.util.Optional;

/**
 * How it is found out whether certificates were revoked.
 *
 * @param strict whether every authority above a peer must have a current list of revoked certificates
 * @param interval how often it is looked whether lists are due; zero: never
 * @param patience how long to try to connect to where lists are
 */
public record RevocationSetting(boolean strict, Duration interval, Duration patience, Ocsp ocsp) {
    /** Lists count that are there. */
    public static final RevocationSetting DEFAULT =
            new RevocationSetting(false, Duration.ZERO, Duration.ofSeconds(5), Ocsp.DEFAULT);

    /** Whether lists are fetched. */
    public boolean isFetching() {
        return !interval.isZero() && !interval.isNegative();
    }

    /**
     * Whether and how responders are asked (RFC 6960).
     *
     * @param strict whether a certificate is refused of which nothing is known
     * @param post whether only HTTP's POST is used; else GET, and POST if that fails
     * @param timeout how long to try to connect
     * @param responder who is asked instead of those that certificates name
     * @param trusted the nickname of that responder's certificate; without it {@code responder} has no effect
     */
    public record Ocsp(
            boolean enabled,
            boolean strict,
            boolean post,
            Duration timeout,
            Optional<String> responder,
            Optional<String> trusted,
            Cache cache) {
        static final Ocsp DEFAULT = new Ocsp(
                false,
                false,
                false,
                Duration.ofSeconds(2),
                Optional.empty(),
                Optional.empty(),
                new Cache(1000, Duration.ofHours(1), Duration.ofDays(1)));
    }

    /**
     * How long answers are kept.
     *
     * @param size at most so many; 0: none
     * @param least what was learned or could not be learned is not asked again so soon
     * @param greatest it is asked again after so long
     */
    public record Cache(int size, Duration least, Duration greatest) {}
}
