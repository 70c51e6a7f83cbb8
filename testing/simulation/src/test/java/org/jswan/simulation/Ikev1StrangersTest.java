// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jswan.base.Bytes;
import org.jswan.base.IpAddress;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.ConnectionRequest;
import org.jswan.control.WhackCommand;
import org.jswan.control.WhackCommand.Ddos;
import org.jswan.control.WhackRequest;
import org.jswan.random.RandomSource;
import org.jswan.sa.V1State;
import org.jswan.simulation.SimNetwork.Datagram;
import org.junit.jupiter.api.Test;

/** What strangers, or peers gone mad, can make a daemon of IKEv1 keep, compute and write. */
class Ikev1StrangersTest {
    private static final int LARGE = 60_000;
    private static final int LOG_LIMIT = 1000;
    private static final int QUICK_MODES = 256;
    private static final int MESSAGE_ID_AT = 20;

    private final RandomSource random = new SeededRandom(7);

    /** The first message that west sends, which does not arrive. */
    private static Datagram first(Pair pair) {
        pair.world.network().filter(datagram -> false);
        pair.initiate(pair.west);
        pair.world.run(Duration.ofMillis(300));
        pair.world.network().filter(datagram -> true);
        return pair.world.network().captured().get(0);
    }

    /** That message as another one sends it. */
    private Bytes another(Bytes message) {
        return Crafted.ofInitiator(message, random.bytes(8));
    }

    /** What counts by its length has to be that long. */
    @Test
    void nothingBehindAMessageIsKept() {
        Pair pair = Ikev1Pair.listening(1);
        Datagram first = first(pair);
        pair.world.inject(first.from(), first.to(), another(first.octets()).plus(Bytes.wrap(new byte[LARGE])));
        pair.world.run(Duration.ofMillis(50));
        assertThat(pair.east.ikeSas()).as(pair.trace()).hasSize(1);
        Bytes kept = pair.east.ikeSas().get(0).phase1().initiatorSa();
        assertThat(kept.length()).isPositive();
        assertThat(kept.retained()).isEqualTo(kept.length());
    }

    @Test
    void whatTheyFillIsNotWhatIkev2Needs() {
        Pair pair = Ikev1Pair.listening(2);
        for (SimHost host : new SimHost[] {pair.west, pair.east}) {
            host.whack(
                    WhackRequest.of(new WhackCommand.Add(Pair.tunnel("second").build())));
        }
        Datagram first = first(pair);
        Bytes large = first.octets().plus(Bytes.wrap(new byte[LARGE]));
        large = Crafted.ofLength(large, large.length());
        for (int n = 0; n < 100; n++) {
            pair.world.inject(first.from(), first.to(), another(large));
            pair.world.run(Duration.ofMillis(5));
        }
        assertThat(pair.east.ikeSas()).as("4 MiB of long ones").hasSizeBetween(60, 80);
        for (int n = 0; n < 6000; n++) {
            pair.world.inject(first.from(), first.to(), another(first.octets()));
            if (n % 100 == 0) {
                pair.world.run(Duration.ofMillis(5));
            }
        }
        assertThat(pair.east.ikeSas()).as("16 MiB of all").hasSizeBetween(4000, 5500);
        pair.west.whack(WhackRequest.of(new WhackCommand.Initiate("second", Optional.empty())));
        assertThat(pair.world.runUntil(() -> !pair.west.kernel().installed().isEmpty(), Duration.ofSeconds(5)))
                .as("IKEv2 comes up")
                .isTrue();
    }

    @Test
    void theyDoNotFillTheLog() {
        Pair pair = Ikev1Pair.listening(3);
        Datagram first = first(pair);
        int before = pair.east.log().size();
        for (int n = 0; n < 2 * LOG_LIMIT; n++) {
            Bytes forged = another(first.octets());
            pair.world.inject(
                    first.from(),
                    first.to(),
                    forged.first(8).plus(random.bytes(8)).plus(forged.from(16)));
        }
        pair.world.run(Duration.ofMillis(500));
        assertThat(pair.east.log().stream().skip(before))
                .filteredOn(line -> line.contains("phase 1 message is part of an unknown exchange"))
                .hasSizeBetween(LOG_LIMIT - 10, LOG_LIMIT);
        assertThat(pair.east.log()).contains("message digest rate limited log reached limit of 1000 entries");
    }

    /** One message of Aggressive Mode has us compute and sign, so it waits until there is no flood. */
    @Test
    void whoIsBusyDoesNotAnswerAggressiveMode() {
        Pair pair = Ikev1Pair.listening(
                4, c -> c.set(ConnectionOption.AGGRESSIVE, true).set(ConnectionOption.IKE, "aes256-sha2_256;modp2048"));
        pair.east.whack(WhackRequest.of(new Ddos(Ddos.Mode.BUSY)));
        pair.initiate(pair.west);
        pair.world.run(Duration.ofSeconds(2));
        assertThat(pair.east.pluto().saCount()).as(pair.trace()).isZero();
        pair.east.whack(WhackRequest.of(new Ddos(Ddos.Mode.AUTO)));
        assertThat(pair.world.runUntil(() -> Ikev1Pair.isUp(pair), Duration.ofSeconds(10)))
                .as(pair.trace())
                .isTrue();
    }

    /** A peer that begins more Quick Modes than it goes on with: each has SPIs in our kernel. */
    @Test
    void oneWhoBeginsAllAtOnceHasToGoOnWithSome() {
        Pair pair = Ikev1Pair.up(5);
        for (int n = 0; n < QUICK_MODES + 10; n++) {
            String name = "q" + n;
            String client = "10." + (n / 250) + "." + n % 250 + ".0/24";
            add(pair, name, client);
        }
        Set<Bytes> begun = new HashSet<>();
        // Nobody confirms: what comes a second time for an exchange gets lost.
        pair.world
                .network()
                .filter(datagram -> datagram.from().address().equals(IpAddress.of(Pair.EAST))
                        || begun.add(datagram.octets().slice(MESSAGE_ID_AT, Integer.BYTES)));
        for (int n = 0; n < QUICK_MODES + 10; n++) {
            pair.west.whack(WhackRequest.of(new WhackCommand.Initiate("q" + n, Optional.empty())));
        }
        pair.world.run(Duration.ofSeconds(2));
        assertThat(pair.east.pluto().sas())
                .extracting(sa -> sa.state())
                .filteredOn(V1State.QUICK_R1::equals)
                .hasSize(QUICK_MODES + 1);
    }

    private static void add(Pair pair, String name, String client) {
        ConnectionRequest.Builder request = Ikev1Pair.tunnel(name)
                .set(ConnectionOption.PFS, false)
                .left(Ikev1Pair.end(Pair.WEST, "@west", client).build());
        pair.west.whack(WhackRequest.of(new WhackCommand.Add(request.build())));
        pair.east.whack(WhackRequest.of(new WhackCommand.Add(request.build())));
    }

    /** What a faulty port leaves unfinished has its end, too. */
    @Test
    void aQuickModeThatNothingComesOfEnds() {
        Pair pair = Ikev1Pair.listening(6);
        pair.east.kernel().breakDown();
        pair.initiate(pair.west);
        assertThatThrownBy(() -> pair.world.run(Duration.ofSeconds(2))).hasMessage("the kernel's port is broken");
        pair.world.network().filter(datagram -> false);
        pair.world.run(Duration.ofMinutes(4));
        assertThat(pair.east.pluto().sas())
                .filteredOn(sa -> sa.state() != V1State.MAIN_R3)
                .as(pair.trace())
                .isEmpty();
    }

    /** Who begins more exchanges than anybody keeps in mind gets another ISAKMP SA. */
    @Test
    void anIsakmpSaThatIsUsedUpIsReplaced() {
        Pair pair = Ikev1Pair.up(8);
        for (long id = 1; id <= 1 << 17; id++) {
            pair.east.ikeSas().get(0).phase1().use(id);
        }
        add(pair, "another", "10.7.7.0/24");
        pair.west.whack(WhackRequest.of(new WhackCommand.Initiate("another", Optional.empty())));
        pair.world.run(Duration.ofSeconds(10));
        assertThat(pair.east.log())
                .as(pair.trace())
                .contains("\"t\" #1: too many message IDs were used: no more exchanges are taken on this ISAKMP SA");
        assertThat(pair.east.ikeSas()).noneMatch(ike -> ike.phase1().isSpent()).isNotEmpty();
    }
}
