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
import org.jswan.control.WhackCommand;
import org.jswan.control.WhackRequest;
import org.jswan.sa.Sa;
import org.jswan.simulation.SimNetwork.Datagram;
import org.junit.jupiter.api.Test;

/** Spoilt and forged messages of IKEv1 at a pair with a tunnel: what is up stays as it is, and what they begin lapses. */
class Ikev1HostileInputTest {
    private static final Endpoint STRANGER = new Endpoint(IpAddress.of("192.0.2.66"), 500);
    private static final int[] FLIPS = {0x01, 0x10, 0x20, 0x80, 0xff};
    private static final int BATCH = 500;
    private static final int HEADER = 28;
    private static final int FLAGS_AT = 19;
    private static final int ENCRYPTED = 1;
    private static final int RANDOM_DATAGRAMS = 4000;

    private final Random random = new Random(4711);
    private final Pair pair = Ikev1Pair.listening(4711);
    private int injected;

    private static List<String> sas(SimHost host) {
        List<String> lines = new ArrayList<>();
        for (Sa sa : host.pluto().sas()) {
            lines.add(sa.serial() + " " + sa.state());
        }
        return lines;
    }

    private List<Datagram> comeUp() {
        pair.initiate(pair.west);
        assertThat(pair.world.runUntil(() -> Ikev1Pair.isUp(pair), Duration.ofSeconds(5)))
                .as(pair.trace())
                .isTrue();
        return List.copyOf(pair.world.network().captured());
    }

    @Test
    void nothingForgedDoesHarm() {
        List<Datagram> recorded = comeUp();
        assertThat(recorded).hasSize(9);
        List<String> west = sas(pair.west);
        List<String> east = sas(pair.east);
        for (Datagram message : recorded) {
            spoil(message);
        }
        for (int i = 0; i < RANDOM_DATAGRAMS; i++) {
            Datagram like = recorded.get(random.nextInt(recorded.size()));
            inject(like, random.nextBoolean() ? noise(like) : noise(random.nextInt(600)));
        }
        pair.world.run(Duration.ofSeconds(1));
        assertThat(injected).isGreaterThan(10_000);
        assertThat(sas(pair.west)).isEqualTo(west);
        assertThat(sas(pair.east)).containsAll(east);
        pair.world.run(Duration.ofMinutes(5));
        assertThat(sas(pair.east)).isEqualTo(east);
        assertThat(pair.east.kernel().spis()).isEqualTo(2);
        pair.clear();
    }

    /** Each prefix and each changed octet of a message, from where it came and from elsewhere. */
    private void spoil(Datagram message) {
        Bytes octets = message.octets();
        for (int at = 0; at < octets.length(); at++) {
            Bytes prefix = octets.first(at);
            inject(message, prefix);
            if (at >= HEADER) {
                inject(message, Crafted.ofLength(prefix, at));
            }
            for (int flip : FLIPS) {
                inject(message, Crafted.with(octets, at, octets.get(at) ^ flip));
            }
        }
        // As if it were in clear, or encrypted.
        inject(message, Crafted.with(octets, FLAGS_AT, octets.get(FLAGS_AT) ^ ENCRYPTED));
    }

    private Bytes noise(int length) {
        byte[] octets = new byte[length];
        random.nextBytes(octets);
        return Bytes.wrap(octets);
    }

    /** A header that fits, and nonsense behind it. */
    private Bytes noise(Datagram like) {
        Bytes octets = like.octets().first(HEADER).plus(noise(8 * random.nextInt(40)));
        return Crafted.ofLength(octets, octets.length());
    }

    private void inject(Datagram like, Bytes octets) {
        if (like.octets().equals(octets)) {
            return;
        }
        injected++;
        Endpoint from = injected % 3 == 0 ? STRANGER : like.from();
        pair.world.inject(from, like.to(), octets);
        if (injected % BATCH == 0) {
            pair.world.run(Duration.ofMillis(10));
        }
    }

    /** CVE-2019-10155: an Informational exchange counts only if its hash is right. */
    @Test
    void anInformationalExchangeWithAWrongHashDeletesNothing() {
        comeUp();
        pair.world.network().filter(datagram -> false);
        pair.terminate(pair.west);
        pair.world.run(Duration.ofMillis(100));
        List<Datagram> deletes = pair.world.network().captured().stream()
                .filter(datagram -> datagram.octets().get(18) == 5)
                .toList();
        assertThat(deletes).isNotEmpty();
        List<String> east = sas(pair.east);
        pair.world.network().filter(datagram -> true);
        for (Datagram delete : deletes) {
            Bytes octets = delete.octets();
            // In the first block: the hash is another, and nothing else.
            pair.world.inject(delete.from(), delete.to(), Crafted.with(octets, 40, octets.get(40) ^ 1));
        }
        pair.world.run(Duration.ofSeconds(1));
        assertThat(sas(pair.east)).as(pair.trace()).isEqualTo(east);
        assertThat(pair.east.log()).anyMatch(line -> line.contains("malformed payload") || line.contains("HASH(1)"));
        for (Datagram delete : deletes) {
            pair.world.inject(delete.from(), delete.to(), delete.octets());
        }
        pair.world.run(Duration.ofSeconds(1));
        assertThat(sas(pair.east)).as(pair.trace()).isEmpty();
    }

    /** Of what is not encrypted an established SA takes nothing. */
    @Test
    void aDeleteInClearChangesNothing() {
        List<Datagram> recorded = comeUp();
        List<String> east = sas(pair.east);
        Bytes cookies = recorded.get(3).octets().first(16);
        Bytes delete = cookies.plus(Bytes.of(12, 0x10, 5, 0, 0, 0, 0, 0, 0, 0, 0, 56))
                .plus(Bytes.of(0, 0, 0, 28, 0, 0, 0, 1, 1, 16, 0, 1))
                .plus(cookies);
        pair.world.inject(recorded.get(0).from(), recorded.get(0).to(), delete);
        pair.world.run(Duration.ofSeconds(1));
        assertThat(sas(pair.east)).as(pair.trace()).isEqualTo(east);
        assertThat(pair.east.log()).anyMatch(line -> line.contains("Informational Exchange message must be encrypted"));
    }

    /** CVE-2016-5361: who begins from a forged address makes us send one answer, and no more by itself. */
    @Test
    void aForgedBeginningIsAnsweredOnce() {
        pair.world.network().filter(datagram -> pair.world.datagrams() <= 1);
        pair.initiate(pair.west);
        pair.world.run(Duration.ofMillis(100));
        Datagram first = pair.world.network().captured().get(0);
        pair.world.network().filter(datagram -> false);
        Endpoint victim = first.from().withPort(40_000);
        pair.world.inject(victim, first.to(), Crafted.ofInitiator(first.octets(), noise(8)));
        pair.world.run(Duration.ofMinutes(3));
        assertThat(pair.world.trace())
                .filteredOn(line -> line.contains(" 192.0.2.2:500 -> " + victim + " "))
                .hasSize(1);
    }

    /** Who did not get our cookie does not get us to compute keys. */
    @Test
    void whoDoesNotKnowOurCookieDoesNotGoOn() {
        List<Datagram> recorded = comeUp();
        Bytes cookie = noise(8);
        Endpoint victim = recorded.get(0).from().withPort(40_000);
        Endpoint east = recorded.get(0).to();
        pair.world.inject(victim, east, Crafted.ofInitiator(recorded.get(0).octets(), cookie));
        pair.world.run(Duration.ofMillis(100));
        Bytes keys = recorded.get(2).octets();
        pair.world.inject(victim, east, Bytes.concat(cookie, noise(8), keys.from(16)));
        Bytes sealed = recorded.get(4).octets();
        pair.world.inject(victim, east, Bytes.concat(cookie, noise(8), sealed.from(16)));
        pair.world.run(Duration.ofSeconds(30));
        assertThat(pair.world.trace())
                .filteredOn(line -> line.contains(" 192.0.2.2:500 -> " + victim + " "))
                .as(pair.trace())
                .hasSize(1);
        assertThat(pair.east.log())
                .filteredOn(line -> line.contains("phase 1 message is part of an unknown exchange"))
                .hasSize(2);
    }

    /** What is not proven is refused once a second at most, and nothing is kept of it. */
    @Test
    void refusalsAreFew() {
        List<Datagram> recorded = comeUp();
        Datagram quick = recorded.get(6);
        // Its message ID belongs to no exchange any more.
        pair.east.whack(WhackRequest.of(new WhackCommand.DeleteState(2)));
        pair.world.run(Duration.ofSeconds(2));
        int before = told();
        for (int i = 0; i < 100; i++) {
            Bytes octets = quick.octets();
            pair.world.inject(quick.from(), quick.to(), Crafted.with(octets, octets.length() - 1, i));
        }
        pair.world.run(Duration.ofMillis(500));
        assertThat(told() - before).as(pair.trace()).isEqualTo(1);
    }

    private int told() {
        return (int) pair.east.log().stream()
                .filter(line -> line.contains("sending encrypted notification INVALID_MESSAGE_ID"))
                .count();
    }
}
