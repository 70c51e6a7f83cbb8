// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.ConnectionRequest;
import org.jswan.control.WhackCommand;
import org.jswan.control.WhackRequest;
import org.jswan.kernel.KernelSa;
import org.jswan.proposal.TransformType;
import org.jswan.sa.ChildSa;
import org.jswan.sa.IkeRole;
import org.jswan.sa.IkeSa;
import org.jswan.sa.Sa;
import org.jswan.simulation.SimNetwork.Datagram;
import org.jswan.wire.ExchangeType;
import org.jswan.wire.Payload;
import org.jswan.wire.WireAttribute;
import org.jswan.wire.WireException;
import org.jswan.wire.WireTransform;
import org.jswan.wire.sk.DecodedMessage;
import org.jswan.wire.sk.EncryptedMessage;
import org.jswan.wire.v2.Message;
import org.jswan.wire.v2.SaPayload;
import org.junit.jupiter.api.Test;

/** When SAs get successors, who asks for them, with which policy, and by which one packets leave. */
class LifetimesTest {
    private static final Duration LIFE = Duration.ofHours(1);
    private static final Duration MARGIN = Duration.ofMinutes(9);
    private static final Duration LONG_LIFE = Duration.ofHours(20);
    private static final int AES_GCM_16 = 20;

    /** Child SAs live for an hour, the IKE SA longer than any test. */
    private static ConnectionRequest.Builder mortal(ConnectionRequest.Builder connection, long fuzz) {
        return connection
                .set(ConnectionOption.IPSEC_LIFETIME, LIFE)
                .set(ConnectionOption.IKE_LIFETIME, LONG_LIFE)
                .set(ConnectionOption.REKEY_MARGIN, MARGIN)
                .set(ConnectionOption.REKEY_FUZZ, fuzz);
    }

    private static Pair up(
            long seed,
            UnaryOperator<ConnectionRequest.Builder> western,
            UnaryOperator<ConnectionRequest.Builder> eastern) {
        Pair pair = Pair.listening(seed, Pair.SECRET, Pair.SECRET, western, eastern);
        pair.initiate(pair.west);
        assertThat(pair.world.runUntil(pair::isUp, Duration.ofSeconds(5)))
                .as(pair.trace())
                .isTrue();
        return pair;
    }

    /** How old a host's Child SA is when the host asks for its successor; -1 if it does not within its life. */
    private static long ageAtRekey(Pair pair, SimHost host) {
        ChildSa child = child(host);
        pair.world.runUntil(
                () -> host.log().stream()
                        .anyMatch(line -> line.contains("initiating rekey to replace Child SA " + child.serial())),
                LIFE);
        return host.log().stream().anyMatch(line -> line.contains("initiating rekey to replace Child SA"))
                ? Duration.ofNanos(pair.world.clock().nanos() - child.inceptionNanos())
                        .toSeconds()
                : -1;
    }

    /** The newest. */
    private static ChildSa child(SimHost host) {
        ChildSa newest = null;
        for (Sa sa : host.pluto().sas()) {
            newest = sa instanceof ChildSa child ? child : newest;
        }
        return newest;
    }

    @Test
    void theInitiatorRekeysAtMarginAndSomeRandomPartBeforeTheEnd() {
        List<Long> ages = new ArrayList<>();
        for (int seed = 0; seed < 40; seed++) {
            Pair pair = up(seed, b -> mortal(b, 100), b -> b.set(ConnectionOption.DONT_REKEY));
            ages.add(ageAtRekey(pair, pair.west));
        }
        assertThat(ages).allMatch(age -> age >= 3600 - 2 * 540 && age <= 3600 - 540);
        assertThat(ages).anyMatch(age -> age < 3600 - 540 - 270).anyMatch(age -> age > 3600 - 540 - 270);
    }

    @Test
    void withoutFuzzTheInitiatorRekeysAtTheMargin() {
        Pair pair = up(1, b -> mortal(b, 0), b -> b.set(ConnectionOption.DONT_REKEY));
        assertThat(ageAtRekey(pair, pair.west)).isEqualTo(3600 - 540);
    }

    @Test
    void theResponderRekeysAtHalfTheMarginAndIsTheInitiatorFromThenOn() {
        Pair pair = up(2, b -> b.set(ConnectionOption.DONT_REKEY), b -> mortal(b, 100));
        assertThat(child(pair.east).role()).isEqualTo(IkeRole.RESPONDER);
        assertThat(ageAtRekey(pair, pair.east)).isEqualTo(3600 - 270);
        pair.world.run(Duration.ofSeconds(5));
        assertThat(child(pair.east).role()).isEqualTo(IkeRole.INITIATOR);
        assertThat(child(pair.west).role()).isEqualTo(IkeRole.RESPONDER);
        assertThat(ageAtRekey(pair, pair.east)).isBetween(3600L - 2 * 540, 3600L - 540);
    }

    @Test
    void whereBothRekeyTheInitiatorIsFirst() {
        for (int seed = 0; seed < 10; seed++) {
            Pair pair = up(seed, b -> mortal(b, 100), b -> mortal(b, 100));
            pair.world.run(LIFE);
            assertThat(pair.west.log()).anyMatch(line -> line.contains("initiating rekey to replace Child SA #2"));
            assertThat(pair.east.log()).noneMatch(line -> line.contains("initiating rekey"));
        }
    }

    @Test
    void aSuccessorIsOfferedThePolicyOfTheOldSaOnly() throws WireException {
        UnaryOperator<ConnectionRequest.Builder> wide = b -> mortal(b, 0)
                .set(ConnectionOption.ESP, "aes_gcm256,aes_gcm128")
                .set(ConnectionOption.IKE, "aes_gcm256-sha2_256;modp2048,aes_gcm128-sha2_256;modp2048");
        UnaryOperator<ConnectionRequest.Builder> narrow = b -> b.set(ConnectionOption.ESP, "aes_gcm128")
                .set(ConnectionOption.IKE, "aes_gcm128-sha2_256;modp2048")
                .set(ConnectionOption.DONT_REKEY);
        Pair pair = up(3, wide, narrow);
        for (WhackCommand rekey : List.of(new WhackCommand.RekeyIpsec("t"), new WhackCommand.RekeyIke("t"))) {
            assertThat(offered(pair, rekey).proposals()).singleElement().satisfies(proposal -> assertThat(
                            proposal.transforms())
                    .filteredOn(transform -> transform.type() == TransformType.ENCR.id())
                    .containsExactly(new WireTransform(
                            TransformType.ENCR.id(),
                            AES_GCM_16,
                            List.of(WireAttribute.number(WireAttribute.KEY_LENGTH, 128)))));
        }
    }

    /** What west offers in its next CREATE_CHILD_SA request. */
    private static SaPayload offered(Pair pair, WhackCommand rekey) throws WireException {
        int before = pair.world.network().captured().size();
        IkeSa ike = Pair.ike(pair.west);
        pair.west.whack(WhackRequest.of(rekey));
        List<Datagram> captured = pair.world.network().captured();
        assertThat(pair.world.runUntil(() -> captured.size() > before, Duration.ofSeconds(3)))
                .as(pair.trace())
                .isTrue();
        Message request = Message.decode(captured.get(before).octets());
        assertThat(request.header().exchange()).isEqualTo(ExchangeType.CREATE_CHILD_SA);
        List<Payload> inner = ((DecodedMessage) EncryptedMessage.open(request, ike.outbound())).inner();
        pair.world.run(Duration.ofSeconds(3));
        return inner.stream()
                .filter(SaPayload.class::isInstance)
                .map(SaPayload.class::cast)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void anSaThatIsNotTheNewestOfItsConnectionIsNotRekeyed() {
        Pair pair = up(4, b -> mortal(b, 0), b -> b.set(ConnectionOption.DONT_REKEY));
        pair.world.run(Duration.ofMinutes(10));
        pair.initiate(pair.west);
        pair.world.run(Duration.ofMinutes(60 - 9 - 10 + 1));
        assertThat(pair.west.log())
                .contains("\"t\" #2: not rekey stale Child SA #2; as already got a newer #3")
                .noneMatch(line -> line.contains("initiating rekey to replace Child SA #2"));
        assertThat(pair.isUp()).as(pair.trace()).isTrue();
    }

    /** The peer asked for a successor and does not end the old SA: RFC 7296 §2.8 leaves us three signs. */
    private static Pair withAnOldSaThatStays(long seed) {
        Pair pair = up(seed, b -> mortal(b, 0), b -> mortal(b, 0).set(ConnectionOption.DONT_REKEY));
        pair.west.whack(WhackRequest.of(new WhackCommand.RekeyIpsec("t")));
        assertThat(pair.world.runUntil(
                        () -> pair.west.log().stream().anyMatch(line -> line.contains("initiator rekeyed Child SA #2")),
                        Duration.ofSeconds(5)))
                .isTrue();
        pair.world.network().filter(datagram -> false);
        return pair;
    }

    private static List<Integer> outbound(SimHost host) {
        return host.kernel().installed().stream()
                .filter(sa -> !sa.inbound())
                .map(sa -> sa.id().spi())
                .toList();
    }

    @Test
    void aSupersededSaIsNotSentOnOnceThePeerUsesTheNewOneAndStillTakesPackets() {
        Pair pair = withAnOldSaThatStays(5);
        assertThat(outbound(pair.east)).as("the peer may not have its half yet").hasSize(1);
        int old = outbound(pair.east).get(0);
        KernelSa fresh = pair.east.kernel().installed().stream()
                .filter(KernelSa::inbound)
                .reduce((older, newer) -> newer)
                .orElseThrow();
        pair.east.kernel().carry(fresh.id(), 84);
        pair.world.run(Duration.ofSeconds(2));
        assertThat(outbound(pair.east)).as(pair.trace()).hasSize(2).contains(old);
        assertThat(pair.east.kernel().installed().stream().filter(KernelSa::inbound))
                .hasSize(2);
    }

    @Test
    void aSupersededSaIsNotSentOnForEverThoughThePeerIsQuiet() {
        Pair pair = withAnOldSaThatStays(6);
        pair.world.run(Duration.ofSeconds(55));
        assertThat(outbound(pair.east)).hasSize(1);
        pair.world.run(Duration.ofSeconds(10));
        assertThat(outbound(pair.east)).as(pair.trace()).hasSize(2);
    }
}
