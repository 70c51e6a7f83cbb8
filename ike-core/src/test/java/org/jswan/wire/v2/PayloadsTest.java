// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire.v2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jswan.base.AddressRange;
import org.jswan.base.Bytes;
import org.jswan.base.IpAddress;
import org.jswan.wire.Hostile;
import org.jswan.wire.NotifyType;
import org.jswan.wire.Payload;
import org.jswan.wire.PayloadChain;
import org.jswan.wire.PayloadType;
import org.jswan.wire.UnknownPayload;
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
    private static final TrafficSelector V4 =
            new TrafficSelector.Addresses(17, 1701, 1701, IpAddress.of("192.0.2.0"), IpAddress.of("192.0.2.255"));
    private static final TrafficSelector V6 =
            new TrafficSelector.Addresses(0, 0, 65535, IpAddress.of("2001:db8::"), IpAddress.of("2001:db8::ffff"));

    /** A payload of each type and its octets with the generic header. */
    static List<Arguments> samples() {
        return List.of(
                sample(
                        SaPayload.of(List.of(new WireProposal(
                                1,
                                1,
                                Bytes.EMPTY,
                                List.of(
                                        new WireTransform(1, 20, WireAttribute.number(WireAttribute.KEY_LENGTH, 256)),
                                        new WireTransform(2, 7),
                                        new WireTransform(4, 14))))),
                        "00000028 00000024 01010003 0300000c 01000014 800e0100 03000008 02000007 00000008 0400000e"),
                sample(new KePayload(31, Bytes.ofHex("a1a2a3")), "0000000b 001f0000 a1a2a3"),
                sample(IdPayload.initiator(IdPayload.FQDN, Bytes.ofUtf8("west")), "0000000c 02000000 77657374"),
                sample(
                        new IdPayload(PayloadType.IDR, IdPayload.IPV4_ADDR, Bytes.of(1, 2, 3), Bytes.ofHex("c0000201")),
                        "0000000c 01010203 c0000201"),
                sample(new CertPayload(4, Bytes.ofHex("3082")), "00000007 04 3082"),
                sample(new CertReqPayload(4, Bytes.EMPTY), "00000005 04"),
                sample(new AuthPayload(AuthPayload.SHARED_KEY, Bytes.ofHex("aabb")), "0000000a 02000000 aabb"),
                sample(new NoncePayload(Bytes.ofHex("00112233")), "00000008 00112233"),
                sample(NotifyPayload.of(NotifyType.COOKIE, Bytes.ofHex("c0ffee")), "0000000b 00004006 c0ffee"),
                sample(
                        new NotifyPayload(3, Bytes.ofHex("12345678"), NotifyType.REKEY_SA, Bytes.EMPTY),
                        "0000000c 03044009 12345678"),
                sample(NotifyPayload.of(NotifyType.of(40970)), "00000008 0000a00a"),
                sample(DeletePayload.ike(), "00000008 01000000"),
                sample(
                        DeletePayload.child(
                                DeletePayload.ESP, List.of(Bytes.ofHex("00000001"), Bytes.ofHex("fffffffe"))),
                        "00000010 03040002 00000001 fffffffe"),
                sample(new VendorIdPayload(Bytes.ofUtf8("OE-Libreswan")), "00000010 4f452d4c696272657377616e"),
                sample(
                        TsPayload.initiator(List.of(V4, V6)),
                        "00000040 02000000 07110010 06a506a5 c0000200 c00002ff 08000028 0000ffff"
                                + "20010db8000000000000000000000000 20010db800000000000000000000ffff"),
                sample(
                        TsPayload.responder(List.of(new TrafficSelector.Label(0, Bytes.ofUtf8("label")))),
                        "00000011 01000000 0a000009 6c6162656c"),
                sample(
                        TsPayload.responder(List.of(new TrafficSelector.Unknown(11, 0, Bytes.ofUtf8("what?")))),
                        "00000011 01000000 0b000009 776861743f"),
                sample(
                        new CpPayload(
                                CpPayload.REQUEST,
                                List.of(
                                        new CpPayload.Attribute(1, Bytes.EMPTY),
                                        new CpPayload.Attribute(3, Bytes.ofHex("c0000235")))),
                        "00000014 01000000 00010000 00030004 c0000235"),
                sample(new EapPayload(Bytes.ofHex("01050005 01")), "00000009 01050005 01"),
                sample(new UnknownPayload(PayloadType.of(200), true, Bytes.ofHex("beef")), "00800006 beef"),
                sample(new UnknownPayload(PayloadType.GSPM, false, Bytes.EMPTY), "00000004"),
                sample(new SkPayload(PayloadType.IDI, Bytes.ofHex("1122")), "23000006 1122"),
                sample(new SkfPayload(PayloadType.NONE, 2, 3, Bytes.ofHex("11")), "00000009 00020003 11"));
    }

    private static Arguments sample(Payload payload, String hex) {
        return Arguments.of(payload, Bytes.ofHex(hex));
    }

    private static List<Payload> read(PayloadType first, Bytes octets) throws WireException {
        return Payloads.read(WireReader.of(octets, "message"), first, PayloadChain.LIMIT);
    }

    private static Bytes hex(String hex) {
        return Bytes.ofHex(hex);
    }

    @ParameterizedTest
    @MethodSource("samples")
    void encodesToItsOctets(Payload payload, Bytes octets) {
        assertThat(PayloadChain.encode(List.of(payload))).isEqualTo(octets);
    }

    @ParameterizedTest
    @MethodSource("samples")
    void decodesFromItsOctets(Payload payload, Bytes octets) throws WireException {
        assertThat(read(payload.type(), octets)).containsExactly(payload);
    }

    @ParameterizedTest
    @MethodSource("samples")
    void endsInAValueOrAWireException(Payload payload, Bytes octets) {
        Hostile.attack(octets, 5_000, 3, spoiled -> read(payload.type(), spoiled));
        Hostile.noise(2_000, 60, 4, spoiled -> read(payload.type(), spoiled));
    }

    /** Whatever is accepted can be written again and is then read as the same. */
    @ParameterizedTest
    @MethodSource("samples")
    void whatIsReadCanBeWritten(Payload payload, Bytes octets) {
        Hostile.attack(octets, 2_000, 5, spoiled -> {
            List<Payload> payloads = read(payload.type(), spoiled);
            assertThat(read(PayloadChain.first(payloads), PayloadChain.encode(payloads)))
                    .isEqualTo(payloads);
        });
    }

    @Test
    void chainsPayloadsByNextPayload() throws WireException {
        List<Payload> payloads = List.of(
                new NoncePayload(hex("00")),
                new UnknownPayload(PayloadType.of(200), false, hex("01")),
                new SkPayload(PayloadType.AUTH, hex("02")));
        Bytes octets = hex("c8000005 00 2e000005 01 27000005 02");
        assertThat(PayloadChain.encode(payloads)).isEqualTo(octets);
        assertThat(read(PayloadType.NONCE, octets)).isEqualTo(payloads);
        assertThat(read(PayloadType.NONE, Bytes.EMPTY)).isEmpty();
    }

    @Test
    void errorTextsAreWholeLogLines() {
        assertThatThrownBy(() -> read(PayloadType.KE, hex("00000008 00210000")))
                .hasMessage("malformed payload in packet"
                        + "DH group of IKEv2 Key Exchange Payload has an unknown value: 33 (0x21)");
        assertThatThrownBy(() -> read(PayloadType.of(200), hex("0000000400")))
                .isInstanceOf(WireException.class)
                .hasMessage("1 octets left over after the last payload");
        assertThatThrownBy(() -> read(PayloadType.of(200), hex("00000006 00")))
                .hasMessage("malformed payload in packet"
                        + "6-byte length of IKEv2 Generic Payload is larger than can fit");
    }

    @Test
    void refusesNumbersWithoutAName() {
        for (String id : List.of("04", "06", "08", "00", "0e")) {
            assertThatThrownBy(() -> read(PayloadType.IDI, hex("00000008" + id + "000000")))
                    .as(id)
                    .isInstanceOf(WireException.class);
        }
        for (String method : List.of("04", "08", "0f")) {
            assertThatThrownBy(() -> read(PayloadType.AUTH, hex("00000008" + method + "000000")))
                    .as(method)
                    .isInstanceOf(WireException.class);
        }
        for (String encoding : List.of("00", "05", "10")) {
            assertThatThrownBy(() -> read(PayloadType.CERT, hex("00000005" + encoding)))
                    .as(encoding)
                    .isInstanceOf(WireException.class);
        }
        assertThatThrownBy(() -> read(PayloadType.NOTIFY, hex("00000008 04000000")))
                .isInstanceOf(WireException.class);
        assertThatThrownBy(() -> read(PayloadType.DELETE, hex("00000008 00000000")))
                .isInstanceOf(WireException.class);
        assertThatThrownBy(() -> read(PayloadType.CP, hex("00000008 05000000"))).isInstanceOf(WireException.class);
    }

    @Test
    void reservedOctetsDoNotMatter() throws WireException {
        assertThat(read(PayloadType.KE, hex("007f0008 0013ffff"))).containsExactly(new KePayload(19, Bytes.EMPTY));
        assertThat(read(PayloadType.AUTH, hex("00000008 02ffffff")))
                .containsExactly(new AuthPayload(AuthPayload.SHARED_KEY, Bytes.EMPTY));
    }

    @Test
    void anIdIsAuthenticatedAsItCame() throws WireException {
        IdPayload id =
                (IdPayload) read(PayloadType.IDI, hex("00000009 02aabbcc 78")).get(0);
        assertThat(id.body()).isEqualTo(hex("02aabbcc 78"));
    }

    @Test
    void anSaBodyIsKeptAsItCame() throws WireException {
        // Reserved octets that are not zero, and attributes in the long form.
        Bytes body = hex("00ff0016 01010001 00ee000e 01ff000c 000e0002 0100");
        SaPayload sa =
                (SaPayload) read(PayloadType.SA, hex("0000001a").plus(body)).get(0);
        assertThat(sa.body()).isEqualTo(body);
        assertThat(PayloadChain.encode(List.of(sa))).isEqualTo(hex("0000001a").plus(body));
    }

    @Test
    void aDeleteMustHoldAsManySpisAsItSays() {
        assertThatThrownBy(() -> read(PayloadType.DELETE, hex("0000000c 03040002 00000001")))
                .isInstanceOf(WireException.class);
        assertThatThrownBy(() -> read(PayloadType.DELETE, hex("0000000c 03040000 00000001")))
                .isInstanceOf(WireException.class);
        assertThatThrownBy(() -> read(PayloadType.DELETE, hex("00000008 0300ffff")))
                .isInstanceOf(WireException.class);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DeletePayload.child(DeletePayload.ESP, List.of(Bytes.of(1))));
    }

    @Test
    void aTrafficSelectorHasTheLengthOfItsType() {
        assertThatThrownBy(() -> read(PayloadType.TSI, hex("00000014 01000000 0700000c 0000ffff c0000200")))
                .isInstanceOf(WireException.class);
        assertThatThrownBy(() ->
                        read(PayloadType.TSI, hex("0000001c 01000000 07000014 0000ffff c0000200 c00002ff 00000000")))
                .isInstanceOf(WireException.class);
    }

    @Test
    void aTrafficSelectorMayBeUpsideDown() throws WireException {
        TsPayload ts = (TsPayload) read(PayloadType.TSR, hex("00000018 01000000 07000010 ffff0000 c00002ff c0000200"))
                .get(0);
        TrafficSelector.Addresses selector =
                (TrafficSelector.Addresses) ts.selectors().get(0);
        assertThat(selector.isRange()).isFalse();
        assertThat(selector.startPort()).isEqualTo(65535);
        assertThat(((TrafficSelector.Addresses) V4).range())
                .isEqualTo(new AddressRange(IpAddress.of("192.0.2.0"), IpAddress.of("192.0.2.255")));
    }

    @Test
    void aMessageHasAtMostThirtyPayloads() throws WireException {
        NoncePayload payload = new NoncePayload(Bytes.EMPTY);
        List<Payload> thirty = new ArrayList<>(Collections.nCopies(30, payload));
        thirty.addAll(Collections.nCopies(10, new UnknownPayload(PayloadType.of(200), false, Bytes.EMPTY)));
        assertThat(read(PayloadType.NONCE, PayloadChain.encode(thirty))).hasSize(40);
        thirty.add(payload);
        assertThatThrownBy(() -> read(PayloadType.NONCE, PayloadChain.encode(thirty)))
                .hasMessage("more than 30 payloads in message; ignored");
    }

    @Test
    void nonceLengths() {
        assertThat(new NoncePayload(Bytes.wrap(new byte[15])).hasLegalLength()).isFalse();
        assertThat(new NoncePayload(Bytes.wrap(new byte[16])).hasLegalLength()).isTrue();
        assertThat(new NoncePayload(Bytes.wrap(new byte[256])).hasLegalLength()).isTrue();
        assertThat(new NoncePayload(Bytes.wrap(new byte[257])).hasLegalLength()).isFalse();
    }
}
