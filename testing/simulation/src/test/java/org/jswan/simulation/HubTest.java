// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.ConnectionRequest;
import org.jswan.connection.IkeVersion;
import org.jswan.control.WhackCommand.Add;
import org.jswan.control.WhackCommand.Delete;
import org.jswan.control.WhackCommand.Listen;
import org.jswan.control.WhackCommand.Shutdown;
import org.jswan.control.WhackRequest;
import org.junit.jupiter.api.Test;

/** Many daemons in one JVM, each with a tunnel to one of them. */
class HubTest {
    private static final int SPOKES = 50;
    private static final String HUB = "192.0.2.254";

    private static ConnectionRequest spoke(int number) {
        return ConnectionRequest.builder("spoke" + number)
                .left(Pair.end("192.0.2." + number, "@spoke" + number, "10.0." + number + ".0/24"))
                .right(Pair.end(HUB, "@hub", "10.254.0.0/16"))
                .set(ConnectionOption.IKE_VERSION, IkeVersion.IKEV2)
                .set(ConnectionOption.IKE, "aes_gcm256-sha2_512;dh31")
                .set(ConnectionOption.ENCRYPT)
                .set(ConnectionOption.TUNNEL)
                .set(ConnectionOption.ESN_NO)
                .set(ConnectionOption.IKE_FRAGMENTATION_ALLOW)
                .build();
    }

    @Test
    void allTunnelsComeUpAndGo() {
        SimWorld world = new SimWorld(50);
        world.weather(Weather.FOUL);
        SimHost hub = world.host("hub", HUB, Pair.secrets(Pair.SECRET));
        hub.whack(WhackRequest.of(new Listen()));
        List<SimHost> spokes = new ArrayList<>();
        for (int i = 1; i <= SPOKES; i++) {
            SimHost spoke = world.host("spoke" + i, "192.0.2." + i, Pair.secrets(Pair.SECRET));
            spoke.whack(WhackRequest.of(new Listen()));
            for (SimHost end : List.of(spoke, hub)) {
                end.whack(WhackRequest.of(new Add(spoke(i))));
            }
            spokes.add(spoke);
        }
        world.run(Duration.ofSeconds(1));
        for (int i = 1; i <= SPOKES; i++) {
            Pair.initiate(spokes.get(i - 1), "spoke" + i);
        }
        assertThat(world.runUntil(
                        () -> hub.kernel().installed().size() >= 2 * SPOKES
                                && spokes.stream()
                                        .allMatch(spoke ->
                                                spoke.kernel().installed().size() == 2),
                        Duration.ofMinutes(30)))
                .as(String.join("\n", world.trace()))
                .isTrue();
        world.weather(Weather.FAIR);
        hub.whack(WhackRequest.of(new Shutdown(false)));
        world.run(Duration.ofSeconds(1));
        assertThat(hub.isShutDown()).isTrue();
        assertThat(hub.pluto().saCount()).isZero();
        assertThat(hub.kernel().spis()).isZero();
        assertThat(hub.kernel().policies()).isEmpty();
        // The spokes go on trying until they are told not to.
        for (int i = 1; i <= SPOKES; i++) {
            spokes.get(i - 1).whack(WhackRequest.of(new Delete("spoke" + i, false)));
        }
        world.run(Duration.ofMinutes(5));
        for (SimHost spoke : spokes) {
            assertThat(spoke.pluto().saCount()).isZero();
            assertThat(spoke.kernel().spis()).isZero();
            assertThat(spoke.kernel().policies()).isEmpty();
        }
        assertThat(world.pendingTimers()).isZero();
    }
}
