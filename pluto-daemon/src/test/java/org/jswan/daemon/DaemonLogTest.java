// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.jswan.base.OctetText;
import org.jswan.nativesocket.Linux;
import org.jswan.nativesocket.Message;
import org.jswan.nativesocket.NativeSocket;
import org.jswan.nativesocket.SocketName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DaemonLogTest {
    @TempDir
    Path folder;

    private final ManualClock clock = new ManualClock();

    private DaemonLog toFile(boolean append, boolean timestamps) throws IOException {
        return new DaemonLog(clock, StreamLog.file(folder.resolve("log"), append, timestamps, ZoneOffset.UTC));
    }

    private String file() throws IOException {
        return Files.readString(folder.resolve("log"));
    }

    @Test
    void linesHaveTheirTime() throws IOException {
        DaemonLog log = toFile(true, true);
        log.log("one");
        clock.advance(Duration.ofDays(20).plusNanos(1000));
        log.log("two");
        clock.advance(Duration.ofNanos(1000));
        log.log("three");
        assertThat(file())
                .isEqualTo(
                        """
                        Nov  2 02:21:53.123456: one
                        Nov 22 02:21:53.123457: two
                        Nov 22 02:21:53.123458: three
                        """);
    }

    @Test
    void debuggingOutputHasAMarkAndIsShownOnRequest() throws IOException {
        DaemonLog log = toFile(true, false);
        log.debug("hidden");
        log.showDebug(true);
        log.debug("shown");
        assertThat(file()).isEqualTo("| shown\n");
    }

    @Test
    void octetsThatAreNoTextAreWrittenThrough() throws IOException {
        toFile(true, false).log(OctetText.read(new byte[] {'x', (byte) 0xc3}));
        assertThat(Files.readAllBytes(folder.resolve("log"))).containsExactly('x', 0xc3, '\n');
    }

    @Test
    void theFileIsContinuedOrBegunAgain() throws IOException {
        Files.writeString(folder.resolve("log"), "old\n");
        toFile(true, false).log("more");
        assertThat(file()).isEqualTo("old\nmore\n");
        toFile(false, false).log("new");
        assertThat(file()).isEqualTo("new\n");
    }

    @Test
    void aRotatedFileIsLetGo() throws IOException {
        DaemonLog log = toFile(true, false);
        log.log("one");
        Files.move(folder.resolve("log"), folder.resolve("log.1"));
        log.log("two");
        log.reopen();
        log.log("three");
        assertThat(folder.resolve("log.1")).hasContent("one\ntwo\n");
        assertThat(file()).isEqualTo("three\n");
    }

    @Test
    void aLineStaysALine() throws IOException {
        toFile(true, false).log("peer said \n| \033[1m\177");
        assertThat(file()).isEqualTo("peer said \\012| \\033[1m\\177\n");
    }

    @Test
    void lostLinesAreCountedAndToldLater() {
        List<String> lines = new ArrayList<>();
        boolean[] full = {true};
        DaemonLog log = new DaemonLog(clock, new LogTarget() {
            @Override
            public void write(int severity, Instant now, String line) throws IOException {
                if (full[0]) {
                    throw new IOException("No space left on device");
                }
                lines.add(line);
            }

            @Override
            public void reopen() {}

            @Override
            public void close() {}
        });
        log.log("one");
        log.log("two");
        full[0] = false;
        log.log("three");
        assertThat(lines).containsExactly("log was interrupted: 2 lines lost: No space left on device", "three");
    }

    @Test
    void syslogGetsDatagramsOfFacilityAuthpriv() throws IOException {
        String path = folder.resolve("dev-log").toString();
        DaemonLog log = new DaemonLog(clock, new SyslogLog(path, ZoneOffset.UTC, 4711));
        log.log("nobody listens yet");
        try (NativeSocket syslog = NativeSocket.open(Linux.AF_UNIX, Linux.SOCK_DGRAM, 0)) {
            syslog.bind(SocketName.unix(path));
            log.log("one");
            log.showDebug(true);
            log.debug("two" + OctetText.read(new byte[] {(byte) 0xff}));
            Message message = new Message(1000);
            List<String> received = new ArrayList<>();
            while (syslog.receive(message) >= 0) {
                received.add(new String(message.toArray(), java.nio.charset.StandardCharsets.ISO_8859_1));
            }
            assertThat(received)
                    .containsExactly(
                            "<84>Nov  2 02:21:53 pluto[4711]: log was interrupted: 1 lines lost: No such file or"
                                    + " directory",
                            "<84>Nov  2 02:21:53 pluto[4711]: one",
                            "<87>Nov  2 02:21:53 pluto[4711]: | two\u00ff");
        }
    }
}
