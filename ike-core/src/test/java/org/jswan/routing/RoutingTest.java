// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jswan.base.IpAddress;
import org.jswan.base.SaSerial;
import org.jswan.base.Selector;
import org.jswan.base.Subnet;
import org.jswan.connection.AuthenticationMethod;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.ConnectionRequest;
import org.jswan.connection.EndOption;
import org.jswan.connection.EndRequest;
import org.jswan.connection.HostSpec;
import org.jswan.connection.RoutingState;
import org.jswan.connection.Shunt;
import org.jswan.kernel.IpsecMode;
import org.jswan.kernel.KernelPolicy.Direction;
import org.jswan.kernel.KernelPolicy.Mark;
import org.jswan.log.Logger;
import org.jswan.updown.ScriptRunner;
import org.junit.jupiter.api.Test;

class RoutingTest {
    private static final IpAddress WEST = IpAddress.of("192.0.2.1");
    private static final IpAddress EAST = IpAddress.of("192.0.2.2");
    private static final String TRAP = "put OUT 10.0.1.0/24>10.0.2.0/24 ALLOW ESP/TRANSPORT/0/0.0.0.0>0.0.0.0 1757393";
    private static final String OUT =
            "put OUT 10.0.1.0/24>10.0.2.0/24 ALLOW ESP/TUNNEL/16389/192.0.2.1>192.0.2.2 1757393";
    private static final String IN =
            "put IN 10.0.2.0/24>10.0.1.0/24 ALLOW ESP/TUNNEL/16389/192.0.2.2>192.0.2.1 1757393";
    private static final String FORWARD =
            "put FORWARD 10.0.2.0/24>10.0.1.0/24 ALLOW ESP/TUNNEL/16389/192.0.2.2>192.0.2.1 1757393";

    private final World world = new World("192.0.2.1", "2001:db8::1");
    private final List<Boolean> results = new ArrayList<>();

    private Connection connection(String name) {
        return world.add(request(name).build());
    }

    private static ConnectionRequest.Builder request(String name) {
        return ConnectionRequest.builder(name)
                .set(ConnectionOption.ENCRYPT)
                .set(ConnectionOption.TUNNEL)
                .set(ConnectionOption.AUTHENTICATION, Set.of(AuthenticationMethod.PSK))
                .left(EndRequest.builder()
                        .set(EndOption.HOST, HostSpec.of(WEST))
                        .set(EndOption.CLIENT, Subnet.of("10.0.1.0/24"))
                        .build())
                .right(EndRequest.builder()
                        .set(EndOption.HOST, HostSpec.of(EAST))
                        .set(EndOption.CLIENT, Subnet.of("10.0.2.0/24"))
                        .build());
    }

    private ChildInstall child(int number, Connection connection) {
        return child(number, connection, IpsecMode.TUNNEL);
    }

    private ChildInstall child(int number, Connection connection, IpsecMode mode) {
        return Children.of(number, connection, mode, new Logger(world, "#" + number + ": "));
    }

    private void establish(Connection connection, int number) {
        world.routing.establish(connection, child(number, connection), results::add);
        world.runScripts();
    }

    @Test
    void scriptsAreShownToThoseWhoDebug() {
        world.routing.trap(connection("a"), results::add);
        world.runScripts();
        List<String> shown = world.debug;
        assertThat(shown.subList(0, 2))
                .containsExactly(
                        "kernel: running updown command \"ipsec _updown\" for verb prepare ",
                        "kernel: command executing prepare-client");
        assertThat(shown.get(2))
                .startsWith("executing prepare-client: 2>&1 PLUTO_VERB='prepare-client' PLUTO_CONNECTION='a' ")
                .contains(" PLUTO_MY_PORT=0 PLUTO_MY_PROTOCOL=0 ")
                .endsWith(" VTI_SHARED='no' SPI_IN=0x0 SPI_OUT=0x0 ipsec _updown");
        String line = shown.get(2).substring("executing prepare-client: ".length());
        assertThat(shown.get(3)).isEqualTo("popen cmd is " + line.length() + " chars long");
        assertThat(shown.get(4)).isEqualTo("cmd(   0):" + line.substring(0, 80) + ":");
        assertThat(shown.get(5)).startsWith("cmd(  80):");
    }

    @Test
    void howAScriptEndedIsTold() {
        world.scriptFails = verb -> verb.equals("prepare-client");
        world.failure = ScriptRunner.Ending.signalled(15);
        world.routing.trap(connection("a"), results::add);
        world.runScripts();
        assertThat(world.log)
                .containsSubsequence(
                        "\"a\": prepare-client output: no way", "\"a\": prepare-client command exited with signal 15");
        assertThat(results).containsExactly(true);
    }

    /** libreswan has no room for so much, and fails. */
    @Test
    void variablesMayBeLong() {
        String name = "a".repeat(5000);
        world.routing.trap(connection(name), results::add);
        world.runScripts();
        assertThat(world.lastEnvironment).containsEntry("PLUTO_CONNECTION", name);
        assertThat(results).containsExactly(true);
    }

    /** Prepares as many Child SAs, then confirms the one of that number; what came in between. */
    private List<String> confirmed(Connection c, int prepared, Runnable between) {
        for (int number = 1; number <= prepared; number++) {
            world.routing.prepare(c, child(number, c), results::add);
        }
        between.run();
        world.events.clear();
        world.routing.confirm(new SaSerial(prepared), results::add);
        world.runScripts();
        return world.events;
    }

    @Test
    void policiesOfAPreparedChildArePutOnce() {
        Connection c = connection("a");
        assertThat(confirmed(c, 1, () -> assertThat(world.events).contains(IN, FORWARD)))
                .doesNotContain(IN, FORWARD)
                .contains(OUT);
        assertThat(results).containsExactly(true, true);
    }

    @Test
    void policiesThatWentBeforeAChildIsConfirmedArePutAgain() {
        Connection c = connection("a");
        assertThat(confirmed(c, 2, () -> {
                    world.routing.confirm(new SaSerial(1), results::add);
                    world.runScripts();
                    world.routing.teardown(new SaSerial(1), () -> {});
                    world.runScripts();
                }))
                .contains(IN, FORWARD, OUT);
        assertThat(results).containsExactly(true, true, true, true);
    }

    @Test
    void trapAndUntrap() {
        Connection c = connection("a");
        world.routing.trap(c, results::add);
        assertThat(results).as("waits for updown").isEmpty();
        world.runScripts();
        assertThat(world.takeEvents()).containsExactly(TRAP, "prepare-client", "route-client");
        assertThat(c.routing()).isEqualTo(RoutingState.ROUTED_PROSPECTIVE);

        world.routing.untrap(c, results::add);
        world.runScripts();
        assertThat(world.takeEvents())
                .containsExactly(
                        "delete OUT 10.0.1.0/24>10.0.2.0/24",
                        "delete IN 10.0.2.0/24>10.0.1.0/24",
                        "delete FORWARD 10.0.2.0/24>10.0.1.0/24",
                        "unroute-client");
        assertThat(c.routing()).isEqualTo(RoutingState.UNROUTED);
        assertThat(results).containsExactly(true, true);
        assertThat(world.log).isEmpty();
    }

    @Test
    void tunnelUpAndDown() {
        Connection c = connection("a");
        establish(c, 2);
        assertThat(world.takeEvents())
                .containsExactly(
                        "add sa 201", "add sa 202", IN, FORWARD, OUT, "up-client", "prepare-client", "route-client");
        assertThat(c.routing()).isEqualTo(RoutingState.ROUTED_TUNNEL);
        assertThat(c.routeOwner()).contains(new SaSerial(2));

        world.routing.untrap(c, results::add);
        assertThat(results).as("refused while in use").containsExactly(true, false);

        world.routing.teardown(new SaSerial(2), () -> results.add(true));
        world.runScripts();
        assertThat(world.takeEvents())
                .containsExactly(
                        "down-client",
                        TRAP,
                        "delete IN 10.0.2.0/24>10.0.1.0/24",
                        "delete FORWARD 10.0.2.0/24>10.0.1.0/24",
                        "delete sa 201",
                        "delete sa 202");
        assertThat(c.routing()).isEqualTo(RoutingState.ROUTED_PROSPECTIVE);
        assertThat(c.routeOwner()).isEmpty();
    }

    @Test
    void trapStaysUnderTunnel() {
        Connection c = connection("a");
        world.routing.trap(c, results::add);
        world.runScripts();
        world.takeEvents();
        establish(c, 2);
        assertThat(world.takeEvents()).endsWith(OUT, "up-client").doesNotContain("route-client");
    }

    @Test
    void rekeyReplacesOnlyTheOutboundPolicy() {
        Connection c = connection("a");
        establish(c, 2);
        world.takeEvents();
        establish(c, 3);
        assertThat(world.takeEvents()).containsExactly("add sa 301", "add sa 302", OUT);
        assertThat(c.routeOwner()).contains(new SaSerial(3));
        world.routing.teardown(new SaSerial(2), () -> {});
        assertThat(world.takeEvents()).containsExactly("delete sa 201", "delete sa 202");
        assertThat(c.routing()).isEqualTo(RoutingState.ROUTED_TUNNEL);
    }

    @Test
    void failedRouteUnwinds() {
        Connection c = connection("a");
        world.scriptFails = verb -> verb.equals("route-client");
        establish(c, 2);
        assertThat(world.takeEvents())
                .endsWith(
                        "route-client",
                        "down-client",
                        "delete IN 10.0.2.0/24>10.0.1.0/24",
                        "delete FORWARD 10.0.2.0/24>10.0.1.0/24",
                        "delete OUT 10.0.1.0/24>10.0.2.0/24",
                        "delete sa 201",
                        "delete sa 202");
        assertThat(results).containsExactly(false);
        assertThat(c.routing()).isEqualTo(RoutingState.UNROUTED);
        assertThat(world.log)
                .containsExactly("#2: route-client output: no way", "#2: route-client command exited with status 7");
    }

    @Test
    void failedUpLeavesTheTrap() {
        Connection c = connection("a");
        world.routing.trap(c, results::add);
        world.runScripts();
        world.takeEvents();
        world.scriptFails = verb -> verb.equals("up-client");
        establish(c, 2);
        assertThat(world.takeEvents()).contains("up-client", TRAP).doesNotContain("down-client");
        assertThat(c.routing()).isEqualTo(RoutingState.ROUTED_PROSPECTIVE);
        assertThat(results).containsExactly(true, false);
    }

    @Test
    void refusedSaUnwinds() {
        Connection c = connection("a");
        world.kernelRefuses = what -> what.equals("add sa 202");
        establish(c, 2);
        assertThat(world.takeEvents()).containsExactly("add sa 201", "delete sa 201");
        assertThat(results).containsExactly(false);
        assertThat(world.log)
                .containsExactly("ERROR: #2: kernel: add sa 202 refused", "#2: setup_half_ipsec_sa() hit fail:");
    }

    @Test
    void operationsWaitForUpdown() {
        Connection a = connection("a");
        world.routing.trap(a, results::add);
        List<String> order = new ArrayList<>();
        world.routing.exclusively(release -> {
            order.add("second, " + a.routing());
            release.run();
        });
        assertThat(order).isEmpty();
        assertThat(world.routing.isIdle()).isFalse();
        world.runScripts();
        assertThat(order).containsExactly("second, prospective erouted");
        assertThat(world.routing.isIdle()).isTrue();
    }

    @Test
    void manyWaitingOperationsDoNotDeepenTheStack() {
        Connection a = connection("a");
        world.routing.trap(a, results::add);
        int[] count = {0};
        for (int i = 0; i < 100_000; i++) {
            world.routing.exclusively(release -> {
                count[0]++;
                release.run();
            });
        }
        world.runScripts();
        assertThat(count[0]).isEqualTo(100_000);
    }

    @Test
    void policiesOfAnotherConnectionAreNotTaken() {
        establish(connection("a"), 2);
        world.takeEvents();
        Connection b = connection("b");
        world.routing.trap(b, results::add);
        assertThat(results).containsExactly(true, false);
        assertThat(world.log).containsExactly("\"b\": cannot install eroute -- it is in use for \"a\" #2");
    }

    /** Of the same packets as {@link #connection}, for any peer that is reached the same way. */
    private Connection template(String name) {
        return world.add(request(name)
                .left(EndRequest.builder()
                        .set(EndOption.HOST, HostSpec.of(WEST))
                        .set(EndOption.CLIENT, Subnet.of("10.0.1.0/24"))
                        .set(EndOption.NEXTHOP, EAST)
                        .build())
                .right(EndRequest.builder()
                        .set(EndOption.HOST, HostSpec.any())
                        .set(EndOption.CLIENT, Subnet.of("10.0.2.0/24"))
                        .build())
                .build());
    }

    @Test
    void aTemplateTakesThePoliciesOfAPermanentConnection() {
        Connection permanent = connection("permanent");
        world.routing.trap(permanent, results::add);
        world.runScripts();
        world.takeEvents();
        Connection template = template("template");
        world.routing.trap(template, results::add);
        world.runScripts();
        assertThat(results).containsExactly(true, true);
        assertThat(world.log)
                .containsExactly(
                        "\"template\": conflict on eroute (), switching eroute to template and linking permanent");
        assertThat(permanent.routing()).isEqualTo(RoutingState.UNROUTED_KEYED);
        assertThat(template.policyNext()).contains(permanent);
        assertThat(world.takeEvents())
                .as("one trap for both; the route is there")
                .containsExactly("put OUT 10.0.1.0/24>10.0.2.0/24 ALLOW ESP/TRANSPORT/0/0.0.0.0>0.0.0.0 1757393");
        world.routing.untrap(permanent, results::add);
        world.runScripts();
        assertThat(world.takeEvents()).as("what is the template's").isEmpty();
        assertThat(template.policyNext()).isEmpty();
        world.routing.untrap(template, results::add);
        world.runScripts();
        assertThat(world.takeEvents()).last().isEqualTo("unroute-client");
    }

    @Test
    void eachInstanceHasUniqueMarksOfItsOwn() {
        Connection template = world.add(request("t")
                .set(ConnectionOption.MARK, "-1/0xffffff")
                .right(EndRequest.builder().set(EndOption.HOST, HostSpec.any()).build())
                .build());
        Instances instances = new Instances(world.connections, world.routing);
        assertThat(marks(template)).containsExactly(new Mark(-1, 0xffffff), new Mark(-1, 0xffffff));
        for (int expected = 0x10000; expected < 0x10003; expected++) {
            Connection instance = instances.make(template, Optional.of(EAST), Optional.empty());
            Mark mark = new Mark(expected, 0xffffff);
            assertThat(marks(instance)).containsExactly(mark, mark);
        }
    }

    private static List<Mark> marks(Connection connection) {
        connection.remote().setClient(new Selector(Subnet.of("10.0.2.0/24"), 0, 0));
        PolicyBuilder policies = new PolicyBuilder(connection);
        return List.of(
                policies.named(Direction.IN).mark().orElseThrow(),
                policies.named(Direction.OUT).mark().orElseThrow());
    }

    @Test
    void whosePoliciesATemplateTookComesUpAllTheSame() {
        Connection permanent = connection("permanent");
        world.routing.trap(permanent, results::add);
        world.routing.trap(template("template"), results::add);
        world.runScripts();
        world.takeEvents();
        establish(permanent, 2);
        assertThat(world.takeEvents()).contains(OUT, IN, FORWARD);
        assertThat(permanent.routing()).isEqualTo(RoutingState.ROUTED_TUNNEL);
    }

    /** Transport mode protects a host: its policies are not those of the connection's clients. */
    @Test
    void noPolicyOfTransportModeStays() {
        Connection c = connection("t");
        world.routing.trap(c, results::add);
        world.runScripts();
        world.routing.establish(c, child(2, c, IpsecMode.TRANSPORT), results::add);
        world.runScripts();
        world.takeEvents();
        world.routing.teardown(new SaSerial(2), () -> {});
        world.routing.untrap(c, results::add);
        world.runScripts();
        assertThat(results).containsExactly(true, true, true);
        assertThat(world.takeEvents().stream().filter(e -> e.startsWith("delete")))
                .contains(
                        "delete OUT 10.0.1.0/24>192.0.2.2/32",
                        "delete IN 192.0.2.2/32>10.0.1.0/24",
                        "delete OUT 10.0.1.0/24>10.0.2.0/24");
    }

    @Test
    void sharedRouteStaysWhileAnotherUsesIt() {
        Connection a = connection("a");
        Connection b = world.add(request("b")
                .left(EndRequest.builder()
                        .set(EndOption.HOST, HostSpec.of(WEST))
                        .set(EndOption.CLIENT, Subnet.of("10.0.3.0/24"))
                        .build())
                .build());
        world.routing.trap(a, results::add);
        world.runScripts();
        world.takeEvents();
        world.routing.trap(b, results::add);
        world.runScripts();
        assertThat(world.takeEvents()).as("a has the route").noneMatch(e -> e.startsWith("route"));
        world.routing.untrap(a, results::add);
        world.runScripts();
        assertThat(world.takeEvents()).as("b needs it").doesNotContain("unroute-client");
        world.routing.untrap(b, results::add);
        world.runScripts();
        assertThat(world.takeEvents()).endsWith("unroute-client");
    }

    @Test
    void passthroughPassesBothWays() {
        Connection c = world.add(ConnectionRequest.builder("pass")
                .set(ConnectionOption.TUNNEL)
                .set(ConnectionOption.AUTHENTICATION, Set.of(AuthenticationMethod.NEVER))
                .set(ConnectionOption.PROSPECTIVE_SHUNT, Shunt.PASS)
                .left(EndRequest.builder()
                        .set(EndOption.HOST, HostSpec.of(WEST))
                        .build())
                .right(EndRequest.builder()
                        .set(EndOption.HOST, HostSpec.of(EAST))
                        .build())
                .build());
        world.routing.trap(c, results::add);
        world.runScripts();
        assertThat(world.takeEvents())
                .containsExactly(
                        "put OUT 192.0.2.1/32>192.0.2.2/32 ALLOW 1753281",
                        "put IN 192.0.2.2/32>192.0.2.1/32 ALLOW 1753281",
                        "put FORWARD 192.0.2.2/32>192.0.2.1/32 ALLOW 1753281",
                        "prepare-host",
                        "route-host");
        world.routing.untrap(c, results::add);
        world.runScripts();
        assertThat(world.log)
                .containsExactly("\"pass\": kernel: xfrm XFRM_MSG_DELPOLICY for flow %discard(discard) (in)"
                        + " encountered unexpected policy");
        assertThat(results).containsExactly(true, true);
    }

    @Test
    void failedTrapIsTakenBack() {
        Connection c = connection("a");
        world.scriptFails = verb -> verb.equals("route-client");
        world.routing.trap(c, results::add);
        world.runScripts();
        assertThat(world.takeEvents())
                .containsExactly(
                        TRAP,
                        "prepare-client",
                        "route-client",
                        "down-client",
                        "delete OUT 10.0.1.0/24>10.0.2.0/24",
                        "delete IN 10.0.2.0/24>10.0.1.0/24",
                        "delete FORWARD 10.0.2.0/24>10.0.1.0/24");
        assertThat(world.log)
                .containsExactly(
                        "\"a\": route-client output: no way",
                        "\"a\": route-client command exited with status 7",
                        "ERROR: \"a\": kernel: xfrm XFRM_MSG_DELPOLICY %discard(discard) response for flow (in):"
                                + " No such file or directory (errno 2)",
                        "\"a\": shunt_policy() in route_and_eroute() failed in !st case");
        assertThat(results).containsExactly(false);
        assertThat(c.routing()).isEqualTo(RoutingState.UNROUTED);
    }

    @Test
    void updownIsToldWhatTheOracleTells() {
        Connection c = connection("a");
        establish(c, 2);
        assertThat(world.lastEnvironment)
                .containsEntry("PLUTO_VERB", "route-client")
                .containsEntry("PLUTO_CONNECTION", "a")
                .containsEntry("PLUTO_CONNECTION_TYPE", "tunnel")
                .containsEntry("PLUTO_VIRT_INTERFACE", "NULL")
                .containsEntry("PLUTO_INTERFACE", "eth0")
                .containsEntry("PLUTO_XFRMI_ROUTE", "")
                .containsEntry("PLUTO_NEXT_HOP", "192.0.2.2")
                .containsEntry("PLUTO_ME", "192.0.2.1")
                .containsEntry("PLUTO_MY_ID", "192.0.2.1")
                .containsEntry("PLUTO_MY_CLIENT", "10.0.1.0/24")
                .containsEntry("PLUTO_MY_CLIENT_NET", "10.0.1.0")
                .containsEntry("PLUTO_MY_CLIENT_MASK", "255.255.255.0")
                .containsEntry("PLUTO_MY_PORT", "0")
                .containsEntry("PLUTO_MY_PROTOCOL", "0")
                .containsEntry("PLUTO_SA_REQID", "16388")
                .containsEntry("PLUTO_SA_TYPE", "ESP")
                .containsEntry("PLUTO_PEER", "192.0.2.2")
                .containsEntry("PLUTO_PEER_CLIENT", "10.0.2.0/24")
                .containsEntry("PLUTO_PEER_CA", "")
                .containsEntry("PLUTO_STACK", "xfrm")
                .containsEntry("PLUTO_CONN_POLICY", "IKEv2+PSK+ENCRYPT+TUNNEL")
                .containsEntry("PLUTO_CONN_KIND", "CK_PERMANENT")
                .containsEntry("PLUTO_CONN_ADDRFAMILY", "ipv4")
                .containsEntry("PLUTO_IS_PEER_CISCO", "0")
                .containsEntry("VTI_IFACE", "")
                .containsEntry("VTI_ROUTING", "no")
                .containsEntry("SPI_IN", "0x201")
                .containsEntry("SPI_OUT", "0x202")
                .doesNotContainKeys("PLUTO_METRIC", "PLUTO_MTU", "PLUTO_MY_SOURCEIP", "NFLOG", "PLUTO_USERNAME");
    }

    @Test
    void faultsOfOneOperationDoNotStopTheOthers() {
        Connection c = connection("a");
        List<String> ran = new ArrayList<>();
        assertThatThrownBy(() -> world.routing.exclusively(release -> {
                    world.routing.exclusively(second -> {
                        throw new IllegalStateException("fault");
                    });
                    world.routing.exclusively(third -> {
                        ran.add("third");
                        third.run();
                    });
                    release.run();
                    release.run();
                }))
                .hasMessage("fault");
        assertThat(ran).containsExactly("third");
        assertThat(world.routing.isIdle()).isTrue();

        world.routing.trap(c, results::add);
        assertThat(world.routing.isIdle()).as("waits for updown").isFalse();
    }

    @Test
    void faultAfterAScriptEndsTheOperation() {
        Connection c = connection("a");
        world.scriptFails = verb -> verb.equals("up-client");
        world.kernelRefuses = what -> {
            if (what.startsWith("delete")) {
                throw new IllegalStateException("fault");
            }
            return false;
        };
        world.routing.establish(c, child(2, c), results::add);
        assertThatThrownBy(world::runScripts).hasMessage("fault");
        assertThat(world.routing.isIdle()).isTrue();
    }
}
