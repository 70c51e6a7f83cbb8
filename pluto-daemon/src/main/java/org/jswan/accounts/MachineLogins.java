// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.accounts;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import org.jswan.base.Bytes;
import org.jswan.base.Secret;
import org.jswan.helper.Helpers;
import org.jswan.login.Logins;

/** The logins of this machine: a file {@code passwd}, libcrypt and libpam. */
public final class MachineLogins implements Logins {
    private static final String PAM_SERVICE = "pluto";

    private final Path passwordFile;
    private final Helpers pamHelpers;
    private final Consumer<String> log;

    /** Made when it is needed: the library takes a while to load. */
    private static final class LazyCrypt {
        static final Crypt CRYPT = new Crypt();

        private LazyCrypt() {}
    }

    /** Made when it is needed. */
    private static final class LazyPam {
        static final Pam PAM = new Pam(PAM_SERVICE, Optional.empty());

        private LazyPam() {}
    }

    /**
     * @param folder that has the file {@code passwd}
     * @param pamHelpers that may be held up: modules of PAM ask servers, and people
     * @param log of what is missing; called by any thread
     */
    public MachineLogins(Path folder, Helpers pamHelpers, Consumer<String> log) {
        this.passwordFile = folder.resolve("passwd");
        this.pamHelpers = pamHelpers;
        this.log = log;
    }

    @Override
    public String passwordFileName() {
        return passwordFile.toString();
    }

    @Override
    public Bytes passwordFile() throws IOException {
        return Bytes.wrap(Files.readAllBytes(passwordFile));
    }

    @Override
    public Optional<Bytes> crypt(Secret password, Bytes setting) {
        try {
            return LazyCrypt.CRYPT.hash(password, setting);
        } catch (UnsatisfiedLinkError | NoClassDefFoundError missing) {
            log.accept("XAUTH: passwords cannot be checked without libcrypt: " + missing.getMessage());
            return Optional.empty();
        }
    }

    @Override
    public Runnable askPam(PamQuestion question, Consumer<Optional<PamRefusal>> done) {
        return pamHelpers.submit(
                () -> {
                    try {
                        return LazyPam.PAM.ask(question);
                    } catch (UnsatisfiedLinkError | NoClassDefFoundError missing) {
                        return Optional.of(new PamRefusal("pam_start", missing.getMessage()));
                    } finally {
                        question.password().destroy();
                    }
                },
                outcome -> done.accept(
                        outcome.failure() == null
                                ? outcome.value()
                                : Optional.of(new PamRefusal("pam_start", String.valueOf(outcome.failure())))));
    }
}
