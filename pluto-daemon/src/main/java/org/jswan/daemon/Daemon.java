// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.daemon;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.Optional;
import org.jswan.control.DebugClass;
import org.jswan.nativesocket.ErrnoException;
import org.jswan.time.Clock;

/** One run of pluto: what is there before the first event and after the last one. */
final class Daemon {
    private static final int ROOT = 0;

    private final String program;
    private final DaemonOptions options;
    private final PrintStream out;
    private final PrintStream err;
    private final Clock clock = new SystemClock();
    private final long pid;

    /**
     * @param program argv[0]
     * @param out and {@code err}: the terminal, as long as there is one
     */
    Daemon(String program, DaemonOptions options, PrintStream out, PrintStream err) throws Fatal {
        this.program = program;
        this.options = options;
        this.out = out;
        this.err = err;
        pid = ownPid();
    }

    private static long ownPid() throws Fatal {
        try {
            return Long.parseLong(Files.readSymbolicLink(Path.of("/proc/self")).toString());
        } catch (IOException e) {
            throw new Fatal(ExitStatus.FAIL, "could not read /proc/self: " + IoReason.withErrno(e));
        }
    }

    /** Runs to the end. */
    ExitStatus run() throws Fatal {
        enterDumpdir();
        if (options.selftest()) {
            return selftest();
        }
        Path rundir = startingPoint().resolve(options.paths().rundir());
        LockFile lock = LockFile.create(rundir.resolve("pluto.pid"), pid, !options.fork());
        try {
            Rights.require(Path.of("/proc/self/status"));
            return serve(rundir, lock);
        } finally {
            lock.delete();
        }
    }

    private ExitStatus serve(Path rundir, LockFile lock) throws Fatal {
        try (ControlSocket control = ControlSocket.create(rundir.resolve("pluto.ctl"), ROOT)) {
            if (!options.fork()) {
                out.println("Pluto initialized");
            }
            DaemonLog log = openLog();
            try (Service service = new Service(options, clock, log, control, pid)) {
                return service.run();
            } catch (Fatal e) {
                if (!options.log().stderr()) {
                    log.log("FATAL ERROR: " + e.getMessage());
                }
                throw e;
            } catch (IOException e) {
                throw new Fatal(ExitStatus.FAIL, e.getMessage());
            } finally {
                control.remove();
                lock.delete();
                log.close();
            }
        }
    }

    /** A crash leaves its files where the process is. */
    private void enterDumpdir() {
        int error = Launcher.changeDirectory(options.paths().dumpdir());
        if (error != 0) {
            err.println(program + ": pluto: warning: chdir(\"" + options.paths().dumpdir() + "\") to dumpdir failed ("
                    + error + ": " + ErrnoException.text(error) + ")");
        }
    }

    /** Java goes on resolving names where the process began; where it is now is asked of the kernel. */
    private static Path startingPoint() {
        return Path.of("/proc/self/cwd");
    }

    private ExitStatus selftest() throws Fatal {
        for (String what : new String[] {"lock", "control socket", "fork"}) {
            err.println(program + ": selftest: skipping " + what);
        }
        DaemonLog log = new DaemonLog(clock, StreamLog.standardError(false, ZoneId.systemDefault()));
        StartLog start = new StartLog(log);
        start.begin(options, pid);
        start.testAlgorithms();
        log.log("selftest: exiting pluto");
        return ExitStatus.OK;
    }

    private DaemonLog openLog() {
        DaemonLog log = new DaemonLog(clock, target());
        log.showDebug(options.debugging().contains(DebugClass.BASE));
        return log;
    }

    private LogTarget target() {
        ZoneId zone = ZoneId.systemDefault();
        DaemonOptions.Log wish = options.log();
        Optional<LogTarget> file = wish.file().flatMap(name -> openFile(name, wish, zone));
        if (wish.stderr()) {
            return StreamLog.standardError(wish.timestamps(), zone);
        }
        return wish.file().isPresent() ? file.orElse(LogTarget.NOWHERE) : new SyslogLog(SyslogLog.SOCKET, zone, pid);
    }

    /** As libreswan: one that cannot be opened is told, and the daemon goes on without a log. */
    private Optional<LogTarget> openFile(String name, DaemonOptions.Log wish, ZoneId zone) {
        try {
            return Optional.of(StreamLog.file(startingPoint().resolve(name), wish.append(), wish.timestamps(), zone));
        } catch (IOException e) {
            err.println("Cannot open logfile '" + name + "': " + IoReason.of(e));
            return Optional.empty();
        }
    }
}
