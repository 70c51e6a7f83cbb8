// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.jswan.base.Bytes;
import org.junit.jupiter.api.Test;

class IkeHeaderTest {
    private static final Bytes V2 = Bytes.ofHex("0102030405060708 1112131415161718 2e 20 25 2b fffffffe 0000001c");

    @Test
    void decodesAndEncodesIkeV2() throws WireException {
        IkeHeader header = IkeHeader.decode(V2);
        assertThat(header)
                .isEqualTo(new IkeHeader(
                        new IkeSpi(0x0102030405060708L),
                        new IkeSpi(0x1112131415161718L),
                        PayloadType.SK,
                        IkeVersion.V2,
                        ExchangeType.INFORMATIONAL,
                        0x2b,
                        0xfffffffeL,
                        28));
        assertThat(header.fromInitiator()).isTrue();
        assertThat(header.isResponse()).isTrue();
        WireWriter out = new WireWriter();
        header.write(out);
        assertThat(out.toBytes()).isEqualTo(V2);
    }

    @Test
    void decodesOtherVersions() throws WireException {
        Bytes v1 = Bytes.ofHex("0102030405060708 0000000000000000 01 10 02 00 00000000 0000001c");
        IkeHeader header = IkeHeader.decode(v1);
        assertThat(header.version()).isEqualTo(IkeVersion.V1);
        assertThat(header.exchange()).isEqualTo(ExchangeType.IDPROT);
        assertThat(header.responderSpi().isZero()).isTrue();
        WireWriter out = new WireWriter();
        header.write(out);
        assertThat(out.toBytes()).isEqualTo(v1);

        Bytes v3 = Bytes.ofHex("0102030405060708 0000000000000000 21 31 22 08 00000000 0000001c");
        assertThat(IkeHeader.decode(v3).version()).hasToString("3.1");
    }

    @Test
    void lengthMustFitTheDatagram() throws WireException {
        assertThatThrownBy(() -> IkeHeader.decode(V2.first(1)))
                .hasMessage("not enough room in input packet for ISAKMP Message (remain=1, sd->size=28)");
        assertThatThrownBy(() -> IkeHeader.decode(Bytes.concat(V2.first(24), Bytes.ofHex("0000001b"))))
                .hasMessage("27-byte length of ISAKMP Message is smaller than minimum");
        assertThatThrownBy(() -> IkeHeader.decode(Bytes.concat(V2.first(24), Bytes.ofHex("ffffffff"))))
                .hasMessage("4294967295-byte length of ISAKMP Message is larger than can fit");
        assertThat(IkeHeader.decode(V2.plus(Bytes.of(0, 0))).length()).isEqualTo(28);
    }

    @Test
    void anUnknownExchangeIsRefused() {
        byte[] octets = V2.toArray();
        octets[18] = 99;
        assertThatThrownBy(() -> IkeHeader.decode(Bytes.wrap(octets)))
                .hasMessage("exchange type of ISAKMP Message has an unknown value: 99 (0x63)");
    }

    @Test
    void endsInAValueOrAWireException() {
        Hostile.attack(V2, 1000, 1, IkeHeader::decode);
    }
}
