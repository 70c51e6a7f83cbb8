// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.routing;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;
import org.jswan.base.IpAddress;
import org.jswan.base.Subnet;
import org.jswan.connection.AuthenticationMethod;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.ConnectionRequest;
import org.jswan.connection.EndOption;
import org.jswan.connection.EndRequest;
import org.jswan.connection.HostSpec;
import org.jswan.connection.RoutingState;
import org.junit.jupiter.api.Test;

/** Connections that want one route, or one pair of policies. */
class RouteOwnersTest {
    private static final Subnet EVERYWHERE = Subnet.of("0.0.0.0/0");
    private static final Subnet OURS = Subnet.of("10.0.1.0/24");
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int FEW = 10;
    private static final int MANY = 10_000;

    private final World world = new World("192.0.2.1");

    private static ConnectionRequest.Builder towards(Subnet theirs, Subnet ours, int number) {
        return ConnectionRequest.builder("c" + number)
                .set(ConnectionOption.ENCRYPT)
                .set(ConnectionOption.TUNNEL)
                .set(ConnectionOption.AUTHENTICATION, Set.of(AuthenticationMethod.PSK))
                .left(EndRequest.builder()
                        .set(EndOption.HOST, HostSpec.of(IpAddress.of("192.0.2.1")))
                        .set(EndOption.CLIENT, ours)
                        .build())
                .right(EndRequest.builder()
                        .set(EndOption.HOST, HostSpec.of(IpAddress.of("192.0.2.2")))
                        .set(EndOption.CLIENT, theirs)
                        .build());
    }

    private Connection routed(ConnectionRequest request) {
        Connection connection = world.add(request);
        world.routing.states().set(connection, RoutingState.ROUTED_PROSPECTIVE);
        return connection;
    }

    /** What it takes to route one more connection, and to end that, as octets of memory that are asked for meanwhile. */
    private static long work(int others, IntFunction<ConnectionRequest> requests) {
        RouteOwnersTest scene = new RouteOwnersTest();
        for (int n = 1; n <= others; n++) {
            scene.routed(requests.apply(n));
        }
        Connection one = scene.world.add(requests.apply(0));
        long work = 0;
        for (int round = 0; round < 3; round++) {
            // Of the last round: the first ones load classes.
            long before = THREADS.getCurrentThreadAllocatedBytes();
            scene.world.routing.trap(one, routed -> assertThat(routed).isTrue());
            scene.world.runScripts();
            assertThat(scene.world.routing.states().owners().route(one)).isPresent();
            scene.world.routing.untrap(one, gone -> assertThat(gone).isTrue());
            scene.world.runScripts();
            work = THREADS.getCurrentThreadAllocatedBytes() - before;
        }
        return work;
    }

    private static void assertItCostsTheSame(IntFunction<ConnectionRequest> requests) {
        assertThat(work(MANY, requests)).isLessThan(work(FEW, requests) * 3 / 2);
    }

    @Test
    void manyThatMarksTellApartCostNoMore() {
        assertItCostsTheSame(n -> towards(EVERYWHERE, OURS, n)
                .set(ConnectionOption.MARK, (n + 1) + "/0xffffffff")
                .build());
    }

    @Test
    void manyThatOverlapCostNoMore() {
        assertItCostsTheSame(n ->
                towards(EVERYWHERE, OURS, n).set(ConnectionOption.OVERLAP_IP).build());
    }

    @Test
    void manyNetworksOfOursCostNoMore() {
        assertItCostsTheSame(
                n -> towards(EVERYWHERE, new Subnet(IpAddress.of("10." + n / 250 + "." + n % 250 + ".0"), 24), n)
                        .build());
    }

    @Test
    void whoseClientChangesIsFoundByTheNewOne() {
        Connection first = routed(towards(Subnet.of("10.0.2.0/24"), OURS, 1).build());
        Connection other = world.add(towards(Subnet.of("10.0.3.0/24"), OURS, 2).build());
        RouteOwners owners = world.routing.states().owners();
        assertThat(owners.route(other)).isEmpty();
        first.remote().setClient(other.remote().client().orElseThrow());
        assertThat(owners.route(other)).isEqualTo(Optional.of(first));
        assertThat(owners.policies(other)).isEqualTo(Optional.of(first));
    }

    @Test
    void whoMovesIsFoundWhereItIs() {
        Connection first = routed(towards(EVERYWHERE, OURS, 1).build());
        Connection other = world.add(towards(EVERYWHERE, OURS, 2).build());
        RouteOwners owners = world.routing.states().owners();
        assertThat(owners.route(other)).isEqualTo(Optional.of(first));
        first.local().setAddress(IpAddress.of("192.0.2.9"));
        assertThat(owners.route(other)).isEmpty();
    }
}
