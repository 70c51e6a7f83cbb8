// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import org.jswan.base.AddressRange;
import org.jswan.base.Bytes;
import org.jswan.base.IpAddress;
import org.jswan.base.Subnet;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.ConnectionRequest;
import org.jswan.connection.EndOption;
import org.jswan.connection.EndRequest;
import org.jswan.connection.HostSpec;
import org.jswan.control.DebugChange;
import org.jswan.control.ImpairmentChange;
import org.jswan.control.WhackCommand;
import org.jswan.control.WhackRequest;
import org.jswan.kernel.KernelSa;
import org.jswan.kernel.SaId;
import org.jswan.pluto.PlutoOptions;
import org.jswan.sa.IkeSa;
import org.jswan.simulation.SimHost.SimSession;
import org.jswan.simulation.SimNetwork.Datagram;
import org.jswan.wire.ExchangeType;
import org.jswan.wire.Payload;
import org.jswan.wire.PayloadType;
import org.jswan.wire.WireException;
import org.jswan.wire.WireProposal;
import org.jswan.wire.sk.DecodedMessage;
import org.jswan.wire.sk.EncryptedMessage;
import org.jswan.wire.v2.CpPayload;
import org.jswan.wire.v2.Message;
import org.jswan.wire.v2.NoncePayload;
import org.jswan.wire.v2.SaPayload;
import org.jswan.wire.v2.TsPayload;
import org.junit.jupiter.api.Test;

/** Peers that ask for an address and are given one out of a pool. */
class RoadWarriorTest extends RoadScene {
    private static EndRequest.Builder everywhere() {
        return gatewayEnd("0.0.0.0/0");
    }

    private static AddressRange range(String first, String last) {
        return new AddressRange(IpAddress.of(first), IpAddress.of(last));
    }

    /** The gateway's connection for everybody, with a pool. */
    private SimSession pool(String name, AddressRange range, UnaryOperator<ConnectionRequest.Builder> more) {
        return pool(this, name, range, more);
    }

    private static SimSession pool(
            RoadScene scene, String name, AddressRange range, UnaryOperator<ConnectionRequest.Builder> more) {
        return scene.add(
                scene.gateway,
                more.apply(bare(name)
                        .left(everywhere().build())
                        .right(end(HostSpec.any())
                                .set(EndOption.ADDRESS_POOL, range)
                                .build())));
    }

    private SimHost road(String address, String id) {
        return road(address, id, UnaryOperator.identity());
    }

    private SimHost road(String address, String id, UnaryOperator<ConnectionRequest.Builder> more) {
        return road(this, address, id, more);
    }

    private static SimHost road(
            RoadScene scene, String address, String id, UnaryOperator<ConnectionRequest.Builder> more) {
        SimHost road = scene.listening("road" + address, address);
        scene.add(
                road,
                more.apply(bare("road")
                        .left(everywhere().build())
                        .right(end(HostSpec.of(IpAddress.of(address)))
                                .set(EndOption.ID, id)
                                .set(EndOption.MODECFG_CLIENT)
                                .build())));
        return road;
    }

    private static List<String> show(SimHost host, WhackCommand command) {
        return host.whack(WhackRequest.of(command)).lines();
    }

    /** The environment of the last updown run for {@code verb}. */
    private static Map<String, String> environment(SimHost host, String verb) {
        List<Map<String, String>> runs = new ArrayList<>(host.environments());
        return runs.stream()
                .filter(e -> e.get("PLUTO_VERB").equals(verb))
                .reduce((first, second) -> second)
                .orElseThrow();
    }

    @Test
    void nameServersAreIgnoredWhereTheConnectionSaysSo() {
        pool("pool", range("192.0.3.1", "192.0.3.9"), c -> c.set(ConnectionOption.MODECFG_DNS, "192.0.2.53"));
        SimHost road = road("192.0.2.1", "@one", c -> c.set(ConnectionOption.IGNORE_PEER_DNS));
        assertThat(up(road).lines())
                .as(trace())
                .contains("002 \"road\" #2: received and ignored INTERNAL_IP4_DNS 192.0.2.53");
        assertThat(environment(road, "up-client")).containsEntry("PLUTO_PEER_DNS_INFO", "");
        assertThat(road.log()).noneMatch(line -> line.contains("no effect yet"));
    }

    @Test
    void scriptsKnowThatAnInstanceGoes() {
        pool("pool", range("192.0.3.1", "192.0.3.9"), c -> c);
        SimHost road = road("192.0.2.1", "@one");
        up(road);
        gateway.environments().clear();
        road.whack(WhackRequest.of(new WhackCommand.Terminate("road")));
        world.run(Duration.ofSeconds(2));
        // as libreswan: not before its last SA is gone.
        assertThat(environment(gateway, "down-client")).containsEntry("PLUTO_CONN_KIND", "CK_INSTANCE");
        assertThat(environment(gateway, "unroute-client")).containsEntry("PLUTO_CONN_KIND", "CK_GOING_AWAY");
    }

    @Test
    void anInstanceThatIsDeletedGoesWithItsSas() {
        pool("pool", range("192.0.3.1", "192.0.3.9"), c -> c);
        up(road("192.0.2.1", "@one"));
        gateway.environments().clear();
        gateway.whack(WhackRequest.of(new WhackCommand.Delete("pool", false)));
        world.run(Duration.ofSeconds(2));
        assertThat(environment(gateway, "unroute-client")).containsEntry("PLUTO_CONN_KIND", "CK_GOING_AWAY");
    }

    @Test
    void aPeerIsGivenAnAddressWithNameServers() {
        pool("pool", range("192.0.3.1", "192.0.3.9"), c -> c.set(
                        ConnectionOption.MODECFG_DNS, "192.0.2.53, 2001:db8::53")
                .set(ConnectionOption.MODECFG_DOMAINS, "example.com, sub.example.com"));
        SimHost road = road("192.0.2.1", "@one");
        assertThat(up(road).lines())
                .as(trace())
                .contains(
                        "002 \"road\" #2: received INTERNAL_IP4_ADDRESS 192.0.3.1",
                        "002 \"road\" #2: received INTERNAL_IP4_DNS 192.0.2.53",
                        "002 \"road\" #2: received INTERNAL_IP6_DNS 2001:db8::53",
                        "005 \"road\" #2: Received INTERNAL_DNS_DOMAIN: example.com",
                        "005 \"road\" #2: Received INTERNAL_DNS_DOMAIN: sub.example.com")
                .anyMatch(
                        line -> line.startsWith("004 \"road\" #2: initiator established Child SA using #1; IPsec tunnel"
                                + " [192.0.3.1-192.0.3.1:0-65535 0] -> [0.0.0.0-255.255.255.255:0-65535 0]"));
        assertThat(environment(road, "up-client"))
                .containsEntry("PLUTO_MY_CLIENT", "192.0.3.1/32")
                .containsEntry("PLUTO_MY_SOURCEIP", "192.0.3.1")
                .containsEntry("PLUTO_PEER_DNS_INFO", "192.0.2.53 2001:db8::53")
                .containsEntry("PLUTO_PEER_DOMAIN_INFO", "example.com sub.example.com")
                .containsEntry("PLUTO_CFG_CLIENT", "1");
        assertThat(environment(gateway, "up-client"))
                .containsEntry("PLUTO_PEER_CLIENT", "192.0.3.1/32")
                .containsEntry("PLUTO_CFG_SERVER", "1");
        assertThat(show(road, new WhackCommand.TrafficStatus(Optional.empty())))
                .anyMatch(line -> line.endsWith(", id='@gateway', lease=192.0.3.1/32"));
        assertThat(show(gateway, new WhackCommand.TrafficStatus(Optional.empty())))
                .anyMatch(line -> line.endsWith(", id='@one', lease=192.0.3.1/32"));
        assertThat(show(gateway, new WhackCommand.AddressPoolStatus()))
                .containsExactly(
                        "000 address pool 192.0.3.1-192.0.3.9: 9 addresses, 1 leases, 1 in-use, 0 free (0 reusable)",
                        "000     192.0.3.1 assigned to $3 ",
                        "000               \"pool\"[2] 192.0.2.1");
    }

    /** What it asked for first, with another SPI. */
    private static SaPayload again(SaPayload asked) {
        WireProposal first = asked.proposals().get(0);
        return SaPayload.of(
                List.of(new WireProposal(first.number(), first.protocol(), Bytes.of(1, 2, 3, 4), first.transforms())));
    }

    /** As libreswan, whose initiators never do. */
    @Test
    void whoAsksWithALaterChildSaIsToldTheSame() throws WireException {
        pool("pool", range("192.0.3.1", "192.0.3.9"), c -> c.set(ConnectionOption.PFS, false));
        SimHost road = road("192.0.2.1", "@one", c -> c.set(ConnectionOption.PFS, false));
        up(road);
        IkeSa ike = road.ikeSas().iterator().next();
        List<Payload> first = EncryptedMessage.open(
                                Message.decode(world.network().captured().get(2).octets()), ike.outbound())
                        instanceof DecodedMessage request
                ? request.inner()
                : List.of();
        List<Payload> later = new ArrayList<>();
        for (Payload payload : first) {
            if (payload instanceof SaPayload sa) {
                later.add(again(sa));
                later.add(new NoncePayload(Bytes.wrap(new byte[32])));
            } else if (payload instanceof CpPayload || payload instanceof TsPayload) {
                later.add(payload);
            }
        }
        Datagram answer = new Pair(world, road, gateway).ask(road, ExchangeType.CREATE_CHILD_SA, later);
        List<Payload> told =
                ((DecodedMessage) EncryptedMessage.open(Message.decode(answer.octets()), ike.inbound())).inner();
        assertThat(told)
                .as(trace())
                .extracting(Payload::type)
                .containsExactly(PayloadType.CP, PayloadType.SA, PayloadType.NONCE, PayloadType.TSI, PayloadType.TSR);
        assertThat(((CpPayload) told.get(0)).attributes().get(0).value())
                .isEqualTo(IpAddress.of("192.0.3.1").octets());
        assertThat(gateway.ikeSas().iterator().next().children()).hasSize(2);
    }

    @Test
    void leasesEndWithTheirInstances() {
        pool("pool", range("192.0.3.1", "192.0.3.2"), UnaryOperator.identity());
        SimHost one = road("192.0.2.1", "@one");
        up(one);
        down(one);
        assertThat(show(gateway, new WhackCommand.AddressPoolStatus()))
                .contains("000 address pool 192.0.3.1-192.0.3.2: 2 addresses, 1 leases, 0 in-use, 1 free (0 reusable)");
        assertThat(up(one).lines()).as(trace()).anyMatch(line -> line.contains("INTERNAL_IP4_ADDRESS 192.0.3.1"));
    }

    @Test
    void aPoolMayBeExhausted() {
        pool("pool", range("192.0.3.1", "192.0.3.1"), UnaryOperator.identity());
        up(road("192.0.2.1", "@one"));
        assertThat(up(road("192.0.2.2", "@two")).lines())
                .as(trace())
                .contains("003 \"road\" #2: IKE_AUTH response rejected Child SA with INTERNAL_ADDRESS_FAILURE");
        assertThat(gateway.log())
                .contains("\"pool\"[4] 192.0.2.2 #4: ikev2 lease_an_address failure no free address in addresspool");
    }

    @Test
    void ipv6() {
        EndRequest everywhere = end(HostSpec.of(IpAddress.of("2001:db8::fe")))
                .set(EndOption.ID, "@gateway")
                .set(EndOption.CLIENT, Subnet.of("::/0"))
                .build();
        AddressRange pool = Subnet.of("2001:db8:3::/64").range();
        add(
                listening("gateway6", "2001:db8::fe"),
                bare("pool")
                        .left(everywhere)
                        .right(end(HostSpec.any())
                                .set(EndOption.ADDRESS_POOL, pool)
                                .build()));
        SimHost road = road("2001:db8::1", "@one", builder -> builder.left(everywhere));
        assertThat(up(road).lines())
                .as(trace())
                .anyMatch(line -> line.contains("received INTERNAL_IP6_ADDRESS 2001:db8:3::"));
    }

    @Test
    void whoAsksInVainHasNoChildSa() {
        add(
                gateway,
                bare("plain")
                        .left(everywhere().build())
                        .right(end(HostSpec.any()).build()));
        assertThat(up(road("192.0.2.1", "@one")).lines())
                .as(trace())
                .contains("003 \"road\" #2: missing v2CP reply, not attempting to setup child SA");
    }

    @Test
    void poolsThatCannotBe() {
        pool("pool", range("192.0.3.1", "192.0.3.9"), UnaryOperator.identity());
        pool("same", range("192.0.3.1", "192.0.3.9"), UnaryOperator.identity());
        assertThat(pool("overlapping", range("192.0.3.9", "192.0.3.10"), UnaryOperator.identity())
                        .lines())
                .containsExactly("036 \"overlapping\": failed to add connection: new addresspool 192.0.3.9-192.0.3.10"
                        + " INEXACTLY OVERLAPS with existing one 192.0.3.1-192.0.3.9.");
        assertThat(pool("zero", range("0.0.0.0", "0.0.0.4"), UnaryOperator.identity())
                        .lines())
                .containsExactly(
                        "003 \"zero\": invalid rightaddresspool: address pool 0.0.0.0-0.0.0.4 starts at address"
                                + " zero");
        assertThat(gateway.pluto().connections().pools().all()).hasSize(1);
        gateway.whack(WhackRequest.of(new WhackCommand.Delete("pool", false)));
        gateway.whack(WhackRequest.of(new WhackCommand.Delete("same", false)));
        world.run(Duration.ofMillis(10));
        assertThat(gateway.pluto().connections().pools().all()).isEmpty();
    }

    private List<String> instanceNames() {
        return instances().stream().map(Connection::toString).toList();
    }

    private void template() {
        add(
                gateway,
                bare("plain")
                        .left(everywhere().build())
                        .right(end(HostSpec.any()).set(EndOption.ID, "@one").build()));
    }

    private SimHost plain(String address, UnaryOperator<ConnectionRequest.Builder> more) {
        SimHost road = listening("road" + address, address);
        add(
                road,
                more.apply(bare("road")
                        .left(everywhere().build())
                        .right(end(HostSpec.of(IpAddress.of(address)))
                                .set(EndOption.ID, "@one")
                                .build())));
        return road;
    }

    /** By default an identity is one peer's: who comes from elsewhere has left its older place, and is told nothing. */
    @Test
    void aPeerThatComesFromElsewhereEndsWhatItHad() {
        template();
        SimHost before = plain("192.0.2.1", UnaryOperator.identity());
        up(before);
        assertThat(instanceNames()).as(trace()).containsExactly("\"plain\"[1] 192.0.2.1");
        up(plain("192.0.2.2", UnaryOperator.identity()));
        assertThat(instanceNames()).as(trace()).containsExactly("\"plain\"[2] 192.0.2.2");
        assertThat(gateway.log())
                .anyMatch(
                        line -> line.contains("\"plain\"[1] 192.0.2.1 #1: deleting state (STATE_V2_ESTABLISHED_IKE_SA)")
                                && line.endsWith("and NOT sending notification"));
        assertThat(before.ikeSas()).hasSize(1);
    }

    /** As libreswan: the Child SA goes once the new one is up; the IKE SA stays. */
    @Test
    void initialContactEndsTheOlderChildSa() {
        template();
        SimHost road = plain("192.0.2.1", c -> c.set(ConnectionOption.INITIAL_CONTACT));
        up(road);
        road.whack(WhackRequest.of(new WhackCommand.Adjust(
                Optional.empty(),
                DebugChange.NONE,
                List.of(new ImpairmentChange.On("send-no-delete", "yes", OptionalLong.empty())))));
        down(road);
        assertThat(up(road).lines()).as(trace()).contains("002 \"road\" #3: sending INITIAL_CONTACT");
        assertThat(gateway.ikeSas()).hasSize(2);
        assertThat(gateway.ikeSas().stream().mapToInt(ike -> ike.children().size()))
                .containsExactlyInAnyOrder(0, 1);
    }

    /** The newest of those that wait for an IKE SA goes with it, as libreswan's. */
    @Test
    void partsOfAConnectionWaitForOneIkeSa() {
        SimHost road = listening("road", "192.0.2.1");
        for (int i = 1; i <= 3; i++) {
            EndRequest us = end(HostSpec.of(IpAddress.of("192.0.2.1")))
                    .set(EndOption.ID, "@one")
                    .set(EndOption.CLIENT, Subnet.of("10.0." + i + ".0/24"))
                    .build();
            ConnectionRequest.Builder part = bare("road/0x" + i)
                    .set(ConnectionOption.ALIASES, "road")
                    .left(everywhere().build());
            add(road, part.right(us));
            add(gateway, part.right(us));
        }
        assertThat(up(road).lines())
                .as(trace())
                .contains(
                        "181 \"road/0x3\" #1: initiating IKEv2 connection",
                        "000 \"road/0x2\": queue Child SA; waiting on IKE SA \"road/0x3\" #1 negotiating with 192.0.2.254",
                        "000 \"road/0x1\": queue Child SA; waiting on IKE SA \"road/0x3\" #1 negotiating with 192.0.2.254",
                        "002 \"road/0x3\" #1: switching CHILD #2 to pending connection \"road/0x1\"");
        assertThat(road.ikeSas())
                .singleElement()
                .extracting(ike -> ike.children().stream()
                        .map(child -> child.connection().name())
                        .toList())
                .isEqualTo(List.of("road/0x1", "road/0x2", "road/0x3"));
    }

    private static final class Foul extends RoadScene {
        private Foul(long seed) {
            super(seed, PlutoOptions.defaults());
        }
    }

    @Test
    void addressesAreLeasedAndGivenBackInAnyWeather() {
        for (int seed = 0; seed < 200; seed++) {
            RoadScene scene = new Foul(seed);
            pool(scene, "pool", range("192.0.3.1", "192.0.3.9"), UnaryOperator.identity());
            SimHost road = road(scene, "192.0.2.1", "@one", UnaryOperator.identity());
            scene.world.weather(Weather.FOUL);
            Pair.initiate(road, "road");
            assertThat(scene.world.runUntil(() -> isCarrying(road, scene.gateway), Duration.ofMinutes(30)))
                    .as("seed " + seed + "\n" + scene.trace())
                    .isTrue();
            road.whack(WhackRequest.of(new WhackCommand.Terminate("road")));
            scene.gateway.whack(WhackRequest.of(new WhackCommand.Terminate("pool")));
            scene.world.run(Duration.ofMinutes(10));
            for (SimHost host : List.of(road, scene.gateway)) {
                assertThat(host.pluto().saCount())
                        .as("seed " + seed + "\n" + scene.trace())
                        .isZero();
                assertThat(host.kernel().spis()).isZero();
            }
            assertThat(scene.instances())
                    .as("seed " + seed + "\n" + scene.trace())
                    .isEmpty();
            assertThat(show(scene.gateway, new WhackCommand.AddressPoolStatus()))
                    .anyMatch(line -> line.contains(" 0 in-use"));
        }
    }

    private static boolean isCarrying(SimHost road, SimHost gateway) {
        return ids(road).size() == 2 && ids(gateway).containsAll(ids(road));
    }

    private static List<SaId> ids(SimHost host) {
        return host.kernel().installed().stream().map(KernelSa::id).toList();
    }
}
