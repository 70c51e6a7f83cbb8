// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jswan.base.Bytes;
import org.jswan.connection.Ikev1Policy;
import org.jswan.pluto.PlutoOptions;
import org.jswan.sa.IkeSa;
import org.jswan.simulation.SimNetwork.Datagram;
import org.jswan.wire.ExchangeType;
import org.jswan.wire.IkeHeader;
import org.jswan.wire.NotifyType;
import org.jswan.wire.Payload;
import org.jswan.wire.PayloadType;
import org.jswan.wire.UnknownPayload;
import org.jswan.wire.WireException;
import org.jswan.wire.sk.DecodedMessage;
import org.jswan.wire.sk.EncryptedMessage;
import org.jswan.wire.v2.Message;
import org.jswan.wire.v2.NotifyPayload;
import org.junit.jupiter.api.Test;

/** Messages that are well formed and yet not what one expects. */
class OddMessagesTest {
    private static final PayloadType NOBODYS = PayloadType.of(200);
    private static final int NEXT_EXPECTED = 2;

    /** What the other side answered to a datagram that was injected. */
    private static List<Datagram> answers(Pair pair, Datagram datagram) {
        List<Datagram> sent = pair.world.network().captured();
        int before = sent.size();
        pair.world.inject(datagram.from(), datagram.to(), datagram.octets());
        pair.world.run(Duration.ofMillis(200));
        return sent.subList(before, sent.size()).stream()
                .filter(answer -> answer.from().equals(datagram.to()))
                .toList();
    }

    private static NotifyPayload onlyNotify(List<Datagram> answers) throws WireException {
        assertThat(answers).hasSize(1);
        List<Payload> payloads = Message.decode(answers.get(0).octets()).payloads();
        assertThat(payloads).hasSize(1);
        return (NotifyPayload) payloads.get(0);
    }

    /** What west reads in east's answer. */
    private static List<Payload> opened(IkeSa west, Datagram answer) throws WireException {
        return ((DecodedMessage) EncryptedMessage.open(Message.decode(answer.octets()), west.inbound())).inner();
    }

    /** The request of an initiator that nobody heard yet. */
    private static Datagram freshInit(Pair pair) {
        pair.world.network().filter(datagram -> false);
        pair.initiate(pair.west);
        pair.world.run(Duration.ofMillis(100));
        pair.world
                .network()
                .filter(datagram -> datagram.from().address().toString().equals(Pair.EAST));
        return pair.world.network().captured().get(0);
    }

    private static void tunnelStands(Pair pair) {
        assertThat(pair.isUp()).as(pair.trace()).isTrue();
        pair.ask(pair.west, List.of());
        pair.ask(pair.east, List.of());
        pair.terminate(pair.west);
        pair.terminate(pair.east);
        pair.world.run(Duration.ofSeconds(1));
        pair.assertNothingLeftAfterDelete();
    }

    @Test
    void unknownCriticalPayloadInClearIsRefused() throws WireException {
        Pair pair = Pair.listening(1);
        Datagram init = freshInit(pair);
        Datagram odd = Crafted.withFirst(init, new UnknownPayload(NOBODYS, true, Bytes.of(1, 2, 3)));
        NotifyPayload refusal = onlyNotify(answers(pair, odd));
        assertThat(refusal.notifyType()).isEqualTo(NotifyType.UNSUPPORTED_CRITICAL_PAYLOAD);
        assertThat(refusal.data()).isEqualTo(Bytes.of(NOBODYS.number()));
        assertThat(pair.east.pluto().saCount()).isZero();
    }

    @Test
    void unknownPayloadThatIsNotCriticalIsSkipped() {
        Pair pair = Pair.listening(2);
        Datagram init = freshInit(pair);
        Datagram odd = Crafted.withFirst(init, new UnknownPayload(NOBODYS, false, Bytes.of(1, 2, 3)));
        assertThat(answers(pair, odd)).hasSize(1);
        assertThat(pair.east.pluto().saCount()).as(pair.trace()).isEqualTo(1);
    }

    @Test
    void unknownCriticalPayloadInsideIsRefusedAndEndsTheIkeSa() throws WireException {
        Pair pair = Pair.up(3);
        IkeSa west = Pair.ike(pair.west);
        Datagram answer = pair.ask(pair.west, List.of(new UnknownPayload(NOBODYS, true, Bytes.EMPTY)));
        NotifyPayload refusal = (NotifyPayload) opened(west, answer).get(0);
        assertThat(refusal.notifyType()).isEqualTo(NotifyType.UNSUPPORTED_CRITICAL_PAYLOAD);
        assertThat(refusal.data()).isEqualTo(Bytes.of(NOBODYS.number()));
        assertThat(pair.east.pluto().saCount()).isZero();
        assertThat(pair.east.kernel().spis()).isZero();
    }

    @Test
    void unknownNotifiesAreIgnored() throws WireException {
        Pair pair = Pair.up(4);
        IkeSa west = Pair.ike(pair.west);
        Datagram answer = pair.ask(
                pair.west,
                List.of(
                        NotifyPayload.of(NotifyType.of(40_970), Bytes.of(1)),
                        NotifyPayload.of(NotifyType.of(8_191), Bytes.of(2))));
        assertThat(opened(west, answer)).isEmpty();
        tunnelStands(pair);
    }

    @Test
    void unknownPayloadInsideThatIsNotCriticalIsSkipped() throws WireException {
        Pair pair = Pair.up(13);
        IkeSa west = Pair.ike(pair.west);
        Datagram answer = pair.ask(pair.west, List.of(new UnknownPayload(NOBODYS, false, Bytes.of(1))));
        assertThat(opened(west, answer)).isEmpty();
        tunnelStands(pair);
    }

    @Test
    void unknownNotifyInTheFirstMessageIsIgnored() {
        Pair pair = Pair.listening(5);
        Datagram odd = Crafted.withFirst(freshInit(pair), NotifyPayload.of(NotifyType.of(40_970), Bytes.of(7)));
        assertThat(answers(pair, odd)).hasSize(1);
        assertThat(pair.east.pluto().saCount()).isEqualTo(1);
    }

    /** What east, which has that policy of IKEv1, answers to a message of the version. */
    private static List<Datagram> answersToVersion(int octet, Pair pair) {
        Datagram init = freshInit(pair);
        List<Datagram> answers =
                answers(pair, new Datagram(init.from(), init.to(), Crafted.ofVersion(init.octets(), octet)));
        assertThat(pair.east.pluto().saCount()).isZero();
        return answers;
    }

    private static Pair withPolicy(Ikev1Policy policy) {
        return Pair.at(
                new SimWorld(6),
                PlutoOptions.defaults().withIkev1(policy),
                UnaryOperator.identity(),
                Pair.WEST,
                Pair.EAST,
                Pair.EAST,
                Pair.WEST);
    }

    @Test
    void versionOneIsDroppedInSilence() {
        Pair pair = Pair.listening(6);
        assertThat(answersToVersion(0x10, pair)).isEmpty();
        assertThat(pair.east.log())
                .contains(
                        "packet from 192.0.2.1:500: ignoring IKEv1 packet as policy is set to silently drop all IKEv1 packets");
    }

    @Test
    void versionOneIsRejectedIfThatIsThePolicy() {
        Pair pair = withPolicy(Ikev1Policy.REJECT);
        List<Datagram> answers = answersToVersion(0x10, pair);
        assertThat(pair.east.log())
                .contains(
                        "packet from 192.0.2.1:500: rejecting IKEv1 packet as policy is set to reject all IKEv1 packets",
                        "packet from 192.0.2.1:500: sending notification INVALID_MAJOR_VERSION to 192.0.2.1:500");
        assertThat(answers).hasSize(1);
        // Informational in clear: a Notification of the IPsec DOI about the protocol ISAKMP without an SPI.
        assertThat(answers.get(0).octets().slice(16, 24).hex())
                .isEqualTo("0b100500" + "00000000" + "00000028" + "0000000c" + "00000001" + "01000005");
    }

    @Test
    void versionOneHasNoSuchExchange() {
        Pair pair = withPolicy(Ikev1Policy.ACCEPT);
        List<Datagram> answers = answersToVersion(0x10, pair);
        assertThat(answers).hasSize(1);
        // UNSUPPORTED-EXCHANGE-TYPE (29) in a clear Informational exchange.
        assertThat(answers.get(0).octets().from(16).hex())
                .isEqualTo("0b100500" + "00000000" + "00000028" + "0000000c" + "00000001" + "0100001d");
        assertThat(pair.east.log())
                .contains("packet from 192.0.2.1:500: sending notification UNSUPPORTED_EXCHANGE_TYPE to 192.0.2.1:500");
    }

    @Test
    void versionZeroIsIgnored() {
        Pair pair = Pair.listening(6);
        assertThat(answersToVersion(0, pair)).isEmpty();
        assertThat(pair.east.log()).contains("packet from 192.0.2.1:500: ignoring packet with IKE major version '0'");
    }

    @Test
    void anUnknownMinorVersionIsTold() {
        Pair pair = Pair.listening(6);
        Datagram init = freshInit(pair);
        assertThat(answers(pair, new Datagram(init.from(), init.to(), Crafted.ofVersion(init.octets(), 0x21))))
                .hasSize(1);
        assertThat(pair.east.log())
                .contains("packet from 192.0.2.1:500: Ignoring unknown IKEv2 minor version number 1");
    }

    @Test
    void versionThreeIsToldThatWeSpeakTwo() throws WireException {
        Pair pair = Pair.listening(7);
        Datagram init = freshInit(pair);
        Bytes three = Crafted.ofVersion(init.octets(), 0x30);
        List<Datagram> answers = answers(pair, new Datagram(init.from(), init.to(), three));
        assertThat(onlyNotify(answers).notifyType()).isEqualTo(NotifyType.INVALID_MAJOR_VERSION);
        assertThat(IkeHeader.decode(answers.get(0).octets()).version().major()).isEqualTo(2);
        assertThat(pair.east.pluto().saCount()).isZero();
    }

    @Test
    void laterMinorVersionIsSpokenTo() {
        Pair pair = Pair.listening(8);
        Datagram init = freshInit(pair);
        assertThat(answers(pair, new Datagram(init.from(), init.to(), Crafted.ofVersion(init.octets(), 0x21))))
                .hasSize(1);
    }

    @Test
    void requestsOutsideTheWindowAreDropped() {
        Pair pair = Pair.up(9);
        for (long id : new long[] {NEXT_EXPECTED + 1, NEXT_EXPECTED + 100, 0x7fff_ffffL, 0xffff_ffffL}) {
            assertThat(answers(pair, sealed(pair, id, false))).isEmpty();
        }
        // Older than the last one: nothing; the last one: its answer again, whatever it asks now.
        assertThat(answers(pair, sealed(pair, 0, false))).isEmpty();
        assertThat(answers(pair, sealed(pair, 1, false))).hasSize(1);
        tunnelStands(pair);
    }

    @Test
    void responsesThatNobodyAskedForAreDropped() {
        Pair pair = Pair.up(10);
        for (long id : new long[] {0, 1, 2, 3, 0xffff_ffffL}) {
            assertThat(answers(pair, sealed(pair, id, true))).isEmpty();
        }
        tunnelStands(pair);
    }

    /** An empty INFORMATIONAL message of west's, authentic, with a message ID of our choice. */
    private static Datagram sealed(Pair pair, long id, boolean response) {
        IkeSa west = Pair.ike(pair.west);
        IkeHeader header = IkeHeader.v2(
                west.initiatorSpi(),
                west.responderSpi(),
                ExchangeType.INFORMATIONAL,
                IkeHeader.FLAG_INITIATOR | (response ? IkeHeader.FLAG_RESPONSE : 0),
                id);
        Bytes octets = EncryptedMessage.seal(header, List.of(), west.outbound(), new SeededRandom(id));
        return new Datagram(west.socket().local(), west.remote(), octets);
    }

    @Test
    void firstMessageMustBeTheFirst() {
        Pair pair = Pair.listening(11);
        Datagram init = freshInit(pair);
        for (Bytes odd : List.of(
                Crafted.ofMessageId(init.octets(), 1),
                Crafted.with(init.octets(), 8, 1),
                Crafted.with(init.octets(), 19, 0),
                Crafted.with(init.octets(), 19, IkeHeader.FLAG_INITIATOR | IkeHeader.FLAG_RESPONSE))) {
            assertThat(answers(pair, new Datagram(init.from(), init.to(), odd))).isEmpty();
        }
        assertThat(pair.east.pluto().saCount()).isZero();
    }

    /** What a stranger's message lacks is for those who debug. */
    @Test
    void firstMessageWithoutPayloadsIsRefused() throws WireException {
        Pair pair = Pair.listening(14);
        Datagram init = freshInit(pair);
        Bytes bare = init.octets().first(IkeHeader.LENGTH);
        for (int at = 24; at < IkeHeader.LENGTH; at++) {
            bare = Crafted.with(bare, at, at == IkeHeader.LENGTH - 1 ? IkeHeader.LENGTH : 0);
        }
        Datagram empty = new Datagram(init.from(), init.to(), Crafted.with(bare, 16, 0));
        NotifyPayload refusal = onlyNotify(answers(pair, empty));
        assertThat(refusal.notifyType()).isEqualTo(NotifyType.INVALID_SYNTAX);
        assertThat(pair.trace()).contains("east| dropping unexpected IKE_SA_INIT message");
        assertThat(pair.east.log()).noneMatch(line -> line.contains("dropping unexpected"));
    }

    @Test
    void forgedFirstRequestDoesNotTellWhereThePeerIs() {
        Pair pair = Pair.listening(12);
        // The initiator's IKE_AUTH is late; somebody else's, with its header, comes before.
        pair.world.network().filter(datagram -> pair.world.datagrams() < 3);
        pair.initiate(pair.west);
        pair.world.run(Duration.ofMillis(100));
        Datagram auth = pair.world.network().captured().get(2);
        int last = auth.octets().length() - 1;
        Bytes forged = Crafted.with(auth.octets(), last, auth.octets().get(last) ^ 1);
        pair.world.inject(auth.from().withPort(501), auth.to(), forged);
        pair.world.inject(auth.from(), auth.to(), auth.octets());
        pair.world.network().filter(datagram -> true);
        assertThat(pair.world.runUntil(pair::isUp, Duration.ofSeconds(1)))
                .as(pair.trace())
                .isTrue();
        assertThat(Pair.ike(pair.east).remote()).isEqualTo(auth.from());
    }
}
