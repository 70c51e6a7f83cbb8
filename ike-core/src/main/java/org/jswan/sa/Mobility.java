// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.sa;

import java.util.Optional;
import org.jswan.base.Endpoint;
import org.jswan.base.IpAddress;

/** What an IKE SA whose ends agreed on MOBIKE (RFC 4555) remembers of its moves. */
public final class Mobility {
    private Optional<IpAddress> lost = Optional.empty();
    private Optional<Move> move = Optional.empty();

    /**
     * A move of ours that the peer has not confirmed yet.
     *
     * @param from where packets leave and arrive until then
     * @param nextHop the gateway towards the peer on the new path
     * @param messageId of the request that tells the peer, once that is sent
     */
    public record Move(Endpoint from, Optional<IpAddress> nextHop, Optional<Long> messageId) {
        /** The same, now that the peer is told. */
        public Move told(long id) {
            return new Move(from, nextHop, Optional.of(id));
        }
    }

    /** The address of ours that went away, until another one is in its place. */
    public Optional<IpAddress> lost() {
        return lost;
    }

    public void setLost(Optional<IpAddress> address) {
        lost = address;
    }

    public Optional<Move> move() {
        return move;
    }

    public void setMove(Optional<Move> begun) {
        move = begun;
    }
}
