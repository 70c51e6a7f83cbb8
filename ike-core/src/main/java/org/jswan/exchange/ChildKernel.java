// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange;

import java.util.Optional;
import java.util.function.Consumer;
import org.jswan.connection.Connection;
import org.jswan.crypto.keymat.ChildKeys;
import org.jswan.kernel.KernelException;
import org.jswan.kernel.SaCounters;
import org.jswan.log.Logger;
import org.jswan.sa.ChildSa;

/** What Child SAs need of the kernel, the routes and the updown script. */
public interface ChildKernel {
    /** Reserves the SPI of the inbound SA and sets {@link ChildSa#inbound}. */
    void reserve(ChildSa child) throws KernelException;

    /** Reserves the CPI of the inbound IPCOMP SA and sets {@link ChildSa#inboundCompression}. */
    void reserveCompression(ChildSa child) throws KernelException;

    /**
     * Installs both SAs, the policies and the route; of a successor that the peer asked for, or of one
     * beside another, only the inbound SA, until
     * {@link #use}, for the peer installs its own only when it has our answer (RFC 7296 §2.8). The keys are destroyed in any case.
     *
     * @param done told on the loop, maybe at once, whether it worked; if not, nothing of it is left in the kernel and
     *     the log has the reason
     */
    void install(ChildSa child, ChildKeys keys, Consumer<Boolean> done);

    /**
     * Installs both SAs before the peer has confirmed them: what comes is taken, nothing leaves yet. The keys are destroyed
     * in any case.
     *
     * @param done told on the loop, maybe at once, whether it worked; if not, nothing of it is left in the kernel and
     *     the log has the reason
     */
    void prepare(ChildSa child, ChildKeys keys, Consumer<Boolean> done);

    /**
     * The peer confirmed what was prepared: packets leave by it, by policies and a route.
     *
     * @param done as that of {@link #install}
     */
    void confirm(ChildSa child, Consumer<Boolean> done);

    /** The connection that has the route to the same client, but by another peer or another of our interfaces. */
    Optional<Connection> rival(Connection connection);

    /**
     * The policies and the route of a connection whose packets' labels get SAs of their own, unless they are there.
     *
     * @param done told whether they are there now; why not is told to {@code logger}
     */
    void routeLabels(Connection connection, Logger logger, Consumer<Boolean> done);

    /** Takes a connection's route away, and what packets without an SA meet; after all that is to be done before. */
    void unroute(Connection connection);

    /** Packets leave by this Child SA from now on, if they did not yet. */
    void use(ChildSa child);

    /** The address that its packets left by is gone: the route goes, too, and what is installed stays. */
    void leave(ChildSa child, Runnable done);

    /**
     * Its packets go between the addresses and ports that its IKE SA's ends have now.
     *
     * @param done told on the loop, maybe at once, whether it worked; why not is logged
     */
    void move(ChildSa child, Consumer<Boolean> done);

    /** After {@link #leave} and {@link #move}: the route is made anew. */
    void arrive(ChildSa child, Runnable done);

    /**
     * Removes what {@link #reserve} and {@link #install} made; nothing if they did nothing.
     *
     * @param done called when it is gone and the updown script has ended; on the loop, maybe at once
     */
    void remove(ChildSa child, Runnable done);

    /** Runs {@code action} when all that was asked for so far is done, perhaps at once. */
    void afterwards(Runnable action);

    /** What went through one of its SAs; empty if the kernel has it no more. */
    Optional<SaCounters> counters(ChildSa child, boolean inbound) throws KernelException;
}
