// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jswan.base.AddressRange;
import org.jswan.base.Bytes;
import org.jswan.base.IpAddress;
import org.jswan.base.Secret;
import org.jswan.base.Subnet;
import org.jswan.config.value.PrivateNetworks;
import org.jswan.connection.AuthenticationMethod;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.ConnectionRequest;
import org.jswan.connection.EndOption;
import org.jswan.connection.EndRequest;
import org.jswan.connection.HostSpec;
import org.jswan.connection.Ikev1Policy;
import org.jswan.connection.RoutingState;
import org.jswan.control.WhackCommand;
import org.jswan.control.WhackRequest;
import org.jswan.identity.IdentityException;
import org.jswan.identity.IkeId;
import org.jswan.identity.SecretEntry;
import org.jswan.identity.SecretKind;
import org.jswan.identity.SecretStore;
import org.jswan.pluto.PlutoOptions;
import org.jswan.sa.V1State;
import org.junit.jupiter.api.Test;

/** Peers of IKEv1 get no networks but those that are theirs, whatever they propose in Quick Mode. */
class PeersClientsTest {
    private static final String INSIDE = "10.0.0.1";
    private static final String OTHER = "10.0.0.2";
    private static final String OUTSIDE = "203.0.113.1";
    private static final String BRANCH = "10.7.0.0/16";

    private final SimWorld world = new SimWorld(91);
    private final SimHost west = host("west", INSIDE, PlutoOptions.defaults());
    private final SimHost east = host(
            "east",
            Pair.EAST,
            PlutoOptions.defaults().withVirtualPrivate(PrivateNetworks.parse("%v4:10.1.0.0/16", fault -> {})));

    PeersClientsTest() {
        world.translate(INSIDE, OUTSIDE).alsoFor(OTHER);
    }

    private SimHost host(String name, String address, PlutoOptions options) {
        return host(name, address, options, Pair.secrets(Pair.SECRET));
    }

    private SimHost host(String name, String address, PlutoOptions options, SecretStore secrets) {
        SimHost host = new SimHost(
                name, world, List.of(IpAddress.of(address)), secrets, options.withIkev1(Ikev1Policy.ACCEPT));
        host.whack(WhackRequest.of(new WhackCommand.Listen()));
        return host;
    }

    private void add(SimHost host, ConnectionRequest.Builder connection) {
        host.whack(WhackRequest.of(new WhackCommand.Add(connection.build())));
        world.run(Duration.ofMillis(10));
    }

    /** West asks for {@code client}; east lets peers anywhere choose by {@code virtual}. */
    private void proposed(String client, String virtual, UnaryOperator<ConnectionRequest.Builder> eastHas) {
        add(
                west,
                Ikev1Pair.tunnel("t")
                        .left(Ikev1Pair.end(INSIDE, "@west", client).build()));
        add(
                east,
                eastHas.apply(Ikev1Pair.tunnel("t")
                        .left(EndRequest.builder()
                                .set(EndOption.HOST, HostSpec.any())
                                .set(EndOption.ID, "%any")
                                .set(EndOption.VIRTUAL, virtual)
                                .build())));
        Pair.initiate(west, "t");
        world.run(Duration.ofSeconds(3));
    }

    private List<String> carried() {
        return carried(east);
    }

    private static List<String> carried(SimHost east) {
        return east.kernel().policies().stream()
                .map(policy -> policy.destination().subnet().toString())
                .filter(subnet -> !subnet.equals(Pair.EAST_CLIENT))
                .distinct()
                .toList();
    }

    private String trace() {
        return String.join("\n", world.trace());
    }

    @Test
    void whatVirtualPrivateAllowsIsTheirs() {
        proposed("10.1.2.0/24", "vnet:%priv", UnaryOperator.identity());
        assertThat(carried()).as(trace()).containsExactly("10.1.2.0/24");
    }

    /** A NAT, which the peer can have us see, is no reason. */
    @Test
    void behindANatNoMoreThanThat() {
        proposed("10.8.0.0/16", "vnet:%priv", UnaryOperator.identity());
        assertThat(east.log())
                .as(trace())
                .anyMatch(
                        line -> line.contains("cannot respond to IPsec SA request because no connection is known for"));
        assertThat(carried()).isEmpty();
        assertThat(east.kernel().installed()).isEmpty();
    }

    @Test
    void whatIsAnothersStaysAnothers() {
        add(
                east,
                Ikev1Pair.tunnel("branch")
                        .left(Ikev1Pair.end("192.0.2.77", "@branch", BRANCH).build()));
        east.whack(WhackRequest.of(new WhackCommand.Route("branch")));
        world.run(Duration.ofSeconds(1));
        proposed(BRANCH, "vnet:%priv", UnaryOperator.identity());
        assertThat(carried()).as(trace()).containsExactly(BRANCH);
        assertThat(east.kernel().installed()).isEmpty();
        assertThat(east.pluto().connections().findByName("branch"))
                .extracting(c -> c.routing())
                .containsExactly(RoutingState.ROUTED_PROSPECTIVE);
    }

    /** In transport mode it is the host that is seen; nothing binds the peer to propose that mode. */
    @Test
    void inTransportModeItIsTheHost() {
        proposed(BRANCH, "vnet:%priv", c -> c.unset(ConnectionOption.TUNNEL));
        assertThat(carried())
                .as(trace())
                .containsExactly(Subnet.host(IpAddress.of(OUTSIDE)).toString());
    }

    private static EndRequest.Builder anywhere(String id) {
        return EndRequest.builder().set(EndOption.HOST, HostSpec.any()).set(EndOption.ID, id);
    }

    private static SecretEntry key(String secret, IkeId peer, int line) {
        return new SecretEntry(
                SecretKind.PSK,
                List.of(IkeId.fqdn("gate"), peer),
                Secret.copyOf(Bytes.ofUtf8(secret)),
                Bytes.EMPTY,
                line);
    }

    /**
     * Who knows the secret of all says that it is Alice, whose network a connection for her alone has.
     *
     * @param hers what that connection has beside
     * @return what the gateway has policies for then
     */
    private List<String> claimed(SecretStore secrets, UnaryOperator<ConnectionRequest.Builder> hers) {
        SimHost gate = host("gate", "192.0.2.254", PlutoOptions.defaults(), secrets);
        EndRequest server =
                Ikev1Pair.end("192.0.2.254", "@gate", Pair.EAST_CLIENT).build();
        add(
                gate,
                hers.apply(Ikev1Pair.tunnel("alice")
                        .left(anywhere("@alice")
                                .set(EndOption.CLIENT, Subnet.of(BRANCH))
                                .build())
                        .right(server)));
        add(gate, Ikev1Pair.tunnel("all").left(anywhere("%any").build()).right(server));
        add(
                west,
                Ikev1Pair.tunnel("t")
                        .left(Ikev1Pair.end(INSIDE, "@alice", BRANCH).build())
                        .right(server));
        Pair.initiate(west, "t");
        world.run(Duration.ofSeconds(3));
        assertThat(gate.log()).as(trace()).anyMatch(line -> line.contains("the peer proposed: "));
        return carried(gate);
    }

    @Test
    void whoHasTheSameSecretMayBeHer() {
        assertThat(claimed(Pair.secrets(Pair.SECRET), UnaryOperator.identity())).containsExactly(BRANCH);
    }

    @Test
    void herOwnSecretIsAskedFor() throws IdentityException {
        IkeId anybody = IkeId.parse("%any", name -> List.of());
        SecretStore secrets =
                new SecretStore(List.of(key(Pair.SECRET, anybody, 1), key("another", IkeId.fqdn("alice"), 2)));
        assertThat(claimed(secrets, UnaryOperator.identity())).as(trace()).isEmpty();
    }

    @Test
    void herSignatureIsAskedFor() {
        assertThat(claimed(
                        Pair.secrets(Pair.SECRET),
                        c -> c.set(ConnectionOption.AUTHENTICATION, Set.of(AuthenticationMethod.RSASIG))))
                .as(trace())
                .isEmpty();
    }

    @Test
    void herPasswordIsAskedFor() {
        assertThat(claimed(Pair.secrets(Pair.SECRET), c -> c.left(anywhere("@alice")
                                .set(EndOption.CLIENT, Subnet.of(BRANCH))
                                .set(EndOption.XAUTH_CLIENT)
                                .build())
                        .right(Ikev1Pair.end("192.0.2.254", "@gate", Pair.EAST_CLIENT)
                                .set(EndOption.XAUTH_SERVER)
                                .build())))
                .as(trace())
                .isEmpty();
    }

    /** Two peers behind one NAT: what the one was given is not for the other, whatever the connections' aliases. */
    @Test
    void whatOneWasGivenIsNotTheOthers() {
        EndRequest server = Ikev1Pair.end(Pair.EAST, "@east", Pair.EAST_CLIENT).build();
        AddressRange pool = new AddressRange(IpAddress.of("10.9.0.1"), IpAddress.of("10.9.0.9"));
        add(
                east,
                Ikev1Pair.tunnel("t")
                        .set(ConnectionOption.ALIASES, "t")
                        .set(ConnectionOption.MODECFG_PULL)
                        .left(anywhere("%any")
                                .set(EndOption.MODECFG_CLIENT)
                                .set(EndOption.ADDRESS_POOL, pool)
                                .build())
                        .right(Ikev1Pair.end(Pair.EAST, "@east", Pair.EAST_CLIENT)
                                .set(EndOption.MODECFG_SERVER)
                                .build()));
        add(
                west,
                Ikev1Pair.tunnel("t")
                        .set(ConnectionOption.MODECFG_PULL)
                        .left(EndRequest.builder()
                                .set(EndOption.HOST, HostSpec.of(IpAddress.of(INSIDE)))
                                .set(EndOption.ID, "@west")
                                .set(EndOption.MODECFG_CLIENT)
                                .build())
                        .right(server));
        SimHost other = host("other", OTHER, PlutoOptions.defaults());
        add(
                other,
                Ikev1Pair.tunnel("t")
                        .left(Ikev1Pair.end(OTHER, "@other", "10.9.0.1/32").build())
                        .right(server));
        Pair.initiate(west, "t");
        world.run(Duration.ofSeconds(3));
        assertThat(carried()).as(trace()).containsExactly("10.9.0.1/32");
        Pair.initiate(other, "t");
        world.run(Duration.ofSeconds(3));
        assertThat(Ikev1Pair.has(other, V1State.MAIN_I4)).as(trace()).isTrue();
        assertThat(Ikev1Pair.has(other, V1State.QUICK_I2)).as(trace()).isFalse();
        assertThat(east.kernel().installed()).hasSize(2);
    }
}
