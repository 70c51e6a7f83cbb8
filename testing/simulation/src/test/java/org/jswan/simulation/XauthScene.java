// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jswan.base.AddressRange;
import org.jswan.base.Bytes;
import org.jswan.base.ConnectionSerial;
import org.jswan.base.IpAddress;
import org.jswan.base.SaSerial;
import org.jswan.base.Secret;
import org.jswan.connection.AuthenticationMethod;
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
import org.jswan.impair.Impairment;
import org.jswan.pluto.PlutoOptions;
import org.jswan.sa.Sa;
import org.jswan.sa.State;
import org.jswan.sa.V1State;
import org.jswan.simulation.SimHost.SimSession;
import org.jswan.wire.WireAttribute;

/** A road warrior, west, and an XAUTH server, east, with a connection "t" by IKEv1. Its users: use1, whose password is pass1. */
final class XauthScene {
    private static final PlutoOptions OPTIONS = PlutoOptions.defaults().withIkev1(Ikev1Policy.ACCEPT);

    private static final AddressRange POOL = new AddressRange(IpAddress.of("10.9.0.1"), IpAddress.of("10.9.0.9"));

    final SimWorld world;
    final SimHost west;
    final SimHost east;
    private boolean signs;

    XauthScene(long seed) {
        world = new SimWorld(seed);
        west = new SimHost(
                "west",
                world,
                List.of(IpAddress.of(Pair.WEST)),
                new SecretStore(List.of(
                        new SecretEntry(
                                SecretKind.PSK, List.of(), Secret.copyOf(Bytes.ofUtf8(Pair.SECRET)), Bytes.EMPTY, 1),
                        new SecretEntry(
                                SecretKind.XAUTH,
                                List.of(IkeId.fqdn("use1")),
                                Secret.copyOf(Bytes.ofUtf8("pass1")),
                                Bytes.EMPTY,
                                2))),
                OPTIONS);
        east = new SimHost("east", world, List.of(IpAddress.of(Pair.EAST)), Pair.secrets(Pair.SECRET), OPTIONS);
        east.logins().setFile("use1:*pass1\n");
        west.whack(WhackRequest.of(new WhackCommand.Listen()));
        east.whack(WhackRequest.of(new WhackCommand.Listen()));
    }

    /** Both ends prove who they are by RSA, in place of a secret; each has the other's key. */
    XauthScene signing() {
        signs = true;
        west.keys().add(CertificateFixture.WEST_KEY);
        east.keys().add(CertificateFixture.EAST_KEY);
        know(west, "@east", CertificateFixture.EAST_KEY);
        know(east, "@west", CertificateFixture.WEST_KEY);
        return this;
    }

    private static void know(SimHost host, String id, KeyPair pair) {
        host.whack(WhackRequest.of(new WhackCommand.Key(
                id,
                true,
                Optional.of(new WhackCommand.Key.PublicKey(
                        WhackCommand.Key.Algorithm.RSA, SimKeys.publicKey(pair).ipseckey())))));
    }

    private static String ckaid(KeyPair pair) {
        return SimKeys.publicKey(pair).ckaid().toString();
    }

    /** Which parts of XAUTH and Mode Config both configure. */
    enum Part {
        XAUTH,
        ADDRESS
    }

    /**
     * Both have the connection.
     *
     * @param client what west has beside
     * @param both what both have beside
     */
    XauthScene connection(
            Set<Part> parts, UnaryOperator<EndRequest.Builder> client, UnaryOperator<ConnectionRequest.Builder> both) {
        EndRequest.Builder server = Ikev1Pair.end(Pair.EAST, "@east", Pair.EAST_CLIENT);
        EndRequest.Builder here = client.apply(end(HostSpec.of(IpAddress.of(Pair.WEST))));
        EndRequest.Builder anywhere = end(HostSpec.any());
        if (signs) {
            server.set(EndOption.CKAID, ckaid(CertificateFixture.EAST_KEY));
            here.set(EndOption.CKAID, ckaid(CertificateFixture.WEST_KEY));
        }
        if (parts.contains(Part.XAUTH)) {
            server.set(EndOption.XAUTH_SERVER);
            here.set(EndOption.XAUTH_CLIENT);
            anywhere.set(EndOption.XAUTH_CLIENT);
        }
        if (parts.contains(Part.ADDRESS)) {
            server.set(EndOption.MODECFG_SERVER);
            here.set(EndOption.MODECFG_CLIENT);
            anywhere.set(EndOption.MODECFG_CLIENT).set(EndOption.ADDRESS_POOL, POOL);
        }
        add(west, both, here.build(), server.build());
        add(east, both, anywhere.build(), server.build());
        world.run(Duration.ofMillis(10));
        return this;
    }

    private void add(SimHost host, UnaryOperator<ConnectionRequest.Builder> both, EndRequest left, EndRequest right) {
        ConnectionRequest.Builder request = Ikev1Pair.ikev1(Pair.tunnel("t"))
                .set(
                        ConnectionOption.AUTHENTICATION,
                        Set.of(signs ? AuthenticationMethod.RSASIG : AuthenticationMethod.PSK))
                .left(left)
                .right(right);
        host.whack(WhackRequest.of(new WhackCommand.Add(both.apply(request).build())));
    }

    private static EndRequest.Builder end(HostSpec host) {
        return EndRequest.builder().set(EndOption.HOST, host).set(EndOption.ID, "@west");
    }

    /** The user use1, and an address that west asks for. */
    XauthScene pulling(UnaryOperator<ConnectionRequest.Builder> both) {
        return connection(
                EnumSet.allOf(Part.class),
                end -> end.set(EndOption.USERNAME, "use1"),
                builder -> both.apply(builder.set(ConnectionOption.MODECFG_PULL)));
    }

    SimSession initiate(Map<Integer, String> answers) {
        SimSession session = west.whack(WhackRequest.of(new WhackCommand.Initiate("t", Optional.empty())), answers);
        world.run(Duration.ofSeconds(3));
        return session;
    }

    /** Brought up: both ends have an IPsec SA. */
    XauthScene up() {
        initiate(Map.of());
        assertThat(west.kernel().installed()).as(trace()).hasSize(2);
        assertThat(east.kernel().installed()).as(trace()).hasSize(2);
        return this;
    }

    /** A client that does not answer by itself; the server has asked it. */
    static XauthScene asked(long seed) {
        XauthScene scene = new XauthScene(seed).pulling(UnaryOperator.identity());
        scene.west.ports().impair().set(Impairment.DROP_XAUTH_R0, "yes", OptionalLong.empty());
        scene.initiate(Map.of());
        assertThat(states(scene.east)).containsExactly(V1State.XAUTH_R0);
        return scene;
    }

    /** The last message of XAUTH or Mode Config that a host sent. */
    SimNetwork.Datagram last(SimHost of) {
        IpAddress from = IpAddress.of(of == west ? Pair.WEST : Pair.EAST);
        List<SimNetwork.Datagram> sent = world.network().captured().stream()
                .filter(datagram -> ConfigCrafted.isModeConfig(datagram)
                        && datagram.from().address().equals(from))
                .toList();
        return sent.get(sent.size() - 1);
    }

    /** A host gets that as the answer to what it sent last. */
    void answer(SimHost host, int type, WireAttribute... attributes) {
        SimNetwork.Datagram question = last(host);
        world.inject(
                question.to(),
                question.from(),
                ConfigCrafted.answer(
                        ConfigCrafted.isakmp(host == west ? east : west),
                        question.octets(),
                        type,
                        List.of(attributes)));
        world.run(Duration.ofMillis(400));
    }

    /** Another connection of a host has that address. */
    static void lease(SimHost host, String address) {
        IpAddress only = IpAddress.of(address);
        host.pluto()
                .connections()
                .pools()
                .use(new AddressRange(only, only))
                .lease(new ConnectionSerial(99), Optional.empty());
    }

    /** Both delete the connection: then nothing is left of any negotiation. */
    void assertNothingLeft() {
        world.weather(Weather.FAIR);
        for (SimHost host : List.of(west, east)) {
            host.whack(WhackRequest.of(new WhackCommand.Delete("t", false)));
        }
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

    static List<SaSerial> serials(SimHost host) {
        List<SaSerial> serials = new ArrayList<>();
        for (Sa sa : host.pluto().sas()) {
            serials.add(sa.serial());
        }
        return serials;
    }

    static List<State> states(SimHost host) {
        List<State> states = new ArrayList<>();
        for (Sa sa : host.pluto().sas()) {
            states.add(sa.state());
        }
        return states;
    }
}
