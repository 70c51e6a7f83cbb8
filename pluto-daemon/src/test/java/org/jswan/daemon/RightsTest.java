// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.daemon;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RightsTest {
    @TempDir
    Path folder;

    private void require(String effective) throws Exception {
        Rights.require(Files.writeString(
                folder.resolve("status"), "Name:\tpluto\nCapPrm:\t000001ffffffffff\nCapEff:\t" + effective + "\n"));
    }

    @Test
    void rootHasThemAll() {
        assertThatCode(() -> require("000001ffffffffff")).doesNotThrowAnyException();
        assertThatCode(() -> require("0000000000001000")).doesNotThrowAnyException();
    }

    @Test
    void whatIsMissingIsNamed() {
        assertThatThrownBy(() -> require("000001ffffffefff"))
                .isInstanceOfSatisfying(Fatal.class, e -> org.assertj.core.api.Assertions.assertThat(e.status())
                        .isEqualTo(ExitStatus.KERNEL_FAIL))
                .hasMessage("no right to set up IPsec in the kernel: CAP_NET_ADMIN is missing");
    }
}
