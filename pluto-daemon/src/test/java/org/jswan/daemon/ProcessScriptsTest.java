// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jswan.time.TimerQueue;
import org.jswan.updown.ScriptRunner.Ending;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real scripts. */
@Timeout(20)
class ProcessScriptsTest {
    private static final Map<String, String> PATH = Map.of("PATH", "/usr/bin:/bin");

    private final ManualClock clock = new ManualClock();
    private final List<String> said = new ArrayList<>();
    private final List<Ending> endings = new ArrayList<>();
    private Loop loop;
    private ProcessScripts scripts;

    @BeforeEach
    void open() throws Exception {
        loop = new Loop(clock, new TimerQueue(clock), new Lines());
        scripts = new ProcessScripts(loop, PATH);
    }

    @AfterEach
    void close() {
        loop.close();
    }

    private Ending run(String command, Map<String, String> environment) throws Exception {
        scripts.run(command, environment, said::add, ending -> {
            endings.add(ending);
            loop.stop();
        });
        loop.run();
        return endings.get(endings.size() - 1);
    }

    private Ending run(String command) throws Exception {
        return run(command, Map.of());
    }

    @Test
    void scriptsRunOneAtATimeInTheirOrder() throws Exception {
        scripts.run("echo \"$VERB\"; echo err >&2; exit 3", Map.of("VERB", "up client"), said::add, endings::add);
        assertThat(endings).isEmpty();
        Ending last = run("env | grep -v -e ^PWD= -e ^SHLVL= -e ^_=", Map.of("A", "b\nc", "N", "é"));
        assertThat(endings).containsExactly(Ending.exited(3), last);
        assertThat(last.isSuccess()).isTrue();
        assertThat(said.subList(0, 2)).containsExactly("up client", "err");
        assertThat(said.subList(2, said.size())).containsExactlyInAnyOrder("PATH=/usr/bin:/bin", "A=b", "c", "N=é");
    }

    @Test
    void aSignalIsNoExitStatus() throws Exception {
        assertThat(run("kill -15 $$")).isEqualTo(Ending.signalled(15));
        assertThat(run("exit 143")).isEqualTo(Ending.exited(143));
        assertThat(said).isEmpty();
    }

    @Test
    void whoseChildWasKilledExits() throws Exception {
        assertThat(run("sh -c 'kill -9 $$'; exit $?")).isEqualTo(Ending.exited(137));
        assertThat(said).containsExactly("Killed");
    }

    @Test
    void whatIsNotThereIsTheShellsToTell() throws Exception {
        assertThat(run("/nowhere/to/be/found")).isEqualTo(Ending.exited(127));
        assertThat(said).containsExactly("sh: 1: /nowhere/to/be/found: not found");
    }

    @Test
    void whatCannotBeStartedSaysWhy() throws Exception {
        // More than Linux takes for one argument.
        assertThat(run("#" + "x".repeat(1 << 18))).isEqualTo(Ending.NOT_STARTED);
        assertThat(run("echo \0")).isEqualTo(Ending.NOT_STARTED);
        assertThat(said)
                .containsExactly(
                        "/bin/sh: Argument list too long (E2BIG)", "a program's argument or variable with a NUL in it");
        assertThat(run("exit 5")).isEqualTo(Ending.exited(5));
    }

    @Test
    void scriptsHaveNothingToReadAndNothingOfOurs() throws Exception {
        run("read line || echo none; ls /proc/self/fd");
        // 3 is the folder that ls reads.
        assertThat(said).containsExactly("none", "0", "1", "2", "3");
    }

    @Test
    void linesComeWhileTheScriptRuns(@TempDir Path folder) throws Exception {
        Path pipe = folder.resolve("pipe");
        scripts.run(
                "mkfifo \"$PIPE\"; echo ready; read line < \"$PIPE\"; echo $line",
                Map.of("PIPE", pipe.toString()),
                line -> {
                    said.add(line);
                    if (line.equals("ready")) {
                        answer(pipe);
                    }
                },
                ending -> loop.stop());
        loop.run();
        assertThat(said).containsExactly("ready", "heard");
    }

    private static void answer(Path pipe) {
        try {
            Files.writeString(pipe, "heard\n", StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void allOfALongSpeechIsHeard() throws Exception {
        assertThat(run("seq 1 200000")).isEqualTo(Ending.exited(0));
        assertThat(said).hasSize(200_000).last().isEqualTo("200000");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tail -f /dev/null",
                "sh -c 'while echo x; do sleep 0.05; done'",
                "yes",
            })
    void whatAScriptLeavesInTheBackgroundKeepsNobodyWaiting(String talker) throws Exception {
        run("timeout 10 " + talker + " & echo pid $!");
        String pid = said.stream()
                .filter(line -> line.startsWith("pid "))
                .findFirst()
                .orElseThrow();
        Optional<ProcessHandle> left = ProcessHandle.of(Long.parseLong(pid.substring(4)));
        // Who has ended has no program any more, though nobody may have waited for it yet.
        assertThat(left.flatMap(talking -> talking.info().command())).isPresent();
        left.ifPresent(ProcessHandle::destroy);
    }

    /** @param made how many threads there may be before one cannot be made */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void aThreadThatCannotBeMadeIsNotWaitedFor(int made) throws Exception {
        AtomicInteger left = new AtomicInteger(made);
        scripts = new ProcessScripts(loop, PATH, work -> {
            if (left.getAndDecrement() == 0) {
                throw new OutOfMemoryError("unable to create native thread");
            }
            return new Thread(work);
        });
        assertThat(run("echo unheard")).isEqualTo(Ending.NOT_STARTED);
        assertThat(said).containsExactly("unable to create native thread");
        assertThat(run("echo heard")).isEqualTo(Ending.exited(0));
        assertThat(said).endsWith("heard").doesNotContain("unheard");
    }
}
