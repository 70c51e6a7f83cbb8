// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.jswan.base.AddressRange;
import org.jswan.base.Bytes;
import org.jswan.base.IpAddress;
import org.jswan.base.SaSerial;
import org.jswan.base.Secret;
import org.jswan.connection.AuthenticationMethod;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionKind;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.ConnectionRequest;
import org.jswan.connection.EndOption;
import org.jswan.connection.EndRequest;
import org.jswan.connection.HostSpec;
import org.jswan.connection.Ikev1Policy;
import org.jswan.control.WhackCommand;
import org.jswan.control.WhackRequest;
import org.jswan.identity.IkeId;
import org.jswan.identity.SecretEntry;
import org.jswan.identity.SecretKind;
import org.jswan.identity.SecretStore;
import org.jswan.pluto.PlutoOptions;
import org.jswan.sa.ChildSa;
import org.jswan.sa.IkeSa;
import org.jswan.sa.V1State;
import org.jswan.simulation.SimNetwork.Datagram;
import org.jswan.wire.v1.DeletePayload;
import org.jswan.wire.v1.Doi;
import org.jswan.wire.v1.ProtocolId;
import org.junit.jupiter.api.Test;

/** Users of XAUTH who share secret, identity and the address that a NAT gives them: their names keep them apart. */
class XauthGroupTest {
    private static final int EXCHANGE_AT = 18;
    private static final int MODE_CONFIG = 6;
    private static final int MAIN_MODE = 2;

    private final SimWorld world = new SimWorld(71);
    private final SimHost east = host("east", Pair.EAST, Pair.secrets(Pair.SECRET));
    private final SimHost alice = user("alice", "10.0.0.1");
    private final SimHost bob = user("bob", "10.0.0.2");

    XauthGroupTest() {
        world.translate("10.0.0.1", "203.0.113.1").alsoFor("10.0.0.2");
        east.logins().setFile("alice:*of-alice\nbob:*of-bob\n");
        add(
                east,
                member(HostSpec.any())
                        .set(
                                EndOption.ADDRESS_POOL,
                                new AddressRange(IpAddress.of("10.9.0.1"), IpAddress.of("10.9.0.9"))));
    }

    private SimHost host(String name, String address, SecretStore secrets) {
        SimHost host = new SimHost(
                name,
                world,
                List.of(IpAddress.of(address)),
                secrets,
                PlutoOptions.defaults().withIkev1(Ikev1Policy.ACCEPT));
        host.whack(WhackRequest.of(new WhackCommand.Listen()));
        return host;
    }

    private SimHost user(String name, String address) {
        SimHost host = host(
                name,
                address,
                new SecretStore(List.of(
                        secret(SecretKind.PSK, List.of(), Pair.SECRET, 1),
                        secret(SecretKind.XAUTH, List.of(IkeId.fqdn(name)), "of-" + name, 2))));
        add(host, member(HostSpec.of(IpAddress.of(address))).set(EndOption.USERNAME, name));
        return host;
    }

    private static SecretEntry secret(SecretKind kind, List<IkeId> ids, String text, int line) {
        return new SecretEntry(kind, ids, Secret.copyOf(Bytes.ofUtf8(text)), Bytes.EMPTY, line);
    }

    private static EndRequest.Builder member(HostSpec host) {
        return EndRequest.builder()
                .set(EndOption.HOST, host)
                .set(EndOption.ID, "@group")
                .set(EndOption.XAUTH_CLIENT)
                .set(EndOption.MODECFG_CLIENT);
    }

    private void add(SimHost host, EndRequest.Builder member) {
        host.whack(WhackRequest.of(new WhackCommand.Add(Ikev1Pair.ikev1(Pair.tunnel("t"))
                .set(ConnectionOption.AUTHENTICATION, Set.of(AuthenticationMethod.PSK))
                .set(ConnectionOption.MODECFG_PULL)
                .set(ConnectionOption.IKE_LIFETIME, Duration.ofSeconds(20))
                .set(ConnectionOption.REKEY_MARGIN, Duration.ofSeconds(10))
                .set(ConnectionOption.REKEY_FUZZ, 0L)
                .left(member.build())
                .right(Ikev1Pair.end(Pair.EAST, "@east", Pair.EAST_CLIENT)
                        .set(EndOption.XAUTH_SERVER)
                        .set(EndOption.MODECFG_SERVER)
                        .build())
                .build())));
        world.run(Duration.ofMillis(10));
    }

    private void up(SimHost user) {
        Pair.initiate(user, "t");
        world.run(Duration.ofSeconds(3));
        assertThat(Ikev1Pair.has(user, V1State.QUICK_I2)).as(trace()).isTrue();
    }

    private List<String> leases() {
        return east.pluto().connections().all().stream()
                .filter(c -> c.kind() == ConnectionKind.INSTANCE)
                .map(c -> c.remote().client().orElseThrow().subnet().toString())
                .toList();
    }

    private String trace() {
        return String.join("\n", world.trace());
    }

    private static Bytes octets(IkeSa ike) {
        return Bytes.ofHex(String.format(
                "%016x%016x", ike.initiatorSpi().bits(), ike.responderSpi().bits()));
    }

    /** What bob knows of alice's SAs he says are over. */
    private void bobDeletesHers() {
        IkeSa hers = alice.ikeSas().get(0);
        List<Bytes> spis = hers.children().stream()
                .map(child -> ChildSa.spiOctets(child.inbound().orElseThrow().spi()))
                .toList();
        Ikev1Crafted.inform(
                world,
                bob.ikeSas().get(0),
                new DeletePayload(Doi.IPSEC, ProtocolId.ESP, Integer.BYTES, spis),
                new DeletePayload(Doi.IPSEC, ProtocolId.ISAKMP, octets(hers).length(), List.of(octets(hers))));
        world.run(Duration.ofMillis(100));
        assertThat(east.log()).as(trace()).anyMatch(line -> line.contains("ignoring Delete SA payload: "));
        assertThat(east.ikeSas())
                .anyMatch(ike ->
                        octets(ike).equals(octets(hers)) && !ike.children().isEmpty());
    }

    @Test
    void eachHasAnAddressAndATunnel() {
        up(alice);
        up(bob);
        assertThat(leases()).as(trace()).containsExactly("10.9.0.1/32", "10.9.0.2/32");
        assertThat(east.kernel().installed()).hasSize(4);
        bobDeletesHers();
        bob.whack(WhackRequest.of(new WhackCommand.Terminate("t")));
        world.run(Duration.ofSeconds(1));
        assertThat(leases()).as(trace()).containsExactly("10.9.0.1/32");
        assertThat(east.kernel().installed()).hasSize(2);
    }

    @Test
    void whoComesBackFindsTheirOwn() {
        up(alice);
        up(bob);
        world.run(Duration.ofSeconds(12));
        assertThat(leases()).as(trace()).containsExactly("10.9.0.1/32", "10.9.0.2/32");
        assertThat(east.log())
                .filteredOn(line -> line.contains(": switched to \"t\"[1] "))
                .as("alice's new ISAKMP SA is on the instance that she has")
                .hasSize(1);
        assertThat(east.pluto().connections().all())
                .filteredOn(c -> c.kind() == ConnectionKind.INSTANCE)
                .extracting(Connection::newestIke)
                .doesNotHaveDuplicates()
                .allMatch(newest -> newest.isPresent());
    }

    @Test
    void addressesOfTheirOwnStayTheirs() {
        east.logins().setFile("alice:*of-alice:t:10.8.0.1\nbob:*of-bob:t:10.8.0.2\n");
        up(alice);
        up(bob);
        assertThat(leases()).as(trace()).containsExactly("10.8.0.1/32", "10.8.0.2/32");
        assertThat(east.kernel().installed()).hasSize(4);
    }

    /** The secret of the group alone ends nothing, and takes no user's place. */
    @Test
    void whoHasNotSaidTheirNameIsNobody() {
        up(alice);
        Connection hers = east.ikeSas().get(0).connection();
        world.pass(octets -> octets.length() <= EXCHANGE_AT || octets.get(EXCHANGE_AT) != MODE_CONFIG);
        Pair.initiate(bob, "t");
        world.run(Duration.ofSeconds(1));
        assertThat(east.ikeSas()).as(trace()).hasSize(2);
        assertThat(hers.newestIke()).contains(east.ikeSas().get(0).serial());
        bobDeletesHers();
    }

    /** Between what the server says last and the acknowledgement anybody may come. */
    @Test
    void whoIsSlowToHearDoesNotGetWhatAnotherHas() {
        Pair.initiate(bob, "t");
        world.run(Duration.ofMillis(20));
        Bytes his = bob.ikeSas().get(0).initiatorSpi().octets();
        world.pass(octets -> !octets.startsWith(his)
                || octets.get(EXCHANGE_AT) != MODE_CONFIG
                || !Ikev1Pair.has(east, V1State.XAUTH_R1));
        world.run(Duration.ofSeconds(1));
        assertThat(Ikev1Pair.has(east, V1State.XAUTH_R1)).as(trace()).isTrue();
        up(alice);
        assertThat(Ikev1Pair.has(east, V1State.XAUTH_R1)).as(trace()).isTrue();
        assertThat(east.ikeSas())
                .as("each on an instance of their own")
                .extracting(IkeSa::connection)
                .hasSize(2)
                .doesNotHaveDuplicates();
    }

    /** An IPsec SA gets its successor by an ISAKMP SA of its own user's, although another's is newer. */
    @Test
    void successorsGoByTheirUsersOwn() {
        up(alice);
        up(bob);
        IkeSa hers = east.ikeSas().get(0);
        ChildSa old = List.copyOf(hers.children()).get(0);
        long serial = old.serial().value();
        ImpairedNegotiationTest.impair(east, "event-sa-replace", Long.toString(serial), OptionalLong.of(serial));
        world.run(Duration.ofMillis(100));
        assertThat(east.log())
                .as(trace())
                .anyMatch(line -> line.contains("initiating Quick Mode")
                        && line.contains(" to replace " + old.serial())
                        && line.contains("{using isakmp" + hers.serial() + " "));
    }

    /** Whoever came in without a user's name ends nothing of those who have one. */
    @Test
    void whoNeededNoNameEndsNobody() {
        east.whack(WhackRequest.of(new WhackCommand.Add(plain("plain", HostSpec.any()))));
        world.run(Duration.ofMillis(10));
        up(alice);
        bob.whack(WhackRequest.of(new WhackCommand.Add(plain("plain", HostSpec.of(IpAddress.of("10.0.0.2"))))));
        Pair.initiate(bob, "plain");
        world.run(Duration.ofSeconds(1));
        assertThat(bob.ikeSas().get(0).isEstablished()).as(trace()).isTrue();
        bobDeletesHers();
    }

    /** Alice goes while bob is still asked who he is: all of hers ends, and his login goes on. */
    @Test
    void whoGoesEndsNoLoginOfAnother() {
        up(alice);
        world.pass(octets -> octets.length() <= EXCHANGE_AT || octets.get(EXCHANGE_AT) != MODE_CONFIG);
        Pair.initiate(bob, "t");
        world.run(Duration.ofSeconds(1));
        assertThat(Ikev1Pair.has(east, V1State.XAUTH_R0)).as(trace()).isTrue();
        alice.whack(WhackRequest.of(new WhackCommand.Terminate("t")));
        world.run(Duration.ofSeconds(1));
        assertThat(east.kernel().installed()).isEmpty();
        world.pass(octets -> true);
        assertThat(world.runUntil(() -> Ikev1Pair.has(bob, V1State.QUICK_I2), Duration.ofSeconds(10)))
                .as(trace())
                .isTrue();
        assertThat(east.ikeSas()).extracting(IkeSa::serial).contains(new SaSerial(3));
    }

    /** What says that it is of phase 1 does not count for what comes after it. */
    @Test
    void phase1IsOverWhenUsersAreAsked() {
        world.pass(octets -> octets.length() <= EXCHANGE_AT || octets.get(EXCHANGE_AT) != MODE_CONFIG);
        Pair.initiate(bob, "t");
        world.run(Duration.ofSeconds(1));
        assertThat(Ikev1Pair.has(east, V1State.XAUTH_R0)).as(trace()).isTrue();
        Datagram third = world.network().captured().get(4);
        assertThat(third.octets().get(EXCHANGE_AT)).isEqualTo(MAIN_MODE);
        Bytes octets = third.octets();
        int last = octets.length() - 1;
        world.inject(third.from(), third.to(), Crafted.with(octets, last, octets.get(last) ^ 1));
        world.run(Duration.ofMillis(10));
        assertThat(trace()).contains("east| unexpected phase 1 message in STATE_XAUTH_R0");
    }

    /** A network that peers may choose is one user's, although another has the same name for IKE. */
    @Test
    void nobodyChoosesTheNetworkOfAnother() {
        String network = "10.50.0.0/24";
        east.whack(WhackRequest.of(new WhackCommand.Delete("t", false)));
        east.whack(WhackRequest.of(new WhackCommand.Add(choosing(EndRequest.builder()
                .set(EndOption.HOST, HostSpec.any())
                .set(EndOption.ID, "@group")
                .set(EndOption.XAUTH_CLIENT)
                .set(EndOption.VIRTUAL, "vnet:%all")))));
        for (SimHost user : List.of(alice, bob)) {
            String address = user == alice ? "10.0.0.1" : "10.0.0.2";
            user.whack(WhackRequest.of(new WhackCommand.Delete("t", false)));
            user.whack(WhackRequest.of(new WhackCommand.Add(choosing(Ikev1Pair.end(address, "@group", network)
                    .set(EndOption.XAUTH_CLIENT)
                    .set(EndOption.USERNAME, user == alice ? "alice" : "bob")))));
        }
        world.run(Duration.ofMillis(10));
        up(alice);
        Pair.initiate(bob, "t");
        world.run(Duration.ofSeconds(3));
        assertThat(Ikev1Pair.has(bob, V1State.QUICK_I2)).as(trace()).isFalse();
        assertThat(east.log()).anyMatch(line -> line.contains("peer Virtual IP " + network + " overlapping"));
        assertThat(east.kernel().installed()).hasSize(2);
    }

    private static ConnectionRequest choosing(EndRequest.Builder left) {
        return Ikev1Pair.ikev1(Pair.tunnel("t"))
                .set(ConnectionOption.AUTHENTICATION, Set.of(AuthenticationMethod.PSK))
                .left(left.build())
                .right(Ikev1Pair.end(Pair.EAST, "@east", Pair.EAST_CLIENT)
                        .set(EndOption.XAUTH_SERVER)
                        .build())
                .build();
    }

    private static ConnectionRequest plain(String name, HostSpec host) {
        return Ikev1Pair.ikev1(Pair.tunnel(name))
                .set(ConnectionOption.AUTHENTICATION, Set.of(AuthenticationMethod.PSK))
                .left(EndRequest.builder()
                        .set(EndOption.HOST, host)
                        .set(EndOption.ID, "@group")
                        .build())
                .right(Ikev1Pair.end(Pair.EAST, "@east", Pair.EAST_CLIENT).build())
                .build();
    }
}
