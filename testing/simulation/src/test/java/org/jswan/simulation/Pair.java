// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.jswan.base.Bytes;
import org.jswan.base.IpAddress;
import org.jswan.base.Secret;
import org.jswan.base.Subnet;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.ConnectionRequest;
import org.jswan.connection.EndAuthentication;
import org.jswan.connection.EndOption;
import org.jswan.connection.EndRequest;
import org.jswan.connection.HostSpec;
import org.jswan.connection.IkeVersion;
import org.jswan.control.WhackCommand;
import org.jswan.control.WhackRequest;
import org.jswan.identity.SecretEntry;
import org.jswan.identity.SecretKind;
import org.jswan.identity.SecretStore;
import org.jswan.pluto.PlutoOptions;
import org.jswan.sa.IkeRole;
import org.jswan.sa.IkeSa;
import org.jswan.sa.Sa;
import org.jswan.sa.V2State;
import org.jswan.simulation.SimNetwork.Datagram;
import org.jswan.wire.ExchangeType;
import org.jswan.wire.IkeHeader;
import org.jswan.wire.Payload;
import org.jswan.wire.sk.EncryptedMessage;

/** Two hosts, west and east, with a connection "t" between a subnet behind each. */
final class Pair {
    /** Long enough that nobody warns of it. */
    static final String SECRET = "a swordfish of thirty-two octets!!";

    static final String WEST = "192.0.2.1";
    static final String EAST = "192.0.2.2";
    static final String WEST_CLIENT = "198.51.100.0/25";
    static final String EAST_CLIENT = "198.51.100.128/25";

    final SimWorld world;
    final SimHost west;
    final SimHost east;

    Pair(SimWorld world, SimHost west, SimHost east) {
        this.world = world;
        this.west = west;
        this.east = east;
    }

    /** Both listen; each has the connection as its function makes it. */
    static Pair listening(
            long seed,
            String westSecret,
            String eastSecret,
            UnaryOperator<ConnectionRequest.Builder> western,
            UnaryOperator<ConnectionRequest.Builder> eastern) {
        SimWorld world = new SimWorld(seed);
        Pair pair = new Pair(
                world, world.host("west", WEST, secrets(westSecret)), world.host("east", EAST, secrets(eastSecret)));
        pair.add(western.apply(tunnel()), eastern.apply(tunnel()));
        return pair;
    }

    /** At other addresses than usual, each with its own idea of the ends'. */
    static Pair at(SimWorld world, String westAddress, String eastSeen, String eastAddress, String westSeen) {
        return at(
                world, PlutoOptions.defaults(), UnaryOperator.identity(), westAddress, eastSeen, eastAddress, westSeen);
    }

    /** The same, with daemons and connections as told. */
    static Pair at(
            SimWorld world,
            PlutoOptions options,
            UnaryOperator<ConnectionRequest.Builder> both,
            String westAddress,
            String eastSeen,
            String eastAddress,
            String westSeen) {
        Pair pair = new Pair(
                world,
                new SimHost("west", world, List.of(IpAddress.of(westAddress)), secrets(SECRET), options),
                new SimHost("east", world, List.of(IpAddress.of(eastAddress)), secrets(SECRET), options));
        pair.add(
                both.apply(tunnel())
                        .left(end(westAddress, "@west", WEST_CLIENT))
                        .right(end(eastSeen, "@east", EAST_CLIENT)),
                both.apply(tunnel())
                        .left(end(westSeen, "@west", WEST_CLIENT))
                        .right(end(eastAddress, "@east", EAST_CLIENT)));
        return pair;
    }

    /** Both listen, and each adds its connection. */
    void add(ConnectionRequest.Builder western, ConnectionRequest.Builder eastern) {
        west.whack(WhackRequest.of(new WhackCommand.Listen()));
        east.whack(WhackRequest.of(new WhackCommand.Listen()));
        west.whack(WhackRequest.of(new WhackCommand.Add(western.build())));
        east.whack(WhackRequest.of(new WhackCommand.Add(eastern.build())));
        world.run(Duration.ofMillis(10));
    }

    static Pair listening(long seed) {
        return listening(seed, UnaryOperator.identity());
    }

    static Pair listening(long seed, UnaryOperator<ConnectionRequest.Builder> both) {
        return listening(seed, SECRET, SECRET, both, both);
    }

    static Pair up(long seed) {
        Pair pair = listening(seed);
        pair.initiate(pair.west);
        assertThat(pair.world.runUntil(pair::isUp, Duration.ofSeconds(5)))
                .as(pair.trace())
                .isTrue();
        return pair;
    }

    SimHost.SimSession initiate(SimHost host) {
        return initiate(host, "t");
    }

    static SimHost.SimSession initiate(SimHost host, String connection) {
        return host.whack(WhackRequest.of(new WhackCommand.Initiate(connection, Optional.empty())));
    }

    /** The IKE SA of a host, which has but one. */
    static IkeSa ike(SimHost host) {
        return host.ikeSas().get(0);
    }

    /**
     * A host sends a request in its IKE SA, as its daemon would, and awaits the response.
     *
     * @return the response once it came
     */
    Datagram ask(SimHost host, List<Payload> payloads) {
        return ask(host, ExchangeType.INFORMATIONAL, payloads);
    }

    /** The same by another exchange. */
    Datagram ask(SimHost host, ExchangeType exchange, List<Payload> payloads) {
        IkeSa ike = ike(host);
        long id = ike.window().nextRequestId();
        Bytes request = EncryptedMessage.seal(
                IkeHeader.v2(
                        ike.initiatorSpi(),
                        ike.responderSpi(),
                        exchange,
                        ike.role() == IkeRole.INITIATOR ? IkeHeader.FLAG_INITIATOR : 0,
                        id),
                payloads,
                ike.outbound(),
                new SeededRandom(id));
        ike.window().requestSent(List.of(request));
        int before = world.network().captured().size();
        world.network().send(ike.socket().local(), ike.remote(), request);
        world.run(Duration.ofMillis(100));
        List<Datagram> answers = world.network().captured().subList(before + 1, (int) world.datagrams()).stream()
                .filter(datagram -> datagram.from().equals(ike.remote())
                        && datagram.to().equals(ike.socket().local()))
                .toList();
        assertThat(answers).as(trace()).hasSize(1);
        return answers.get(0);
    }

    SimHost.SimSession terminate(SimHost host) {
        return host.whack(WhackRequest.of(new WhackCommand.Terminate("t")));
    }

    /** Whether both have one IKE SA and one Child SA, established. */
    boolean isUp() {
        return isUp(west) && isUp(east);
    }

    private static boolean isUp(SimHost host) {
        int established = 0;
        for (Sa sa : host.pluto().sas()) {
            if (sa.state() == V2State.ESTABLISHED_IKE_SA || sa.state() == V2State.ESTABLISHED_CHILD_SA) {
                established++;
            }
        }
        return established == 2
                && host.pluto().saCount() == 2
                && host.kernel().installed().size() == 2;
    }

    /**
     * Whether packets pass both ways: all SAs of west's are east's, too. East may have more, as one whose answer came too
     * late for west's kernel is known to east only.
     */
    boolean isCarrying() {
        List<Integer> easts = spis(east);
        return spis(west).size() == 2 && easts.containsAll(spis(west));
    }

    private static List<Integer> spis(SimHost host) {
        return host.kernel().installed().stream().map(sa -> sa.id().spi()).toList();
    }

    /**
     * In foul weather west begins, or goes on with what it began, and packets pass in the end; nothing is left when all
     * is over.
     *
     * @param seed for the message if it is not so
     */
    void assertWeathers(long seed, BooleanSupplier carrying) {
        world.weather(Weather.FOUL);
        initiate(west);
        assertThat(world.runUntil(carrying, Duration.ofMinutes(30)))
                .as("seed " + seed + "\n" + trace())
                .isTrue();
        clear();
    }

    /** Both end what they have. */
    void clear() {
        terminate(west);
        terminate(east);
        // What is on its way may still make a half-open responder, which is given up after 200 s.
        world.run(Duration.ofMinutes(10));
        assertNothingLeftAfterDelete();
    }

    /** Deletes both connections: then nothing is left of any negotiation: no SA, SPI, policy or timer. */
    void assertNothingLeftAfterDelete() {
        west.whack(WhackRequest.of(new WhackCommand.Delete("t", false)));
        east.whack(WhackRequest.of(new WhackCommand.Delete("t", false)));
        world.run(Duration.ofMinutes(5));
        for (SimHost host : List.of(west, east)) {
            assertThat(host.pluto().saCount()).as(trace()).isZero();
            assertThat(host.kernel().spis()).as(trace()).isZero();
            assertThat(host.kernel().policies()).as(trace()).isEmpty();
        }
        assertThat(world.pendingTimers()).as(trace()).isZero();
    }

    String trace() {
        return String.join("\n", world.trace());
    }

    static ConnectionRequest.Builder tunnel() {
        return tunnel("t");
    }

    static ConnectionRequest.Builder tunnel(String name) {
        return ConnectionRequest.builder(name)
                .left(end(WEST, "@west", WEST_CLIENT))
                .right(end(EAST, "@east", EAST_CLIENT))
                .set(ConnectionOption.IKE_VERSION, IkeVersion.IKEV2)
                .set(ConnectionOption.ENCRYPT)
                .set(ConnectionOption.TUNNEL)
                .set(ConnectionOption.PFS)
                .set(ConnectionOption.ESN_NO)
                .set(ConnectionOption.ESN_YES)
                .set(ConnectionOption.IKE_FRAGMENTATION_ALLOW);
    }

    /** Both ends have another connection, "u", for two more subnets. */
    void addSecond(UnaryOperator<ConnectionRequest.Builder> both) {
        ConnectionRequest request = both.apply(tunnel("u"))
                .left(end(WEST, "@west", "203.0.113.0/25"))
                .right(end(EAST, "@east", "203.0.113.128/25"))
                .build();
        west.whack(WhackRequest.of(new WhackCommand.Add(request)));
        east.whack(WhackRequest.of(new WhackCommand.Add(request)));
        world.run(Duration.ofMillis(10));
    }

    static EndRequest end(String address, String id, String client) {
        return host(address, id).set(EndOption.CLIENT, Subnet.of(client)).build();
    }

    /** An end without a subnet behind it. */
    static EndRequest.Builder host(String address, String id) {
        return EndRequest.builder()
                .set(EndOption.HOST, HostSpec.of(IpAddress.of(address)))
                .set(EndOption.ID, id)
                .set(EndOption.AUTH, EndAuthentication.PSK);
    }

    static SecretStore secrets(String psk) {
        return new SecretStore(
                List.of(new SecretEntry(SecretKind.PSK, List.of(), Secret.copyOf(Bytes.ofUtf8(psk)), Bytes.EMPTY, 1)));
    }
}
