// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jswan.base.Endpoint;
import org.jswan.base.IpAddress;
import org.jswan.base.Selector;
import org.jswan.base.Subnet;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.ConnectionRequest;
import org.jswan.connection.EndOption;
import org.jswan.connection.EndRequest;
import org.jswan.connection.HostSpec;
import org.jswan.connection.Ikev1Policy;
import org.jswan.connection.NatMethodV1;
import org.jswan.connection.ProtocolPort;
import org.jswan.connection.YesNoAuto;
import org.jswan.control.WhackCommand;
import org.jswan.control.WhackRequest;
import org.jswan.exchange.NatKeepalive;
import org.jswan.kernel.KernelPolicy;
import org.jswan.kernel.KernelSa;
import org.jswan.kernel.KernelSa.Encapsulation;
import org.jswan.pluto.PlutoOptions;
import org.jswan.sa.V1State;
import org.jswan.simulation.SimNetwork.Datagram;
import org.jswan.wire.IkeHeader;
import org.jswan.wire.KnownVendorId;
import org.jswan.wire.Payload;
import org.jswan.wire.WireException;
import org.jswan.wire.v1.Message;
import org.jswan.wire.v1.NatDetectionPayload;
import org.jswan.wire.v1.NatTraversalMethod;
import org.jswan.wire.v1.VendorIdPayload;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A NAT between ends that speak IKEv1 (RFC 3947 and the drafts before it). */
class Ikev1NatTest {
    private static final String INSIDE = "10.0.0.1";
    private static final String NEIGHBOUR = "10.0.0.2";
    private static final String OUTSIDE = "203.0.113.1";
    private static final String ELSEWHERE = "203.0.113.9";

    /** How the mode of encapsulation is numbered (RFC 2407 §4.5, RFC 3947 §5.1, draft-ietf-ipsec-nat-t-ike-03 §5.1). */
    private static final String PLAIN = "1 is ENCAPSULATION_MODE_TUNNEL";

    private static final String RFC = "3 is ENCAPSULATION_MODE_UDP_TUNNEL_RFC";
    private static final String DRAFTS = "61443 is ENCAPSULATION_MODE_UDP_TUNNEL_DRAFTS";

    /** West is behind a NAT. */
    private static Pair behindNat(long seed, UnaryOperator<ConnectionRequest.Builder> both) {
        SimWorld world = new SimWorld(seed);
        world.translate(INSIDE, OUTSIDE);
        return Ikev1Pair.at(world, both, UnaryOperator.identity(), INSIDE, Pair.EAST, Pair.EAST, OUTSIDE);
    }

    private static void comesUp(Pair pair) {
        pair.initiate(pair.west);
        assertThat(pair.world.runUntil(() -> Ikev1Pair.isUp(pair), Duration.ofSeconds(5)))
                .as(pair.trace())
                .isTrue();
    }

    /** The encapsulation of the SA that goes out, then of the one that comes in. */
    private static List<Optional<Encapsulation>> encapsulations(SimHost host) {
        return host.kernel().installed().stream()
                .sorted((a, b) -> Boolean.compare(a.inbound(), b.inbound()))
                .map(KernelSa::encapsulation)
                .toList();
    }

    private static List<Optional<Encapsulation>> ports(int us, int peer) {
        return List.of(Optional.of(new Encapsulation(us, peer)), Optional.of(new Encapsulation(peer, us)));
    }

    private static List<Payload> payloads(Datagram inClear) {
        try {
            IkeHeader header = IkeHeader.decode(inClear.octets());
            return Message.read(header, header.nextPayload(), inClear.octets().from(IkeHeader.LENGTH))
                    .payloads();
        } catch (WireException malformed) {
            throw new AssertionError(malformed);
        }
    }

    /** The vendor IDs of NAT traversal in a message, in their order. */
    private static List<KnownVendorId> vendorIds(Datagram inClear) {
        return payloads(inClear).stream()
                .filter(VendorIdPayload.class::isInstance)
                .map(payload -> KnownVendorId.find(((VendorIdPayload) payload).data()))
                .flatMap(Optional::stream)
                .filter(known -> NatTraversalMethod.of(known).isPresent())
                .toList();
    }

    /** The types of the NAT-D payloads in a message. */
    private static List<Integer> natDetection(Datagram inClear) {
        return payloads(inClear).stream()
                .filter(NatDetectionPayload.class::isInstance)
                .map(payload -> payload.type().number())
                .toList();
    }

    /** The modes of encapsulation that were proposed and answered. */
    private static List<String> modes(Pair pair) {
        return pair.world.trace().stream()
                .filter(line -> line.contains(" is ENCAPSULATION_MODE_"))
                .map(line -> line.replaceFirst(".*\\[(.*)\\]", "$1"))
                .toList();
    }

    private static List<KnownVendorId> offered(NatMethodV1 method) {
        return switch (method) {
            case BOTH -> List.of(
                    KnownVendorId.NAT_T_RFC, KnownVendorId.NAT_T_03, KnownVendorId.NAT_T_02_N, KnownVendorId.NAT_T_02);
            case RFC -> List.of(KnownVendorId.NAT_T_RFC);
            case DRAFTS -> List.of(KnownVendorId.NAT_T_03, KnownVendorId.NAT_T_02_N, KnownVendorId.NAT_T_02);
            case NONE -> List.of();
        };
    }

    /** What went between the ends was what that method has: vendor IDs, payload types, modes. */
    private static void assertTraversedBy(NatMethodV1 wests, Pair pair) {
        List<Datagram> all = pair.world.network().captured();
        boolean drafts = wests == NatMethodV1.DRAFTS;
        assertThat(vendorIds(all.get(0))).isEqualTo(offered(wests));
        assertThat(vendorIds(all.get(1))).containsExactly(drafts ? KnownVendorId.NAT_T_03 : KnownVendorId.NAT_T_RFC);
        int type = drafts ? 130 : 20;
        assertThat(natDetection(all.get(2))).containsExactly(type, type);
        assertThat(natDetection(all.get(3))).containsExactly(type, type);
        assertThat(modes(pair)).as(pair.trace()).isNotEmpty().containsOnly(drafts ? DRAFTS : RFC);
    }

    /** East has its connection with something else than west. */
    private static void change(Pair pair, UnaryOperator<ConnectionRequest.Builder> easts) {
        pair.east.whack(WhackRequest.of(new WhackCommand.Delete("t", false)));
        pair.east.whack(WhackRequest.of(new WhackCommand.Add(easts.apply(Ikev1Pair.tunnel("t")
                        .left(Ikev1Pair.end(OUTSIDE, "@west", Pair.WEST_CLIENT).build()))
                .build())));
        pair.world.run(Duration.ofMillis(10));
    }

    /** As libreswan: a responder takes the best of what it is offered, whatever it would offer itself. */
    @ParameterizedTest
    @CsvSource({"DRAFTS, BOTH", "DRAFTS, RFC", "BOTH, DRAFTS"})
    void theInitiatorOffersAndTheResponderTakesTheBest(NatMethodV1 wests, NatMethodV1 easts) {
        Pair pair = behindNat(13, both -> both.set(ConnectionOption.IKEV1_NAT_METHOD, wests));
        change(pair, c -> c.set(ConnectionOption.IKEV1_NAT_METHOD, easts));
        comesUp(pair);
        assertTraversedBy(wests, pair);
        assertThat(encapsulations(pair.west)).isEqualTo(ports(4500, 4500));
    }

    @ParameterizedTest
    @EnumSource(names = {"BOTH", "RFC", "DRAFTS"})
    void initiatorBehindNat(NatMethodV1 method) {
        Pair pair = behindNat(1, both -> both.set(ConnectionOption.IKEV1_NAT_METHOD, method));
        comesUp(pair);
        List<Datagram> all = pair.world.network().captured();
        // The third message of the initiator is the first that goes to port 4500.
        assertThat(all.subList(0, 4))
                .allMatch(datagram ->
                        datagram.from().port() == 500 || datagram.to().port() == 500);
        assertThat(all.subList(4, all.size()))
                .allMatch(datagram ->
                        datagram.from().port() != 500 && datagram.to().port() != 500);
        int seen = all.get(4).from().port();
        assertThat(encapsulations(pair.west)).isEqualTo(ports(4500, 4500));
        assertThat(encapsulations(pair.east)).isEqualTo(ports(4500, seen));
        assertThat(pair.east.log())
                .anyMatch(line -> line.matches(".* IPsec SA established tunnel mode \\{ESPinUDP=>.* NATD=" + OUTSIDE
                        + ":" + seen + " DPD=.*"));
        assertTraversedBy(method, pair);
        pair.terminate(pair.west);
        pair.world.run(Duration.ofSeconds(1));
        pair.assertNothingLeftAfterDelete();
    }

    @Test
    void withoutNatNothingIsEncapsulated() {
        Pair pair = Ikev1Pair.up(2);
        assertThat(encapsulations(pair.west)).containsOnly(Optional.empty());
        assertThat(pair.world.network().captured())
                .allMatch(datagram ->
                        datagram.from().port() == 500 && datagram.to().port() == 500);
    }

    @Test
    void aConnectionMayDoWithoutNatTraversal() {
        Pair pair = behindNat(3, both -> both.set(ConnectionOption.IKEV1_NAT_METHOD, NatMethodV1.NONE));
        comesUp(pair);
        assertThat(encapsulations(pair.west)).containsOnly(Optional.empty());
        assertThat(encapsulations(pair.east)).containsOnly(Optional.empty());
        List<Datagram> all = pair.world.network().captured();
        assertThat(vendorIds(all.get(0))).isEmpty();
        assertThat(natDetection(all.get(2))).isEmpty();
    }

    @Test
    void encapsulationIsForced() {
        Pair pair = Ikev1Pair.up(4, both -> both.set(ConnectionOption.ENCAPSULATION, YesNoAuto.YES));
        assertThat(encapsulations(pair.west)).isEqualTo(ports(4500, 4500));
        assertThat(encapsulations(pair.east)).isEqualTo(ports(4500, 4500));
        assertThat(modes(pair)).isNotEmpty().containsOnly(RFC);
    }

    /** As libreswan: vendor IDs and hashes go as ever, but what they show is not looked at. */
    @Test
    void encapsulationIsForbidden() {
        Pair pair = behindNat(14, both -> both.set(ConnectionOption.ENCAPSULATION, YesNoAuto.NO));
        comesUp(pair);
        List<Datagram> all = pair.world.network().captured();
        assertThat(vendorIds(all.get(0))).isEqualTo(offered(NatMethodV1.BOTH));
        assertThat(natDetection(all.get(2))).containsExactly(20, 20);
        assertThat(all)
                .allMatch(datagram ->
                        datagram.from().port() == 500 || datagram.to().port() == 500);
        assertThat(modes(pair)).as(pair.trace()).isNotEmpty().containsOnly(PLAIN);
        assertThat(encapsulations(pair.west)).containsOnly(Optional.empty());
        assertThat(encapsulations(pair.east)).containsOnly(Optional.empty());
    }

    /** As libreswan: it takes the mode for the one without UDP, and nobody tells the peer. */
    @Test
    void encapsulationIsForbiddenByTheResponderAlone() {
        Pair pair = behindNat(15, UnaryOperator.identity());
        change(pair, c -> c.set(ConnectionOption.ENCAPSULATION, YesNoAuto.NO));
        comesUp(pair);
        assertThat(modes(pair)).as(pair.trace()).isNotEmpty().containsOnly(RFC);
        assertThat(encapsulations(pair.west)).isEqualTo(ports(4500, 4500));
        assertThat(encapsulations(pair.east)).containsOnly(Optional.empty());
        assertThat(pair.east.log()).anyMatch(line -> line.contains(" IPsec SA established tunnel mode {ESP=>"));
    }

    @Test
    void whoIsBehindTheNatKeepsItsMappingOpen() {
        Pair pair = behindNat(5, UnaryOperator.identity());
        comesUp(pair);
        int before = (int) pair.world.datagrams();
        pair.world.run(Duration.ofSeconds(61));
        List<Datagram> all = pair.world.network().captured();
        assertThat(all.subList(before, all.size()))
                .allMatch(datagram -> datagram.octets().equals(SimNetwork.KEEPALIVE))
                .extracting(datagram -> datagram.from().address().toString())
                .containsExactly(OUTSIDE, OUTSIDE, OUTSIDE);
    }

    @Test
    void inAggressiveModeTheThirdMessageIsTheFirstAtPort4500() {
        Pair pair = behindNat(7, both -> both.set(ConnectionOption.AGGRESSIVE));
        comesUp(pair);
        List<Datagram> all = pair.world.network().captured();
        assertThat(all.subList(2, all.size()))
                .allMatch(datagram ->
                        datagram.from().port() != 500 && datagram.to().port() != 500);
        assertThat(encapsulations(pair.west)).isEqualTo(ports(4500, 4500));
        assertThat(encapsulations(pair.east))
                .isEqualTo(ports(4500, all.get(2).from().port()));
    }

    @Test
    void inTransportModeTheOriginalAddressIsTold() {
        SimWorld world = new SimWorld(6);
        world.translate(INSIDE, OUTSIDE).alsoFor(NEIGHBOUR);
        Pair pair = Ikev1Pair.at(
                world,
                both -> both.unset(ConnectionOption.TUNNEL),
                end -> end.unset(EndOption.CLIENT),
                INSIDE,
                Pair.EAST,
                Pair.EAST,
                OUTSIDE);
        comesUp(pair);
        assertThat(pair.east.log())
                .anyMatch(line -> line.matches(".* IPsec SA established transport mode \\{ESPinUDP=>.* NATOA=" + INSIDE
                        + " NATD=" + OUTSIDE + ":\\d+ DPD=.*"));
    }

    @Test
    void l2tpOfManyHostsBehindOneNat() {
        SimWorld world = new SimWorld(8);
        world.translate(INSIDE, OUTSIDE).alsoFor(NEIGHBOUR);
        Pair pair = Ikev1Pair.at(
                world,
                both -> both.unset(ConnectionOption.TUNNEL),
                end -> end.unset(EndOption.CLIENT),
                INSIDE,
                Pair.EAST,
                Pair.EAST,
                OUTSIDE);
        for (SimHost host : List.of(pair.west, pair.east)) {
            host.whack(WhackRequest.of(new WhackCommand.Delete("t", false)));
            boolean client = host == pair.west;
            host.whack(WhackRequest.of(new WhackCommand.Add(Ikev1Pair.tunnel("t")
                    .unset(ConnectionOption.TUNNEL)
                    .left(l2tp(
                            client ? HostSpec.of(IpAddress.of(INSIDE)) : HostSpec.any(),
                            client ? "@west" : "%any",
                            new ProtocolPort(17, client ? 1701 : 0, !client)))
                    .right(l2tp(HostSpec.of(IpAddress.of(Pair.EAST)), "@east", new ProtocolPort(17, 1701, false)))
                    .build())));
        }
        SimHost north = new SimHost(
                "north",
                world,
                List.of(IpAddress.of(NEIGHBOUR)),
                Pair.secrets(Pair.SECRET),
                PlutoOptions.defaults().withIkev1(Ikev1Policy.ACCEPT));
        north.whack(WhackRequest.of(new WhackCommand.Listen()));
        north.whack(WhackRequest.of(new WhackCommand.Add(Ikev1Pair.tunnel("t")
                .unset(ConnectionOption.TUNNEL)
                .left(l2tp(HostSpec.of(IpAddress.of(NEIGHBOUR)), "@north", new ProtocolPort(17, 1702, false)))
                .right(l2tp(HostSpec.of(IpAddress.of(Pair.EAST)), "@east", new ProtocolPort(17, 1701, false)))
                .build())));
        world.run(Duration.ofMillis(10));
        comesUp(pair);
        pair.initiate(north);
        assertThat(world.runUntil(() -> pair.east.kernel().installed().size() == 4, Duration.ofSeconds(5)))
                .as(pair.trace())
                .isTrue();
        world.run(Duration.ofSeconds(1));
        assertThat(pair.east.log())
                .anyMatch(line ->
                        line.endsWith("#1: the peer proposed: " + Pair.EAST + "/32:1701 -UDP-> " + INSIDE + "/32:1701"))
                .anyMatch(line -> line.endsWith(
                        "#3: the peer proposed: " + Pair.EAST + "/32:1701 -UDP-> " + NEIGHBOUR + "/32:1702"));
        // Each by the port that its host has behind the NAT.
        assertThat(pair.east.kernel().policies())
                .as(pair.trace())
                .extracting(KernelPolicy::destination)
                .contains(
                        new Selector(Subnet.host(IpAddress.of(OUTSIDE)), 17, 1701),
                        new Selector(Subnet.host(IpAddress.of(OUTSIDE)), 17, 1702));
        assertThat(Ikev1Pair.isUp(pair)).isTrue();
        assertThat(Ikev1Pair.has(north, V1State.QUICK_I2)).isTrue();
    }

    /** As with IKEv2: {@code --force-keepalive} is for NATs before the peer, too. */
    @Test
    void forcedKeepalivesGoBothWays() {
        SimWorld world = new SimWorld(21);
        world.translate(INSIDE, OUTSIDE);
        Pair pair = Ikev1Pair.at(
                world,
                PlutoOptions.defaults().withKeepalive(new NatKeepalive.Setting(Duration.ofSeconds(30), true)),
                UnaryOperator.identity(),
                UnaryOperator.identity(),
                INSIDE,
                Pair.EAST,
                Pair.EAST,
                OUTSIDE);
        comesUp(pair);
        world.run(Duration.ofSeconds(70));
        List<IpAddress> senders = world.network().captured().stream()
                .filter(datagram -> datagram.octets().equals(SimNetwork.KEEPALIVE))
                .map(datagram -> datagram.from().address())
                .toList();
        assertThat(senders).contains(IpAddress.of(OUTSIDE), IpAddress.of(Pair.EAST));
    }

    @Test
    void aChangedMappingIsFollowed() {
        SimWorld world = new SimWorld(9);
        SimNat nat = world.translate(INSIDE, OUTSIDE);
        Pair pair = Ikev1Pair.at(
                world,
                both -> both.set(ConnectionOption.KEEP_UP, false),
                UnaryOperator.identity(),
                INSIDE,
                Pair.EAST,
                Pair.EAST,
                OUTSIDE);
        comesUp(pair);
        int before = pair.east.ikeSas().get(0).remote().port();
        nat.forget();
        int sent = (int) world.datagrams();
        pair.terminate(pair.west);
        world.run(Duration.ofSeconds(1));
        List<Datagram> all = world.network().captured();
        // East's own deletes go to where west's came from.
        assertThat(all.subList(sent, all.size()).stream()
                        .filter(datagram -> datagram.from().address().equals(IpAddress.of(Pair.EAST)))
                        .map(datagram -> datagram.to().port()))
                .isNotEmpty()
                .doesNotContain(before);
    }

    /** East takes peers from anywhere; west comes through a NAT. */
    private static Pair onTheRoad(SimWorld world) {
        Pair pair = Ikev1Pair.at(
                world,
                both -> both.set(ConnectionOption.KEEP_UP, false),
                UnaryOperator.identity(),
                INSIDE,
                Pair.EAST,
                Pair.EAST,
                OUTSIDE);
        pair.east.whack(WhackRequest.of(new WhackCommand.Delete("t", false)));
        pair.east.whack(WhackRequest.of(new WhackCommand.Add(Ikev1Pair.tunnel("t")
                .left(EndRequest.builder()
                        .set(EndOption.HOST, HostSpec.any())
                        .set(EndOption.ID, "%any")
                        .set(EndOption.CLIENT, Subnet.of(Pair.WEST_CLIENT))
                        .build())
                .build())));
        world.run(Duration.ofMillis(10));
        comesUp(pair);
        return pair;
    }

    /** Another one behind the same NAT. */
    private static SimHost neighbour(SimWorld world) {
        SimHost north = new SimHost(
                "north",
                world,
                List.of(IpAddress.of(NEIGHBOUR)),
                Pair.secrets(Pair.SECRET),
                PlutoOptions.defaults().withIkev1(Ikev1Policy.ACCEPT));
        north.whack(WhackRequest.of(new WhackCommand.Listen()));
        north.whack(WhackRequest.of(new WhackCommand.Add(Ikev1Pair.tunnel("t")
                .left(Ikev1Pair.end(NEIGHBOUR, "@north", "10.3.0.0/24").build())
                .build())));
        world.run(Duration.ofMillis(10));
        return north;
    }

    private static List<Connection> between(SimHost host, String remote) {
        return host.pluto().connections().findByHosts(IpAddress.of(Pair.EAST), Optional.of(IpAddress.of(remote)));
    }

    @Test
    void anInstanceIsFoundAtItsNewAddress() {
        SimWorld world = new SimWorld(11);
        SimNat nat = world.translate(INSIDE, OUTSIDE);
        Pair pair = onTheRoad(world);
        nat.renumber(ELSEWHERE);
        // It deletes one tunnel, which is the first that east hears from there.
        pair.terminate(pair.west);
        world.run(Duration.ofSeconds(1));
        assertThat(pair.east.log())
                .as(pair.trace())
                .noneMatch(line -> line.contains("not found (maybe expired)"))
                .anyMatch(line -> line.contains("deleting connection instance with peer " + ELSEWHERE));
        assertThat(pair.east.kernel().installed()).isEmpty();
    }

    /** All that a peer has follow it, not only the connection by which it came in. */
    @Test
    void itsOtherInstancesAreFoundThereToo() {
        SimWorld world = new SimWorld(13);
        SimNat nat = world.translate(INSIDE, OUTSIDE);
        Pair pair = onTheRoad(world);
        String network = "10.4.0.0/24";
        pair.east.whack(WhackRequest.of(new WhackCommand.Add(Ikev1Pair.tunnel("more")
                .left(EndRequest.builder()
                        .set(EndOption.HOST, HostSpec.any())
                        .set(EndOption.ID, "%any")
                        .set(EndOption.CLIENT, Subnet.of(network))
                        .build())
                .build())));
        pair.west.whack(WhackRequest.of(new WhackCommand.Add(Ikev1Pair.tunnel("more")
                .set(ConnectionOption.KEEP_UP, false)
                .left(Ikev1Pair.end(INSIDE, "@west", network).build())
                .build())));
        world.run(Duration.ofMillis(10));
        pair.west.whack(WhackRequest.of(new WhackCommand.Initiate("more", Optional.empty())));
        world.run(Duration.ofSeconds(2));
        assertThat(pair.east.kernel().installed()).as(pair.trace()).hasSize(4);
        nat.renumber(ELSEWHERE);
        pair.west.whack(WhackRequest.of(new WhackCommand.Terminate("more")));
        world.run(Duration.ofSeconds(1));
        assertThat(pair.east.log()).noneMatch(line -> line.contains("not found (maybe expired)"));
        assertThat(pair.east.kernel().installed()).as(pair.trace()).hasSize(2);
    }

    /** Who has seen the cookies can send what goes on with a phase 1, and change nothing of who is up. */
    @Test
    void whoHasProvenNothingMovesNobody() {
        SimWorld world = new SimWorld(12);
        world.translate(INSIDE, OUTSIDE).alsoFor("10.0.0.2");
        Pair pair = onTheRoad(world);
        SimHost north = neighbour(world);
        int sent = (int) world.datagrams();
        world.pass(octets -> !Ikev1Pair.has(north, V1State.MAIN_I2));
        pair.initiate(north);
        world.run(Duration.ofMillis(100));
        assertThat(Ikev1Pair.has(north, V1State.MAIN_I2)).as(pair.trace()).isTrue();
        world.pass(octets -> true);
        List<Datagram> all = world.network().captured();
        Datagram second = all.get(sent + 2);
        world.inject(new Endpoint(IpAddress.of(ELSEWHERE), 500), second.to(), second.octets());
        world.run(Duration.ofMillis(100));
        assertThat(Ikev1Pair.has(pair.east, V1State.MAIN_R2)).as(pair.trace()).isTrue();
        assertThat(between(pair.east, ELSEWHERE)).isEmpty();
        assertThat(between(pair.east, OUTSIDE))
                .allMatch(c -> c.remote().address().equals(Optional.of(IpAddress.of(OUTSIDE))))
                .anyMatch(c -> c.newestChild().isPresent());
    }

    @Test
    void severalClientsShareANat() {
        SimWorld world = new SimWorld(10);
        world.translate(INSIDE, OUTSIDE).alsoFor("10.0.0.2");
        Pair pair = Ikev1Pair.at(
                world, UnaryOperator.identity(), UnaryOperator.identity(), INSIDE, Pair.EAST, Pair.EAST, OUTSIDE);
        pair.east.whack(WhackRequest.of(new WhackCommand.Delete("t", false)));
        pair.east.whack(WhackRequest.of(new WhackCommand.Add(Ikev1Pair.tunnel("t")
                .left(EndRequest.builder()
                        .set(EndOption.HOST, HostSpec.any())
                        .set(EndOption.ID, "%any")
                        .set(EndOption.VIRTUAL, "vnet:%all")
                        .build())
                .build())));
        SimHost north = neighbour(world);
        comesUp(pair);
        pair.initiate(north);
        assertThat(world.runUntil(
                        () -> Ikev1Pair.has(north, V1State.QUICK_I2)
                                && pair.east.kernel().installed().size() == 4,
                        Duration.ofSeconds(5)))
                .as(pair.trace())
                .isTrue();
        assertThat(Ikev1Pair.has(pair.west, V1State.QUICK_I2)).isTrue();
        assertThat(pair.east.kernel().installed().stream()
                        .filter(sa -> !sa.inbound())
                        .map(sa -> sa.encapsulation().orElseThrow())
                        .distinct())
                .hasSize(2);
    }

    private static EndRequest l2tp(HostSpec host, String id, ProtocolPort protocolPort) {
        return EndRequest.builder()
                .set(EndOption.HOST, host)
                .set(EndOption.ID, id)
                .set(EndOption.PROTOCOL_PORT, protocolPort)
                .build();
    }
}
