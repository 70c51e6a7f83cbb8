// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.mobike;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jswan.base.Endpoint;
import org.jswan.connection.Connection;
import org.jswan.exchange.ChildKernel;
import org.jswan.kernel.SaId;
import org.jswan.sa.ChildSa;
import org.jswan.sa.IkeSa;
import org.jswan.sa.SaDatabase;

/** Takes the Child SAs of an IKE SA to where that is now: the kernel's SAs and policies, and the connections' addresses. */
final class Move {
    private final SaDatabase sas;
    private final ChildKernel kernel;

    Move(SaDatabase sas, ChildKernel kernel) {
        this.sas = sas;
        this.kernel = kernel;
    }

    /** The Child SAs that packets go through. */
    static List<ChildSa> carrying(IkeSa ike) {
        return ike.children().stream()
                .filter(child -> child.connection().routeOwner().equals(Optional.of(child.serial())))
                .toList();
    }

    /** The connections whose ends the IKE SA is between. */
    static Set<Connection> connections(IkeSa ike) {
        Set<Connection> all = new LinkedHashSet<>();
        all.add(ike.connection());
        ike.children().forEach(child -> all.add(child.connection()));
        return all;
    }

    /** @param done gets whether the kernel took part in it */
    void childrenOf(IkeSa ike, Consumer<Boolean> done) {
        List<ChildSa> refused = new ArrayList<>();
        forEach(
                carrying(ike),
                (child, next) -> kernel.move(child, moved -> {
                    if (moved) {
                        rename(child);
                    } else {
                        refused.add(child);
                    }
                    next.run();
                }),
                () -> done.accept(refused.isEmpty()));
    }

    /** The kernel knows an SA by the addresses of its packets, too. */
    private void rename(ChildSa child) {
        Endpoint local = child.ike().socket().local();
        Endpoint remote = child.ike().remote();
        sas.rename(
                child,
                child.inbound().map(id -> new SaId(remote.address(), local.address(), id.protocol(), id.spi())),
                child.outbound().map(id -> new SaId(local.address(), remote.address(), id.protocol(), id.spi())));
    }

    /** Does something that takes time with one after the other, then {@code done}. */
    static void forEach(List<ChildSa> children, BiConsumer<ChildSa, Runnable> action, Runnable done) {
        forEach(children.iterator(), action, done);
    }

    private static void forEach(Iterator<ChildSa> left, BiConsumer<ChildSa, Runnable> action, Runnable done) {
        if (left.hasNext()) {
            action.accept(left.next(), () -> forEach(left, action, done));
        } else {
            done.run();
        }
    }
}
