// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.routing;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jswan.base.Selector;
import org.jswan.log.Logger;

/** The shunts that belong to no connection. The table knows no kernel: who changes it changes that, too. */
public final class BareShunts {
    private final Map<BareShunt.Key, BareShunt> oldestFirst = new LinkedHashMap<>();

    BareShunts() {}

    /** There should be none of the same ends and protocol; if there is, that is told, and the newer takes its place. */
    void put(BareShunt shunt, Logger logger) {
        BareShunt existing = oldestFirst.remove(shunt.key());
        if (existing != null) {
            logger.log("CONFLICTING existing " + existing.story());
        }
        oldestFirst.put(shunt.key(), shunt);
        logger.debug("add " + shunt.story());
        if (existing != null) {
            logger.log("CONFLICTING      new " + shunt.story());
        }
    }

    /** The shunt of the same ends and protocol is that now. */
    void replace(BareShunt shunt, Logger logger) {
        oldestFirst.replace(shunt.key(), shunt);
        logger.debug("replace " + shunt.story());
    }

    /** That of those ends, or, as libreswan finds them, one that holds a packet between them by whatever port. */
    Optional<BareShunt> find(Selector ours, Selector theirs) {
        BareShunt exact = oldestFirst.get(new BareShunt.Key(ours, theirs));
        return exact != null
                ? Optional.of(exact)
                : oldestFirst.values().stream()
                        .filter(shunt -> shunt.isHeldBetween(ours, theirs))
                        .findFirst();
    }

    /** The shunt between those ends is known no more, if there was one. */
    boolean forget(Selector ours, Selector theirs, Logger logger) {
        Optional<BareShunt> gone = find(ours, theirs);
        gone.ifPresent(shunt -> {
            oldestFirst.remove(shunt.key());
            logger.debug("delete " + shunt.story());
        });
        return gone.isPresent();
    }

    List<BareShunt> newestFirst() {
        List<BareShunt> all = new ArrayList<>(oldestFirst.values());
        Collections.reverse(all);
        return all;
    }

    int size() {
        return oldestFirst.size();
    }

    boolean isEmpty() {
        return oldestFirst.isEmpty();
    }

    /** What {@code --shuntstatus} lists, the newest first. */
    public List<String> lines() {
        return newestFirst().stream().map(BareShunt::line).toList();
    }
}
