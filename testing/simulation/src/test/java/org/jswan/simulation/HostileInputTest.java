// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jswan.base.Bytes;
import org.jswan.base.Endpoint;
import org.jswan.base.IpAddress;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.ConnectionRequest;
import org.jswan.control.WhackCommand.Add;
import org.jswan.control.WhackCommand.Delete;
import org.jswan.control.WhackCommand.Listen;
import org.jswan.control.WhackCommand.Terminate;
import org.jswan.control.WhackRequest;
import org.jswan.sa.Sa;
import org.jswan.simulation.SimNetwork.Datagram;
import org.junit.jupiter.api.Test;

/** Twenty thousand spoilt messages at a pair with a tunnel and a negotiation half done: all of it is as before. */
class HostileInputTest {
    private static final String NORTH = "192.0.2.3";
    private static final Endpoint STRANGER = new Endpoint(IpAddress.of("192.0.2.66"), 500);
    private static final int[] FLIPS = {0x01, 0x10, 0x20, 0x80, 0xff};
    private static final int SPI_LENGTH = 8;
    private static final int RANDOM_DATAGRAMS = 4000;
    private static final int BATCH = 500;

    private final Random random = new Random(4711);
    private final Pair pair = Pair.listening(4711, HostileInputTest::fast);
    private final SimHost north = pair.world.host("north", NORTH, Pair.secrets(Pair.SECRET));
    private int injected;

    private static ConnectionRequest.Builder fast(ConnectionRequest.Builder builder) {
        return builder.set(ConnectionOption.IKE, "aes_gcm256-sha2_512;dh31");
    }

    /** An SA as a line, and what it waits for. */
    private static List<String> sas(SimHost host) {
        List<String> lines = new ArrayList<>();
        for (Sa sa : host.pluto().sas()) {
            lines.add(sa.serial() + " " + sa.state() + " "
                    + sa.pendingEvents().stream().map(e -> e.getKey().text()).toList());
        }
        return lines;
    }

    private void halfOpen() {
        ConnectionRequest connection = fast(Pair.tunnel()).build().toBuilder("n")
                .left(Pair.end(NORTH, "@north", "203.0.113.0/24"))
                .build();
        north.whack(WhackRequest.of(new Listen()));
        for (SimHost end : List.of(north, pair.east)) {
            end.whack(WhackRequest.of(new Add(connection)));
        }
        pair.world.run(Duration.ofMillis(10));
        long before = pair.world.datagrams();
        pair.world.network().filter(datagram -> pair.world.datagrams() <= before + 2);
        Pair.initiate(north, "n");
        pair.world.run(Duration.ofMillis(100));
        pair.world.network().filter(datagram -> false);
    }

    @Test
    void nothingForgedDoesHarm() {
        pair.initiate(pair.west);
        assertThat(pair.world.runUntil(pair::isUp, Duration.ofSeconds(5))).isTrue();
        pair.ask(pair.west, List.of());
        pair.ask(pair.east, List.of());
        halfOpen();
        List<Datagram> recorded = List.copyOf(pair.world.network().captured());
        List<String> west = sas(pair.west);
        List<String> east = sas(pair.east);
        List<String> northern = sas(north);
        int spis = pair.east.kernel().spis();
        int policies = pair.east.kernel().policies().size();

        for (Datagram message : recorded) {
            spoil(message);
        }
        for (int i = 0; i < RANDOM_DATAGRAMS; i++) {
            Datagram like = recorded.get(random.nextInt(recorded.size()));
            inject(like, random.nextBoolean() ? noise(like) : noise(random.nextInt(600)));
        }
        pair.world.run(Duration.ofSeconds(1));

        assertThat(injected).isGreaterThan(20_000);
        assertThat(sas(pair.west)).isEqualTo(west);
        assertThat(sas(pair.east)).containsAll(east);
        assertThat(sas(north)).isEqualTo(northern);
        assertThat(pair.east.kernel().spis()).isEqualTo(spis);
        assertThat(pair.east.kernel().policies()).hasSize(policies);
        answersAndComesUp();
        // What looked like the beginning of a negotiation is given up.
        pair.world.run(Duration.ofMinutes(5));
        assertThat(pair.east.pluto().saCount()).isEqualTo(4);
        pair.ask(pair.west, List.of());
        end();
    }

    /** Each prefix and each changed octet of a message, from where it came and from elsewhere. */
    private void spoil(Datagram message) {
        Bytes octets = message.octets();
        Bytes otherSpi = Bytes.copyOf(noise(SPI_LENGTH).toArray());
        for (int at = 0; at < octets.length(); at++) {
            Bytes prefix = octets.first(at);
            inject(message, prefix);
            if (at >= 28) {
                // A prefix whose header knows its length is read further.
                inject(message, Crafted.ofLength(prefix, at));
                inject(message, Crafted.ofInitiator(Crafted.ofLength(prefix, at), otherSpi));
            }
            for (int flip : FLIPS) {
                inject(message, Crafted.with(octets, at, octets.get(at) ^ flip));
            }
        }
        for (long length : new long[] {0, 1, 27, 28, 29, octets.length() - 1, octets.length() + 1, 0x8000_0000L, -1}) {
            inject(message, Crafted.ofLength(octets, length));
        }
    }

    private Bytes noise(int length) {
        byte[] octets = new byte[length];
        random.nextBytes(octets);
        return Bytes.wrap(octets);
    }

    /** A header that fits, and nonsense behind it. */
    private Bytes noise(Datagram like) {
        Bytes octets = like.octets().first(28).plus(noise(random.nextInt(300)));
        return Crafted.ofLength(octets, octets.length());
    }

    private void inject(Datagram like, Bytes octets) {
        if (like.octets().equals(octets)) {
            return;
        }
        injected++;
        Endpoint from =
                switch (injected % 4) {
                    case 0 -> STRANGER;
                    case 1 -> like.from().withPort(501);
                    default -> like.from();
                };
        pair.world.inject(from, like.to(), octets);
        if (injected % BATCH == 0) {
            pair.world.run(Duration.ofMillis(10));
        }
    }

    private void answersAndComesUp() {
        pair.world.network().filter(datagram -> true);
        pair.ask(pair.west, List.of());
        pair.ask(pair.east, List.of());
        assertThat(pair.world.runUntil(() -> north.kernel().installed().size() == 2, Duration.ofSeconds(70)))
                .as("the negotiation that was half done")
                .isTrue();
    }

    private void end() {
        north.whack(WhackRequest.of(new Terminate("n")));
        for (SimHost host : List.of(north, pair.east)) {
            host.whack(WhackRequest.of(new Delete("n", false)));
        }
        pair.terminate(pair.west);
        pair.world.run(Duration.ofSeconds(1));
        pair.assertNothingLeftAfterDelete();
    }
}
