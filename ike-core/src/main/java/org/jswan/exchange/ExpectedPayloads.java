// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jswan.wire.NotifyType;
import org.jswan.wire.PayloadType;

/**
 * Which payloads a transition wants in one part of a message, the clear one or the encrypted one.
 *
 * @param all whether it takes all others too
 */
record ExpectedPayloads(
        Set<PayloadType> required, Set<PayloadType> optional, Optional<NotifyType> notification, boolean all) {
    static final ExpectedPayloads ANYTHING = new ExpectedPayloads(Set.of(), Set.of(), Optional.empty(), true);

    /** These may come in every message (RFC 7296 §1.2). */
    private static final Set<PayloadType> EVERYWHERE = Set.of(PayloadType.NOTIFY, PayloadType.VENDOR_ID);

    /** These may come more than once. */
    private static final Set<PayloadType> REPEATABLE = Set.of(
            PayloadType.NOTIFY,
            PayloadType.DELETE,
            PayloadType.CP,
            PayloadType.VENDOR_ID,
            PayloadType.CERT,
            PayloadType.CERTREQ);

    private static Set<PayloadType> set(Collection<PayloadType> of) {
        Set<PayloadType> sorted = new TreeSet<>(Comparator.comparingInt(PayloadType::number));
        sorted.addAll(of);
        return sorted;
    }

    /**
     * What keeps a part with those payloads from being this one; empty if nothing.
     *
     * @param notifies which notifies are among them
     */
    Optional<Misfit> misfit(List<PayloadType> present, Predicate<NotifyType> notifies) {
        Optional<NotifyType> lacking = notification.filter(wanted -> !notifies.test(wanted));
        return lacking.isEmpty() && fits(present) ? Optional.empty() : Optional.of(misfit(present, lacking));
    }

    private boolean fits(List<PayloadType> present) {
        for (int i = 0; i < present.size(); i++) {
            PayloadType type = present.get(i);
            boolean again = present.indexOf(type) < i;
            if (again && !REPEATABLE.contains(type) || !all && !isExpected(type)) {
                return false;
            }
        }
        return present.containsAll(required);
    }

    private boolean isExpected(PayloadType type) {
        return required.contains(type) || optional.contains(type) || EVERYWHERE.contains(type);
    }

    private Misfit misfit(List<PayloadType> present, Optional<NotifyType> lacking) {
        Set<PayloadType> missing = set(required);
        present.forEach(missing::remove);
        Set<PayloadType> unexpected = set(present);
        if (all) {
            unexpected.clear();
        }
        unexpected.removeIf(this::isExpected);
        Set<PayloadType> excessive = set(List.of());
        Set<PayloadType> seen = set(List.of());
        for (PayloadType type : present) {
            if (!seen.add(type) && !REPEATABLE.contains(type)) {
                excessive.add(type);
            }
        }
        return new Misfit(missing, unexpected, excessive, lacking);
    }

    /** Why payloads are not those of a transition. */
    record Misfit(
            Set<PayloadType> missing,
            Set<PayloadType> unexpected,
            Set<PayloadType> excessive,
            Optional<NotifyType> lacking) {
        /** As it stands at the end of a log line. */
        String text() {
            return part("missing payloads", missing)
                    + part("unexpected payloads", unexpected)
                    + part("excessive payloads", excessive)
                    + lacking.map(n -> "; missing notification " + n.shortName())
                            .orElse("");
        }

        private static String part(String title, Set<PayloadType> types) {
            return types.isEmpty() ? "" : "; " + title + ": " + names(types);
        }
    }

    /** Short names in order of the numbers, each once, commas between them. */
    static String names(Collection<PayloadType> types) {
        return set(types).stream().map(PayloadType::shortName).collect(Collectors.joining(","));
    }
}
