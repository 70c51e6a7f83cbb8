// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jswan.base.IpAddress;
import org.jswan.base.SaSerial;
import org.jswan.base.Subnet;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.connection.ConnectionRequest;
import org.jswan.connection.EndOption;
import org.jswan.connection.EndRequest;
import org.jswan.connection.HostSpec;
import org.jswan.connection.RoutingState;
import org.jswan.control.WhackCommand;
import org.jswan.control.WhackRequest;
import org.jswan.pluto.PlutoOptions;
import org.jswan.simulation.SimHost.SimSession;
import org.junit.jupiter.api.Test;

/** Connections that are added again, replaced, meant by another name or left by the peer's identity while SAs live. */
class ConnectionChangesTest {
    private static List<String> ask(Pair pair, SimHost host, WhackCommand... commands) {
        SimSession session = host.whack(WhackRequest.of(commands));
        pair.world.run(Duration.ofSeconds(3));
        assertThat(session.isFinished()).as(pair.trace()).isTrue();
        return session.lines();
    }

    @Test
    void addingAgainLeavesSasAlone() {
        Pair pair = Pair.up(1);
        assertThat(ask(pair, pair.west, new WhackCommand.Add(Pair.tunnel().build())))
                .containsExactly("020 attempt to redefine connection \"t\"");
        assertThat(pair.isUp()).as(pair.trace()).isTrue();
        assertThat(Pair.ike(pair.west).serial()).isEqualTo(new SaSerial(1));
        assertThat(pair.west.pluto().connections().size()).isEqualTo(1);
    }

    @Test
    void replacingEndsTheSasOfTheOldOne() {
        Pair pair = Pair.up(2);
        Connection old = pair.west.pluto().connections().findConfigured("t").orElseThrow();
        assertThat(ask(
                        pair,
                        pair.west,
                        new WhackCommand.Delete("t", true),
                        new WhackCommand.Add(
                                Pair.tunnel().set(ConnectionOption.METRIC, 7L).build())))
                .contains("002 \"t\": terminating SAs using this connection")
                .endsWith("002 \"t\": added IKEv2 connection");
        assertThat(pair.west.pluto().saCount()).isZero();
        assertThat(pair.east.pluto().saCount()).as(pair.trace()).isZero();
        assertThat(pair.west.kernel().policies()).isEmpty();
        assertThat(pair.west.kernel().installed()).isEmpty();
        Connection now = pair.west.pluto().connections().findConfigured("t").orElseThrow();
        assertThat(now.serial()).isNotEqualTo(old.serial());
        assertThat(now.config().kernel().metric()).isEqualTo(7);
        ask(pair, pair.west, new WhackCommand.Initiate("t", Optional.empty()));
        assertThat(pair.isUp()).as(pair.trace()).isTrue();
    }

    @Test
    void replacingWhatIsBeingNegotiatedEndsThat() {
        Pair pair = Pair.listening(3);
        pair.world.pass(octets -> false);
        pair.initiate(pair.west);
        pair.world.run(Duration.ofSeconds(1));
        assertThat(pair.west.pluto().saCount()).isEqualTo(1);
        ask(
                pair,
                pair.west,
                new WhackCommand.Delete("t", true),
                new WhackCommand.Add(Pair.tunnel().build()));
        assertThat(pair.west.pluto().saCount()).as(pair.trace()).isZero();
        pair.world.pass(octets -> true);
        ask(pair, pair.west, new WhackCommand.Initiate("t", Optional.empty()));
        assertThat(pair.isUp()).as(pair.trace()).isTrue();
    }

    /** Whether the connection is to be kept up does not matter: the peer has forgotten what was there. */
    @Test
    void aPeerThatCrashedIsNegotiatedWithAnewByWhoeverLearnsOfIt() {
        Pair pair = Pair.up(4);
        pair.west.pluto().connections().findConfigured("t").orElseThrow().set(ConnectionPolicy.UP, false);
        Connection east = pair.east.pluto().connections().findConfigured("t").orElseThrow();
        assertThat(ask(pair, pair.east, new WhackCommand.Crash(IpAddress.of(Pair.WEST))))
                .containsExactly(
                        "000 restarting peer 192.0.2.1", "000 peer 192.0.2.1 for connection t crashed; replacing");
        assertThat(pair.isUp()).as(pair.trace()).isTrue();
        assertThat(Pair.ike(pair.east).serial()).isEqualTo(new SaSerial(3));
        assertThat(east.has(ConnectionPolicy.UP)).isFalse();
        assertThat(east.routing()).isEqualTo(RoutingState.ROUTED_TUNNEL);
        assertThat(east.routeOwner()).contains(new SaSerial(4));
    }

    private static ConnectionRequest.Builder part(int number) {
        return Pair.tunnel("t" + number)
                .set(ConnectionOption.ALIASES, "both other")
                .left(Pair.end(Pair.WEST, "@west", "10.1." + number + ".0/24"))
                .right(Pair.end(Pair.EAST, "@east", "10.2." + number + ".0/24"));
    }

    @Test
    void anAliasMeansAllThatHaveIt() {
        Pair pair = Pair.listening(5);
        for (int number = 1; number <= 2; number++) {
            ask(pair, pair.west, new WhackCommand.Add(part(number).build()));
            ask(pair, pair.east, new WhackCommand.Add(part(number).build()));
        }
        ask(pair, pair.west, new WhackCommand.Route("both"));
        assertThat(routings(pair)).containsOnly(RoutingState.ROUTED_PROSPECTIVE);
        assertThat(ask(pair, pair.west, new WhackCommand.Initiate("other", Optional.empty())))
                .startsWith("000 initiating all conns with alias='other'");
        assertThat(routings(pair)).as(pair.trace()).containsOnly(RoutingState.ROUTED_TUNNEL);
        assertThat(pair.west.ikeSas()).hasSize(1);
        assertThat(ask(pair, pair.west, new WhackCommand.Terminate("both")))
                .contains("002 \"t2\": IKE SA is shared - only terminating IPsec SA");
        assertThat(pair.west.kernel().installed()).as(pair.trace()).isEmpty();
        assertThat(pair.west.ikeSas()).singleElement().satisfies(ike -> assertThat(ike.children())
                .isEmpty());
        assertThat(routings(pair)).containsOnly(RoutingState.ROUTED_PROSPECTIVE);
        ask(pair, pair.west, new WhackCommand.Unroute("both"));
        assertThat(routings(pair)).containsOnly(RoutingState.UNROUTED);
        ask(pair, pair.west, new WhackCommand.Initiate("other", Optional.empty()));
        assertThat(ask(pair, pair.west, new WhackCommand.Delete("both", false)))
                .as(pair.trace())
                .contains("000 terminated 2 connections from aliased connection \"both\"");
        assertThat(pair.west.ikeSas()).as("none outlives its connection").isEmpty();
        assertThat(pair.west.pluto().connections().size()).isEqualTo(1);
    }

    private static List<RoutingState> routings(Pair pair) {
        return pair.west.pluto().connections().findByAlias("both").stream()
                .map(Connection::routing)
                .toList();
    }

    private static final class Roads extends RoadScene {
        private final SimHost one = listening("one", "192.0.2.1");
        private final SimHost two = listening("two", "192.0.2.2");

        private Roads() {
            super(6, PlutoOptions.defaults());
            EndRequest anybody = end(HostSpec.any()).set(EndOption.ID, "%any").build();
            add(gateway, bare("road").left(gatewayEnd("0.0.0.0/0").build()).right(anybody));
            road(one, "192.0.2.1", "@one");
            road(two, "192.0.2.2", "@two");
        }

        private void road(SimHost host, String address, String id) {
            add(
                    host,
                    bare("road")
                            .left(gatewayEnd("0.0.0.0/0").build())
                            .right(end(HostSpec.of(IpAddress.of(address)))
                                    .set(EndOption.ID, id)
                                    .build()));
            up(host);
        }
    }

    @Test
    void anIdentityMeansItsInstancesAlone() {
        Roads roads = new Roads();
        List<Connection> before = roads.instances();
        assertThat(before).as(roads.trace()).hasSize(2);
        roads.one.pluto().connections().findConfigured("road").orElseThrow().set(ConnectionPolicy.UP, false);
        roads.gateway.whack(WhackRequest.of(new WhackCommand.DeleteId("@one")));
        roads.world.run(Duration.ofSeconds(2));
        assertThat(roads.instances()).singleElement().isSameAs(before.get(1)).satisfies(left -> assertThat(
                        left.remote().id())
                .hasToString("@two"));
        assertThat(roads.one.pluto().saCount()).as(roads.trace()).isZero();
        assertThat(roads.two.pluto().saCount()).isEqualTo(2);
        assertThat(roads.gateway.kernel().policies())
                .noneMatch(policy -> policy.source().subnet().equals(Subnet.of("192.0.2.1/32"))
                        || policy.destination().subnet().equals(Subnet.of("192.0.2.1/32")));
    }
}
