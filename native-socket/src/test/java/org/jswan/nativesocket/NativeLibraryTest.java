// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.nativesocket;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeLibraryTest {
    @TempDir
    private Path folder;

    @Test
    void theFolderAskedForIsTheOnlyOne() throws IOException {
        Path jar = folder.resolve("native-socket.jar");
        Files.createFile(folder.resolve(NativeLibrary.FILE));
        assertThat(NativeLibrary.find("/nowhere", jar.toUri())).contains(Path.of("/nowhere", NativeLibrary.FILE));
    }

    @Test
    void theFileBesideTheJarComesBeforeThatInside() throws IOException {
        Path jar = folder.resolve("native-socket.jar");
        assertThat(NativeLibrary.find(null, jar.toUri())).isEmpty();
        Path library = Files.createFile(folder.resolve(NativeLibrary.FILE));
        assertThat(NativeLibrary.find(null, jar.toUri())).contains(library);
        assertThat(NativeLibrary.find(null, null)).isEmpty();
        assertThat(NativeLibrary.find(null, URI.create("jrt:/jswan"))).isEmpty();
    }

    @Test
    void aFolderWithoutTheLibraryIsNamedInTheError() throws Exception {
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djswan.libdir=" + folder,
                "-cp",
                System.getProperty("java.class.path"),
                Ask.class.getName());
        assertThat(output(command))
                .contains(
                        "UnsatisfiedLinkError",
                        folder.resolve(NativeLibrary.FILE).toString());
    }

    @Test
    void theLibraryInsideTheJarLeavesNoFileBehind() throws Exception {
        Path temporary = Files.createDirectory(folder.resolve("tmp"));
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djava.io.tmpdir=" + temporary,
                "-cp",
                System.getProperty("java.class.path"),
                Ask.class.getName());
        assertThat(output(command)).contains("EAGAIN");
        try (var left = Files.list(temporary)) {
            assertThat(left).isEmpty();
        }
    }

    private static String output(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output;
    }

    /** Another Java machine's program: makes it load the library. */
    static final class Ask {
        private Ask() {}

        public static void main(String[] arguments) {
            System.out.println(ErrnoException.name(Linux.EAGAIN));
        }
    }
}
