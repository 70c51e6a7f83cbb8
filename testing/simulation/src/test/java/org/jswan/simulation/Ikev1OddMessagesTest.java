// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jswan.base.Bytes;
import org.jswan.base.Endpoint;
import org.jswan.connection.ConnectionOption;
import org.jswan.sa.IkeSa;
import org.jswan.sa.V1State;
import org.jswan.simulation.SimNetwork.Datagram;
import org.jswan.wire.ExchangeType;
import org.jswan.wire.IkeHeader;
import org.jswan.wire.IkeVersion;
import org.jswan.wire.Payload;
import org.jswan.wire.PayloadChain;
import org.jswan.wire.PayloadType;
import org.jswan.wire.v1.Doi;
import org.jswan.wire.v1.HashPayload;
import org.jswan.wire.v1.Message;
import org.jswan.wire.v1.NotificationPayload;
import org.jswan.wire.v1.NotificationType;
import org.jswan.wire.v1.PayloadTypes;
import org.jswan.wire.v1.ProtocolId;
import org.junit.jupiter.api.Test;

/** Messages of IKEv1 that nobody expects: what is told of them, and that nothing else comes of them. */
class Ikev1OddMessagesTest {
    private static final long ID = 0x1234_5678L;

    private final Pair pair = Ikev1Pair.listening(61);

    private void comeUp() {
        pair.initiate(pair.west);
        assertThat(pair.world.runUntil(() -> Ikev1Pair.isUp(pair), Duration.ofSeconds(5)))
                .as(pair.trace())
                .isTrue();
    }

    private Endpoint west() {
        return pair.world.network().captured().get(0).from();
    }

    private Endpoint east() {
        return pair.world.network().captured().get(0).to();
    }

    /** What {@code host} logs when it gets that from the other end. */
    private List<String> said(SimHost host, Bytes octets) {
        int before = host.log().size();
        boolean toEast = host == pair.east;
        pair.world.inject(toEast ? west() : east(), toEast ? east() : west(), octets);
        pair.world.run(Duration.ofMillis(100));
        return List.copyOf(host.log().subList(before, host.log().size()));
    }

    private static IkeHeader header(IkeSa ike, ExchangeType exchange, boolean encrypted, long id) {
        return new IkeHeader(
                ike.initiatorSpi(),
                ike.responderSpi(),
                PayloadTypes.NONE,
                IkeVersion.V1,
                exchange,
                encrypted ? IkeHeader.FLAG_V1_ENCRYPTION : 0,
                id,
                IkeHeader.LENGTH);
    }

    private static Bytes encrypted(IkeSa ike, ExchangeType exchange, long id, List<Payload> payloads) {
        Bytes iv = ike.phase1().keys().phase2Iv(ike.phase1().lastBlock(), id);
        Bytes sealed = ike.phase1()
                .cipher()
                .encrypt(iv, Message.encodePayloads(payloads))
                .octets();
        return Message.envelope(header(ike, exchange, true, id), PayloadChain.first(payloads), sealed);
    }

    private static Bytes clear(IkeSa ike, PayloadType first, Bytes body) {
        return Message.envelope(header(ike, ExchangeType.AGGR, false, 0), first, body);
    }

    /** An encrypted message that has no payload: whatever it is decrypted to is padding. */
    private static Bytes nothing(IkeSa ike, ExchangeType exchange, long id) {
        return Message.envelope(header(ike, exchange, true, id), PayloadTypes.NONE, Bytes.wrap(new byte[16]));
    }

    private static Payload notification() {
        return new NotificationPayload(
                Doi.IPSEC, ProtocolId.ISAKMP, Bytes.EMPTY, NotificationType.NO_PROPOSAL_CHOSEN, Bytes.EMPTY);
    }

    private static Payload hash(IkeSa ike, List<Payload> covered) {
        return new HashPayload(ike.phase1().keys().informationalHash(ID, Message.encodePayloads(covered)));
    }

    @Test
    void anEstablishedEndWantsItEncrypted() {
        comeUp();
        Datagram keys = pair.world.network().captured().get(2);
        assertThat(said(pair.east, keys.octets()))
                .containsExactly(
                        "\"t\" #1: packet rejected: should have been encrypted",
                        "\"t\" #1: sending notification INVALID_FLAGS to 192.0.2.1:500");
        assertThat(Ikev1Pair.isUp(pair)).isTrue();
    }

    @Test
    void whatIsUpExpectsNothingMore() {
        comeUp();
        IkeSa ike = pair.east.ikeSas().get(0);
        assertThat(said(pair.east, nothing(ike, ExchangeType.IDPROT, 0)))
                .containsExactly("\"t\" #1: unexpected message received in state STATE_MAIN_R3");
        assertThat(said(pair.west, nothing(ike, ExchangeType.IDPROT, 0)))
                .containsExactly("\"t\" #1: unexpected message received in state STATE_MAIN_I4");
        long id = ike.children().iterator().next().v1().messageId();
        assertThat(said(pair.east, nothing(ike, ExchangeType.QUICK, id)))
                .containsExactly("\"t\" #2: malformed Quick Mode message: does not start with a HASH payload");
        assertThat(said(pair.west, nothing(ike, ExchangeType.QUICK, id)))
                .containsExactly("\"t\" #2: malformed Quick Mode message: does not start with a HASH payload");
    }

    @Test
    void afterAggressiveModeItIsReadFirst() {
        Pair aggressive = Ikev1Pair.listening(
                62, c -> c.set(ConnectionOption.AGGRESSIVE, true).set(ConnectionOption.IKE, "aes128-sha1;modp2048"));
        aggressive.initiate(aggressive.west);
        aggressive.world.run(Duration.ofSeconds(2));
        assertThat(Ikev1Pair.has(aggressive.east, V1State.AGGR_R2))
                .as(aggressive.trace())
                .isTrue();
        IkeSa ike = aggressive.east.ikeSas().get(0);
        Datagram first = aggressive.world.network().captured().get(0);
        aggressive.world.inject(
                first.from(), first.to(), clear(ike, PayloadTypes.NONCE, Bytes.of(0, 0, 0, 8, 1, 2, 3, 4)));
        aggressive.world.inject(first.from(), first.to(), clear(ike, PayloadTypes.NONE, Bytes.EMPTY));
        aggressive.world.run(Duration.ofMillis(100));
        assertThat(aggressive.east.log())
                .containsSubsequence(
                        "\"t\" #1: message ignored because it contains a payload type (ISAKMP_NEXT_NONCE) unexpected by"
                                + " state STATE_AGGR_R2",
                        "\"t\" #1: sending encrypted notification INVALID_PAYLOAD_TYPE to 192.0.2.1:500",
                        "\"t\" #1: unexpected message received in state STATE_AGGR_R2");
    }

    /** As libreswan, which never sends PAYLOAD_MALFORMED. */
    @Test
    void nonsenseIsNotAnswered() {
        comeUp();
        Bytes first = pair.world.network().captured().get(0).octets();
        long sent = pair.world.datagrams();
        Bytes spoilt = Crafted.ofInitiator(Crafted.with(first, 31, 2), Bytes.of(1, 2, 3, 4, 5, 6, 7, 8));
        assertThat(said(pair.east, spoilt)).hasSize(2).last().asString().endsWith("malformed payload in packet");
        assertThat(pair.world.datagrams() - sent).as(pair.trace()).isLessThanOrEqualTo(1);
    }

    /** What stands before the hash, it does not cover: anybody could have put it there. */
    @Test
    void theHashStandsInFront() {
        comeUp();
        IkeSa ike = pair.west.ikeSas().get(0);
        List<Payload> rest = List.of(notification());
        List<Payload> behind = new ArrayList<>(rest);
        behind.add(hash(ike, List.of()));
        assertThat(said(pair.east, encrypted(ike, ExchangeType.INFO, ID, behind)))
                .containsExactly("\"t\" #1: received 'informational' message is missing a HASH(1) payload");
        List<Payload> inFront = new ArrayList<>(List.of(hash(ike, rest)));
        inFront.addAll(rest);
        assertThat(said(pair.east, encrypted(ike, ExchangeType.INFO, ID, inFront)))
                .last()
                .isEqualTo("\"t\" #1: received and ignored notification payload: NO_PROPOSAL_CHOSEN");
    }

    /** Nothing is used up by what is not authentic; by what is, once and for all. */
    @Test
    void aMessageIdServesOnce() {
        comeUp();
        IkeSa ike = pair.west.ikeSas().get(0);
        List<Payload> rest = List.of(notification());
        List<Payload> payloads = new ArrayList<>(List.of(hash(ike, rest)));
        payloads.addAll(rest);
        Bytes message = encrypted(ike, ExchangeType.INFO, ID, payloads);
        said(pair.east, Crafted.with(message, 40, message.get(40) ^ 1));
        assertThat(said(pair.east, message)).hasSize(2);
        assertThat(said(pair.east, message))
                .containsExactly("\"t\" #1: Informational Exchange message is invalid because it has a previously used"
                        + " Message ID (0x12345678 )");
        assertThat(said(pair.east, encrypted(ike, ExchangeType.INFO, 0, payloads)))
                .containsExactly(
                        "\"t\" #1: Informational Exchange message is invalid because it has a Message ID of 0");
        assertThat(said(pair.east, encrypted(ike, ExchangeType.QUICK, ID, payloads)))
                .first()
                .isEqualTo(
                        "\"t\" #1: Quick Mode I1 message is unacceptable because it uses a previously used Message ID"
                                + " 0x12345678 (perhaps this is a duplicated packet)");
    }
}
