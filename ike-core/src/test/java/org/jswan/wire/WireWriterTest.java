// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.jswan.base.Bytes;
import org.junit.jupiter.api.Test;

class WireWriterTest {
    @Test
    void writesNetworkOrder() {
        WireWriter out = new WireWriter();
        out.u8(0xff).u16(0xfffe).u24(0xfffffd).u32(0xfffffffcL).u64(-5).zeros(2).bytes(Bytes.of(7));
        assertThat(out.toBytes()).isEqualTo(Bytes.ofHex("ff fffe fffffd fffffffc fffffffffffffffb 0000 07"));
        assertThat(out.position()).isEqualTo(21);
    }

    @Test
    void refusesWhatDoesNotFit() {
        WireWriter out = new WireWriter();
        assertThatIllegalArgumentException().isThrownBy(() -> out.u8(256));
        assertThatIllegalArgumentException().isThrownBy(() -> out.u8(-1));
        assertThatIllegalArgumentException().isThrownBy(() -> out.u16(0x10000));
        assertThatIllegalArgumentException().isThrownBy(() -> out.u24(0x1000000));
        assertThatIllegalArgumentException().isThrownBy(() -> out.u32(0x100000000L));
        assertThat(out.position()).isZero();
    }

    @Test
    void patchesOnlyWhatWasWritten() {
        WireWriter out = new WireWriter().zeros(8);
        out.patchU8(0, 1);
        out.patchU16(1, 0x0203);
        out.patchU32(4, 0x04050607);
        assertThat(out.toBytes()).isEqualTo(Bytes.ofHex("0102030004050607"));
        assertThatThrownBy(() -> out.patchU16(7, 0)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void growsAndFillsInLengths() {
        WireWriter out = new WireWriter().u8(9);
        out.zeros(4).zeros(996);
        out.endStructure(1, 2);
        assertThat(out.toBytes().slice(3, 2)).isEqualTo(Bytes.of(1000 >> 8, 1000));
        assertThat(out.toBytes().length()).isEqualTo(1001);
    }
}
