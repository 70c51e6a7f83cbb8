// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.jswan.base.IpAddress;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.EndOption;
import org.jswan.connection.HostSpec;
import org.jswan.pluto.PlutoOptions;
import org.junit.jupiter.api.Test;

/** {@code uniqueids=no}: an identity may be several peers. */
class SharedIdentityTest extends RoadScene {
    SharedIdentityTest() {
        super(PlutoOptions.defaults().withUniqueIds(false));
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
}
