// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jswan.base.IpAddress;
import org.jswan.base.IpProtocol;
import org.jswan.base.SaSerial;
import org.jswan.base.Selector;
import org.jswan.base.Subnet;
import org.jswan.connection.AuthenticationMethod;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.ConnectionRequest;
import org.jswan.connection.EndOption;
import org.jswan.connection.EndRequest;
import org.jswan.connection.GroupTarget;
import org.jswan.connection.HostSpec;
import org.jswan.connection.RoutingState;
import org.jswan.connection.Shunt;
import org.jswan.connection.Topology;
import org.jswan.kernel.IpsecMode;
import org.junit.jupiter.api.Test;

class OnDemandTest {
    private static final IpAddress WEST = IpAddress.of("192.0.2.1");
    private static final IpAddress EAST = IpAddress.of("192.0.2.2");
    private static final int LIFETIME = 900;

    private final World world = new World("192.0.2.1");
    private final List<Connection> begun = new ArrayList<>();
    private final OnDemand onDemand = world.onDemand(begun::add);

    private static ConnectionRequest.Builder request(String name, HostSpec peer, String ours, String theirs) {
        EndRequest.Builder left = EndRequest.builder().set(EndOption.HOST, HostSpec.of(WEST));
        EndRequest.Builder right = EndRequest.builder().set(EndOption.HOST, peer);
        if (!ours.isEmpty()) {
            left.set(EndOption.CLIENT, Subnet.of(ours));
        }
        if (!theirs.isEmpty()) {
            right.set(EndOption.CLIENT, Subnet.of(theirs));
        }
        return ConnectionRequest.builder(name)
                .set(ConnectionOption.ENCRYPT)
                .set(ConnectionOption.TUNNEL)
                .set(ConnectionOption.AUTHENTICATION, Set.of(AuthenticationMethod.NULL))
                .left(left.build())
                .right(right.build());
    }

    private Connection routed(ConnectionRequest.Builder request) {
        Connection connection = world.add(request.build());
        route(connection);
        return connection;
    }

    private void route(Connection connection) {
        world.routing.trap(connection, ok -> assertThat(ok).isTrue());
        world.runScripts();
        world.takeEvents();
    }

    private Connection network() {
        return routed(request("a", HostSpec.of(EAST), "10.0.1.0/24", "10.0.2.0/24"));
    }

    private void packet(String source, int sourcePort, int protocol, String destination, int destinationPort) {
        onDemand.acquire(
                new Selector(Subnet.of(source + "/32"), protocol, sourcePort),
                new Selector(Subnet.of(destination + "/32"), protocol, destinationPort),
                Optional.empty(),
                world.logger);
    }

    private void ping(String source, String destination) {
        packet(source, 8, IpProtocol.ICMP, destination, 0);
    }

    @Test
    void packetsThatNoConnectionIsForAreRefused() {
        network();
        ping("0.0.0.0", "10.0.2.9");
        ping("10.0.1.7", "10.0.1.7");
        ping("10.0.1.7", "10.0.3.9");
        packet("10.0.1.7", 0, IpProtocol.UDP, "10.0.3.9", 53);
        assertThat(begun).isEmpty();
        assertThat(world.log)
                .containsExactly(
                        "cannot initiate on-demand for packet 0.0.0.0:8-ICMP->10.0.2.9:0: impossible IP address",
                        "cannot initiate on-demand for packet 10.0.1.7:8-ICMP->10.0.1.7:0:"
                                + " acquire for our own IP address",
                        "cannot initiate on-demand for packet 10.0.1.7:8-ICMP->10.0.3.9:0:"
                                + " no routed template covers this pair",
                        "cannot initiate on-demand for packet 10.0.1.7-UDP->10.0.3.9:53:"
                                + " no routed template covers this pair");
        assertThat(world.routing.bareShunts()).isEmpty();
    }

    @Test
    void whatNeverNegotiatesIsNotBroughtUp() {
        network();
        routed(request("pass", HostSpec.of(EAST), "10.0.1.0/24", "10.0.2.9/32")
                .set(ConnectionOption.ENCRYPT, false)
                .set(ConnectionOption.AUTHENTICATION, Set.of(AuthenticationMethod.NEVER))
                .set(ConnectionOption.PROSPECTIVE_SHUNT, Shunt.PASS));
        ping("10.0.1.7", "10.0.2.9");
        assertThat(begun).isEmpty();
        assertThat(world.log.get(0)).endsWith("no routed template covers this pair");
    }

    @Test
    void theNetworksPacketsWaitForTheirConnection() {
        Connection a = network();
        ping("10.0.1.7", "10.0.2.9");
        assertThat(begun).containsExactly(a);
        // as libreswan: what succeeded is taken for a failure.
        assertThat(world.log)
                .containsExactly(
                        "\"a\": assign_holdpass() delete_bare_shunt() failed",
                        "initiate_ondemand_body() failed to install negotiation_shunt,",
                        "initiate on-demand for packet 10.0.1.7:8-ICMP->10.0.2.9:0");
        assertThat(a.routing()).isEqualTo(RoutingState.ROUTED_PROSPECTIVE);
        assertThat(world.routing.bareShunts()).isEmpty();
        assertThat(world.takeEvents()).containsExactly("delete OUT 10.0.1.7/32/1/0>10.0.2.9/32/1/0");
    }

    @Test
    void theNetworksPacketsMeetTheNegotiationShunt() {
        routed(request("a", HostSpec.of(EAST), "10.0.1.0/24", "10.0.2.0/24")
                .set(ConnectionOption.NEGOTIATION_SHUNT, Shunt.PASS));
        ping("10.0.1.7", "10.0.2.9");
        // as libreswan: it passes nothing, but asks again.
        assertThat(world.takeEvents())
                .startsWith("put OUT 10.0.1.0/24>10.0.2.0/24 ALLOW ESP/TRANSPORT/0/0.0.0.0>0.0.0.0 1757393");
    }

    @Test
    void betweenHostsTheHoldStaysListedUntilItIsOld() {
        Connection a = routed(request("a", HostSpec.of(EAST), "", ""));
        ping("192.0.2.1", "192.0.2.2");
        assertThat(begun).containsExactly(a);
        assertThat(a.routing()).isEqualTo(RoutingState.ROUTED_HOLD);
        assertThat(world.log)
                .containsExactly(
                        "\"a\": assign_holdpass() no bare shunt to remove? - mismatch?",
                        "initiate on-demand for packet 192.0.2.1:8-ICMP->192.0.2.2:0");
        assertThat(world.routing.bareShunts())
                .containsExactly("192.0.2.1/32:8 -1-> 192.0.2.2/32:0 => %hold 0    acquire");
        assertThat(world.takeEvents()).isEmpty();
        world.pass(Duration.ofSeconds(LIFETIME));
        assertThat(world.routing.bareShunts()).as("not older than allowed").hasSize(1);
        world.pass(Duration.ofSeconds(19));
        assertThat(world.routing.bareShunts()).as("not looked after").hasSize(1);
        world.pass(Duration.ofSeconds(1));
        assertThat(world.routing.bareShunts()).isEmpty();
    }

    private Connection opportunistic(String target, Shunt negotiation, Shunt failure) {
        Connection group = world.add(request("t", HostSpec.special(HostSpec.Kind.OPPORTUNISTIC_GROUP), "", "")
                .set(ConnectionOption.NEGOTIATION_SHUNT, negotiation)
                .set(ConnectionOption.FAILURE_SHUNT, failure)
                .build());
        Connection member = world.connections
                .addMember(group, GroupTarget.of(Subnet.of(target)))
                .orElseThrow();
        route(member);
        world.log.clear();
        return member;
    }

    @Test
    void aPacketMakesAnInstance() {
        Connection t = opportunistic("192.0.2.0/24", Shunt.PASS, Shunt.PASS);
        ping("192.0.2.1", "192.0.2.2");
        Connection instance = begun.get(0);
        assertThat(instance.toString()).isEqualTo("\"t#192.0.2.0/24\"[1] ...192.0.2.2");
        assertThat(Topology.of(instance)).doesNotContain("%opportunistic");
        assertThat(instance.prefixLengths()).as("those of its own clients").containsExactly(32, 32);
        assertThat(instance.routing()).isEqualTo(RoutingState.UNROUTED_HOLD);
        assertThat(t.routing()).isEqualTo(RoutingState.ROUTED_PROSPECTIVE);
        assertThat(world.log).containsExactly("initiate on-demand for packet 192.0.2.1:8-ICMP->192.0.2.2:0");
        assertThat(world.routing.bareShunts()).isEmpty();
        assertThat(world.takeEvents()).containsExactly("put OUT 192.0.2.1/32>192.0.2.2/32 ALLOW 3850240");

        ping("192.0.2.1", "192.0.2.2");
        assertThat(begun).as("once is enough").hasSize(1);
        assertThat(world.log.get(1))
                .isEqualTo(
                        "ignoring found existing connection instance \"t#192.0.2.0/24\"[1] ...192.0.2.2 that covers kernel acquire"
                                + " with IKE state #0 and IPsec state #0 - due to duplicate acquire?");
        ping("192.0.2.1", "192.0.2.77");
        assertThat(begun.get(1).toString()).isEqualTo("\"t#192.0.2.0/24\"[2] ...192.0.2.77");
    }

    private void fail(Connection instance) {
        world.shunts.failed(instance);
        new Instances(world.connections, world.routing).unmake(instance, instance.logger());
        world.runScripts();
    }

    @Test
    void afterAFailurePacketsPassForAWhile() {
        opportunistic("192.0.2.0/24", Shunt.PASS, Shunt.PASS);
        ping("192.0.2.1", "192.0.2.2");
        world.takeEvents();
        fail(begun.get(0));
        assertThat(world.takeEvents()).as("what passes already does").isEmpty();
        assertThat(world.routing.bareShunts())
                .containsExactly("192.0.2.1/32 -0-> 192.0.2.2/32 => %pass 0    oe-failing");
        assertThat(world.connections.size()).as("the group and its member").isEqualTo(2);
        world.pass(Duration.ofSeconds(LIFETIME + 20));
        assertThat(world.takeEvents()).containsExactly("delete OUT 192.0.2.1/32>192.0.2.2/32");
        assertThat(world.routing.bareShunts()).isEmpty();
        ping("192.0.2.1", "192.0.2.2");
        assertThat(begun.get(1).toString()).isEqualTo("\"t#192.0.2.0/24\"[2] ...192.0.2.2");
    }

    @Test
    void theFailureShuntTakesThePlaceOfAnother() {
        String block = "put OUT 192.0.2.1/32>192.0.2.2/32 BLOCK ESP/TRANSPORT/0/0.0.0.0>0.0.0.0 0";
        String pass = "put OUT 192.0.2.1/32>192.0.2.2/32 ALLOW 0";
        assertThat(failure(Shunt.PASS, Shunt.DROP)).containsExactly("%drop", block);
        assertThat(failure(Shunt.PASS, Shunt.REJECT)).containsExactly("%reject", block);
        assertThat(failure(Shunt.PASS, Shunt.NONE)).containsExactly("%unk-0", block);
        assertThat(failure(Shunt.HOLD, Shunt.PASS)).containsExactly("%pass", pass);
        assertThat(failure(Shunt.HOLD, Shunt.DROP)).containsExactly("%drop", block);
        assertThat(failure(Shunt.HOLD, Shunt.REJECT)).containsExactly("%reject", block);
        assertThat(failure(Shunt.HOLD, Shunt.NONE)).containsExactly("%unk-0", block);
    }

    private static List<String> failure(Shunt negotiation, Shunt failure) {
        OnDemandTest other = new OnDemandTest();
        other.opportunistic("192.0.2.0/24", negotiation, failure);
        other.ping("192.0.2.1", "192.0.2.2");
        other.world.takeEvents();
        other.fail(other.begun.get(0));
        List<String> result = new ArrayList<>();
        String line = other.world.routing.bareShunts().get(0);
        assertThat(line).startsWith("192.0.2.1/32 -0-> 192.0.2.2/32 => ").endsWith(" 0    oe-failed");
        result.add(line.split(" ")[4]);
        result.addAll(other.world.takeEvents());
        return result;
    }

    @Test
    void aTemplateForOneHostIsEclipsedByItsInstance() {
        String trap = "put OUT 192.0.2.1/32>192.0.2.2/32 ALLOW ESP/TRANSPORT/0/0.0.0.0>0.0.0.0 3850433";
        Connection t = opportunistic("192.0.2.2/32", Shunt.PASS, Shunt.PASS);
        ping("192.0.2.1", "192.0.2.2");
        Connection instance = begun.get(0);
        assertThat(t.routing()).isEqualTo(RoutingState.ROUTED_ECLIPSED);
        assertThat(instance.routing()).isEqualTo(RoutingState.ROUTED_HOLD);
        assertThat(world.takeEvents()).containsExactly("put OUT 192.0.2.1/32>192.0.2.2/32 ALLOW 3850240");

        fail(instance);
        assertThat(t.routing()).isEqualTo(RoutingState.ROUTED_PROSPECTIVE);
        assertThat(world.takeEvents()).as("at once").contains(trap).doesNotContain("unroute-host");
        assertThat(world.routing.bareShunts())
                .containsExactly("192.0.2.1/32 -0-> 192.0.2.2/32 => %pass 0    oe-failing");
        world.takeEvents();
        world.pass(Duration.ofSeconds(LIFETIME + 20));
        assertThat(world.routing.bareShunts()).isEmpty();
        assertThat(world.takeEvents()).as("the trap stays").isEmpty();
    }

    @Test
    void whatAUserAskedForLeavesNothingWhenItFails() {
        opportunistic("192.0.2.0/24", Shunt.PASS, Shunt.DROP);
        onDemand.pretend(
                new Selector(Subnet.of("192.0.2.1/32"), IpProtocol.TCP, 8),
                new Selector(Subnet.of("192.0.2.2/32"), IpProtocol.TCP, 7),
                world.logger,
                List.of());
        Connection instance = begun.get(0);
        assertThat(instance.routing()).isEqualTo(RoutingState.UNROUTED);
        assertThat(world.log).containsExactly("initiate on-demand for packet 192.0.2.1:8-TCP->192.0.2.2:7 by whack");
        assertThat(world.routing.bareShunts())
                .containsExactly("192.0.2.1/32 -0-> 192.0.2.2/32 => %pass 0    oe-negotiating");
        world.takeEvents();
        fail(instance);
        assertThat(world.takeEvents())
                .containsSubsequence(
                        "put OUT 192.0.2.1/32>192.0.2.2/32 BLOCK ESP/TRANSPORT/0/0.0.0.0>0.0.0.0 0",
                        "delete OUT 192.0.2.1/32>192.0.2.2/32");
        assertThat(world.routing.bareShunts())
                .containsExactly("192.0.2.1/32 -0-> 192.0.2.2/32 => %drop 0    oe-failed");
    }

    @Test
    void nothingIsLeftAtTheEnd() {
        opportunistic("192.0.2.0/24", Shunt.PASS, Shunt.PASS);
        ping("192.0.2.1", "192.0.2.2");
        fail(begun.get(0));
        world.takeEvents();
        world.shunts.end();
        assertThat(world.takeEvents()).containsExactly("delete OUT 192.0.2.1/32>192.0.2.2/32");
        assertThat(world.routing.bareShunts()).isEmpty();
        assertThat(world.log).noneMatch(line -> line.contains("failed"));
    }

    @Test
    void whatCannotBeginFails() {
        opportunistic("192.0.2.0/24", Shunt.PASS, Shunt.DROP);
        world.mayBegin = false;
        ping("192.0.2.1", "192.0.2.2");
        world.runScripts();
        assertThat(world.connections.size()).isEqualTo(2);
        assertThat(world.routing.bareShunts())
                .containsExactly("192.0.2.1/32 -0-> 192.0.2.2/32 => %drop 0    oe-failed");
    }

    /** A member of a group with the same client as {@link #network}. */
    private Connection thief() {
        Connection group = world.add(request("t", HostSpec.special(HostSpec.Kind.OPPORTUNISTIC_GROUP), "", "")
                .build());
        return world.connections
                .addMember(group, GroupTarget.of(Subnet.of("10.0.2.0/24")))
                .orElseThrow();
    }

    /** What is opportunistic takes the route of another connection that goes another way. */
    @Test
    void aRouteIsStolen() {
        Connection a = network();
        Connection member = thief();
        world.log.clear();
        world.routing.trap(member, ok -> assertThat(ok).isTrue());
        world.runScripts();
        assertThat(world.log)
                .containsExactly(
                        "\"t#10.0.2.0/24\": cannot route -- route already in use for \"a\" - but allowing anyway");
        assertThat(world.takeEvents()).endsWith("route-host", "unroute-client");
        assertThat(a.routing()).isEqualTo(RoutingState.UNROUTED_HOLD);
        assertThat(member.routing()).isEqualTo(RoutingState.ROUTED_PROSPECTIVE);
        world.routing.untrap(a, ok -> {});
        world.runScripts();
        assertThat(world.takeEvents())
                .as("nothing of it stays, and the route is not its own")
                .contains("delete OUT 10.0.1.0/24>10.0.2.0/24")
                .doesNotContain("unroute-client");
    }

    @Test
    void whoLostItsRouteKnowsItThoughTheThiefHasNone() {
        Connection a = network();
        Connection member = thief();
        world.scriptFails = verb -> verb.equals("route-host");
        world.routing.trap(member, ok -> assertThat(ok).isFalse());
        world.runScripts();
        assertThat(world.takeEvents()).contains("unroute-client");
        assertThat(a.routing()).isEqualTo(RoutingState.UNROUTED_HOLD);
        assertThat(member.routing()).isEqualTo(RoutingState.UNROUTED);
    }

    @Test
    void whoIsGoneIsNotFoundAgain() {
        Connection a = network();
        world.connections.remove(a);
        world.routing.states().set(a, RoutingState.ROUTED_PROSPECTIVE);
        Connection b = network();
        world.routing.untrap(b, ok -> assertThat(ok).isTrue());
        world.runScripts();
        assertThat(world.routing.states().owners().route(b)).isEmpty();
    }

    @Test
    void strangersDoNotGetTheRouteOfWhoIsUp() {
        Connection a = network();
        world.routing.establish(a, child(a), ok -> assertThat(ok).isTrue());
        world.runScripts();
        Connection member = thief();
        world.log.clear();
        world.routing.trap(member, ok -> assertThat(ok).isFalse());
        world.runScripts();
        assertThat(world.log).containsExactly("\"t#10.0.2.0/24\": cannot route -- route already in use for \"a\"");
        assertThat(a.routing()).isEqualTo(RoutingState.ROUTED_TUNNEL);
    }

    private ChildInstall child(Connection connection) {
        return Children.of(77, connection, IpsecMode.TUNNEL, world.logger);
    }

    private static final String TRAP =
            "put OUT 192.0.2.1/32>192.0.2.2/32 ALLOW ESP/TRANSPORT/0/0.0.0.0>0.0.0.0 3850433";

    /** What a peer begins has the selectors of the trap that is there for it. */
    private Connection begunByPeer(Connection template) {
        Connection instance = new Instances(world.connections, world.routing).opportunistic(template, WEST, EAST);
        world.routing.establish(instance, child(instance), ok -> assertThat(ok).isTrue());
        world.runScripts();
        world.takeEvents();
        return instance;
    }

    private void end(Connection instance) {
        world.routing.teardown(new SaSerial(77), () -> {});
        new Instances(world.connections, world.routing).unmake(instance, instance.logger());
        world.runScripts();
    }

    @Test
    void theTrapIsBackWhenWhatThePeerBeganEnds() {
        Connection t = opportunistic("192.0.2.2/32", Shunt.PASS, Shunt.PASS);
        Connection instance = begunByPeer(t);
        end(instance);
        assertThat(world.takeEvents()).contains(TRAP).doesNotContain("delete OUT 192.0.2.1/32>192.0.2.2/32");
        assertThat(t.routing()).isEqualTo(RoutingState.ROUTED_PROSPECTIVE);
    }

    @Test
    void theTrapIsBackWhereTheScriptFailsForWhatThePeerBegan() {
        Connection t = opportunistic("192.0.2.2/32", Shunt.PASS, Shunt.PASS);
        Connection instance = new Instances(world.connections, world.routing).opportunistic(t, WEST, EAST);
        world.scriptFails = verb -> verb.equals("up-host");
        world.takeEvents();
        world.routing.establish(instance, child(instance), ok -> assertThat(ok).isFalse());
        world.runScripts();
        assertThat(world.takeEvents()).filteredOn(e -> e.contains("OUT")).last().isEqualTo(TRAP);
        assertThat(t.routing()).isEqualTo(RoutingState.ROUTED_PROSPECTIVE);
    }

    @Test
    void whatIsUpStaysWhenItsTemplateIsUnroutedAndRouted() {
        Connection t = opportunistic("192.0.2.2/32", Shunt.PASS, Shunt.PASS);
        Connection instance = begunByPeer(t);
        world.routing.untrap(t, ok -> assertThat(ok).isTrue());
        world.runScripts();
        assertThat(world.takeEvents()).as("policies are the instance's").isEmpty();
        route(t);
        assertThat(t.routing()).isEqualTo(RoutingState.ROUTED_PROSPECTIVE);
        end(instance);
        assertThat(world.takeEvents()).contains(TRAP);
    }

    @Test
    void anInstanceThatIsUpKeepsItsPolicyWhenAnotherEnds() {
        Connection t = opportunistic("192.0.2.2/32", Shunt.PASS, Shunt.PASS);
        ping("192.0.2.1", "192.0.2.2");
        Connection ours = begun.get(0);
        Connection peers = begunByPeer(t);
        // Both ends began: packets by the SAs of either are taken.
        assertThat(peers.requestId()).isEqualTo(ours.requestId());
        fail(ours);
        assertThat(world.takeEvents()).isEmpty();
        assertThat(world.routing.bareShunts()).isEmpty();
        end(peers);
        assertThat(world.takeEvents()).contains(TRAP);
    }

    /** A stranger need only send one message to begin: that must not keep us from beginning. */
    @Test
    void whatAPeerBeginsDoesNotStandInForWhatWeBegin() {
        Connection t = opportunistic("192.0.2.0/24", Shunt.PASS, Shunt.PASS);
        new Instances(world.connections, world.routing).opportunistic(t, WEST, EAST);
        ping("192.0.2.1", "192.0.2.2");
        assertThat(begun).hasSize(1);
    }

    @Test
    void aShuntWithPortsGoesWithItsPorts() {
        Connection group = world.add(request("t", HostSpec.special(HostSpec.Kind.OPPORTUNISTIC_GROUP), "", "")
                .set(ConnectionOption.NEGOTIATION_SHUNT, Shunt.PASS)
                .set(ConnectionOption.FAILURE_SHUNT, Shunt.DROP)
                .build());
        for (int port : new int[] {443, 80}) {
            route(world.connections
                    .addMember(group, new GroupTarget(Subnet.of("192.0.2.0/24"), IpProtocol.TCP, 0, port))
                    .orElseThrow());
        }
        world.log.clear();
        packet("192.0.2.1", 4711, IpProtocol.TCP, "192.0.2.2", 443);
        packet("192.0.2.1", 4712, IpProtocol.TCP, "192.0.2.2", 80);
        begun.forEach(this::fail);
        world.takeEvents();
        assertThat(world.routing.bareShunts())
                .containsExactly(
                        "192.0.2.1/32:0 -6-> 192.0.2.2/32:80 => %drop 0    oe-failed",
                        "192.0.2.1/32:0 -6-> 192.0.2.2/32:443 => %drop 0    oe-failed");
        world.pass(Duration.ofSeconds(LIFETIME + 20));
        assertThat(world.takeEvents())
                .containsExactly(
                        "delete OUT 192.0.2.1/32/6/0>192.0.2.2/32/6/80",
                        "delete OUT 192.0.2.1/32/6/0>192.0.2.2/32/6/443");
        assertThat(world.log).noneMatch(line -> line.contains("CONFLICTING") || line.contains("failed"));
    }

    /** As PF_KEY tells of packets: it has neither protocol nor ports. */
    @Test
    void aPacketOfUnknownProtocolMayBeForATrapWithPorts() {
        Connection group = world.add(request("t", HostSpec.special(HostSpec.Kind.OPPORTUNISTIC_GROUP), "", "")
                .build());
        route(world.connections
                .addMember(group, new GroupTarget(Subnet.of("192.0.2.0/24"), IpProtocol.TCP, 0, 443))
                .orElseThrow());
        packet("192.0.2.1", 0, IpProtocol.UDP, "192.0.2.2", 443);
        assertThat(begun).isEmpty();
        packet("192.0.2.1", 0, 0, "192.0.2.2", 0);
        assertThat(begun).hasSize(1);
    }

    @Test
    void aGatewaysClientMeetsTheFailureShuntAndNotTheGateway() {
        Connection group =
                world.add(request("t", HostSpec.special(HostSpec.Kind.OPPORTUNISTIC_GROUP), "10.0.1.0/24", "")
                        .set(ConnectionOption.NEGOTIATION_SHUNT, Shunt.PASS)
                        .set(ConnectionOption.FAILURE_SHUNT, Shunt.DROP)
                        .build());
        route(world.connections
                .addMember(group, GroupTarget.of(Subnet.of("192.0.2.2/32")))
                .orElseThrow());
        ping("10.0.1.5", "192.0.2.2");
        world.takeEvents();
        fail(begun.get(0));
        String block = "put OUT 10.0.1.5/32>192.0.2.2/32 BLOCK ESP/TRANSPORT/0/0.0.0.0>0.0.0.0 0";
        assertThat(world.takeEvents()).contains(block);
        world.pass(Duration.ofSeconds(LIFETIME + 20));
        assertThat(world.takeEvents()).contains("delete OUT 10.0.1.5/32>192.0.2.2/32");
    }

    @Test
    void aSuccessorThatFailsChangesNothing() {
        Connection instance = begunByPeer(opportunistic("192.0.2.0/24", Shunt.PASS, Shunt.DROP));
        world.shunts.failed(instance);
        assertThat(world.takeEvents()).isEmpty();
        assertThat(world.routing.bareShunts()).isEmpty();
    }

    /** Whoever has us speak with hosts that are not there must not fill the kernel. */
    @Test
    void notAnyNumberOfShuntsIsWithoutAConnection() {
        opportunistic("192.0.2.0/24", Shunt.PASS, Shunt.PASS);
        Selector ours = Selector.of(Subnet.host(WEST));
        for (int host = 0; host < OnDemand.MOST_BARE_SHUNTS; host++) {
            Selector theirs = Selector.of(Subnet.of("198.51." + host / 256 + "." + host % 256 + "/32"));
            world.routing
                    .bare()
                    .put(
                            new BareShunt(ours, theirs, Shunt.PASS, BareShunt.Why.FAILED, 0, Optional.empty()),
                            world.logger);
        }
        packet("192.0.2.1", 8, IpProtocol.ICMP, "192.0.2.7", 0);
        assertThat(begun).isEmpty();
        world.routing.bare().forget(ours, Selector.of(Subnet.of("198.51.0.0/32")), world.logger);
        packet("192.0.2.1", 8, IpProtocol.ICMP, "192.0.2.7", 0);
        assertThat(begun).hasSize(1);
    }
}
