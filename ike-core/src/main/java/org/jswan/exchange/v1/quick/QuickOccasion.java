// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v1.quick;

import java.util.Optional;
import java.util.Set;
import org.jswan.base.SaSerial;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.sa.ChildSa;

/**
 * Why a Quick Mode begins.
 *
 * @param replaces the IPsec SA whose place it takes
 * @param inherited what it asks for beyond what its connection says
 * @param attempt the how manieth try it is, from 1
 */
public record QuickOccasion(Optional<SaSerial> replaces, Set<ConnectionPolicy> inherited, long attempt) {
    /** A connection is to have an IPsec SA. */
    public static final QuickOccasion FIRST = new QuickOccasion(Optional.empty(), Set.of(), 1);

    /** An IPsec SA, established or tried in vain, is to have a successor. */
    public static QuickOccasion replacing(ChildSa old, long attempt) {
        return new QuickOccasion(Optional.of(old.serial()), Inheritance.of(old), attempt);
    }

    /** The same where there is no ISAKMP SA either: as libreswan, then it counts as a beginning of its own. */
    public QuickOccasion anew() {
        return new QuickOccasion(Optional.empty(), inherited, 1);
    }
}
