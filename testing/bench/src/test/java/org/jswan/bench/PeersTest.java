// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** What is measured is what it is said to be. */
class PeersTest {
    private static Peers three() {
        Peers peers = new Peers(3, "aes_gcm256-sha2_512;dh31");
        peers.configureResponder();
        peers.startInitiators();
        return peers;
    }

    @Test
    void eachPeerBringsUpAnIkeSaAndAChildSaAndTakesThemDown() {
        Peers peers = three();
        peers.responder().expectEstablished(0);
        peers.up();
        peers.responder().expectEstablished(3);
        peers.down();
        peers.up();
        assertThatThrownBy(() -> peers.responder().expectEstablished(2))
                .hasMessageContaining("6 of 6 SAs are established, 6 in the kernel, where 4 should be");
    }

    @Test
    void respondersShareOfTheWorkIsMetered() {
        Peers peers = three();
        Meter.Cost before = peers.responder().cost();
        peers.up();
        Meter.Cost cost = peers.responder().cost().minus(before);
        assertThat(cost.allocated()).isPositive();
        assertThat(cost.cpuNanos()).isPositive();
    }

    @Test
    void sasOfForgottenInitiatorsStayUntilTheyAreEnded() {
        Peers peers = three();
        peers.up();
        peers.forgetInitiators();
        peers.responder().expectEstablished(3);
        peers.endAll();
        peers.responder().expectEstablished(0);
    }

    @Test
    void successorTakesThePlaceOfAChildSa() {
        Peers peers = three();
        peers.up();
        long before = peers.initiator().lastInboundNanos();
        peers.rekey(1);
        assertThat(peers.initiator().lastInboundNanos()).isGreaterThan(before);
        peers.responder().expectEstablished(3);
    }
}
