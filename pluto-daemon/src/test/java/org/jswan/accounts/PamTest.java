// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.accounts;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.jswan.base.Bytes;
import org.jswan.base.IpAddress;
import org.jswan.base.Secret;
import org.jswan.login.Logins.PamQuestion;
import org.jswan.login.Logins.PamRefusal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The machine's libpam, with configurations of our own. */
class PamTest {
    @TempDir
    private Path folder;

    private Optional<PamRefusal> ask(String configuration, String user, String password) throws IOException {
        Files.writeString(folder.resolve("pluto"), configuration);
        PamQuestion question =
                new PamQuestion(Bytes.ofUtf8(user), Secret.copyOf(Bytes.ofUtf8(password)), IpAddress.of("192.0.2.9"));
        return new Pam("pluto", Optional.of(folder.toString())).ask(question);
    }

    /** Of a module that lets in who has the right name, password and address. */
    private String checking() throws IOException {
        Path script = folder.resolve("check");
        Files.writeString(
                script,
                """
                #!/bin/sh
                [ "$(tr -d '\\000')" = 'pass word' ] && [ "$PAM_USER" = road ] && [ "$PAM_RHOST" = 192.0.2.9 ]
                """);
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        return "auth required pam_exec.so expose_authtok quiet " + script + "\naccount required pam_permit.so\n";
    }

    @Test
    void aModuleLearnsNamePasswordAndAddress() throws IOException {
        assertThat(ask(checking(), "road", "pass word")).isEmpty();
        assertThat(ask(checking(), "road", "password").orElseThrow().step()).isEqualTo("pam_authenticate");
        assertThat(ask(checking(), "east", "pass word")).isPresent();
    }

    @Test
    void whoIsAuthenticMayBeRefusedAllTheSame() throws IOException {
        assertThat(ask("auth required pam_permit.so\naccount required pam_deny.so\n", "road", "any"))
                .map(PamRefusal::step)
                .contains("pam_acct_mgmt");
    }

    @Test
    void aRefusalIsInTheWordsOfPam() throws IOException {
        assertThat(ask("auth required pam_deny.so\n", "road", "any"))
                .contains(new PamRefusal("pam_authenticate", "Authentication failure"));
    }

    @Test
    void withoutAConfigurationNobodyComesIn() throws IOException {
        assertThat(new Pam("pluto", Optional.of(folder.toString()))
                        .ask(new PamQuestion(
                                Bytes.ofUtf8("road"), Secret.copyOf(Bytes.EMPTY), IpAddress.of("192.0.2.9"))))
                .isPresent();
    }
}
