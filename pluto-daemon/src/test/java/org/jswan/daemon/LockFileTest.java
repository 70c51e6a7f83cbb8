// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LockFileTest {
    private static final long NO_PROCESS = 99_999_999;

    @TempDir
    Path folder;

    @Test
    void holdsTheProcessIdAndMakesItsFolder() throws Exception {
        Path file = folder.resolve("run/pluto.pid");
        LockFile lock = LockFile.create(file, 4711, false);
        assertThat(file).hasContent("4711\n");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("r--r--r--");
        lock.delete();
        assertThat(file).doesNotExist();
        LockFile.create(file, 4712, false);
        lock.delete();
        assertThat(file).hasContent("4712\n");
    }

    @Test
    void anyOneIsRefusedWhenForking() throws Exception {
        Path file = Files.writeString(folder.resolve("pluto.pid"), NO_PROCESS + "\n");
        refused(file, false, "lock file \"" + file + "\" already exists");
        assertThat(file).hasContent(NO_PROCESS + "\n");
    }

    @Test
    void aStaleOneIsReplacedInTheForeground() throws Exception {
        Path file = Files.writeString(folder.resolve("pluto.pid"), NO_PROCESS + "\n");
        LockFile.create(file, 4711, true);
        assertThat(file).hasContent("4711\n");
        Files.delete(file);
        Files.writeString(file, "nonsense");
        LockFile.create(file, 4712, true);
        assertThat(file).hasContent("4712\n");
    }

    @Test
    void anotherProgramWithThatNumberIsNoOwner() throws Exception {
        Path file = Files.writeString(
                folder.resolve("pluto.pid"), ProcessHandle.current().pid() + "\n");
        LockFile.create(file, 4711, true);
        assertThat(file).hasContent("4711\n");
    }

    @Test
    void aFolderThatCannotBeMadeIsNamed() {
        Path file = folder.resolve("no/such/pluto.pid");
        refused(
                file,
                false,
                "unable to create lock dir: \"" + file.getParent() + "\": No such file or directory (errno 2)");
    }

    @Test
    void aFileThatCannotBeMadeIsNamed() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "").resolve("pluto.pid");
        refused(file, true, "unable to create lock file \"" + file + "\": Not a directory (errno 20)");
    }

    private static void refused(Path file, boolean replaceStale, String message) {
        assertThatThrownBy(() -> LockFile.create(file, 4711, replaceStale))
                .isInstanceOfSatisfying(Fatal.class, e -> assertThat(e.status()).isEqualTo(ExitStatus.LOCK_FAIL))
                .hasMessage(message);
    }
}
