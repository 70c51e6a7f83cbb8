// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.auto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.jswan.config.FileErrors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SystemFilesTest {
    @TempDir
    Path directory;

    private final SystemFiles files = SystemFiles.own();

    @BeforeEach
    void makeFiles() throws IOException {
        for (String name : List.of("b.conf", "a.conf", ".hidden.conf", "c.txt", "sub/d.conf", "sub2/e.conf")) {
            Path file = directory.resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, name);
        }
    }

    private List<String> glob(String pattern) throws IOException {
        String prefix = directory + "/";
        return files.glob(prefix + pattern, true).stream()
                .map(path -> path.substring(prefix.length()))
                .toList();
    }

    @Test
    void matchesAsGlobDoes() throws IOException {
        assertThat(glob("*.conf")).containsExactly("a.conf", "b.conf");
        assertThat(glob(".*.conf")).containsExactly(".hidden.conf");
        assertThat(glob("?.conf")).containsExactly("a.conf", "b.conf");
        assertThat(glob("[!a].*")).containsExactly("b.conf", "c.txt");
        assertThat(glob("[a-b].conf")).containsExactly("a.conf", "b.conf");
        assertThat(glob("sub*/*.conf")).containsExactly("sub/d.conf", "sub2/e.conf");
        assertThat(glob("{c.txt,a.conf,none}")).containsExactly("c.txt", "a.conf");
        assertThat(glob("sub{,2}/*")).containsExactly("sub/d.conf", "sub2/e.conf");
        assertThat(glob("a.conf")).containsExactly("a.conf");
        assertThat(glob("nowhere/*")).isEmpty();
        assertThat(glob("a.conf/*")).isEmpty();
        assertThat(glob("[a.conf")).isEmpty();
        assertThat(glob("\\a.conf")).containsExactly("a.conf");
        assertThat(files.glob(directory + "/{a.conf}", false)).isEmpty();
    }

    @Test
    void seesWhatAnotherProcessSees() throws IOException {
        SystemFiles ours = SystemFiles.ofProcess((int) ProcessHandle.current().pid(), directory.toString());
        assertThat(ours.read("a.conf").utf8()).isEqualTo("a.conf");
        assertThat(ours.glob("*.conf", true)).containsExactly("a.conf", "b.conf");
        assertThatThrownBy(() -> ours.read("none")).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void aFolderIsNoFile() {
        assertThatThrownBy(() -> files.read(directory.resolve("sub").toString()))
                .isInstanceOfSatisfying(
                        IOException.class, e -> assertThat(FileErrors.text(e)).isEqualTo("Is a directory"));
    }

    @Test
    void aProcessThatIsGoneWritesToNoTerminal() {
        assertThat(SystemFiles.ofProcess(0, "/").writesToTerminal()).isFalse();
    }

    @Test
    void linksOfAnotherRootStayInIt() throws IOException {
        Files.createSymbolicLink(directory.resolve("absolute.conf"), Path.of("/sub/d.conf"));
        Files.createSymbolicLink(directory.resolve("sub/relative.conf"), Path.of("../a.conf"));
        Files.createSymbolicLink(directory.resolve("folder"), Path.of("/sub2"));
        Files.createSymbolicLink(directory.resolve("loop.conf"), Path.of("/loop.conf"));
        SystemFiles other = SystemFiles.below(directory);
        assertThat(other.read("/absolute.conf").utf8()).isEqualTo("sub/d.conf");
        assertThat(other.read("/sub/relative.conf").utf8()).isEqualTo("a.conf");
        assertThat(other.glob("/folder/*", true)).containsExactly("/folder/e.conf");
        assertThatThrownBy(() -> other.read("/loop.conf")).isInstanceOf(IOException.class);
    }
}
