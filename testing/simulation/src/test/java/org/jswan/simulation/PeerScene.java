// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.jswan.base.Bytes;
import org.jswan.base.Endpoint;
import org.jswan.base.IpAddress;
import org.jswan.control.WhackCommand;
import org.jswan.control.WhackRequest;
import org.jswan.sa.V2State;
import org.jswan.simulation.SimNetwork.Datagram;

/**
 * One negotiation of ours with a peer outside the simulation: a tunnel comes up, then it goes. Its seed decides all that we
 * send, so that what a real peer answered once can be answered again.
 */
final class PeerScene {
    private static final Endpoint US = new Endpoint(IpAddress.of(Pair.WEST), 500);
    private static final Endpoint PEER = new Endpoint(IpAddress.of(Pair.EAST), 500);
    /** Less than we wait before we send a message again. */
    private static final Duration TURN = Duration.ofMillis(200);

    private final SimWorld world = new SimWorld(1);
    private final SimHost west = world.host("west", Pair.WEST, Pair.secrets(Pair.SECRET));
    private final Peer peer;
    private int seen;

    /** Who is at the other end. */
    interface Peer {
        /** It begins, and sends this. */
        List<Bytes> begin() throws IOException;

        /** It gets a message of ours, and sends this. */
        List<Bytes> answer(Bytes message) throws IOException;

        /** It takes the tunnel down, and sends this. */
        List<Bytes> end() throws IOException;
    }

    PeerScene(Peer peer) {
        this.peer = peer;
        west.whack(WhackRequest.of(new WhackCommand.Listen()));
        west.whack(WhackRequest.of(new WhackCommand.Add(Pair.tunnel().build())));
        world.run(TURN);
        // What the daemon needs to start is none of the negotiation's business.
        west.reseed(4711);
    }

    /** We begin and end. */
    void initiate() throws IOException {
        Pair.initiate(west, "t");
        talk();
        assertUp();
        west.whack(WhackRequest.of(new WhackCommand.Terminate("t")));
        talk();
        assertDown();
    }

    /** The peer begins and ends. */
    void respond() throws IOException {
        receive(peer.begin());
        talk();
        assertUp();
        receive(peer.end());
        talk();
        assertDown();
    }

    /** Until we have nothing more to say. */
    private void talk() throws IOException {
        world.run(TURN);
        List<Datagram> all = world.network().captured();
        while (seen < all.size()) {
            receive(peer.answer(all.get(seen++).octets()));
        }
    }

    private void receive(List<Bytes> messages) {
        for (Bytes message : messages) {
            world.network().deliverLater(new Datagram(PEER, US, message));
        }
        world.run(TURN);
    }

    private void assertUp() {
        assertThat(west.pluto().sas())
                .as(String.join("\n", world.trace()))
                .extracting("state")
                .containsExactlyInAnyOrder(V2State.ESTABLISHED_IKE_SA, V2State.ESTABLISHED_CHILD_SA);
        assertThat(west.kernel().installed()).hasSize(2);
    }

    private void assertDown() {
        assertThat(west.pluto().saCount()).as(String.join("\n", world.trace())).isZero();
        assertThat(west.kernel().spis()).isZero();
    }
}
