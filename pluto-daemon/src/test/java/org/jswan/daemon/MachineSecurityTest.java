// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jswan.kernel.KernelException;
import org.jswan.kernel.SecurityModule;
import org.jswan.kernel.SecurityModule.Mode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineSecurityTest {
    @TempDir
    private Path root;

    private SecurityModule machine() {
        return new MachineSecurity(root, Optional::empty);
    }

    private void write(String file, String text) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    @Test
    void filesTellWhetherSelinuxIsOn() throws IOException {
        assertThat(machine().mode()).isEqualTo(Mode.DISABLED);
        write("sys/fs/selinux/enforce", "1");
        assertThat(machine().mode()).as("not configured").isEqualTo(Mode.DISABLED);
        write("etc/selinux/config", "SELINUX=enforcing\n");
        assertThat(machine().mode()).isEqualTo(Mode.ENFORCING);
        write("sys/fs/selinux/enforce", "0");
        assertThat(machine().mode()).isEqualTo(Mode.PERMISSIVE);
        Files.delete(root.resolve("sys/fs/selinux/enforce"));
        assertThat(machine().mode()).isEqualTo(Mode.DISABLED);
        write("selinux/enforce", "1");
        assertThat(machine().mode()).isEqualTo(Mode.ENFORCING);
    }

    @Test
    void withoutLibraryNothingIsGrantedWhereSelinuxIsOn() throws Exception {
        machine().check("a:b:c:s0", "a:b:d:s0", "polmatch");
        assertThat(machine().own()).isEqualTo("unconfined");
        write("sys/fs/selinux/enforce", "0");
        write("etc/selinux/config", "");
        assertThatThrownBy(() -> machine().check("a:b:c:s0", "a:b:d:s0", "polmatch"))
                .isInstanceOf(KernelException.class)
                .hasMessage("libselinux.so.1 cannot be loaded");
    }

    @Test
    void aLibraryThatIsNotThereIsLookedForOnce() throws Exception {
        List<String> looks = new ArrayList<>();
        SecurityModule machine = new MachineSecurity(root, () -> {
            looks.add("look");
            return Optional.empty();
        });
        machine.check("a:b:c:s0", "a:b:d:s0", "polmatch");
        machine.check("a:b:c:s0", "a:b:d:s0", "setcontext");
        assertThat(machine.own()).isEqualTo("unconfined");
        assertThat(looks).hasSize(1);
    }
}
