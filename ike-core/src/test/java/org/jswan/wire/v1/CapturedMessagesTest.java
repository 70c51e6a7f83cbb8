// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire.v1;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jswan.base.Bytes;
import org.jswan.wire.Captured;
import org.jswan.wire.Hostile;
import org.jswan.wire.IkeHeader;
import org.jswan.wire.KnownVendorId;
import org.jswan.wire.Payload;
import org.jswan.wire.WireAttribute;
import org.jswan.wire.WireException;
import org.jswan.wire.WireProposal;
import org.jswan.wire.WireTransform;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The messages of a negotiation by libreswan. */
class CapturedMessagesTest {
    private static final Map<String, Captured> MESSAGES =
            Captured.mainModePsk().stream().collect(Collectors.toMap(Captured::name, captured -> captured));

    private static Message read(Captured captured) throws WireException {
        IkeHeader header = IkeHeader.decode(captured.datagram());
        return Message.read(header, header.nextPayload(), body(captured));
    }

    private static Bytes body(Captured captured) {
        return captured.plaintext().orElseGet(() -> captured.datagram().from(IkeHeader.LENGTH));
    }

    private static Message read(String name) throws WireException {
        return read(MESSAGES.get(name));
    }

    private static String types(Message message) {
        return message.payloads().stream()
                .map(payload -> PayloadTypes.shortName(payload.type()))
                .collect(Collectors.joining(" "));
    }

    static Stream<Captured> all() {
        return MESSAGES.values().stream();
    }

    @ParameterizedTest
    @MethodSource("all")
    void whatIsReadIsWrittenTheSame(Captured captured) throws WireException {
        Message message = read(captured);
        Bytes chain = Message.encodePayloads(message.payloads());
        assertThat(body(captured).startsWith(chain)).isTrue();
        Bytes padding = body(captured).from(chain.length());
        assertThat(padding).isEqualTo(Bytes.wrap(new byte[padding.length()]));
        assertThat(message.octets().from(IkeHeader.LENGTH)).isEqualTo(chain);
        if (captured.plaintext().isEmpty()) {
            assertThat(Message.of(message.header(), message.payloads())).isEqualTo(message);
            assertThat(message.octets()).isEqualTo(captured.datagram());
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void whateverTheyAreTurnedIntoIsAValueOrAnException(Captured captured) throws WireException {
        IkeHeader header = IkeHeader.decode(captured.datagram());
        Hostile.attack(body(captured), 200, 31, body -> {
            Message message = Message.read(header, header.nextPayload(), body);
            message.first(HashPayload.class).ifPresent(message::after);
            for (SaPayload sa : message.all(SaPayload.class)) {
                sa.oakley();
            }
        });
    }

    @Test
    void eachMessageHasItsPayloads() throws WireException {
        assertThat(types(read("Main Mode 1"))).isEqualTo("SA VID VID VID VID VID VID");
        assertThat(types(read("Main Mode 2"))).isEqualTo("SA VID VID VID");
        assertThat(types(read("Main Mode 3"))).isEqualTo("KE NONCE NATD_RFC NATD_RFC");
        assertThat(types(read("Main Mode 4"))).isEqualTo("KE NONCE NATD_RFC NATD_RFC");
        assertThat(types(read("Main Mode 5"))).isEqualTo("ID HASH");
        assertThat(types(read("Main Mode 6"))).isEqualTo("ID HASH");
        assertThat(types(read("Quick Mode 1"))).isEqualTo("HASH SA NONCE KE ID ID");
        assertThat(types(read("Quick Mode 2"))).isEqualTo("HASH SA NONCE KE ID ID");
        assertThat(types(read("Quick Mode 3"))).isEqualTo("HASH");
        assertThat(types(read("DPD request"))).isEqualTo("HASH N");
        assertThat(types(read("DPD reply"))).isEqualTo("HASH N");
        assertThat(types(read("Delete of the IPsec SA"))).isEqualTo("HASH D");
    }

    @Test
    void phaseOneAgreesOnATransform() throws WireException {
        SaPayload sa = read("Main Mode 2").first(SaPayload.class).orElseThrow();
        WireProposal chosen = sa.oakley();
        assertThat(chosen)
                .isEqualTo(new WireProposal(
                        0,
                        ProtocolId.ISAKMP,
                        Bytes.EMPTY,
                        List.of(new WireTransform(
                                0,
                                1,
                                WireAttribute.number(11, 1),
                                WireAttribute.number(12, 28800),
                                WireAttribute.number(1, 7),
                                WireAttribute.number(2, 2),
                                WireAttribute.number(3, 1),
                                WireAttribute.number(4, 5),
                                WireAttribute.number(14, 128)))));
        assertThat(SaPayload.of(List.of(chosen))).isEqualTo(sa);
        assertThat(read("Main Mode 1").first(SaPayload.class).orElseThrow().oakley())
                .isEqualTo(chosen);
    }

    @Test
    void phaseTwoAgreesOnATransform() throws WireException {
        SaPayload sa = read("Quick Mode 2").first(SaPayload.class).orElseThrow();
        List<WireProposal> chosen = sa.ipsec();
        assertThat(chosen)
                .containsExactly(new WireProposal(
                        0,
                        ProtocolId.ESP,
                        Bytes.ofHex("080a7a2d"),
                        List.of(new WireTransform(
                                0,
                                12,
                                WireAttribute.number(3, 5),
                                WireAttribute.number(4, 1),
                                WireAttribute.number(1, 1),
                                WireAttribute.number(2, 28800),
                                WireAttribute.number(5, 2),
                                WireAttribute.number(6, 128)))));
        assertThat(SaPayload.of(chosen)).isEqualTo(sa);
    }

    @Test
    void aHashCoversAllThatFollowsItButThePadding() throws WireException {
        Message message = read("Quick Mode 1");
        List<Payload> rest = message.payloads().subList(1, message.payloads().size());
        HashPayload hash = message.first(HashPayload.class).orElseThrow();
        assertThat(message.after(hash)).isEqualTo(Message.encodePayloads(rest));
        Message last = read("Quick Mode 3");
        assertThat(last.after(last.first(HashPayload.class).orElseThrow())).isEqualTo(Bytes.EMPTY);
    }

    @Test
    void libreswanNamesWhatItCanDo() throws WireException {
        assertThat(read("Main Mode 1").all(VendorIdPayload.class))
                .extracting(vendor -> KnownVendorId.find(vendor.data()).orElseThrow())
                .containsExactly(
                        KnownVendorId.FRAGMENTATION,
                        KnownVendorId.DPD,
                        KnownVendorId.NAT_T_RFC,
                        KnownVendorId.NAT_T_03,
                        KnownVendorId.NAT_T_02_N,
                        KnownVendorId.NAT_T_02);
    }

    @Test
    void aPeerIsAskedForASignOfLife() throws WireException {
        IkeHeader header = IkeHeader.decode(MESSAGES.get("DPD request").datagram());
        Bytes cookies =
                header.initiatorSpi().octets().plus(header.responderSpi().octets());
        assertThat(read("DPD request").notification(NotificationType.R_U_THERE))
                .contains(new NotificationPayload(
                        Doi.IPSEC, ProtocolId.ISAKMP, cookies, NotificationType.R_U_THERE, Bytes.ofHex("00007624")));
        NotificationPayload reply =
                read("DPD reply").notification(NotificationType.R_U_THERE_ACK).orElseThrow();
        assertThat(reply.spi()).isEqualTo(cookies);
        assertThat(reply.data()).isEqualTo(Bytes.ofHex("00007624"));
    }

    @Test
    void aDeleteNamesSpis() throws WireException {
        assertThat(read("Delete of the IPsec SA").first(DeletePayload.class))
                .contains(new DeletePayload(Doi.IPSEC, ProtocolId.ESP, 4, List.of(Bytes.ofHex("0643f3be"))));
    }
}
