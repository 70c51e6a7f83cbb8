// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.base;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HumberTest {
    @Test
    void roundsDownToTheLargestUnit() {
        assertThat(Humber.rounded(0)).isEqualTo("0");
        assertThat(Humber.rounded(1023)).isEqualTo("1023");
        assertThat(Humber.rounded(1024)).isEqualTo("1Ki");
        assertThat(Humber.rounded(5248)).isEqualTo("5Ki");
        assertThat(Humber.rounded((1 << 20) - 1)).isEqualTo("1023Ki");
        assertThat(Humber.rounded(-1)).isEqualTo("15Ei");
    }
}
