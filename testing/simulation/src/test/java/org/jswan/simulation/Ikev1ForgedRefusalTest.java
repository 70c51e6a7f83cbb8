// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jswan.base.Bytes;
import org.jswan.base.Endpoint;
import org.jswan.base.IpAddress;
import org.jswan.sa.ChildSa;
import org.jswan.simulation.Ikev1Negotiation.Mode;
import org.jswan.simulation.SimNetwork.Datagram;
import org.jswan.wire.ExchangeType;
import org.jswan.wire.IkeHeader;
import org.jswan.wire.IkeSpi;
import org.jswan.wire.IkeVersion;
import org.jswan.wire.Payload;
import org.jswan.wire.v1.DeletePayload;
import org.jswan.wire.v1.Doi;
import org.jswan.wire.v1.Message;
import org.jswan.wire.v1.NotificationPayload;
import org.jswan.wire.v1.NotificationType;
import org.jswan.wire.v1.PayloadTypes;
import org.jswan.wire.v1.ProtocolId;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Whoever sees the messages of a negotiation knows its cookies, and can send refusals and deletes in clear, to either end
 * and at any time (CVE-2019-10155, CVE-2016-5361): they end nothing, are not answered, and leave nothing behind.
 */
class Ikev1ForgedRefusalTest {
    private static final Endpoint STRANGER = new Endpoint(IpAddress.of("192.0.2.66"), 500);
    private static final int COOKIE = 8;
    private static final int MESSAGE_ID_AT = 20;

    private static final List<NotificationType> REFUSALS = List.of(
            NotificationType.AUTHENTICATION_FAILED,
            NotificationType.NO_PROPOSAL_CHOSEN,
            NotificationType.PAYLOAD_MALFORMED,
            NotificationType.INVALID_ID_INFORMATION,
            NotificationType.INVALID_COOKIE,
            NotificationType.INVALID_HASH_INFORMATION);

    @ParameterizedTest
    @EnumSource
    void betweenAnyTwoMessages(Mode mode) {
        for (int arrived = 0; arrived < mode.messages; arrived++) {
            Ikev1Negotiation negotiation = Ikev1Negotiation.heldAfter(arrived, mode, 51 + arrived);
            Pair pair = negotiation.pair;
            List<String> states = negotiation.states();
            int sent = negotiation.sent().size();
            List<Bytes> forged = forged(negotiation);
            Endpoint west = negotiation.sent().get(0).from();
            Endpoint east = negotiation.sent().get(0).to();
            for (Bytes octets : forged) {
                pair.world.inject(east, west, octets);
                pair.world.inject(west, east, octets);
                pair.world.inject(STRANGER, west, octets);
                pair.world.inject(STRANGER, east, octets);
            }
            pair.world.run(Duration.ofMillis(50));
            String what = mode + ", after " + arrived + " messages\n";
            assertThat(negotiation.states()).as(what + pair.trace()).isEqualTo(states);
            assertThat(negotiation.sent()).as(what + pair.trace()).hasSize(sent);
            negotiation.goOn();
            assertThat(pair.world.runUntil(() -> Ikev1Pair.isUp(pair), Duration.ofSeconds(2)))
                    .as(what + pair.trace())
                    .isTrue();
            pair.world.run(Duration.ofMinutes(2));
            assertThat(negotiation.states()).as(what + pair.trace()).hasSize(4);
            assertThat(pair.isCarrying()).as(what + pair.trace()).isTrue();
            assertThat(pair.west.log())
                    .as(what + pair.trace())
                    .contains(
                            isWestUp(states)
                                    ? "\"t\" #1: Informational Exchange message must be encrypted"
                                    : "\"t\" #1: received and ignored notification payload: AUTHENTICATION_FAILED");
            pair.clear();
        }
    }

    private static boolean isWestUp(List<String> states) {
        return states.get(0).contains("MAIN_I4") || states.get(0).contains("AGGR_I2");
    }

    /** By the cookies as far as they went over the wire, and without the responder's; of no exchange, and of the last one. */
    private static List<Bytes> forged(Ikev1Negotiation negotiation) {
        List<Datagram> sent = negotiation.sent();
        Bytes initiator = sent.get(0).octets().first(COOKIE);
        List<Bytes> responders = new ArrayList<>(List.of(IkeSpi.ZERO.octets()));
        if (sent.size() > 1) {
            responders.add(sent.get(1).octets().slice(COOKIE, COOKIE));
        }
        Bytes last = sent.get(sent.size() - 1).octets();
        List<Bytes> messages = new ArrayList<>();
        for (Bytes responder : responders) {
            for (long id : new long[] {0, 0x1234_5678, number(last.slice(MESSAGE_ID_AT, Integer.BYTES))}) {
                for (Payload payload : payloads(negotiation.pair, initiator.plus(responder))) {
                    messages.add(informational(initiator, responder, id, payload));
                }
            }
        }
        return messages;
    }

    private static List<Payload> payloads(Pair pair, Bytes cookies) {
        List<Payload> payloads = new ArrayList<>();
        for (NotificationType type : REFUSALS) {
            payloads.add(new NotificationPayload(Doi.IPSEC, ProtocolId.ISAKMP, Bytes.EMPTY, type, Bytes.EMPTY));
            payloads.add(new NotificationPayload(Doi.IPSEC, ProtocolId.ISAKMP, cookies, type, Bytes.EMPTY));
        }
        payloads.add(new DeletePayload(Doi.IPSEC, ProtocolId.ISAKMP, cookies.length(), List.of(cookies)));
        for (SimHost host : List.of(pair.west, pair.east)) {
            host.kernel()
                    .installed()
                    .forEach(sa -> payloads.add(new DeletePayload(
                            Doi.IPSEC,
                            ProtocolId.ESP,
                            Integer.BYTES,
                            List.of(ChildSa.spiOctets(sa.id().spi())))));
        }
        return payloads;
    }

    private static Bytes informational(Bytes initiator, Bytes responder, long id, Payload payload) {
        IkeHeader header = new IkeHeader(
                spi(initiator),
                spi(responder),
                PayloadTypes.NONE,
                IkeVersion.V1,
                ExchangeType.INFO,
                0,
                id,
                IkeHeader.LENGTH);
        return Message.of(header, List.of(payload)).octets();
    }

    private static IkeSpi spi(Bytes octets) {
        return new IkeSpi(octets.buffer().getLong());
    }

    private static long number(Bytes octets) {
        return Integer.toUnsignedLong(octets.buffer().getInt());
    }
}
