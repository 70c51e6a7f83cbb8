// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.jswan.base.IpAddress;
import org.jswan.control.WhackCommand;
import org.jswan.control.WhackRequest;
import org.jswan.simulation.SimHost.SimSession;
import org.junit.jupiter.api.Test;

/** {@code --listen} after the machine's addresses changed. */
class ListeningTest {
    private static List<String> ready(Pair pair, SimHost host) {
        SimSession session = host.whack(WhackRequest.of(new WhackCommand.Listen()));
        pair.world.run(Duration.ofSeconds(2));
        assertThat(session.isFinished()).isTrue();
        return session.lines(line -> line.replaceAll(" aged [0-9.]+s", ""));
    }

    private static boolean isOriented(SimHost host) {
        return host.pluto().connections().findConfigured("t").orElseThrow().isOriented();
    }

    @Test
    void whatUsedAnAddressThatIsGoneEnds() {
        Pair pair = Pair.up(1);
        pair.west.renumber(IpAddress.of("203.0.113.7"));
        assertThat(ready(pair, pair.west))
                .containsExactly(
                        "002 listening for IKE messages",
                        "002 adding UDP interface eth0 203.0.113.7:500",
                        "002 adding UDP interface eth0 203.0.113.7:4500",
                        "002 shutting down interface eth0 192.0.2.1:4500",
                        "002 shutting down interface eth0 192.0.2.1:500",
                        "002 \"t\" #1: deleting state (STATE_V2_ESTABLISHED_IKE_SA) and sending notification",
                        "002 \"t\" #1: deleting IKE SA but connection is supposed to remain up; schedule"
                                + " EVENT_REVIVE_CONNS",
                        "005 \"t\" #2: ESP traffic information: in=0B out=0B",
                        "002 forgetting secrets");
        assertThat(isOriented(pair.west)).isFalse();
        assertThat(pair.west.pluto().saCount()).isZero();
        assertThat(pair.west.kernel().policies()).as(pair.trace()).isEmpty();
        assertThat(pair.east.pluto().saCount()).isZero();
        pair.west.renumber(IpAddress.of(Pair.WEST));
        ready(pair, pair.west);
        assertThat(isOriented(pair.west)).isTrue();
    }

    @Test
    void aConnectionBothOfWhoseEndsAreOursIsNone() {
        Pair pair = Pair.up(2);
        pair.west.renumber(IpAddress.of(Pair.WEST), IpAddress.of(Pair.EAST));
        assertThat(ready(pair, pair.west))
                .containsExactly(
                        "002 listening for IKE messages",
                        "002 adding UDP interface eth0 192.0.2.2:500",
                        "002 adding UDP interface eth0 192.0.2.2:4500",
                        "003 two interfaces match \"t\" (eth0 192.0.2.2, eth0 192.0.2.1)",
                        "002 \"t\": terminating SAs using this connection",
                        "002 \"t\" #1: deleting state (STATE_V2_ESTABLISHED_IKE_SA) and sending notification",
                        "005 \"t\" #2: ESP traffic information: in=0B out=0B",
                        "002 forgetting secrets");
        assertThat(isOriented(pair.west)).isFalse();
        pair.west.renumber(IpAddress.of(Pair.WEST));
        ready(pair, pair.west);
        assertThat(isOriented(pair.west)).isTrue();
    }
}
