// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.daemon;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.jswan.config.conf.Values;
import org.jswan.config.value.Numbers;
import org.jswan.config.value.ValueException;
import org.jswan.revocation.RevocationSetting;

/** The options about the revocation of certificates, while they are read. */
final class RevocationOptions {
    private static final int MOST = 0xffff;

    private boolean strict;
    private Duration interval = RevocationSetting.DEFAULT.interval();
    private Duration patience = RevocationSetting.DEFAULT.patience();
    private Optional<String> source = Optional.empty();
    private boolean ocsp;
    private boolean ocspStrict;
    private boolean post;
    private Duration ocspTimeout = RevocationSetting.DEFAULT.ocsp().timeout();
    private Optional<String> responder = Optional.empty();
    private Optional<String> trusted = Optional.empty();
    private int cacheSize = RevocationSetting.DEFAULT.ocsp().cache().size();
    private Duration least = RevocationSetting.DEFAULT.ocsp().cache().least();
    private Duration greatest = RevocationSetting.DEFAULT.ocsp().cache().greatest();

    /** Takes an option of the command line; false if it is about something else. */
    boolean take(PlutoOption option, String argument) throws OptionReader.InvalidException {
        switch (option) {
            case CRL_STRICT -> strict = true;
            case CRLCHECKINTERVAL -> interval = duration(argument);
            case CURL_IFACE -> source = Optional.of(argument);
            case CURL_TIMEOUT -> patience = Duration.ofSeconds(OptionReader.number(argument, 1, MOST));
            case OCSP_ENABLE -> ocsp = true;
            case OCSP_STRICT -> ocspStrict = true;
            case OCSP_URI -> responder = Optional.of(argument);
            case OCSP_TRUSTNAME -> trusted = Optional.of(argument);
            case OCSP_TIMEOUT -> ocspTimeout = timeout(argument);
            case OCSP_CACHE_SIZE -> cacheSize = OptionReader.number(argument, 0, MOST);
            case OCSP_CACHE_MIN_AGE -> least = Duration.ofSeconds(OptionReader.number(argument, 0, MOST));
            case OCSP_CACHE_MAX_AGE -> greatest = Duration.ofSeconds(OptionReader.number(argument, 0, MOST));
            case OCSP_METHOD -> post = isPost(argument);
            default -> {
                return false;
            }
        }
        return true;
    }

    private static Duration duration(String text) throws OptionReader.InvalidException {
        try {
            return Numbers.duration(text, Duration.ofSeconds(1));
        } catch (ValueException e) {
            throw new OptionReader.InvalidException(e.getMessage());
        }
    }

    private static Duration timeout(String text) throws OptionReader.InvalidException {
        int seconds = OptionReader.number(text, 0, MOST);
        if (seconds == 0) {
            throw new OptionReader.InvalidException("must not be 0");
        }
        return Duration.ofSeconds(seconds);
    }

    private static boolean isPost(String method) throws OptionReader.InvalidException {
        if (!method.equals("post") && !method.equals("get")) {
            throw new OptionReader.InvalidException("ocsp-method is either 'post' or 'get'");
        }
        return method.equals("post");
    }

    /** Takes what {@code config setup} says, and its defaults where it says nothing. */
    void take(Values setup) {
        strict = setup.number("crl-strict") != 0;
        interval = Duration.ofMillis(setup.number("crlcheckinterval"));
        setup.givenText("curl-iface").ifPresent(given -> source = Optional.of(given));
        Duration given = Duration.ofMillis(setup.number("curl-timeout")).truncatedTo(ChronoUnit.SECONDS);
        if (!given.isZero()) {
            patience = given;
        }
        ocsp = setup.number("ocsp-enable") != 0;
        ocspStrict = setup.number("ocsp-strict") != 0;
        post = setup.number("ocsp-method") != 0;
        ocspTimeout = Duration.ofSeconds(setup.number("ocsp-timeout"));
        cacheSize = (int) setup.number("ocsp-cache-size");
        least = Duration.ofMillis(setup.number("ocsp-cache-min-age"));
        greatest = Duration.ofMillis(setup.number("ocsp-cache-max-age"));
        setup.givenText("ocsp-uri").ifPresent(text -> responder = Optional.of(text));
        setup.givenText("ocsp-trustname").ifPresent(text -> trusted = Optional.of(text));
    }

    /** What was read. */
    RevocationSetting setting() {
        return new RevocationSetting(
                strict,
                interval,
                patience,
                new RevocationSetting.Ocsp(
                        ocsp,
                        ocspStrict,
                        post,
                        ocspTimeout,
                        responder,
                        trusted,
                        new RevocationSetting.Cache(cacheSize, least, greatest)));
    }

    /** The interface, by name or address, over which documents are fetched. */
    Optional<String> source() {
        return source;
    }
}
