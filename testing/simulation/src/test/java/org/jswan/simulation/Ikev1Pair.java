// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jswan.base.IpAddress;
import org.jswan.base.Subnet;
import org.jswan.connection.AuthenticationMethod;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.ConnectionRequest;
import org.jswan.connection.EndOption;
import org.jswan.connection.EndRequest;
import org.jswan.connection.HostSpec;
import org.jswan.connection.IkeVersion;
import org.jswan.connection.Ikev1Policy;
import org.jswan.pluto.PlutoOptions;
import org.jswan.sa.Sa;
import org.jswan.sa.V1State;

/** A {@link Pair} that speaks IKEv1. */
final class Ikev1Pair {
    private Ikev1Pair() {}

    static ConnectionRequest.Builder ikev1(ConnectionRequest.Builder of) {
        return of.set(ConnectionOption.IKE_VERSION, IkeVersion.IKEV1);
    }

    static Pair listening(long seed) {
        return listening(seed, UnaryOperator.identity());
    }

    static Pair listening(long seed, UnaryOperator<ConnectionRequest.Builder> both) {
        return listening(seed, both, both);
    }

    static Pair listening(
            long seed, UnaryOperator<ConnectionRequest.Builder> west, UnaryOperator<ConnectionRequest.Builder> east) {
        SimWorld world = new SimWorld(seed);
        PlutoOptions options = PlutoOptions.defaults().withIkev1(Ikev1Policy.ACCEPT);
        Pair pair = new Pair(world, host("west", world, Pair.WEST, options), host("east", world, Pair.EAST, options));
        pair.add(west.apply(tunnel("t")), east.apply(tunnel("t")));
        return pair;
    }

    static Pair at(
            SimWorld world,
            UnaryOperator<ConnectionRequest.Builder> both,
            UnaryOperator<EndRequest.Builder> ends,
            String westAddress,
            String eastSeen,
            String eastAddress,
            String westSeen) {
        return at(world, PlutoOptions.defaults(), both, ends, westAddress, eastSeen, eastAddress, westSeen);
    }

    /** At other addresses than usual, each with its own idea of the ends'; {@code ends} says what else they have. */
    static Pair at(
            SimWorld world,
            PlutoOptions rest,
            UnaryOperator<ConnectionRequest.Builder> both,
            UnaryOperator<EndRequest.Builder> ends,
            String westAddress,
            String eastSeen,
            String eastAddress,
            String westSeen) {
        PlutoOptions options = rest.withIkev1(Ikev1Policy.ACCEPT);
        Pair pair =
                new Pair(world, host("west", world, westAddress, options), host("east", world, eastAddress, options));
        pair.add(
                both.apply(tunnel("t"))
                        .left(ends.apply(end(westAddress, "@west", Pair.WEST_CLIENT))
                                .build())
                        .right(ends.apply(end(eastSeen, "@east", Pair.EAST_CLIENT))
                                .build()),
                both.apply(tunnel("t"))
                        .left(ends.apply(end(westSeen, "@west", Pair.WEST_CLIENT))
                                .build())
                        .right(ends.apply(end(eastAddress, "@east", Pair.EAST_CLIENT))
                                .build()));
        return pair;
    }

    private static SimHost host(String name, SimWorld world, String address, PlutoOptions options) {
        return new SimHost(name, world, List.of(IpAddress.of(address)), Pair.secrets(Pair.SECRET), options);
    }

    /** A connection between a subnet behind each host. */
    static ConnectionRequest.Builder tunnel(String name) {
        return ikev1(Pair.tunnel(name))
                .set(ConnectionOption.AUTHENTICATION, Set.of(AuthenticationMethod.PSK))
                .left(end(Pair.WEST, "@west", Pair.WEST_CLIENT).build())
                .right(end(Pair.EAST, "@east", Pair.EAST_CLIENT).build());
    }

    /** An end, which in IKEv1 has no way of its own to prove who it is. */
    static EndRequest.Builder end(String address, String id, String client) {
        return EndRequest.builder()
                .set(EndOption.HOST, HostSpec.of(IpAddress.of(address)))
                .set(EndOption.ID, id)
                .set(EndOption.CLIENT, Subnet.of(client));
    }

    static Pair up(long seed) {
        return up(seed, UnaryOperator.identity());
    }

    static Pair up(long seed, UnaryOperator<ConnectionRequest.Builder> both) {
        Pair pair = listening(seed, both);
        pair.initiate(pair.west);
        assertThat(pair.world.runUntil(() -> isUp(pair), Duration.ofSeconds(5)))
                .as(pair.trace())
                .isTrue();
        return pair;
    }

    /** Whether both ends have an IPsec SA that carries traffic. */
    static boolean isUp(Pair pair) {
        return has(pair.west, V1State.QUICK_I2) && has(pair.east, V1State.QUICK_R2);
    }

    static boolean has(SimHost host, V1State state) {
        for (Sa sa : host.pluto().sas()) {
            if (sa.state() == state) {
                return true;
            }
        }
        return false;
    }
}
