// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.jswan.base.IpAddress;
import org.jswan.connection.AuthenticationMethod;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.ConnectionRequest;
import org.jswan.connection.EndOption;
import org.jswan.connection.EndRequest;
import org.jswan.connection.HostSpec;
import org.jswan.connection.Ikev1Policy;
import org.jswan.pluto.PlutoOptions;
import org.junit.jupiter.api.Test;

/** {@code uniqueids=no}: an identity may be several peers. */
class SharedIdentityTest extends RoadScene {
    private static final PlutoOptions OPTIONS = PlutoOptions.defaults().withIkev1(Ikev1Policy.ACCEPT);

    SharedIdentityTest() {
        super(OPTIONS.withUniqueIds(false));
    }

    private SimHost road(String address) {
        SimHost road = listening("road" + address, address);
        add(
                road,
                bare("road")
                        .left(gatewayEnd("10.0.0.0/24").build())
                        .right(end(HostSpec.of(IpAddress.of(address)))
                                .set(EndOption.ID, "@one")
                                .build())
                        .set(ConnectionOption.INITIAL_CONTACT));
        return road;
    }

    @Test
    void eachKeepsWhatItHas() {
        add(
                gateway,
                bare("any")
                        .left(gatewayEnd("10.0.0.0/24").build())
                        .right(end(HostSpec.any()).set(EndOption.ID, "@one").build()));
        SimHost one = road("192.0.2.1");
        SimHost two = road("192.0.2.2");
        up(one);
        up(two);
        assertThat(instances())
                .as(trace())
                .hasSize(2)
                .extracting(c -> c.remote().id().toString())
                .containsOnly("@one");
        assertThat(gateway.ikeSas()).hasSize(2).allMatch(ike -> ike.children().size() == 1);
        down(one);
        assertThat(instances()).hasSize(1);
        assertThat(two.ikeSas()).hasSize(1);
    }

    private static ConnectionRequest.Builder ikev1(String name, EndRequest.Builder road) {
        return Ikev1Pair.ikev1(bare(name))
                .set(ConnectionOption.AUTHENTICATION, Set.of(AuthenticationMethod.PSK))
                .left(Ikev1Pair.end(GATEWAY, "@gateway", "10.0.0.0/24").build())
                .right(road.set(EndOption.ID, "@one").build());
    }

    private SimHost ikev1Road(String address) {
        SimHost road = listening(new SimHost(
                "road" + address, world, List.of(IpAddress.of(address)), Pair.secrets(Pair.SECRET), OPTIONS));
        add(road, ikev1("road", EndRequest.builder().set(EndOption.HOST, HostSpec.of(IpAddress.of(address)))));
        return road;
    }

    @Test
    void eachKeepsWhatItHasByIkev1Too() {
        add(gateway, ikev1("any", EndRequest.builder().set(EndOption.HOST, HostSpec.any())));
        SimHost one = ikev1Road("192.0.2.1");
        SimHost two = ikev1Road("192.0.2.2");
        up(one);
        up(two);
        assertThat(instances()).as(trace()).hasSize(2);
        assertThat(gateway.pluto().saCount()).isEqualTo(4);
        down(one);
        assertThat(instances()).hasSize(1);
        assertThat(two.pluto().saCount()).isEqualTo(2);
    }
}
