// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v2.child;

import java.util.Optional;
import org.jswan.crypto.keymat.Nonces;
import org.jswan.exchange.Context;
import org.jswan.sa.ChildSa;
import org.jswan.sa.Succession.Successor;

/**
 * Child SAs that replace others: when both ends replace the same one at the same time, {@link org.jswan.sa.Succession}
 * tells which of the two stays.
 */
final class ChildSuccession {
    private final Context context;

    ChildSuccession(Context context) {
        this.context = context;
    }

    Optional<ChildSa> predecessor(ChildSa larval) {
        return larval.replaces().flatMap(context.sas()::find).map(ChildSa.class::cast);
    }

    /** A Child SA is up: if it replaces another one, it is decided who ends what. */
    void succeed(ChildSa next, boolean weBegan, Nonces nonces) {
        if (next.awaitsUse()) {
            context.lifetimes().useOnceHeard(next);
        }
        Optional<ChildSa> replaced = predecessor(next);
        if (replaced.isEmpty()) {
            return;
        }
        ChildSa old = replaced.get();
        old.succession().add(Successor.of(next, weBegan, nonces));
        Successor winner = old.succession().winner().orElseThrow();
        old.connection().setNewestChild(Optional.of(winner.serial()));
        for (Successor loser : old.succession().losers()) {
            context.sas().find(loser.serial()).map(ChildSa.class::cast).ifPresent(sa -> {
                sa.succession().add(winner);
                if (loser.weBegan()) {
                    context.lifecycle().closeChild(sa);
                }
            });
        }
        if (winner.weBegan()) {
            context.lifetimes().retire(old);
        } else {
            context.lifetimes().leaveToPeer(old);
        }
    }
}
