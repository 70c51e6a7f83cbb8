// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.whack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.jswan.base.Bytes;
import org.jswan.control.ControlRequest;
import org.jswan.control.Reply;
import org.jswan.control.Version;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The native and the JVM client; what one does, the other does. */
class ClientTest {
    private record Outcome(String output, String error, int status) {}

    private enum Client {
        NATIVE {
            @Override
            Outcome run(String input, List<String> arguments) throws IOException, InterruptedException {
                return process(Path.of("target/native/whack"), input, arguments);
            }
        },
        JVM {
            @Override
            Outcome run(String input, List<String> arguments) {
                ByteArrayOutputStream output = new ByteArrayOutputStream();
                ByteArrayOutputStream error = new ByteArrayOutputStream();
                ClientIo io = new ClientIo(
                        new PrintStream(output, true, StandardCharsets.UTF_8),
                        new PrintStream(error, true, StandardCharsets.UTF_8),
                        new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                        Optional.empty());
                List<String> all = new ArrayList<>(List.of("whack", "target/native/whack"));
                all.addAll(arguments);
                int status = WhackMain.run(all, io);
                return new Outcome(
                        output.toString(StandardCharsets.UTF_8), error.toString(StandardCharsets.UTF_8), status);
            }
        };

        abstract Outcome run(String input, List<String> arguments) throws IOException, InterruptedException;
    }

    @TempDir
    private Path folder;

    private Path socket() {
        return folder.resolve("pluto.ctl");
    }

    private Outcome run(Client client, String... arguments) throws IOException, InterruptedException {
        return runWithInput(client, "", arguments);
    }

    private Outcome runWithInput(Client client, String input, String... arguments)
            throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of("--rundir", folder.toString()));
        all.addAll(List.of(arguments));
        return client.run(input, all);
    }

    /** In a session of its own, so that passwords can't come from the terminal of whoever runs the tests. */
    private static Outcome process(Path program, String input, List<String> arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("setsid", "-w", program.toString()));
        command.addAll(arguments);
        Process process = new ProcessBuilder(command).start();
        process.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        String error = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Outcome(output, error, process.waitFor());
    }

    @ParameterizedTest
    @EnumSource
    void theDaemonGetsTheArgumentsAndTheUserTheLines(Client client) throws Exception {
        try (FakeDaemon daemon = new FakeDaemon(
                socket(),
                new Reply.Line(2, "listening für IKE"),
                Reply.raw("raw\ntext\n"),
                new Reply.Line(1, "bare"),
                Reply.error("whack: careful\n"),
                Reply.end())) {
            assertThat(run(client, "--name", "ü x", "--listen"))
                    .isEqualTo(new Outcome("002 listening für IKE\nraw\ntext\nbare\n", "whack: careful\n", 0));
            ControlRequest request = daemon.request();
            assertThat(request.program()).isEqualTo("whack");
            assertThat(request.commandName()).isEqualTo("target/native/whack");
            assertThat(request.argumentTexts())
                    .containsExactly("--rundir", folder.toString(), "--name", "ü x", "--listen");
            assertThat(request.directory().utf8())
                    .isEqualTo(Path.of("").toAbsolutePath().toString());
        }
    }

    @ParameterizedTest
    @EnumSource
    void linesDecideTheExitStatus(Client client) throws Exception {
        try (FakeDaemon daemon = new FakeDaemon(
                socket(),
                new Reply.Line(181, "sent"),
                new Reply.Line(36, "failed"),
                new Reply.Line(2, "said"),
                Reply.end())) {
            assertThat(run(client, "--status").status()).isEqualTo(36);
            assertThat(daemon.request().program()).isEqualTo("whack");
        }
    }

    @ParameterizedTest
    @EnumSource
    void theEndMayDecideTheExitStatus(Client client) throws Exception {
        try (FakeDaemon daemon = new FakeDaemon(socket(), new Reply.Line(36, "failed"), Reply.end(0))) {
            assertThat(run(client, "--status").status()).isZero();
            assertThat(daemon.answers()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void withoutAnEndTheLinesDecide(Client client) throws Exception {
        try (FakeDaemon daemon = new FakeDaemon(socket(), new Reply.Line(21, "no connection named \"x\""))) {
            assertThat(run(client, "--status")).isEqualTo(new Outcome("021 no connection named \"x\"\n", "", 21));
            assertThat(daemon.answers()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void promptsAreAnsweredByTheUser(Client client) throws Exception {
        try (FakeDaemon daemon = new FakeDaemon(
                socket(),
                new Reply.Prompt(41, "\"c\" #1: prompt for Username:"),
                new Reply.Prompt(40, "\"c\" #1: prompt for Password:"),
                Reply.end())) {
            Outcome outcome = runWithInput(client, "paul\nse cret\n", "--initiate", "--name", "c");
            assertThat(outcome.output())
                    .isEqualTo("041 \"c\" #1: prompt for Username:\n040 \"c\" #1: prompt for Password:\n");
            assertThat(outcome.error()).contains("Enter username:   ").contains("Enter passphrase: ");
            assertThat(daemon.answers()).containsExactly("paul", "se cret");
        }
    }

    @ParameterizedTest
    @EnumSource
    void nobodyThereToBeAsked(Client client) throws Exception {
        try (FakeDaemon daemon = new FakeDaemon(socket(), new Reply.Prompt(41, "\"c\" #1: prompt for Username:"))) {
            Outcome outcome = run(client, "--initiate", "--name", "c");
            assertThat(outcome.status()).isEqualTo(33);
            assertThat(outcome.error()).contains("Cannot read username from standard in");
            assertThat(daemon.answers()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void longListingsArriveWhole(Client client) throws Exception {
        Reply[] replies = new Reply[20_001];
        StringBuilder expected = new StringBuilder();
        for (int i = 0; i < 20_000; i++) {
            replies[i] = new Reply.Line(0, "line " + i);
            expected.append("000 line ").append(i).append('\n');
        }
        replies[20_000] = Reply.end(0);
        try (FakeDaemon daemon = new FakeDaemon(socket(), replies)) {
            assertThat(run(client, "--status").output()).isEqualTo(expected.toString());
            assertThat(daemon.answers()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void withoutADaemonTheOraclesWords(Client client) throws Exception {
        assertThat(run(client, "--status"))
                .isEqualTo(new Outcome("", "whack: Pluto is not running (no \"" + socket() + "\")\n", 33));
    }

    @ParameterizedTest
    @EnumSource
    void aSocketThatNobodyServes(Client client) throws Exception {
        FakeDaemon daemon = new FakeDaemon(socket());
        daemon.close();
        assertThat(run(client, "--status"))
                .isEqualTo(new Outcome(
                        "",
                        "whack: is Pluto running?  connect() for \"" + socket()
                                + "\" failed (111 Connection refused)\n",
                        33));
    }

    @ParameterizedTest
    @EnumSource
    void helpAndVersionNeedNoDaemon(Client client) throws Exception {
        assertThat(run(client, "--version")).isEqualTo(new Outcome(Version.TEXT + "\n", "", 0));
        assertThat(run(client, "--help")).isEqualTo(new Outcome("", WhackHelp.text(), 0));
        assertThat(run(client, "--vers")).isEqualTo(new Outcome(Version.TEXT + "\n", "", 0));
    }

    @ParameterizedTest
    @EnumSource
    void argumentsMayBeTooMany(Client client) throws Exception {
        String[] arguments = new String[12];
        java.util.Arrays.fill(arguments, "x".repeat(100_000));
        try (FakeDaemon daemon = new FakeDaemon(socket())) {
            Outcome outcome = run(client, arguments);
            assertThat(outcome.status()).isEqualTo(33);
            assertThat(outcome.error()).startsWith("whack: arguments too long: 1200");
            assertThat(daemon).isNotNull();
        }
    }

    @Test
    void theNativeClientKnowsItsOtherNames() throws Exception {
        for (String name : List.of("auto", "addconn")) {
            Path link = folder.resolve(name);
            Files.createSymbolicLink(link, Path.of("target/native/whack").toAbsolutePath());
            Path socket = folder.resolve(name + ".ctl");
            try (FakeDaemon daemon = new FakeDaemon(socket, Reply.end(7))) {
                Outcome outcome = process(link, "", List.of("--ctlsocket", socket.toString(), "--add", "x"));
                assertThat(outcome).isEqualTo(new Outcome("", "", 7));
                assertThat(daemon.request().program()).isEqualTo(name);
                assertThat(daemon.request().arguments()).element(3).isEqualTo(Bytes.ofUtf8("--add"));
            }
        }
    }

    @Test
    void theSocketIsFoundAsGetoptFindsIt() throws Exception {
        for (List<String> arguments : List.of(
                List.of("--ctlsocket=" + socket(), "--status"),
                List.of("--ctls", socket().toString(), "--status"),
                List.of("--ctlbase", folder.toString(), "--status"),
                List.of("--name", "--ctlsocket", "--pass", "--ctlsocket", socket().toString(), "--status"),
                List.of("--end-username", "--ctlsocket", "--ctlsocket", socket().toString(), "--status"),
                List.of("operand", "--status", "--ctlsocket", socket().toString()))) {
            try (FakeDaemon daemon = new FakeDaemon(socket(), Reply.end(7))) {
                assertThat(Client.NATIVE.run("", arguments).status())
                        .as("%s", arguments)
                        .isEqualTo(7);
                assertThat(daemon.request().argumentTexts()).isEqualTo(arguments);
            }
            Files.delete(socket());
            assertThat(SocketPath.of(arguments)).isEqualTo(socket());
        }
    }

    @Test
    void withoutADaemonTheNativeClientHasArgumentsJudgedInJava() throws Exception {
        Path whack = install();
        for (String line : List.of("--i", "--status zz", "--initiate", "--crash 0.0.0.0")) {
            List<String> arguments = VectorFile.split(line);
            Outcome outcome = process(whack, "", arguments);
            WhackParsed.Done expected =
                    (WhackParsed.Done) new WhackGrammar(name -> List.of(), org.jswan.config.value.NetworkNames::none)
                            .parse(whack.toString(), arguments);
            assertThat(outcome).isEqualTo(new Outcome(expected.output(), expected.error(), 33));
        }
        assertThat(process(whack, "", List.of("--rundir", folder.toString(), "--shutdown")))
                .isEqualTo(new Outcome("", "whack: Pluto is not running (no \"" + socket() + "\")\n", 33));
    }

    /** The folders of an installation, with jars of the classes under test. */
    private Path install() throws IOException, URISyntaxException {
        Path libexec = Files.createDirectories(folder.resolve("libexec/ipsec"));
        Path lib = Files.createDirectories(folder.resolve("lib/jswan"));
        Files.createSymbolicLink(
                lib.resolve("libjvm.so"), Path.of(System.getProperty("java.home"), "lib/server/libjvm.so"));
        for (Class<?> type : List.of(WhackMain.class, Reply.class)) {
            Path classes = Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
            Path jar = lib.resolve(type.getSimpleName() + ".jar");
            if (Files.isDirectory(classes)) {
                pack(classes, jar);
            } else {
                Files.copy(classes, jar);
            }
        }
        return Files.copy(Path.of("target/native/whack"), libexec.resolve("whack"));
    }

    private static void pack(Path classes, Path jar) throws IOException {
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
                Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                out.putNextEntry(new JarEntry(classes.relativize(file).toString()));
                Files.copy(file, out);
                out.closeEntry();
            }
        }
    }
}
