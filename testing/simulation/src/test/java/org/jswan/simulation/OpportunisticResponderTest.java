// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jswan.base.AddressRange;
import org.jswan.base.IpAddress;
import org.jswan.base.Subnet;
import org.jswan.connection.AuthenticationMethod;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.ConnectionRequest;
import org.jswan.connection.EndAuthentication;
import org.jswan.connection.EndOption;
import org.jswan.connection.EndRequest;
import org.jswan.connection.GroupTarget;
import org.jswan.connection.HostSpec;
import org.jswan.connection.IkeVersion;
import org.jswan.connection.ProtocolPort;
import org.jswan.connection.Shunt;
import org.jswan.control.WhackCommand;
import org.jswan.control.WhackRequest;
import org.jswan.exchange.HalfOpenLimit;
import org.jswan.identity.IkeId;
import org.jswan.pluto.PlutoOptions;
import org.jswan.random.RandomSource;
import org.jswan.sa.ChildSa;
import org.jswan.simulation.SimHost.SimSession;
import org.jswan.simulation.SimNetwork.Datagram;
import org.junit.jupiter.api.Test;

/** The responder's side of opportunistic encryption: peers that nobody knows, and that prove nothing. */
class OpportunisticResponderTest {
    private static EndRequest.Builder nobody(HostSpec host) {
        return RoadScene.end(host).set(EndOption.AUTH, EndAuthentication.NULL).set(EndOption.ID, "%null");
    }

    private static final class Scene extends RoadScene {
        private SimHost road;

        Scene(PlutoOptions options) {
            super(options);
            add(gateway, template("private"));
        }

        static ConnectionRequest.Builder template(String name) {
            return bare(name)
                    .left(nobody(HostSpec.of(IpAddress.of(GATEWAY))).build())
                    .right(nobody(HostSpec.special(HostSpec.Kind.OPPORTUNISTIC)).build());
        }

        SimHost road(String address) {
            road = listening("road" + address, address);
            add(road, roadConnection(address));
            return road;
        }

        static ConnectionRequest.Builder roadConnection(String address) {
            return bare("road")
                    .left(nobody(HostSpec.of(IpAddress.of(GATEWAY))).build())
                    .right(nobody(HostSpec.of(IpAddress.of(address))).build());
        }
    }

    private final Scene scene = new Scene(PlutoOptions.defaults());
    private final SimHost gateway = scene.gateway;

    @Test
    void whoeverComesGetsAnInstanceOfItsOwn() {
        SimSession one = scene.up(scene.road("192.0.2.1"));
        scene.up(scene.road("192.0.2.2"));
        assertThat(one.lines()).as(scene.trace()).anyMatch(line -> line.contains("initiator established Child SA"));
        List<Connection> instances = scene.instances();
        assertThat(instances)
                .extracting(Connection::toString)
                .containsExactly("\"private\"[1] ...192.0.2.1", "\"private\"[2] ...192.0.2.2");
        assertThat(instances)
                .extracting(c -> c.remote().client().orElseThrow().subnet())
                .containsExactly(Subnet.of("192.0.2.1/32"), Subnet.of("192.0.2.2/32"));
    }

    /** As libreswan: what is up is said, not the way there. */
    @Test
    void onlyWhatIsUpIsSaid() {
        SimHost road = scene.road("192.0.2.1");
        scene.up(road);
        assertThat(gateway.log())
                .filteredOn(line -> line.contains("#"))
                .map(line -> line.replaceFirst("using authby.*", "using").replaceFirst("IPsec tunnel.*", "IPsec"))
                .containsExactly(
                        "\"private\"[1] ...192.0.2.1 #1: processing decrypted IKE_AUTH request:"
                                + " SK{IDi,IDr,AUTH,SA,TSi,TSr}",
                        "\"private\"[1] ...192.0.2.1 #1: responder established IKE SA; authenticated peer using",
                        "\"private\"[1] ...192.0.2.1 #2: responder established Child SA using #1; IPsec");
    }

    @Test
    void whoGoesLeavesNothing() {
        SimHost road = scene.road("192.0.2.1");
        scene.up(road);
        scene.down(road);
        assertThat(scene.instances()).as(scene.trace()).isEmpty();
        assertThat(gateway.log()).noneMatch(line -> line.contains("deleting connection instance"));
        assertThat(gateway.kernel().policies()).isEmpty();
        assertThat(gateway.kernel().spis()).isZero();
    }

    /** A peer that was forgotten at its end begins anew; what it had goes without a word to it. */
    @Test
    void aPeerThatStartsAnewReplacesItself() {
        SimHost road = scene.road("192.0.2.1");
        scene.up(road);
        SimHost again = RoadScene.listening(new SimHost(
                "again",
                scene.world,
                List.of(IpAddress.of("192.0.2.1")),
                Pair.secrets(Pair.SECRET),
                PlutoOptions.defaults()));
        scene.add(again, Scene.roadConnection("192.0.2.1"));
        scene.up(again);
        assertThat(scene.instances())
                .as(scene.trace())
                .extracting(Connection::toString)
                .containsExactly("\"private\"[2] ...192.0.2.1");
        assertThat(gateway.ikeSas()).hasSize(1);
        assertThat(gateway.kernel().policies()).hasSize(3);
    }

    /** As libreswan: what it had is free by the time that it asks. */
    @Test
    void aPeerThatStartsAnewGetsTheAddressThatItHad() {
        gateway.whack(WhackRequest.of(new WhackCommand.Delete("private", false)));
        AddressRange pool = new AddressRange(IpAddress.of("192.0.3.1"), IpAddress.of("192.0.3.9"));
        scene.add(
                gateway,
                Scene.template("pool")
                        .right(nobody(HostSpec.special(HostSpec.Kind.OPPORTUNISTIC))
                                .set(EndOption.ADDRESS_POOL, pool)
                                .build()));
        for (String name : List.of("once", "again")) {
            SimHost road = RoadScene.listening(new SimHost(
                    name,
                    scene.world,
                    List.of(IpAddress.of("192.0.2.1")),
                    Pair.secrets(Pair.SECRET),
                    PlutoOptions.defaults()));
            scene.add(
                    road,
                    Scene.roadConnection("192.0.2.1")
                            .right(nobody(HostSpec.of(IpAddress.of("192.0.2.1")))
                                    .set(EndOption.MODECFG_CLIENT)
                                    .build()));
            assertThat(scene.up(road).lines())
                    .as(scene.trace())
                    .anyMatch(line -> line.contains("received INTERNAL_IP4_ADDRESS 192.0.3.1"));
            assertThat(gateway.ikeSas()).hasSize(1);
        }
    }

    @Test
    void whoSaysThatItIsOpportunisticMayBeIgnored() {
        Scene strict = new Scene(PlutoOptions.defaults()
                .withHalfOpen(new HalfOpenLimit.Setting(HalfOpenLimit.Mode.AUTO, 25_000, 50_000, true)));
        SimHost road = strict.road("192.0.2.1");
        strict.up(road);
        assertThat(strict.gateway.pluto().saCount()).isZero();
        assertThat(strict.instances()).isEmpty();
        assertThat(strict.world.network().captured())
                .allMatch(datagram -> datagram.from().address().equals(IpAddress.of("192.0.2.1")));
    }

    /** Strangers that say they are somebody, and never prove it, leave nothing. */
    @Test
    void strangersThatNeverComeBackAreForgotten() {
        SimHost road = scene.road("192.0.2.1");
        road.whack(WhackRequest.of(new WhackCommand.Listen()));
        scene.world.network().filter(datagram -> !datagram.to().address().equals(IpAddress.of("192.0.2.1")));
        Pair.initiate(road, "road");
        scene.world.run(Duration.ofSeconds(2));
        assertThat(scene.instances()).hasSize(1);
        scene.world.run(Duration.ofMinutes(10));
        road.whack(WhackRequest.of(new WhackCommand.Delete("road", false)));
        scene.world.run(Duration.ofMinutes(10));
        assertThat(scene.instances()).as(scene.trace()).isEmpty();
        assertThat(gateway.pluto().saCount()).isZero();
    }

    /** A scene whose gateway replaces SAs after 80 s, unless nothing came in for 20 s. */
    private Scene expiring(ConnectionOption<Duration> lifetime) {
        Scene expiring = new Scene(PlutoOptions.defaults());
        expiring.gateway.whack(WhackRequest.of(new WhackCommand.Delete("private", false)));
        expiring.add(
                expiring.gateway,
                Scene.template("brief")
                        .set(lifetime, Duration.ofSeconds(90))
                        .set(ConnectionOption.REKEY_MARGIN, Duration.ofSeconds(20))
                        .set(ConnectionOption.REKEY_FUZZ, 0L));
        expiring.up(expiring.road("192.0.2.1"));
        assertThat(expiring.gateway.ikeSas()).as(expiring.trace()).hasSize(1);
        return expiring;
    }

    private static void carry(SimHost host, long bytes) {
        host.kernel().installed().stream()
                .filter(sa -> sa.id().destination().equals(IpAddress.of(RoadScene.GATEWAY)))
                .forEach(sa -> host.kernel().carry(sa.id(), bytes));
        host.whack(WhackRequest.of(new WhackCommand.TrafficStatus(Optional.empty())));
    }

    /** Nobody has to keep SAs with every host that was ever spoken with. */
    @Test
    void whatNobodyUsesIsNotReplaced() {
        for (ConnectionOption<Duration> lifetime :
                List.of(ConnectionOption.IKE_LIFETIME, ConnectionOption.IPSEC_LIFETIME)) {
            Scene brief = expiring(lifetime);
            carry(brief.gateway, 100);
            brief.world.run(Duration.ofSeconds(60));
            assertThat(brief.gateway.pluto().saCount()).isEqualTo(2);
            // The peer wants what it asked for to stay up.
            brief.world.network().filter(datagram -> datagram.from().address().equals(IpAddress.of(RoadScene.GATEWAY)));
            brief.world.run(Duration.ofSeconds(26));
            assertThat(brief.gateway.pluto().saCount()).as(brief.trace()).isZero();
            assertThat(brief.gateway.log()).noneMatch(line -> line.contains("initiating rekey"));
            assertThat(brief.instances()).isEmpty();
            assertThat(brief.gateway.kernel().policies()).isEmpty();
        }
    }

    /** An IKE SA may have Child SAs of several members: one of them in use is enough for it to stay. */
    @Test
    void whatOneOfSeveralUsesIsReplaced() {
        Scene brief = expiring(ConnectionOption.IKE_LIFETIME);
        Pair.initiate(brief.road, "road");
        brief.world.run(Duration.ofSeconds(60));
        assertThat(brief.gateway.ikeSas().get(0).children()).as(brief.trace()).hasSize(2);
        ChildSa older = brief.gateway.ikeSas().get(0).children().iterator().next();
        brief.gateway.kernel().carry(older.inbound().orElseThrow(), 100);
        brief.gateway.whack(WhackRequest.of(new WhackCommand.TrafficStatus(Optional.empty())));
        brief.world.run(Duration.ofSeconds(26));
        assertThat(brief.gateway.log())
                .as(brief.trace())
                .anyMatch(line -> line.contains("initiating rekey to replace IKE SA #1"));
    }

    @Test
    void whatIsUsedIsReplaced() {
        for (ConnectionOption<Duration> lifetime :
                List.of(ConnectionOption.IKE_LIFETIME, ConnectionOption.IPSEC_LIFETIME)) {
            Scene brief = expiring(lifetime);
            brief.world.run(Duration.ofSeconds(60));
            carry(brief.gateway, 100);
            brief.world.run(Duration.ofSeconds(26));
            assertThat(brief.gateway.log()).anyMatch(line -> line.contains("initiating rekey to replace"));
            assertThat(brief.gateway.pluto().saCount()).as(brief.trace()).isEqualTo(2);
            assertThat(brief.instances()).hasSize(1);
        }
    }

    /** A group whose members are oriented with it, as reading its file makes them. */
    private Connection member(String group, String subnet, int protocol, int ourPort, int theirPort) {
        return gateway.pluto()
                .connections()
                .addMember(
                        gateway.pluto().connections().findConfigured(group).orElseThrow(),
                        new GroupTarget(Subnet.of(subnet), protocol, ourPort, theirPort))
                .orElseThrow();
    }

    private void group(String name) {
        scene.add(
                gateway,
                RoadScene.bare(name)
                        .left(nobody(HostSpec.of(IpAddress.of(RoadScene.GATEWAY)))
                                .build())
                        .right(nobody(HostSpec.special(HostSpec.Kind.OPPORTUNISTIC_GROUP))
                                .build()));
    }

    private void clearGroup() {
        scene.add(
                gateway,
                ConnectionRequest.builder("clear")
                        .set(ConnectionOption.IKE_VERSION, IkeVersion.IKEV2)
                        .set(ConnectionOption.AUTHENTICATION, Set.of(AuthenticationMethod.NEVER))
                        .set(ConnectionOption.PROSPECTIVE_SHUNT, Shunt.PASS)
                        .left(EndRequest.builder()
                                .set(EndOption.HOST, HostSpec.of(IpAddress.of(RoadScene.GATEWAY)))
                                .build())
                        .right(EndRequest.builder()
                                .set(EndOption.HOST, HostSpec.special(HostSpec.Kind.GROUP))
                                .build()));
    }

    @Test
    void theNarrowestMemberAnswers() {
        group("wide");
        group("narrow");
        member("wide", "192.0.2.0/24", 0, 0, 0);
        member("narrow", "192.0.2.0/30", 0, 0, 0);
        member("wide", "192.0.2.0/28", 0, 0, 0);
        scene.up(scene.road("192.0.2.1"));
        scene.up(scene.road("192.0.2.9"));
        scene.up(scene.road("192.0.2.100"));
        assertThat(scene.instances())
                .as(scene.trace())
                .extracting(Connection::toString)
                .containsExactly(
                        "\"narrow#192.0.2.0/30\"[1] ...192.0.2.1",
                        "\"wide#192.0.2.0/28\"[1] ...192.0.2.9",
                        "\"wide#192.0.2.0/24\"[1] ...192.0.2.100");
    }

    /** Whoever is to be left alone does not even learn that somebody is there. */
    @Test
    void whoIsInClearHearsNothing() {
        group("wide");
        clearGroup();
        member("wide", "192.0.2.0/24", 0, 0, 0);
        member("clear", "192.0.2.1/32", 0, 0, 0);
        scene.up(scene.road("192.0.2.1"));
        assertThat(gateway.pluto().saCount()).isZero();
        assertThat(scene.world.network().captured())
                .isNotEmpty()
                .noneMatch(datagram -> datagram.from().address().equals(IpAddress.of(RoadScene.GATEWAY)));
        scene.up(scene.road("192.0.2.2"));
        assertThat(gateway.ikeSas()).as(scene.trace()).hasSize(1);
    }

    /** A member is chosen before it is known for which protocol and port; then another one's may be what is wanted. */
    @Test
    void anotherMemberServesOtherPorts() {
        group("ports");
        member("ports", "192.0.2.1/32", 6, 7, 0);
        member("ports", "192.0.2.1/32", 6, 0, 0);
        SimHost road = RoadScene.listening(scene.world.host("road", "192.0.2.1", Pair.secrets(Pair.SECRET)));
        scene.add(
                road,
                RoadScene.bare("road")
                        .left(nobody(HostSpec.of(IpAddress.of(RoadScene.GATEWAY)))
                                .set(EndOption.PROTOCOL_PORT, new ProtocolPort(6, 7, false))
                                .build())
                        .right(nobody(HostSpec.of(IpAddress.of("192.0.2.1")))
                                .set(EndOption.PROTOCOL_PORT, new ProtocolPort(6, 0, false))
                                .build()));
        SimSession up = scene.up(road);
        assertThat(up.lines()).as(scene.trace()).anyMatch(line -> line.contains("initiator established Child SA"));
        assertThat(scene.instances())
                .extracting(Connection::toString)
                .containsExactly(
                        "\"ports#192.0.2.1/32-(0--6--0)\"[1] ...192.0.2.1",
                        "\"ports#192.0.2.1/32-(7--6--0)\"[1] ...192.0.2.1");
        assertThat(gateway.kernel().policies())
                .anyMatch(
                        policy -> policy.source().port() == 7 && policy.source().protocol() == 6);
    }

    /** Otherwise one host would get the packets of all. */
    @Test
    void nobodyIsAWholeGroup() {
        gateway.whack(WhackRequest.of(new WhackCommand.Delete("private", false)));
        group("wide");
        member("wide", "192.0.2.0/25", 0, 0, 0);
        SimHost road = RoadScene.listening(scene.world.host("road", "192.0.2.1", Pair.secrets(Pair.SECRET)));
        scene.add(
                road,
                RoadScene.bare("road")
                        .left(nobody(HostSpec.of(IpAddress.of(RoadScene.GATEWAY)))
                                .build())
                        .right(nobody(HostSpec.of(IpAddress.of("192.0.2.1")))
                                .set(EndOption.CLIENT, Subnet.of("192.0.2.0/25"))
                                .build()));
        scene.up(road);
        assertThat(gateway.ikeSas()).as(scene.trace()).hasSize(1);
        assertThat(gateway.kernel().policies()).as(scene.trace()).isEmpty();
    }

    @Test
    void whoProvesNothingGetsNothingOfThoseWhoDo() {
        gateway.whack(WhackRequest.of(new WhackCommand.Delete("private", false)));
        EndRequest us = nobody(HostSpec.of(IpAddress.of(RoadScene.GATEWAY)))
                .set(EndOption.ID, "@gateway")
                .build();
        scene.add(
                gateway,
                RoadScene.bare("private")
                        .left(us)
                        .right(nobody(HostSpec.special(HostSpec.Kind.OPPORTUNISTIC))
                                .build()));
        SimHost stranger = RoadScene.listening(scene.world.host("stranger", "192.0.2.1", Pair.secrets(Pair.SECRET)));
        EndRequest.Builder them = nobody(HostSpec.of(IpAddress.of("192.0.2.1")));
        scene.add(stranger, RoadScene.bare("road").left(us).right(them.build()));
        scene.up(stranger);
        assertThat(gateway.pluto().saCount()).as(scene.trace()).isEqualTo(2);
        scene.add(
                gateway,
                RoadScene.bare("known")
                        .left(RoadScene.gatewayEnd("10.0.0.0/24").build())
                        .right(RoadScene.end(HostSpec.any())
                                .set(EndOption.ID, "%any")
                                .set(EndOption.CLIENT, Subnet.of("10.1.0.0/24"))
                                .build()));
        scene.add(
                stranger,
                RoadScene.bare("more")
                        .left(nobody(HostSpec.of(IpAddress.of(RoadScene.GATEWAY)))
                                .set(EndOption.ID, "@gateway")
                                .set(EndOption.CLIENT, Subnet.of("10.0.0.0/24"))
                                .build())
                        .right(them.set(EndOption.CLIENT, Subnet.of("10.1.0.0/24"))
                                .build()));
        Pair.initiate(stranger, "more");
        scene.world.run(Duration.ofSeconds(2));
        assertThat(stranger.log())
                .as(scene.trace())
                .anyMatch(line -> line.startsWith("\"more\" #3: ") && line.contains("TS_UNACCEPTABLE"));
        assertThat(gateway.pluto().saCount()).as(scene.trace()).isEqualTo(2);
    }

    /** A template whose peers prove nothing. */
    private void template(Optional<String> id) {
        EndRequest.Builder peers = RoadScene.end(HostSpec.special(HostSpec.Kind.OPPORTUNISTIC))
                .set(EndOption.AUTH, EndAuthentication.NULL);
        id.ifPresent(pattern -> peers.set(EndOption.ID, pattern));
        scene.add(
                gateway,
                RoadScene.bare("anybody")
                        .left(RoadScene.end(HostSpec.of(IpAddress.of(RoadScene.GATEWAY)))
                                .set(EndOption.AUTH, EndAuthentication.NULL)
                                .build())
                        .right(peers.build()));
    }

    private static ConnectionRequest.Builder named(String name, String address, String id) {
        return RoadScene.bare(name)
                .left(RoadScene.end(HostSpec.of(IpAddress.of(RoadScene.GATEWAY)))
                        .set(EndOption.AUTH, EndAuthentication.NULL)
                        .build())
                .right(RoadScene.end(HostSpec.of(IpAddress.of(address)))
                        .set(EndOption.AUTH, EndAuthentication.NULL)
                        .set(EndOption.ID, id)
                        .build());
    }

    /** Else whoever answers for a host would get what its network is sent. */
    @Test
    void whatWeProtectIsNotForAStrangersIkeSa() {
        gateway.whack(WhackRequest.of(new WhackCommand.Delete("private", false)));
        template(Optional.empty());
        SimHost stranger = RoadScene.listening(scene.world.host("stranger", "192.0.2.1", Pair.secrets(Pair.SECRET)));
        scene.add(stranger, named("road", "192.0.2.1", "192.0.2.1"));
        scene.up(stranger);
        assertThat(gateway.pluto().saCount()).as(scene.trace()).isEqualTo(2);
        scene.add(
                gateway,
                RoadScene.bare("admin")
                        .left(RoadScene.end(HostSpec.of(IpAddress.of(RoadScene.GATEWAY)))
                                .set(EndOption.CLIENT, Subnet.of("10.0.0.0/24"))
                                .build())
                        .right(RoadScene.end(HostSpec.of(IpAddress.of("192.0.2.1")))
                                .set(EndOption.CLIENT, Subnet.of("10.1.0.0/24"))
                                .build()));
        SimSession session = Pair.initiate(gateway, "admin");
        scene.world.run(Duration.ofMillis(50));
        assertThat(session.lines())
                .as(scene.trace())
                .anyMatch(line -> line.startsWith("181 \"admin\" #3: initiating IKEv2 connection"));
    }

    @Test
    void whoProvesNothingIsNobody() {
        gateway.whack(WhackRequest.of(new WhackCommand.Delete("private", false)));
        template(Optional.of("O=Street, CN=*"));
        for (String id : List.of("O=Street, CN=bank", "O=Street, CN=shop")) {
            SimHost stranger =
                    RoadScene.listening(scene.world.host("stranger" + id, "192.0.2.1", Pair.secrets(Pair.SECRET)));
            scene.add(stranger, named("road", "192.0.2.1", id));
            scene.up(stranger);
        }
        assertThat(gateway.log())
                .as(scene.trace())
                .anyMatch(line ->
                        line.contains("authenticated peer using authby=null and ID_DER_ASN1_DN 'O=Street, CN=bank'"));
        assertThat(scene.instances())
                .as("one host, whatever it calls itself")
                .hasSize(1)
                .allMatch(c -> c.remote().id().equals(IkeId.NULL));
        assertThat(gateway.ikeSas()).hasSize(1);
    }

    @Test
    void aStrangerHasNotAnyNumberOfChildSas() {
        SimHost stranger = scene.road("192.0.2.1");
        scene.up(stranger);
        for (int i = 0; i < 80; i++) {
            Pair.initiate(stranger, "road");
            scene.world.run(Duration.ofSeconds(1));
        }
        assertThat(gateway.ikeSas().get(0).children()).hasSize(64);
        assertThat(stranger.log())
                .anyMatch(line -> line.endsWith("CREATE_CHILD_SA failed with error notification NO_ADDITIONAL_SAS"));
        // Nor successors: it need not give the predecessors up.
        int before = stranger.log().size();
        stranger.whack(WhackRequest.of(new WhackCommand.RekeyIpsec("road")));
        scene.world.run(Duration.ofSeconds(1));
        assertThat(stranger.log().subList(before, stranger.log().size()))
                .anyMatch(line -> line.contains("initiating rekey"))
                .anyMatch(line -> line.contains("NO_ADDITIONAL_SAS"));
        assertThat(gateway.ikeSas().get(0).children()).hasSize(64);
    }

    /** Each is an instance, and all of them are looked at by the next request. */
    @Test
    void oneForgedAddressHasUsKeepLittle() {
        SimHost road = scene.road("192.0.2.1");
        scene.world.network().filter(datagram -> false);
        Pair.initiate(road, "road");
        scene.world.run(Duration.ofMillis(50));
        Datagram request = scene.world.network().captured().get(0);
        RandomSource random = new SeededRandom(9);
        for (int n = 0; n < 300; n++) {
            scene.world.inject(
                    request.from(),
                    request.to(),
                    random.bytes(8).plus(request.octets().from(8)));
        }
        scene.world.run(Duration.ofMillis(50));
        assertThat(scene.instances()).hasSize(100);
        scene.world.network().filter(datagram -> true);
        scene.world.run(Duration.ofSeconds(5));
        assertThat(road.kernel().installed()).as("by a cookie").hasSize(2);
    }

    @Test
    void strangersDoNotFillTheLog() {
        SimHost road = scene.road("192.0.2.1");
        gateway.whack(WhackRequest.of(new WhackCommand.Delete("private", false)));
        Pair.initiate(road, "road");
        scene.world.run(Duration.ofMillis(50));
        Datagram request = scene.world.network().captured().get(0);
        RandomSource random = new SeededRandom(9);
        for (int n = 0; n < 1200; n++) {
            scene.world.inject(
                    request.from(),
                    request.to(),
                    random.bytes(8).plus(request.octets().from(8)));
        }
        scene.world.run(Duration.ofMillis(50));
        assertThat(gateway.log())
                .filteredOn(line -> line.contains("but no suitable connection found"))
                .hasSize(1000);
    }

    /** Forged packets could have us speak with the whole world. */
    @Test
    void notAnyNumberOfNegotiationsBegins() {
        Scene busy = new Scene(
                PlutoOptions.defaults().withHalfOpen(new HalfOpenLimit.Setting(HalfOpenLimit.Mode.AUTO, 16, 32)));
        busy.gateway.whack(WhackRequest.of(new WhackCommand.Route("private")));
        busy.world.run(Duration.ofSeconds(1));
        for (int host = 1; host < 10; host++) {
            SimSession session = busy.gateway.whack(WhackRequest.of(new WhackCommand.OpportunisticInitiate(
                    IpAddress.of(RoadScene.GATEWAY), 8, IpAddress.of("192.0.2." + host), 0, 1)));
            busy.world.run(Duration.ofMillis(50));
            assertThat(session.lines().stream().anyMatch(line -> line.contains("too much is negotiated")))
                    .as("host " + host + session.lines())
                    .isEqualTo(host > 4);
        }
        assertThat(busy.instances()).as(busy.trace()).hasSize(4);
        assertThat(busy.gateway.ikeSas()).hasSize(4);
    }

    @Test
    void whatTheNetworkSaysOfStrangersIsNotLogged() {
        gateway.whack(WhackRequest.of(new WhackCommand.Route("private")));
        scene.world.run(Duration.ofSeconds(1));
        gateway.whack(WhackRequest.of(new WhackCommand.OpportunisticInitiate(
                IpAddress.of(RoadScene.GATEWAY), 8, IpAddress.of("192.0.2.1"), 0, 1)));
        scene.world.run(Duration.ofMillis(50));
        gateway.pluto().networkError(scene.world.network().captured().get(0).octets(), "ERROR: no route to host");
        assertThat(gateway.log()).noneMatch(line -> line.contains("no route to host"));
        assertThat(scene.trace()).contains("no route to host");
    }
}
