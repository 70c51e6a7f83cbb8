// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.whack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jswan.control.Reply;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A user at a terminal, which script(1) makes, with either client. */
class TerminalTest {
    private enum Client {
        NATIVE(Path.of("target/native/whack").toAbsolutePath().toString()),
        JVM(System.getProperty("java.home") + "/bin/java -cp " + System.getProperty("java.class.path") + " "
                + WhackMain.class.getName() + " whack whack");

        private final String command;

        Client(String command) {
            this.command = command;
        }
    }

    @TempDir
    private Path folder;

    /** What stands on the screen until {@code text} does, at most until the end. */
    private static String read(InputStream screen, String text) throws IOException {
        ByteArrayOutputStream seen = new ByteArrayOutputStream();
        int octet;
        while (!seen.toString(StandardCharsets.UTF_8).endsWith(text) && (octet = screen.read()) >= 0) {
            seen.write(octet);
        }
        return seen.toString(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @EnumSource
    void aPasswordIsNotSeen(Client client) throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/script")), "there is no script(1) here");
        try (FakeDaemon daemon = new FakeDaemon(
                folder.resolve("pluto.ctl"),
                new Reply.Prompt(41, "\"c\" #1: c prompt for Username:"),
                new Reply.Prompt(40, "\"c\" #1: c prompt for Password:"),
                Reply.end())) {
            Process script = new ProcessBuilder(
                            "script",
                            "-qec",
                            client.command + " --rundir " + folder + " --initiate --name c",
                            "/dev/null")
                    .start();
            InputStream screen = script.getInputStream();
            assertThat(read(screen, "Enter username:   ")).startsWith("041 \"c\" #1: c prompt for Username:");
            type(script, "paul\n");
            assertThat(read(screen, "Enter passphrase: ")).contains("paul");
            type(script, "se cret\n");
            assertThat(read(screen, "\0")).doesNotContain("cret");
            assertThat(script.waitFor()).isZero();
            assertThat(daemon.answers()).containsExactly("paul", "se cret");
        }
    }

    private static void type(Process script, String text) throws IOException {
        script.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        script.getOutputStream().flush();
    }
}
