// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jswan.connection.AuthenticationMethod;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.ConnectionRequest;
import org.jswan.connection.DpdAction;
import org.jswan.connection.EndOption;
import org.jswan.connection.EndRequest;
import org.jswan.control.WhackCommand;
import org.jswan.control.WhackRequest;
import org.jswan.kernel.KernelSa;
import org.jswan.sa.ChildSa;
import org.jswan.sa.Sa;
import org.jswan.sa.V1State;
import org.jswan.simulation.XauthScene.Part;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** IKEv1 in foul weather, beyond Main Mode by a shared secret: all modes and kinds come up in the end, and go without rest. */
class Ikev1FoulKindsTest {
    private static final int SEEDS = 4;
    private static final KeyPair WEST_KEY = CertificateFixture.rsa();
    private static final KeyPair EAST_KEY = CertificateFixture.rsa();
    private static final String INSIDE = "10.0.0.1";

    private enum Kind {
        AGGRESSIVE(c -> c.set(ConnectionOption.AGGRESSIVE).set(ConnectionOption.IKE, "aes128-sha1;modp2048")),
        SIGNATURES(c -> c.set(ConnectionOption.AUTHENTICATION, Set.of(AuthenticationMethod.RSASIG))
                .left(Ikev1Pair.end(Pair.WEST, "@west", Pair.WEST_CLIENT)
                        .set(
                                EndOption.CKAID,
                                SimKeys.publicKey(WEST_KEY).ckaid().toString())
                        .build())
                .right(Ikev1Pair.end(Pair.EAST, "@east", Pair.EAST_CLIENT)
                        .set(
                                EndOption.CKAID,
                                SimKeys.publicKey(EAST_KEY).ckaid().toString())
                        .build())),
        PIECES(c -> c.set(ConnectionOption.IKE, "aes128-sha1;modp4096").set(ConnectionOption.IKE_FRAGMENTATION_FORCE)),
        NAT(c -> c),
        AUTHENTICATED(c -> c.unset(ConnectionOption.ENCRYPT).set(ConnectionOption.AUTHENTICATE)),
        COMPRESSED(c -> c.set(ConnectionOption.COMPRESS)),
        WITHOUT_PFS(c -> c.unset(ConnectionOption.PFS)),
        TRANSPORT(c -> c.unset(ConnectionOption.TUNNEL)),
        TRANSPORT_BEHIND_NAT(c -> c.unset(ConnectionOption.TUNNEL)),
        /** Whoever hears nothing begins anew. */
        DETECTING(c -> c.set(ConnectionOption.DPD_DELAY, Duration.ofSeconds(5))
                .set(ConnectionOption.DPD_TIMEOUT, Duration.ofSeconds(30))
                .set(ConnectionOption.DPD_ACTION, DpdAction.RESTART));

        private final UnaryOperator<ConnectionRequest.Builder> both;

        Kind(UnaryOperator<ConnectionRequest.Builder> both) {
            this.both = both;
        }

        /** As libreswan, what is said last is repeated a few times only: what that leaves undone lives not for long. */
        private ConnectionRequest.Builder living(ConnectionRequest.Builder c) {
            return both.apply(c)
                    .set(ConnectionOption.IKE_LIFETIME, Duration.ofSeconds(200))
                    .set(ConnectionOption.IPSEC_LIFETIME, Duration.ofSeconds(300))
                    .set(ConnectionOption.REKEY_MARGIN, Duration.ofSeconds(20));
        }

        Pair listening(long seed) {
            Pair pair =
                    switch (this) {
                        case NAT -> at(seed, INSIDE, end -> end);
                        case TRANSPORT -> at(seed, Pair.WEST, end -> end.unset(EndOption.CLIENT));
                        case TRANSPORT_BEHIND_NAT -> at(seed, INSIDE, end -> end.unset(EndOption.CLIENT));
                        default -> Ikev1Pair.listening(seed, this::living);
                    };
            pair.west.keys().add(WEST_KEY);
            pair.east.keys().add(EAST_KEY);
            know(pair.west, "@east", EAST_KEY);
            know(pair.east, "@west", WEST_KEY);
            return pair;
        }

        private Pair at(long seed, String west, UnaryOperator<EndRequest.Builder> ends) {
            SimWorld world = new SimWorld(seed);
            if (!west.equals(Pair.WEST)) {
                world.translate(west, Pair.WEST);
            }
            return Ikev1Pair.at(world, this::living, ends, west, Pair.EAST, Pair.EAST, Pair.WEST);
        }

        private static void know(SimHost host, String id, KeyPair pair) {
            host.whack(WhackRequest.of(new WhackCommand.Key(
                    id,
                    true,
                    Optional.of(new WhackCommand.Key.PublicKey(
                            WhackCommand.Key.Algorithm.RSA,
                            SimKeys.publicKey(pair).ipseckey())))));
        }
    }

    /** Whether the newest SAs of a connection are the same at both ends, and complete. */
    private static boolean isCarrying(Pair pair, String connection) {
        Optional<ChildSa> west = newest(pair.west, connection);
        Optional<ChildSa> east = newest(pair.east, connection);
        return west.isPresent()
                && east.isPresent()
                && west.get()
                        .outbound()
                        .map(id -> id.spi())
                        .equals(east.get().inbound().map(id -> id.spi()))
                && west.get()
                        .inbound()
                        .map(id -> id.spi())
                        .equals(east.get().outbound().map(id -> id.spi()))
                && installed(pair.west)
                        .containsAll(List.of(
                                west.get().inbound().orElseThrow(),
                                west.get().outbound().orElseThrow()))
                && installed(pair.east)
                        .containsAll(List.of(
                                east.get().inbound().orElseThrow(),
                                east.get().outbound().orElseThrow()));
    }

    private static Set<Object> installed(SimHost host) {
        Set<Object> ids = new HashSet<>();
        for (KernelSa sa : host.kernel().installed()) {
            ids.add(sa.id());
        }
        return ids;
    }

    private static Optional<ChildSa> newest(SimHost host, String connection) {
        Optional<ChildSa> newest = Optional.empty();
        for (Sa sa : host.pluto().sas()) {
            if (sa instanceof ChildSa child
                    && child.connection().name().equals(connection)
                    && (sa.state() == V1State.QUICK_I2 || sa.state() == V1State.QUICK_R2)) {
                newest = Optional.of(child);
            }
        }
        return newest;
    }

    @ParameterizedTest
    @EnumSource
    void allKindsComeUp(Kind kind) {
        for (int seed = 0; seed < SEEDS; seed++) {
            Pair pair = kind.listening(seed);
            pair.assertWeathers(seed, () -> isCarrying(pair, "t"));
        }
    }

    @Test
    void severalAtOnceComeUp() {
        for (int seed = 0; seed < SEEDS; seed++) {
            Pair pair = Ikev1Pair.listening(seed);
            for (SimHost host : List.of(pair.west, pair.east)) {
                host.whack(WhackRequest.of(new WhackCommand.Add(Ikev1Pair.tunnel("u")
                        .left(Ikev1Pair.end(Pair.WEST, "@west", "203.0.113.0/25")
                                .build())
                        .right(Ikev1Pair.end(Pair.EAST, "@east", "203.0.113.128/25")
                                .build())
                        .build())));
            }
            pair.world.run(Duration.ofMillis(10));
            Pair.initiate(pair.west, "u");
            pair.world.weather(Weather.FOUL);
            pair.initiate(pair.west);
            assertThat(pair.world.runUntil(
                            () -> isCarrying(pair, "t") && isCarrying(pair, "u"), Duration.ofMinutes(30)))
                    .as("seed " + seed + "\n" + pair.trace())
                    .isTrue();
            for (SimHost host : List.of(pair.west, pair.east)) {
                host.whack(WhackRequest.of(new WhackCommand.Delete("u", false)));
            }
            pair.clear();
        }
    }

    /** Both phases are replaced over and over; when the weather is fair again, both ends have the same. */
    @Test
    void successorsComeUp() {
        UnaryOperator<ConnectionRequest.Builder> brief =
                c -> c.set(ConnectionOption.IKE_LIFETIME, Duration.ofSeconds(200))
                        .set(ConnectionOption.IPSEC_LIFETIME, Duration.ofSeconds(150))
                        .set(ConnectionOption.REKEY_MARGIN, Duration.ofSeconds(40));
        for (int seed = 0; seed < SEEDS; seed++) {
            Pair pair = Ikev1Pair.up(seed, brief);
            pair.world.weather(Weather.FOUL);
            pair.world.run(Duration.ofMinutes(20));
            pair.world.weather(Weather.FAIR);
            assertThat(pair.world.runUntil(() -> isCarrying(pair, "t"), Duration.ofMinutes(5)))
                    .as("seed " + seed + "\n" + pair.trace())
                    .isTrue();
            // Nobody piles them up.
            assertThat(sas(pair.west)).as("seed " + seed + "\n" + pair.trace()).hasSizeLessThan(12);
            pair.clear();
        }
    }

    private static List<Sa> sas(SimHost host) {
        List<Sa> all = new ArrayList<>();
        host.pluto().sas().forEach(all::add);
        return all;
    }

    /** XAUTH, then an address that is given unasked. */
    @Test
    void whatIsPushedArrives() {
        for (int seed = 0; seed < SEEDS; seed++) {
            XauthScene scene = new XauthScene(seed)
                    .connection(
                            Set.of(Part.XAUTH, Part.ADDRESS),
                            end -> end.set(EndOption.USERNAME, "use1"),
                            UnaryOperator.identity());
            scene.world.weather(Weather.FOUL);
            scene.initiate(Map.of());
            assertThat(scene.world.runUntil(
                            () -> scene.west.kernel().installed().size() == 2
                                    && scene.east.kernel().installed().size() >= 2,
                            Duration.ofMinutes(30)))
                    .as("seed " + seed + "\n" + scene.trace())
                    .isTrue();
            scene.assertNothingLeft();
        }
    }
}
