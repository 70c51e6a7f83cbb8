// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ReadOnlyBufferException;
import java.util.List;
import org.junit.jupiter.api.Test;

class BytesTest {
    private static final Bytes DIGITS = Bytes.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);

    @Test
    void octetsAreUnsigned() {
        assertThat(Bytes.of(-1, 255, 256).get(0)).isEqualTo(255);
        assertThat(Bytes.of(-1, 255, 256)).isEqualTo(Bytes.ofHex("ffff00"));
    }

    @Test
    void hexMayHaveSeparators() {
        assertThat(Bytes.ofHex(" 0a:0B\n0c ")).isEqualTo(Bytes.of(10, 11, 12)).hasToString("0a0b0c");
        assertThatIllegalArgumentException().isThrownBy(() -> Bytes.ofHex("0a0"));
        assertThatIllegalArgumentException().isThrownBy(() -> Bytes.ofHex("0x0a"));
    }

    @Test
    void slicesSeeOnlyTheirOctets() {
        Bytes slice = DIGITS.slice(2, 5);
        assertThat(slice).isEqualTo(Bytes.of(2, 3, 4, 5, 6)).hasSameHashCodeAs(Bytes.of(2, 3, 4, 5, 6));
        assertThat(slice.slice(1, 2)).isEqualTo(Bytes.of(3, 4));
        assertThat(slice.from(3)).isEqualTo(Bytes.of(5, 6));
        assertThat(slice.first(1)).isEqualTo(Bytes.of(2));
        assertThat(slice.hex()).isEqualTo("0203040506");
        assertThat(slice.toArray()).containsExactly(2, 3, 4, 5, 6);
        assertThat(slice.from(5)).isSameAs(Bytes.EMPTY);
        assertThatThrownBy(() -> slice.get(5)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> slice.get(-1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> slice.slice(3, 3)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> slice.from(6)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void copiesAreApartFromTheirSource() {
        byte[] source = {1, 2, 3};
        Bytes copy = Bytes.copyOf(source);
        Bytes part = Bytes.copyOf(source, 1, 2);
        source[1] = 9;
        assertThat(copy).isEqualTo(Bytes.of(1, 2, 3));
        assertThat(part).isEqualTo(Bytes.of(2, 3));
        copy.toArray()[0] = 9;
        assertThat(copy.get(0)).isEqualTo(1);
        assertThatThrownBy(() -> Bytes.copyOf(source, 2, 2)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void bufferIsReadOnlyAndItsOwn() {
        assertThat(DIGITS.slice(4, 4).buffer().getInt()).isEqualTo(0x04050607);
        assertThat(DIGITS.slice(4, 4).buffer().remaining()).isEqualTo(4);
        assertThat(DIGITS.slice(4, 4).buffer().get(1)).isEqualTo((byte) 5);
        assertThatThrownBy(() -> DIGITS.buffer().put(0, (byte) 1)).isInstanceOf(ReadOnlyBufferException.class);
    }

    @Test
    void joins() {
        assertThat(Bytes.concat(DIGITS.first(1), Bytes.EMPTY, DIGITS.slice(8, 2)))
                .isEqualTo(Bytes.of(0, 8, 9));
        assertThat(DIGITS.first(1).plus(DIGITS.from(9))).isEqualTo(Bytes.of(0, 9));
        assertThat(Bytes.of(1, 2, 3).padded(4)).isEqualTo(Bytes.of(1, 2, 3, 0));
        assertThat(Bytes.of(1, 2, 3, 4).padded(4)).isEqualTo(Bytes.of(1, 2, 3, 4));
        assertThat(Bytes.concat()).isSameAs(Bytes.EMPTY);
        byte[] destination = new byte[4];
        DIGITS.slice(5, 2).copyTo(destination, 1);
        assertThat(destination).containsExactly(0, 5, 6, 0);
    }

    @Test
    void ordersAsUnsignedOctets() {
        List<Bytes> ordered = List.of(Bytes.EMPTY, Bytes.of(1), Bytes.of(1, 0), Bytes.of(0x7f), Bytes.of(0x80));
        assertThat(ordered.stream().sorted().toList()).isEqualTo(ordered);
        assertThat(Bytes.of(0x80)).isGreaterThan(Bytes.of(0x7f, 0xff));
    }

    @Test
    void prefixes() {
        assertThat(DIGITS.startsWith(Bytes.of(0, 1))).isTrue();
        assertThat(DIGITS.startsWith(Bytes.EMPTY)).isTrue();
        assertThat(DIGITS.startsWith(Bytes.of(1))).isFalse();
        assertThat(Bytes.of(0).startsWith(Bytes.of(0, 1))).isFalse();
    }

    @Test
    void text() {
        assertThat(Bytes.ofUtf8("é")).isEqualTo(Bytes.of(0xc3, 0xa9));
        assertThat(Bytes.of(0x78, 0xc3, 0xa9).from(1).utf8()).isEqualTo("é");
    }
}
