// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.daemon;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jswan.config.value.PrivateNetworks;
import org.jswan.control.Version;
import org.jswan.crypto.AlgorithmTable;
import org.jswan.crypto.CryptoSelfTest;
import org.jswan.kernel.SecurityModule;
import org.jswan.log.LogSink;

/** What the log says at the start: libreswan's lines, as far as they hold here. */
final class StartLog {
    private final LogSink log;

    StartLog(LogSink log) {
        this.log = log;
    }

    void begin(DaemonOptions options, long pid) {
        log.log("FIPS mode disabled for pluto daemon");
        log.log("FIPS HMAC integrity support [disabled]");
        log.log("libcap-ng support [disabled]");
        log.log("Linux audit support [disabled]");
        log.log("Starting Pluto (Libreswan Version " + Version.LIBRESWAN + Usage.FEATURES + ") pid:" + pid);
        log.log("core dump dir: " + options.paths().dumpdir());
        log.log("secrets file: " + options.paths().secretsFile());
        log.log(options.leakDetective() ? "leak-detective enabled" : "leak-detective disabled");
        log.log("XAUTH PAM support [enabled]");
        options.warnings().forEach(log::log);
        log.log("NAT-Traversal support  [enabled]");
        PrivateNetworks.parse(options.virtualPrivate(), log::log);
        AlgorithmTable.lines().forEach(log::log);
    }

    /** @throws Fatal if an algorithm computes something else than is known: nothing may rest on it */
    void testAlgorithms() throws Fatal {
        CryptoSelfTest.Result result = CryptoSelfTest.run();
        result.lines().forEach(log::log);
        if (!result.failures().isEmpty()) {
            throw new Fatal(ExitStatus.FAIL, "algorithm test failed: " + String.join("; ", result.failures()));
        }
    }

    void kernel(Protostack stack) {
        log.log("using Linux " + stack.kernelName() + " kernel support code on " + kernelVersion());
    }

    private static String kernelVersion() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/version"), StandardCharsets.UTF_8)
                    .strip();
        } catch (IOException e) {
            return "a kernel of unknown version";
        }
    }

    void end(SecurityModule.Mode selinux) {
        log.log(
                selinux == SecurityModule.Mode.DISABLED
                        ? "selinux support is NOT enabled."
                        : "SELinux support is enabled in " + selinux + " mode.");
        log.log("systemd watchdog not enabled - not sending watchdog keepalives");
        log.log("seccomp security not supported");
    }
}
