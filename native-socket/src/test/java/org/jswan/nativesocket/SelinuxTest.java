// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.nativesocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** This machine's libselinux. */
class SelinuxTest {
    private static final String CONTEXT = "system_u:object_r:ipsec_spd_t:s0";

    @Test
    void withoutSelinuxEverythingIsGranted() throws ErrnoException {
        Optional<Selinux> library = Selinux.open();
        assumeThat(library).as("libselinux.so.1 is installed").isPresent();
        assumeThat(Files.exists(Path.of("/sys/fs/selinux/enforce")))
                .as("SELinux is on")
                .isFalse();
        Selinux selinux = library.orElseThrow();
        assertThatCode(() -> selinux.check(CONTEXT, CONTEXT, "association", "polmatch"))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> selinux.check("c".repeat(4096), CONTEXT, "association", "polmatch"))
                .hasMessage("selinux_check_access: Invalid argument (EINVAL)");
        try {
            assertThat(selinux.context()).as("of a machine with another module").isNotEmpty();
        } catch (ErrnoException e) {
            assertThat(e).hasMessage("getcon: Invalid argument (EINVAL)");
        }
    }
}
