// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.ConnectionRequest;
import org.jswan.sa.Sa;
import org.jswan.simulation.SimNetwork.Datagram;

/** A negotiation of IKEv1 that is held up behind one of its messages, for others to disturb it. */
final class Ikev1Negotiation {
    final Pair pair;
    private final List<Datagram> held = new ArrayList<>();

    /** Phase 1 by one of its modes, and Quick Mode. */
    enum Mode {
        MAIN(9),
        AGGRESSIVE(6);

        /** How many messages it takes until both ends are up. */
        final int messages;

        Mode(int messages) {
            this.messages = messages;
        }

        UnaryOperator<ConnectionRequest.Builder> connection() {
            return c -> this == MAIN
                    ? c
                    : c.set(ConnectionOption.AGGRESSIVE, true).set(ConnectionOption.IKE, "aes128-sha1;modp2048");
        }
    }

    private Ikev1Negotiation(Pair pair) {
        this.pair = pair;
    }

    /** The messages of one that nobody disturbs. */
    static List<Datagram> recorded(Mode mode, long seed) {
        Pair pair = Ikev1Pair.up(seed, mode.connection());
        List<Datagram> all = List.copyOf(pair.world.network().captured());
        assertThat(all).hasSize(mode.messages);
        return all;
    }

    /** West begins; so many messages arrive, and what is sent then waits: for less time than until it would be repeated. */
    static Ikev1Negotiation heldAfter(int arrived, Mode mode, long seed) {
        Ikev1Negotiation negotiation = new Ikev1Negotiation(Ikev1Pair.listening(seed, mode.connection()));
        SimNetwork network = negotiation.pair.world.network();
        network.filter(datagram -> network.captured().size() <= arrived || !negotiation.held.add(datagram));
        negotiation.pair.initiate(negotiation.pair.west);
        negotiation.pair.world.run(Duration.ofMillis(200));
        assertThat(negotiation.held).as(negotiation.pair.trace()).isNotEmpty();
        return negotiation;
    }

    /** What was sent so far. */
    List<Datagram> sent() {
        return pair.world.network().captured();
    }

    /** The states of all SAs of both ends. */
    List<String> states() {
        List<String> lines = new ArrayList<>();
        for (SimHost host : List.of(pair.west, pair.east)) {
            for (Sa sa : host.pluto().sas()) {
                lines.add(sa.serial() + " " + sa.state());
            }
        }
        return lines;
    }

    /** What was held arrives, and what comes after it. */
    void goOn() {
        pair.world.network().filter(datagram -> true);
        held.forEach(datagram -> pair.world.inject(datagram.from(), datagram.to(), datagram.octets()));
    }
}
