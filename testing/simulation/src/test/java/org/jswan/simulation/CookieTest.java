// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.jswan.base.Bytes;
import org.jswan.control.WhackCommand.Ddos;
import org.jswan.control.WhackCommand.Delete;
import org.jswan.control.WhackRequest;
import org.jswan.random.RandomSource;
import org.jswan.simulation.SimNetwork.Datagram;
import org.jswan.wire.NotifyType;
import org.jswan.wire.WireException;
import org.jswan.wire.v2.Message;
import org.jswan.wire.v2.NotifyPayload;
import org.junit.jupiter.api.Test;

/** A busy responder demands cookies (RFC 7296 §2.6). */
class CookieTest {
    private static Pair busy(long seed) {
        Pair pair = Pair.listening(seed);
        pair.east.whack(WhackRequest.of(new Ddos(Ddos.Mode.BUSY)));
        return pair;
    }

    @Test
    void whackTellsTheMode() {
        SimHost host = Pair.listening(1).east;
        assertThat(host.whack(WhackRequest.of(new Ddos(Ddos.Mode.AUTO))).lines())
                .containsExactly("002 pluto DDoS protection remains in auto-detect mode");
        assertThat(host.whack(WhackRequest.of(new Ddos(Ddos.Mode.BUSY))).lines())
                .containsExactly("002 pluto DDoS protection mode set to active");
        assertThat(host.whack(WhackRequest.of(new Ddos(Ddos.Mode.UNLIMITED))).lines())
                .containsExactly("002 pluto DDoS protection mode set to unlimited");
    }

    @Test
    void initiatorBringsTheCookie() {
        Pair pair = busy(2);
        SimHost.SimSession session = pair.initiate(pair.west);
        assertThat(pair.world.runUntil(pair::isUp, Duration.ofSeconds(5)))
                .as(pair.trace())
                .isTrue();
        assertThat(session.lines())
                .contains("002 \"t\" #1: received anti-DDOS COOKIE response, resending IKE_SA_INIT request with COOKIE"
                        + " payload");
    }

    @Test
    void initiatorBringsTheCookieInAnyWeather() {
        for (int seed = 0; seed < 50; seed++) {
            Pair pair = busy(seed);
            pair.world.weather(Weather.FOUL);
            pair.initiate(pair.west);
            assertThat(pair.world.runUntil(pair::isCarrying, Duration.ofMinutes(30)))
                    .as("seed " + seed + "\n" + pair.trace())
                    .isTrue();
        }
    }

    @Test
    void forgedRequestsLeaveNothing() throws WireException {
        Pair pair = busy(3);
        pair.initiate(pair.west);
        assertThat(pair.world.runUntil(pair::isUp, Duration.ofSeconds(5))).isTrue();
        List<Datagram> sent = pair.world.network().captured();
        Datagram first = sent.get(0);
        Datagram withCookie = sent.get(2);
        int answered = sent.size();
        RandomSource random = new SeededRandom(3);
        for (int i = 0; i < 500; i++) {
            // The initiator's SPI is in the first eight octets: neither it nor a cookie for another one helps.
            pair.world.inject(
                    first.from(),
                    first.to(),
                    random.bytes(8).plus(first.octets().from(8)));
            pair.world.inject(
                    first.from(),
                    first.to(),
                    random.bytes(8).plus(withCookie.octets().from(8)));
        }
        pair.world.run(Duration.ofSeconds(1));
        assertThat(pair.east.pluto().saCount()).isEqualTo(2);
        List<Datagram> answers = sent.subList(answered, sent.size());
        assertThat(answers).hasSize(500);
        for (Datagram answer : answers) {
            NotifyPayload notify =
                    (NotifyPayload) Message.decode(answer.octets()).payloads().get(0);
            assertThat(notify.notifyType()).isEqualTo(NotifyType.COOKIE);
        }
        pair.terminate(pair.west);
        pair.world.run(Duration.ofSeconds(1));
        pair.assertNothingLeftAfterDelete();
    }

    @Test
    void otherCookiesAreNotTaken() {
        Pair pair = busy(4);
        pair.world.network().filter(datagram -> datagram.octets().length() > 100);
        pair.initiate(pair.west);
        pair.world.run(Duration.ofMillis(50));
        Datagram first = pair.world.network().captured().get(0);
        Bytes cookie = new SeededRandom(4).bytes(32);
        Datagram forged = Crafted.withFirst(first, NotifyPayload.of(NotifyType.COOKIE, cookie));
        pair.world.inject(forged.from(), forged.to(), forged.octets());
        pair.world.run(Duration.ofMillis(50));
        assertThat(pair.east.pluto().saCount()).isZero();
        assertThat(pair.east.log()).contains("packet from 192.0.2.1:500: DOS cookies do not match - dropping message");
    }

    @Test
    void cookiesGrowOld() throws WireException {
        Pair pair = busy(5);
        pair.world.network().filter(datagram -> datagram.octets().length() > 100);
        pair.initiate(pair.west);
        pair.world.run(Duration.ofMillis(50));
        List<Datagram> sent = pair.world.network().captured();
        Datagram first = sent.get(0);
        NotifyPayload cookie =
                (NotifyPayload) Message.decode(sent.get(1).octets()).payloads().get(0);
        pair.west.whack(WhackRequest.of(new Delete("t", false)));
        Datagram late = Crafted.withFirst(first, cookie);
        pair.world.run(Duration.ofMinutes(61));
        // The secret has changed once: the one before it still counts.
        pair.world.inject(first.from(), first.to(), first.octets());
        pair.world.inject(late.from(), late.to(), late.octets());
        pair.world.run(Duration.ofMillis(50));
        assertThat(pair.east.pluto().saCount()).as(pair.trace()).isEqualTo(1);
        pair.world.run(Duration.ofMinutes(61));
        assertThat(pair.east.pluto().saCount()).isZero();
        pair.world.inject(first.from(), first.to(), first.octets());
        pair.world.inject(late.from(), late.to(), late.octets());
        pair.world.run(Duration.ofMillis(50));
        assertThat(pair.east.pluto().saCount()).as(pair.trace()).isZero();
        assertThat(pair.east.log()).contains("packet from 192.0.2.1:500: DOS cookies do not match - dropping message");
    }

    @Test
    void longMessagesOfStrangersAreLimited() {
        Pair pair = Pair.listening(6);
        pair.world.pass(datagram -> false);
        pair.initiate(pair.west);
        pair.world.run(Duration.ofMillis(50));
        Datagram first = pair.world.network().captured().get(0);
        NotifyPayload filling = NotifyPayload.of(NotifyType.of(40_000), new SeededRandom(6).bytes(60_000));
        Datagram longOne = Crafted.withFirst(first, filling);
        pair.world.pass(datagram -> true);
        RandomSource random = new SeededRandom(7);
        for (int i = 0; i < 1_000; i++) {
            pair.world.inject(
                    longOne.from(),
                    longOne.to(),
                    random.bytes(8).plus(longOne.octets().from(8)));
            pair.world.run(Duration.ofMillis(5));
        }
        // 16 MiB of messages is enough without a cookie.
        assertThat(pair.east.pluto().saCount()).isBetween(250, 290);
        pair.west.whack(WhackRequest.of(new Delete("t", false)));
        pair.assertNothingLeftAfterDelete();
    }
}
