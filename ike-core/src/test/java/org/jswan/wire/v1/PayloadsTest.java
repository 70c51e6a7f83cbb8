// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire.v1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.jswan.base.Bytes;
import org.jswan.wire.ExchangeType;
import org.jswan.wire.Hostile;
import org.jswan.wire.Payload;
import org.jswan.wire.WireAttribute;
import org.jswan.wire.WireException;
import org.jswan.wire.WireProposal;
import org.jswan.wire.WireReader;
import org.jswan.wire.WireTransform;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PayloadsTest {
    /** Of RFC 2409: AES-CBC with 256 bits, SHA2-256, a preshared key, group 14, for an hour. */
    static final WireProposal OAKLEY = new WireProposal(
            0,
            ProtocolId.ISAKMP,
            Bytes.EMPTY,
            List.of(new WireTransform(
                    0,
                    1,
                    WireAttribute.number(11, 1),
                    WireAttribute.number(12, 3600),
                    WireAttribute.number(1, 7),
                    WireAttribute.number(2, 4),
                    WireAttribute.number(3, 1),
                    WireAttribute.number(4, 14),
                    WireAttribute.number(14, 256))));

    static final String OAKLEY_HEX = "00000001 00000001 0000002c 00010001 00000024 00010000"
            + "800b0001 800c0e10 80010007 80020004 80030001 8004000e 800e0100";

    /** A payload of each type and its octets with the generic header. */
    static List<Arguments> samples() {
        return List.of(
                sample(SaPayload.of(List.of(OAKLEY)), "00000038" + OAKLEY_HEX),
                sample(new KePayload(Bytes.ofHex("a1a2a3")), "00000007 a1a2a3"),
                sample(
                        new IdPayload(IdPayload.IPV4_ADDR_SUBNET, 17, 1701, Bytes.ofHex("c0000200 ffffff00")),
                        "00000010 041106a5 c0000200 ffffff00"),
                sample(new CertPayload(CertPayload.X509_SIGNATURE, Bytes.ofHex("3082")), "00000007 04 3082"),
                sample(new CertRequestPayload(CertPayload.X509_SIGNATURE, Bytes.EMPTY), "00000005 04"),
                sample(new HashPayload(Bytes.ofHex("00010203")), "00000008 00010203"),
                sample(new SignaturePayload(Bytes.ofHex("c1c2")), "00000006 c1c2"),
                sample(new NoncePayload(Bytes.ofHex("0123456789abcdef")), "0000000c 0123456789abcdef"),
                sample(
                        new NotificationPayload(
                                Doi.IPSEC,
                                ProtocolId.ISAKMP,
                                Bytes.ofHex("000102030405060708090a0b0c0d0e0f"),
                                NotificationType.R_U_THERE,
                                Bytes.ofHex("00000007")),
                        "00000020 00000001 01108d28 000102030405060708090a0b0c0d0e0f 00000007"),
                sample(
                        new DeletePayload(
                                Doi.IPSEC,
                                ProtocolId.ESP,
                                4,
                                List.of(Bytes.ofHex("00000101"), Bytes.ofHex("fffffffe"))),
                        "00000014 00000001 03040002 00000101 fffffffe"),
                sample(new VendorIdPayload(Bytes.ofHex("09002689dfd6b712")), "0000000c 09002689dfd6b712"),
                sample(
                        new AttributesPayload(
                                AttributesPayload.REQUEST,
                                0x1234,
                                List.of(
                                        new WireAttribute(16520, true, Bytes.of(0, 0)),
                                        new WireAttribute(16521, false, Bytes.ofUtf8("road")))),
                        "00000014 01001234 c0880000 40890004 726f6164"),
                sample(new NatDetectionPayload(PayloadTypes.NATD_RFC, Bytes.ofHex("d1d2d3d4")), "00000008 d1d2d3d4"),
                sample(new NatDetectionPayload(PayloadTypes.NATD_DRAFTS, Bytes.ofHex("d1d2d3d4")), "00000008 d1d2d3d4"),
                sample(
                        new NatOriginalAddressPayload(
                                PayloadTypes.NATOA_RFC, IdPayload.IPV4_ADDR, Bytes.ofHex("c0000201")),
                        "0000000c 01000000 c0000201"),
                sample(
                        new NatOriginalAddressPayload(
                                PayloadTypes.NATOA_DRAFTS,
                                IdPayload.IPV6_ADDR,
                                Bytes.ofHex("20010db8000000000000000000000001")),
                        "00000018 05000000 20010db8000000000000000000000001"));
    }

    private static Arguments sample(Payload payload, String hex) {
        return Arguments.of(payload, Bytes.ofHex(hex.replace(" ", "")));
    }

    private static List<Payload> read(Payload first, Bytes octets) throws WireException {
        return Payloads.read(
                WireReader.of(octets, "ISAKMP Message"), first.type(), ExchangeType.IDPROT, Admission.OPEN);
    }

    @ParameterizedTest
    @MethodSource("samples")
    void eachPayloadHasItsOctets(Payload payload, Bytes octets) throws WireException {
        assertThat(Message.encodePayloads(List.of(payload))).isEqualTo(octets);
        assertThat(read(payload, octets)).containsExactly(payload);
    }

    @ParameterizedTest
    @MethodSource("samples")
    void hostileOctetsEndInAValueOrAnException(Payload payload, Bytes octets) {
        Hostile.attack(octets, 300, 7, hostile -> {
            for (Payload read : read(payload, hostile)) {
                if (read instanceof DeletePayload delete && delete.hasWholeSpis() && delete.spiSize() > 0) {
                    assertThat(delete.spis()).hasSize(delete.count());
                }
                if (read instanceof NotificationPayload notification) {
                    assertThat(notification.spi().plus(notification.data())).isEqualTo(notification.content());
                }
                assertThat(Message.encodePayloads(List.of(read))).isNotNull();
            }
        });
    }

    @Test
    void whatIsInsideASaIsReadWhenItIsAskedFor() throws WireException {
        Bytes body = Bytes.ofHex(OAKLEY_HEX.replace(" ", ""));
        assertThat(new SaPayload(Doi.IPSEC, body).oakley()).isEqualTo(OAKLEY);
        Hostile.attack(body, 3000, 11, hostile -> {
            if (hostile.length() >= 4) {
                new SaPayload(Doi.IPSEC, hostile).oakley();
            }
        });
        Hostile.attack(body, 3000, 12, hostile -> {
            if (hostile.length() >= 4) {
                new SaPayload(Doi.IPSEC, hostile).ipsec();
            }
        });
    }

    @Test
    void attributesOfModeConfigAreReadWhenTheyAreAskedFor() throws WireException {
        List<WireAttribute> attributes = List.of(
                new WireAttribute(1, false, Bytes.ofHex("c0000201")), new WireAttribute(28675, false, Bytes.EMPTY));
        AttributesPayload payload = new AttributesPayload(AttributesPayload.SET, 1, attributes);
        assertThat(payload.attributes()).isEqualTo(attributes);
        assertThat(new AttributesPayload(1, 1, payload.content().plus(Bytes.of(0, 1, 0))).attributes())
                .isEqualTo(attributes);
        Hostile.attack(payload.content(), 1000, 13, hostile -> new AttributesPayload(1, 1, hostile).attributes());
    }

    @Test
    void anIdentificationIsHashedWithoutItsGenericHeader() {
        assertThat(new IdPayload(IdPayload.FQDN, 0, 0, Bytes.ofUtf8("east")).body())
                .isEqualTo(Bytes.ofHex("0200000065617374"));
    }

    @Test
    void payloadsThatCannotBeAreRefusedBeforeTheyAreSent() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new DeletePayload(Doi.IPSEC, ProtocolId.ESP, 4, List.of(Bytes.of(1))));
        assertThatIllegalArgumentException().isThrownBy(() -> new NatDetectionPayload(PayloadTypes.ID, Bytes.EMPTY));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new NatOriginalAddressPayload(PayloadTypes.NATD_RFC, 1, Bytes.EMPTY));
    }
}
