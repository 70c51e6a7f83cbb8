// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OctetTextTest {
    @Test
    void utf8IsRead() {
        String text = "é€😀\n";
        byte[] octets = text.getBytes(StandardCharsets.UTF_8);
        assertThat(OctetText.read(octets)).isEqualTo(text);
        assertThat(OctetText.write(text)).isEqualTo(octets);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "c3",
                "61c3",
                "a961",
                "e282",
                "f09f98",
                "ff00fe",
                "c3c3a9ff",
                "eda080",
                "edb280",
                "c080",
                "f5808080"
            })
    void whatIsNotPassesThrough(String hex) {
        byte[] octets = Bytes.ofHex(hex).toArray();
        assertThat(OctetText.write(OctetText.read(octets))).isEqualTo(octets);
    }

    @Test
    void textOfTwoHalvesMayHaveBoth() {
        String text = OctetText.read(Bytes.ofHex("ff").toArray()) + "😀€";
        assertThat(OctetText.write(text))
                .isEqualTo(Bytes.ofHex("fff09f9880e282ac").toArray());
    }
}
