// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.jswan.base.Bytes;
import org.junit.jupiter.api.Test;

class WireReaderTest {
    private static WireReader reader(String hex) {
        return WireReader.of(Bytes.ofHex(hex), "Thing");
    }

    @Test
    void readsUnsignedNumbersInNetworkOrder() throws WireException {
        WireReader in = reader("ff fffe fffffd fffffffc fffffffffffffffb");
        assertThat(in.u8()).isEqualTo(0xff);
        assertThat(in.u16()).isEqualTo(0xfffe);
        assertThat(in.u24()).isEqualTo(0xfffffd);
        assertThat(in.u32()).isEqualTo(0xfffffffcL);
        assertThat(in.u64()).isEqualTo(-5);
        in.expectEnd();
    }

    @Test
    void refusesToReadPastItsEnd() throws WireException {
        WireReader in = reader("0102");
        in.u8();
        assertThatThrownBy(in::u16)
                .isInstanceOf(WireException.class)
                .hasMessage("not enough room in input packet for Thing (remain=1, sd->size=2)");
        assertThat(in.remaining()).isEqualTo(1);
        assertThatThrownBy(() -> in.bytes(-1)).isInstanceOf(WireException.class);
    }

    @Test
    void anInnerReaderCannotSeePastItsContainer() throws WireException {
        WireReader outer = reader("00 0003 aa bb");
        outer.u8();
        WireReader inner = outer.structure("Inner", 2, 0);
        inner.u16();
        assertThat(inner.u8()).isEqualTo(0xaa);
        assertThatThrownBy(inner::u8).isInstanceOf(WireException.class).hasMessageContaining("Inner");
        assertThat(outer.u8()).isEqualTo(0xbb);
    }

    @Test
    void aStructureHasRoomForItsFieldsAndFitsItsContainer() {
        assertThatThrownBy(() -> reader("000000").structure("Inner", 4, 2))
                .hasMessage("not enough room in input packet for Inner (remain=3, sd->size=4)");
        assertThatThrownBy(() -> reader("00000003").structure("Inner", 4, 2))
                .hasMessage("3-byte length of Inner is smaller than minimum");
        assertThatThrownBy(() -> reader("00000005").structure("Inner", 4, 2))
                .hasMessage("5-byte length of Inner is larger than can fit");
    }

    @Test
    void leftoversAreAnError() {
        assertThatThrownBy(() -> reader("0102").expectEnd())
                .isInstanceOf(WireException.class)
                .hasMessage("2 octets left over in Thing");
    }

    @Test
    void repeatsOnlyWhatFits() throws WireException {
        assertThat(reader("01020304").repeat(2, 2)).containsExactly(Bytes.of(1, 2), Bytes.of(3, 4));
        assertThat(reader("").repeat(0, 4)).isEmpty();
        assertThatThrownBy(() -> reader("01020304").repeat(65535, 255)).isInstanceOf(WireException.class);
        assertThatThrownBy(() -> reader("").repeat(65535, 0))
                .isInstanceOf(WireException.class)
                .hasMessage("65535 empty members in Thing");
    }

    @Test
    void anExceptionCostsNoStackTrace() {
        assertThat(new WireException("bad").getStackTrace()).isEmpty();
    }
}
