// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jswan.base.IpAddress;
import org.jswan.control.WhackCommand;
import org.jswan.control.WhackCommand.Listen;
import org.jswan.control.WhackCommand.SocketBuffer;
import org.jswan.control.WhackCommand.Status;
import org.jswan.control.WhackCommand.ToggleErrorQueue;
import org.jswan.control.WhackRequest;
import org.jswan.identity.SecretStore;
import org.jswan.net.SocketOptions;
import org.jswan.pluto.PlutoOptions;
import org.junit.jupiter.api.Test;

/** How IKE's sockets are made is changed by whack before they are. */
class SocketOptionsTest {
    private final SimWorld world = new SimWorld(1);
    private final SimHost host =
            new SimHost("west", world, List.of(IpAddress.of(Pair.WEST)), SecretStore.empty(), PlutoOptions.defaults());

    private List<String> lines(WhackCommand... commands) {
        return host.whack(WhackRequest.of(commands)).lines();
    }

    @Test
    void whackSetsThemForSocketsToCome() {
        assertThat(lines(new SocketBuffer(65_536), new ToggleErrorQueue(), new Listen()))
                .containsSequence(
                        "002 set IKE socket buffer to 65536",
                        "002 disabling IKE socket MSG_ERRQUEUEs",
                        "002 listening for IKE messages");
        assertThat(world.network().madeWith()).containsOnly(new SocketOptions(65_536, false));
        assertThat(lines(new Status()))
                .anyMatch(line -> line.startsWith("000 ikebuf=65536, msg_errqueue=no, crl-strict=no, "));
        assertThat(lines(new ToggleErrorQueue())).containsExactly("002 enabling IKE socket MSG_ERRQUEUEs");
    }
}
