// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.jswan.base.Bytes;
import org.junit.jupiter.api.Test;

class WireProposalTest {
    private static final List<WireProposal> PROPOSALS = List.of(
            new WireProposal(
                    1,
                    3,
                    Bytes.ofHex("12345678"),
                    List.of(
                            new WireTransform(1, 20, WireAttribute.number(WireAttribute.KEY_LENGTH, 256)),
                            new WireTransform(5, 0))),
            new WireProposal(2, 3, Bytes.ofHex("12345678"), List.of(new WireTransform(1, 3))));

    private static List<WireProposal> read(Bytes octets, IkeVersion version) throws WireException {
        return WireProposal.readAll(WireReader.of(octets, "SA"), version);
    }

    private static Bytes write(List<WireProposal> proposals, IkeVersion version) {
        WireWriter out = new WireWriter();
        WireProposal.writeAll(out, version, proposals);
        return out.toBytes();
    }

    @Test
    void ikeV2Layout() throws WireException {
        Bytes octets = Bytes.ofHex("02000020 01030402 12345678 0300000c 01000014 800e0100 00000008 05000000"
                + "00000014 02030401 12345678 00000008 01000003");
        assertThat(write(PROPOSALS, IkeVersion.V2)).isEqualTo(octets);
        assertThat(read(octets, IkeVersion.V2)).isEqualTo(PROPOSALS);
    }

    @Test
    void ikeV1HasTheIdElsewhere() throws WireException {
        Bytes octets = Bytes.ofHex("00000024 00010001 0000001c 01010000 800b0001 000c0004 00000e10 80010007 80020004");
        List<WireProposal> proposals = List.of(new WireProposal(
                0,
                1,
                Bytes.EMPTY,
                List.of(new WireTransform(
                        1,
                        1,
                        WireAttribute.number(11, 1),
                        new WireAttribute(12, false, Bytes.ofHex("00000e10")),
                        WireAttribute.number(1, 7),
                        WireAttribute.number(2, 4)))));
        assertThat(read(octets, IkeVersion.V1)).isEqualTo(proposals);
        assertThat(write(proposals, IkeVersion.V1)).isEqualTo(octets);
    }

    @Test
    void unknownAttributesAreKept() throws WireException {
        List<WireProposal> proposals = List.of(new WireProposal(
                1,
                1,
                Bytes.EMPTY,
                List.of(new WireTransform(9, 65535, new WireAttribute(0x7fff, false, Bytes.EMPTY)))));
        assertThat(read(write(proposals, IkeVersion.V2), IkeVersion.V2)).isEqualTo(proposals);
    }

    @Test
    void numberOfAnAttribute() {
        assertThat(WireAttribute.number(14, 256).number()).hasValue(256);
        assertThat(new WireAttribute(14, false, Bytes.EMPTY).number()).isEmpty();
        assertThat(new WireAttribute(14, false, Bytes.of(1, 2, 3, 4)).number()).isEmpty();
    }

    @Test
    void countsAndMarkersMustAgree() {
        String announcesTwo = "00000014 02030402 12345678 00000008 01000003";
        assertThatThrownBy(() -> read(Bytes.ofHex(announcesTwo), IkeVersion.V2)).isInstanceOf(WireException.class);
        String announcesNone = "00000014 02030400 12345678 00000008 01000003";
        assertThatThrownBy(() -> read(Bytes.ofHex(announcesNone), IkeVersion.V2))
                .isInstanceOf(WireException.class);
        String saysMore = "02000014 02030401 12345678 00000008 01000003";
        assertThatThrownBy(() -> read(Bytes.ofHex(saysMore), IkeVersion.V2))
                .hasMessage("not enough room in input packet for IKEv2 Proposal Substructure Payload"
                        + " (remain=0, sd->size=8)");
        String saysLast = "00000014 02030401 12345678 00000008 01000003 00000008 01010000";
        assertThatThrownBy(() -> read(Bytes.ofHex(saysLast), IkeVersion.V2)).isInstanceOf(WireException.class);
        String oddMarker = "01000014 02030401 12345678 00000008 01000003";
        assertThatThrownBy(() -> read(Bytes.ofHex(oddMarker), IkeVersion.V2)).isInstanceOf(WireException.class);
    }

    @Test
    void endsInAValueOrAWireException() {
        for (IkeVersion version : List.of(IkeVersion.V1, IkeVersion.V2)) {
            Hostile.attack(write(PROPOSALS, IkeVersion.V2), 20_000, 2, octets -> read(octets, version));
        }
    }
}
