// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jswan.base.Subnet;
import org.jswan.connection.ConnectionKind;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.ConnectionRequest;
import org.jswan.connection.EndOption;
import org.jswan.connection.EndRequest;
import org.jswan.connection.HostSpec;
import org.jswan.control.WhackCommand;
import org.jswan.control.WhackRequest;
import org.jswan.crypto.KeGroup;
import org.jswan.kernel.IpsecMode;
import org.jswan.sa.ChildSa;
import org.jswan.sa.IkeSa;
import org.jswan.sa.Sa;
import org.jswan.sa.V1State;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which end of IKEv1 replaces an SA, when, and by what. */
class Ikev1RenewalTest {
    /** Longer than any test. */
    private static final int LONG = 80_000;

    private static final int LIFE = 3600;
    private static final int MARGIN = 540;

    /** Lifetimes and margin in seconds; the margin is not made longer by chance. */
    private static UnaryOperator<ConnectionRequest.Builder> lives(int ike, int ipsec, int margin) {
        return b -> b.set(ConnectionOption.IKE_LIFETIME, Duration.ofSeconds(ike))
                .set(ConnectionOption.IPSEC_LIFETIME, Duration.ofSeconds(ipsec))
                .set(ConnectionOption.REKEY_MARGIN, Duration.ofSeconds(margin))
                .set(ConnectionOption.REKEY_FUZZ, 0L);
    }

    /** The ISAKMP SA (#1) or the IPsec SA (#2) lives for an hour, the other one longer. */
    private static UnaryOperator<ConnectionRequest.Builder> mortal(int serial) {
        return serial == 1 ? lives(LIFE, LONG, MARGIN) : lives(LONG, LIFE, MARGIN);
    }

    private static ConnectionRequest.Builder fuzzy(ConnectionRequest.Builder b) {
        return b.set(ConnectionOption.REKEY_FUZZ, 100L);
    }

    private static ConnectionRequest.Builder passive(ConnectionRequest.Builder b) {
        return b.set(ConnectionOption.DONT_REKEY);
    }

    private static Pair up(
            long seed, UnaryOperator<ConnectionRequest.Builder> west, UnaryOperator<ConnectionRequest.Builder> east) {
        Pair pair = Ikev1Pair.listening(seed, west, east);
        comeUp(pair);
        return pair;
    }

    private static void comeUp(Pair pair) {
        pair.initiate(pair.west);
        assertThat(pair.world.runUntil(() -> Ikev1Pair.isUp(pair), Duration.ofSeconds(5)))
                .as(pair.trace())
                .isTrue();
    }

    private static List<Sa> sas(SimHost host) {
        List<Sa> all = new ArrayList<>();
        host.pluto().sas().forEach(all::add);
        return all;
    }

    private static <T extends Sa> List<T> sas(SimHost host, Class<T> kind) {
        return sas(host).stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    private static ChildSa newestChild(SimHost host) {
        List<ChildSa> children = sas(host, ChildSa.class);
        return children.get(children.size() - 1);
    }

    private static boolean says(SimHost host, String text) {
        return host.log().stream().anyMatch(line -> line.contains(text));
    }

    private static boolean replaces(SimHost host, int serial) {
        return host.log().stream()
                .anyMatch(line -> line.contains(": initiating ") && line.matches(".* to replace #" + serial + "\\b.*"));
    }

    /** How old a host's SA is when the host begins to replace it; -1 if it does not in that time. */
    private static long ageAtRenewal(Pair pair, SimHost host, int serial, Duration within) {
        Sa old = sas(host).stream()
                .filter(sa -> sa.serial().value() == serial)
                .findFirst()
                .orElseThrow();
        return pair.world.runUntil(() -> replaces(host, serial), within)
                ? Duration.ofNanos(pair.world.clock().nanos() - old.inceptionNanos())
                        .toSeconds()
                : -1;
    }

    private static long ageAtRenewal(Pair pair, SimHost host, int serial) {
        return ageAtRenewal(pair, host, serial, Duration.ofSeconds(LIFE));
    }

    /** "... less than the rekeymargin plus a random percentage, between 0 and rekeyfuzz, of the rekeymargin." */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void theInitiatorReplacesAtTheMarginAndSomeRandomPartBeforeTheEnd(int serial) {
        List<Long> ages = new ArrayList<>();
        for (int seed = 0; seed < 16; seed++) {
            Pair pair = up(seed, b -> fuzzy(mortal(serial).apply(b)), Ikev1RenewalTest::passive);
            ages.add(ageAtRenewal(pair, pair.west, serial));
        }
        assertThat(ages).allMatch(age -> age >= LIFE - 2 * MARGIN && age <= LIFE - MARGIN);
        assertThat(ages)
                .anyMatch(age -> age < LIFE - MARGIN - MARGIN / 2)
                .anyMatch(age -> age > LIFE - MARGIN - MARGIN / 2);
    }

    /** "... when the SA's remaining lifetime is half of rekeymargin. ... the roles will be reversed." */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void theResponderReplacesAtHalfTheMarginAndIsTheInitiatorFromThenOn(int serial) {
        Pair pair = up(
                3,
                b -> passive(mortal(serial).apply(b)),
                b -> fuzzy(mortal(serial).apply(b)));
        assertThat(ageAtRenewal(pair, pair.east, serial)).as(pair.trace()).isEqualTo(LIFE - MARGIN / 2);
        pair.world.run(Duration.ofSeconds(5));
        assertThat(says(pair.west, serial == 1 ? "#3: responding to Main Mode" : "#3: responding to Quick Mode"))
                .isTrue();
        assertThat(ageAtRenewal(pair, pair.east, 3)).isBetween(LIFE - 2L * MARGIN, (long) LIFE - MARGIN);
        assertThat(replaces(pair.west, serial)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void whereBothReplaceTheInitiatorIsFirst(int serial) {
        for (int seed = 0; seed < 5; seed++) {
            Pair pair = up(
                    seed,
                    b -> fuzzy(mortal(serial).apply(b)),
                    b -> fuzzy(mortal(serial).apply(b)));
            pair.world.run(Duration.ofSeconds(LIFE));
            assertThat(replaces(pair.west, serial)).as("seed " + seed).isTrue();
            assertThat(says(pair.east, ": initiating ")).as("seed " + seed).isFalse();
        }
    }

    /** "pluto will not rekey an SA if that SA is not the most recent of its type". */
    @Test
    void whatIsNotTheMostRecentIsNotReplaced() {
        Pair pair = up(4, lives(100, 100, 20), lives(100, 100, 20));
        pair.world.run(Duration.ofSeconds(10));
        pair.west.whack(WhackRequest.of(new WhackCommand.RekeyIpsec("2")));
        pair.west.whack(WhackRequest.of(new WhackCommand.RekeyIke("1")));
        pair.world.run(Duration.ofSeconds(75));
        assertThat(sas(pair.west)).as(pair.trace()).hasSize(4);
        assertThat(sas(pair.east)).hasSize(4);
        assertThat(pair.world.trace())
                .anyMatch(line -> line.endsWith("west| not replacing stale CHILD SA 2; #3 will do"))
                .anyMatch(line -> line.endsWith("west| not replacing stale IKE SA 1; #4 will do"));
    }

    /** Until it ends itself, what the peer sends by it is taken. */
    @Test
    void whatWasReplacedIsKeptUntilItsEnd() {
        Pair pair = up(5, lives(LONG, 100, 20), lives(LONG, 100, 20));
        ChildSa old = newestChild(pair.east);
        pair.world.run(Duration.ofSeconds(95));
        assertThat(newestChild(pair.east).serial().value()).as(pair.trace()).isEqualTo(3);
        for (ChildSa child : List.of(old, newestChild(pair.east))) {
            assertThat(pair.east.kernel().installed())
                    .anyMatch(
                            sa -> sa.inbound() && sa.id().equals(child.inbound().orElseThrow()));
        }
        pair.world.run(Duration.ofSeconds(10));
        assertThat(pair.east.kernel().installed()).hasSize(2).noneMatch(sa -> sa.id()
                .equals(old.inbound().orElseThrow()));
    }

    /** "Since SA lifetime negotiation is take-it-or-leave it, a Responder normally uses the shorter". */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void theShorterLifetimeCounts(int serial) {
        Pair shortInitiator =
                up(6, mortal(serial), b -> passive(lives(LONG, LONG, MARGIN).apply(b)));
        assertThat(ageAtRenewal(shortInitiator, shortInitiator.west, serial)).isEqualTo(LIFE - MARGIN);
        Pair offeredLittle = up(7, b -> passive(mortal(serial).apply(b)), lives(LONG, LONG, MARGIN));
        assertThat(ageAtRenewal(offeredLittle, offeredLittle.east, serial)).isEqualTo(LIFE - MARGIN / 2);
        Pair shortResponder = up(8, lives(LONG, LONG, MARGIN), mortal(serial));
        assertThat(ageAtRenewal(shortResponder, shortResponder.east, serial)).isEqualTo(LIFE - MARGIN / 2);
    }

    /**
     * "In this case, the Responder will end up rekeying to rectify a shortfall in an IPsec SA lifetime; for an ISAKMP SA,
     * the Responder will accept the negotiated lifetime."
     */
    @Test
    void aResponderThatDoesNotReplaceDoesSoWhereMoreThanItWantsWasOffered() {
        Pair pair = up(
                9,
                b -> passive(lives(1000, 1000, 20).apply(b)),
                b -> passive(lives(100, 100, 20).apply(b)));
        assertThat(ageAtRenewal(pair, pair.east, 2)).as(pair.trace()).isEqualTo(90);
        Sa isakmp = sas(pair.east).get(0);
        pair.world.run(Duration.ofSeconds(800));
        assertThat(sas(pair.east)).contains(isakmp);
        pair.world.run(Duration.ofSeconds(200));
        assertThat(sas(pair.east)).doesNotContain(isakmp);
        assertThat(says(pair.east, "#1: IKE SA expired (--dontrekey)")).isTrue();
    }

    /** "Only rekey a connection if we were the Initiator and there was recent traffic on the existing connection." */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anInitiatorThatDoesNotReplaceDoesSoWhereThereIsTraffic(boolean traffic) {
        Pair pair = up(
                10,
                b -> passive(lives(LONG, 100, 20).apply(b)),
                b -> passive(lives(LONG, 100, 20).apply(b)));
        if (traffic) {
            pair.world.run(Duration.ofSeconds(70));
            pair.west.kernel().carry(newestChild(pair.west).outbound().orElseThrow(), 84);
        }
        assertThat(ageAtRenewal(pair, pair.west, 2, Duration.ofMinutes(2)))
                .as(pair.trace())
                .isEqualTo(traffic ? 80 : -1);
        assertThat(replaces(pair.east, 2)).isFalse();
    }

    /** The same of an ISAKMP SA: Quick Mode is what it is used for. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anIsakmpSaThatIsNotToBeReplacedIsSoWhereItWasUsed(boolean used) {
        Pair pair = up(
                11,
                b -> passive(lives(100, LONG, 20).apply(b)),
                b -> passive(lives(100, LONG, 20).apply(b)));
        if (used) {
            pair.world.run(Duration.ofSeconds(70));
            pair.west.whack(WhackRequest.of(new WhackCommand.RekeyIpsec("2")));
        }
        assertThat(ageAtRenewal(pair, pair.west, 1, Duration.ofMinutes(2)))
                .as(pair.trace())
                .isEqualTo(used ? 80 : -1);
        pair.world.run(Duration.ofSeconds(25));
        assertThat(sas(pair.west, IkeSa.class)).hasSize(used ? 1 : 0);
    }

    /** "the other side can and will rekey using the temporary connection it has created." */
    @Test
    void aGatewayReplacesByItsInstance() {
        Pair pair = withGateway(12, 0);
        assertThat(ageAtRenewal(pair, pair.east, 2)).as(pair.trace()).isEqualTo(90);
        pair.world.run(Duration.ofSeconds(2));
        assertThat(says(pair.east, "192.0.2.1 #2: initiating Quick Mode")).isFalse();
        assertThat(newestChild(pair.east).serial().value()).isEqualTo(3);
        assertThat(newestChild(pair.east).state()).isEqualTo(V1State.QUICK_I2);
        assertThat(newestChild(pair.east).connection().kind()).isEqualTo(ConnectionKind.INSTANCE);
    }

    /** "it is probably wise to set --keyingtries to 1 in the connection on the non-mobile side". */
    @Test
    void aGatewayTriesOnceIfItIsToldSo() {
        Pair pair = withGateway(13, 1);
        pair.world.pass(octets -> false);
        assertThat(ageAtRenewal(pair, pair.east, 2)).as(pair.trace()).isEqualTo(90);
        pair.world.run(Duration.ofMinutes(3));
        assertThat(says(pair.east, "starting keying attempt")).isFalse();
        assertThat(sas(pair.east, ChildSa.class)).as(pair.trace()).isEmpty();
    }

    private static Pair withGateway(long seed, long keyingTries) {
        Pair pair = Ikev1Pair.listening(seed, b -> passive(lives(LONG, 100, 20).apply(b)), UnaryOperator.identity());
        pair.east.whack(WhackRequest.of(new WhackCommand.Delete("t", false)));
        pair.east.whack(WhackRequest.of(new WhackCommand.Add(lives(LONG, 100, 20)
                .apply(Ikev1Pair.tunnel("t"))
                .set(ConnectionOption.KEYING_TRIES, keyingTries)
                .left(EndRequest.builder()
                        .set(EndOption.HOST, HostSpec.any())
                        .set(EndOption.ID, "@west")
                        .set(EndOption.CLIENT, Subnet.of(Pair.WEST_CLIENT))
                        .build())
                .build())));
        pair.world.run(Duration.ofMillis(10));
        comeUp(pair);
        return pair;
    }

    /** A responder that takes more than it asks for itself proposes no less when it is its turn. */
    @Test
    void whoReplacesAsksForThePerfectForwardSecrecyThatTheOldSaHad() {
        Pair pair = up(14, b -> passive(lives(LONG, 100, 20).apply(b)), b -> lives(LONG, 100, 20)
                .apply(b)
                .unset(ConnectionOption.PFS));
        pair.world.run(Duration.ofSeconds(95));
        assertThat(says(pair.east, " to replace #2 {using isakmp#1 "))
                .as(pair.trace())
                .isTrue();
        assertThat(says(pair.east, " pfsgroup=MODP2048}")).isTrue();
        assertThat(newestChild(pair.west).serial().value()).isEqualTo(3);
        assertThat(newestChild(pair.west).pfsGroup()).contains(KeGroup.MODP2048);
    }

    @Test
    void whoReplacesAsksForTheTunnelThatTheOldSaWas() {
        Pair pair = up(15, b -> passive(lives(LONG, 100, 20).apply(b)), b -> lives(LONG, 100, 20)
                .apply(b)
                .unset(ConnectionOption.TUNNEL));
        pair.world.run(Duration.ofSeconds(95));
        assertThat(newestChild(pair.west).serial().value()).as(pair.trace()).isEqualTo(3);
        assertThat(newestChild(pair.west).mode()).isEqualTo(IpsecMode.TUNNEL);
    }

    /** Where there is no ISAKMP SA either, it is brought up first. */
    @Test
    void whatWaitsForANewIsakmpSaAsksForNoLess() {
        Pair pair = up(16, b -> passive(lives(LONG, 100, 20).apply(b)), b -> lives(LONG, 100, 20)
                .apply(b)
                .unset(ConnectionOption.PFS));
        pair.world.run(Duration.ofSeconds(80));
        pair.west.whack(WhackRequest.of(new WhackCommand.DeleteState(1)));
        pair.world.run(Duration.ofSeconds(15));
        assertThat(says(pair.east, "self-deleting ISAKMP State #1"))
                .as(pair.trace())
                .isTrue();
        assertThat(says(pair.east, "#3: initiating IKEv1 Main Mode connection")).isTrue();
        assertThat(newestChild(pair.west).serial().value()).as(pair.trace()).isEqualTo(4);
        assertThat(newestChild(pair.west).pfsGroup()).contains(KeGroup.MODP2048);
    }
}
