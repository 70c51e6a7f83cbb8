// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jswan.base.IpAddress;
import org.jswan.connection.AuthenticationMethod;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.ConnectionRequest;
import org.jswan.connection.DpdAction;
import org.jswan.connection.EndOption;
import org.jswan.connection.EndRequest;
import org.jswan.connection.HostSpec;
import org.jswan.connection.Ikev1Policy;
import org.jswan.pluto.PlutoOptions;
import org.jswan.sa.V1State;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Peers of IKEv1 whose addresses are unknown before they come, and that die. */
class DeadRoadWarriorTest extends RoadScene {
    private static final PlutoOptions OPTIONS = PlutoOptions.defaults().withIkev1(Ikev1Policy.ACCEPT);
    private static final String ROAD = "192.0.2.1";

    DeadRoadWarriorTest() {
        super(OPTIONS);
    }

    private static ConnectionRequest.Builder connection(String name, HostSpec peer) {
        return Ikev1Pair.ikev1(bare(name))
                .set(ConnectionOption.AUTHENTICATION, Set.of(AuthenticationMethod.PSK))
                .left(Ikev1Pair.end(GATEWAY, "@gateway", "10.0.0.0/24").build())
                .right(EndRequest.builder()
                        .set(EndOption.HOST, peer)
                        .set(EndOption.ID, "@road")
                        .build());
    }

    /** There is nobody who could be called, or for whom packets could wait: whatever is to be done, the instance goes. */
    @ParameterizedTest
    @CsvSource({
        "HOLD, putting connection into hold",
        "CLEAR, clearing connection kind CK_INSTANCE",
        "RESTART, restarting all connections that share this peer"
    })
    void nothingIsLeftOfIt(DpdAction action, String said) {
        add(
                gateway,
                connection("any", HostSpec.any())
                        .set(ConnectionOption.DPD_DELAY, Duration.ofSeconds(5))
                        .set(ConnectionOption.DPD_TIMEOUT, Duration.ofSeconds(20))
                        .set(ConnectionOption.DPD_ACTION, action));
        SimHost road =
                listening(new SimHost("road", world, List.of(IpAddress.of(ROAD)), Pair.secrets(Pair.SECRET), OPTIONS));
        add(road, connection("road", HostSpec.of(IpAddress.of(ROAD))));
        up(road);
        assertThat(Ikev1Pair.has(gateway, V1State.QUICK_R2)).as(trace()).isTrue();
        world.pass(octets -> false);
        world.run(Duration.ofSeconds(26));
        assertThat(gateway.log())
                .as(trace())
                .containsSubsequence(
                        "\"any\"[1] " + ROAD + " #1: DPD action - " + said,
                        "\"any\"[1] " + ROAD + ": deleting connection instance with peer " + ROAD
                                + " {isakmp=#0/ipsec=#0}");
        assertThat(trace().contains("gateway| DPD warning dpdaction=hold on instance futile - will be deleted"))
                .isEqualTo(action == DpdAction.HOLD);
        assertThat(instances()).isEmpty();
        assertThat(gateway.pluto().saCount()).isZero();
        assertThat(gateway.kernel().installed()).isEmpty();
        assertThat(gateway.kernel().policies()).isEmpty();
    }
}
