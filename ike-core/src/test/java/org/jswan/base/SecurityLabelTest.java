// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SecurityLabelTest {
    @Test
    void endsInNul() {
        SecurityLabel label = SecurityLabel.of("a:b:c:s0");
        assertThat(label.octets()).isEqualTo(Bytes.ofHex("613a623a633a733000"));
        assertThat(label).hasToString("a:b:c:s0").isEqualTo(new SecurityLabel(Bytes.ofHex("613a623a633a733000")));
    }

    @Test
    void saysWhatIsNoLabel() {
        assertThat(SecurityLabel.fault("x")).isEmpty();
        assertThat(SecurityLabel.fault("")).contains("security label is empty");
        assertThat(SecurityLabel.fault(Bytes.EMPTY)).contains("security label is empty");
        assertThat(SecurityLabel.fault(Bytes.ofHex("6161"))).contains("security label is missing the NUL terminator");
        assertThat(SecurityLabel.fault(Bytes.ofHex("610061"))).contains("security label has an embedded NUL");
        assertThat(SecurityLabel.fault(Bytes.ofHex("610000"))).contains("security label has an embedded NUL");
        assertThat(SecurityLabel.fault("x".repeat(4095))).isEmpty();
        assertThat(SecurityLabel.fault("x".repeat(4096))).contains("security label is too long");
        assertThatThrownBy(() -> SecurityLabel.of("")).hasMessage("security label is empty");
    }

    @Test
    void whatCannotBePrintedIsEscaped() {
        assertThat(new SecurityLabel(Bytes.ofHex("61016200"))).hasToString("a\\1b");
    }
}
