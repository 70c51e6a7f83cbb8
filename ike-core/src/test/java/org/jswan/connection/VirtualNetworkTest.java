// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.connection;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.jswan.base.IpAddress;
import org.jswan.base.Subnet;
import org.jswan.config.value.PrivateNetworks;
import org.jswan.routing.World;
import org.junit.jupiter.api.Test;

class VirtualNetworkTest {
    private static final PrivateNetworks PRIVATE =
            PrivateNetworks.parse("%v4:10.0.0.0/8,%v4:!10.1.0.0/16,%v4:192.168.0.0/16", fault -> {});
    private static final String OTHERWISE = "a private network virtual IP was required, but ";

    private final World world = new World("192.0.2.1");

    private Optional<String> objection(String virtual, String client, PrivateNetworks setting) {
        return VirtualNetwork.parse(virtual, world.logger)
                .orElseThrow()
                .objection(Subnet.of(client), IpAddress.of("192.0.2.9"), setting, world.logger);
    }

    @Test
    void aHostIsOneAddress() {
        assertThat(objection("vhost:%priv", "10.2.0.0/31", PRIVATE))
                .contains("only virtual host single IPs are allowed");
        assertThat(objection("vhost:%priv", "10.2.0.1/32", PRIVATE)).isEmpty();
        assertThat(objection("vnet:%priv", "10.2.0.0/16", PRIVATE)).isEmpty();
    }

    @Test
    void privateIsWhatTheSettingAllowsAndDoesNotExclude() {
        assertThat(objection("vhost:%priv", "172.16.0.1/32", PRIVATE).orElseThrow())
                .startsWith(OTHERWISE + "the proposed IP did not match our list");
        assertThat(objection("vhost:%priv", "10.1.0.1/32", PRIVATE).orElseThrow())
                .startsWith(OTHERWISE + "our list (virtual-private=) excludes their IP");
        assertThat(objection("vhost:%priv", "172.16.0.1/32", PrivateNetworks.NONE))
                .as("as libreswan: there is no list")
                .isEmpty();
    }

    @Test
    void thePeerItselfMayBeAllowed() {
        assertThat(objection("vhost:%no,%priv", "192.0.2.9/32", PRIVATE)).isEmpty();
        assertThat(objection("vhost:%priv", "192.0.2.9/32", PRIVATE)).isPresent();
        assertThat(objection("vhost:%no,%priv", "192.0.2.8/32", PRIVATE)).isPresent();
    }

    @Test
    void networksOfItsOwnAreAllowed() {
        assertThat(objection("vnet:%priv,%v4:172.16.0.0/12", "172.16.1.0/24", PRIVATE))
                .isEmpty();
        assertThat(objection("vnet:172.16.0.0/12", "10.2.0.0/24", PRIVATE))
                .contains("a specific network IP was required, but the proposed IP did not match our list"
                        + " (subnet=vhost:list)");
    }

    @Test
    void allIsAllowedWithAWarning() {
        assertThat(objection("vnet:%priv,%all", "198.51.100.0/24", PRIVATE)).isEmpty();
        assertThat(world.log).containsExactly("WARNING: vnet:%all must only be used for testing");
    }

    @Test
    void whatIsNotReadLeavesNothingOpen() {
        assertThat(VirtualNetwork.parse("host:%priv", world.logger)).isEmpty();
        assertThat(VirtualNetwork.parse("vhost:%priv,10.0.0.1/8", world.logger)).isEmpty();
        assertThat(world.log)
                .containsExactly(
                        "virtual string \"host:%priv\" is missing \"vhost:\" or \"vnet:\" - virtual selection is"
                                + " disabled for connection",
                        "virtual-private entry is not a proper subnet: improper subnet, host-part bits on",
                        "invalid virtual string \"vhost:%priv,10.0.0.1/8\" - virtual selection is disabled for"
                                + " connection");
    }
}
