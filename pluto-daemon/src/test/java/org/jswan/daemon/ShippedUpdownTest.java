// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShippedUpdownTest {
    @TempDir
    private Path root;

    private Path libexec;
    private Path sbin;
    private Map<String, String> environment;

    @BeforeEach
    void install() throws IOException {
        libexec = Files.createDirectories(root.resolve("libexec"));
        sbin = Files.createDirectories(root.resolve("sbin"));
        for (String name : new String[] {"_updown", "_updown.xfrm"}) {
            Files.writeString(program(libexec.resolve(name)), shipped(name));
        }
        installCommand(sbin);
        environment = new HashMap<>(Map.of("PATH", "/nowhere:" + sbin + ":/nowhere"));
    }

    private static String shipped(String name) throws IOException {
        try (InputStream in = ShippedUpdown.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** As etc/install.sh does. */
    private Path installCommand(Path folder) throws IOException {
        String text = shipped("ipsec")
                .replace("@LIBEXECDIR@", libexec.toString())
                .replace("@SBINDIR@", sbin.toString())
                .replace("@NSSDIR@", "/nss");
        return Files.writeString(program(folder.resolve("ipsec")), text);
    }

    private static Path program(Path file) throws IOException {
        Files.createFile(file);
        assertThat(file.toFile().setExecutable(true)).isTrue();
        return file;
    }

    private ShippedUpdown shipped() {
        return new ShippedUpdown(
                new ShippedUpdown.Places(libexec.toString(), sbin.toString(), "/nss"), root, environment);
    }

    @Test
    void whatWasInstalledIsShipped() {
        assertThat(shipped().isUntouched()).isTrue();
    }

    @Test
    void aChangeIsSeenWhenItHappens() throws IOException {
        ShippedUpdown shipped = shipped();
        assertThat(shipped.isUntouched()).isTrue();
        Files.writeString(libexec.resolve("_updown.xfrm"), "logger hello\n", StandardOpenOption.APPEND);
        assertThat(shipped.isUntouched()).isFalse();
        Files.delete(libexec.resolve("_updown.xfrm"));
        assertThat(shipped.isUntouched()).isFalse();
    }

    @Test
    void whoMayNotRunItRunsNothing() {
        assertThat(libexec.resolve("_updown").toFile().setExecutable(false, false))
                .isTrue();
        assertThat(shipped().isUntouched()).isFalse();
    }

    @Test
    void settingsOfTheAdministratorsAreForTheScript() throws IOException {
        ShippedUpdown shipped = shipped();
        Files.createFile(Files.createDirectories(root.resolve("etc/default")).resolve("pluto_updown"));
        assertThat(shipped.isUntouched()).isFalse();
    }

    @Test
    void variablesThatTheScriptReadsAreForTheScript() {
        environment.put("IPROUTEARGS", "table 7");
        assertThat(shipped().isUntouched()).isFalse();
    }

    @Test
    void anotherIpsecComesFirst() throws IOException {
        Path other = Files.createDirectories(root.resolve("other"));
        environment.put("PATH", other + ":" + sbin);
        ShippedUpdown shipped = shipped();
        // A folder is no program.
        Path folder = Files.createDirectory(other.resolve("ipsec"));
        assertThat(shipped.isUntouched()).isTrue();
        Files.delete(folder);
        program(other.resolve("ipsec"));
        assertThat(shipped.isUntouched()).isFalse();
    }

    @Test
    void theCommandItselfMayBeChanged() throws IOException {
        ShippedUpdown shipped = shipped();
        assertThat(shipped.isUntouched()).isTrue();
        Path command = sbin.resolve("ipsec");
        Files.writeString(command, "#!/bin/sh\nexport IPRARGS='table 7'\n" + Files.readString(command));
        assertThat(shipped.isUntouched()).isFalse();
        Files.delete(command);
        assertThat(shipped.isUntouched()).isFalse();
        installCommand(sbin);
        assertThat(shipped.isUntouched()).isTrue();
    }
}
