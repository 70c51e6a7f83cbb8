// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.pluto;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jswan.key.Ckaid;
import org.jswan.key.PrivateKeyRing;
import org.jswan.key.PrivateKeyRing.Found;
import org.jswan.key.PrivateKeyRing.Presence;
import org.jswan.log.RcCode;
import org.jswan.pluto.CommandTable.Request;

/** Listings that tell of which keys the private half is there. */
final class KeyListing {
    private final PrivateKeyRing privateKeys;
    private Request latest;
    private boolean endedBlank;

    KeyListing(PrivateKeyRing privateKeys) {
        this.privateKeys = privateKeys;
    }

    /** The lines of a listing, made of what is known about private keys. */
    interface Lines {
        List<String> of(Function<Ckaid, Presence> presence);
    }

    /** Looks for the private halves and says the lines. */
    void say(Collection<Ckaid> keys, Request request, Lines lines, Runnable done) {
        privateKeys.load(keys, found -> {
            say(request, lines.of(ckaid -> presence(found, ckaid)));
            done.run();
        });
    }

    private static Presence presence(Map<Ckaid, Found> found, Ckaid ckaid) {
        return Optional.ofNullable(found.get(ckaid)).map(Found::presence).orElse(Presence.NO);
    }

    /** Says the lines of a listing. Between two of one request there is one blank line. */
    @SuppressWarnings("ReferenceEquality") // Two requests may well say the same.
    void say(Request request, List<String> lines) {
        boolean merges = request == latest
                && endedBlank
                && !lines.isEmpty()
                && lines.get(0).isBlank();
        (merges ? lines.subList(1, lines.size()) : lines)
                .forEach(line -> request.logger().whackOnly(RcCode.COMMENT, line));
        if (!lines.isEmpty()) {
            latest = request;
            endedBlank = lines.get(lines.size() - 1).isBlank();
        }
    }
}
