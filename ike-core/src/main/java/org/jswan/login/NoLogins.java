// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.login;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Consumer;
import org.jswan.base.Bytes;
import org.jswan.base.Secret;

/** A machine without people. */
final class NoLogins implements Logins {
    @Override
    public String passwordFileName() {
        return "passwd";
    }

    @Override
    public Bytes passwordFile() throws IOException {
        throw new FileNotFoundException(passwordFileName());
    }

    @Override
    public Optional<Bytes> crypt(Secret password, Bytes setting) {
        return Optional.empty();
    }

    /** Never answers. */
    @Override
    public Runnable askPam(PamQuestion question, Consumer<Optional<PamRefusal>> done) {
        return () -> {};
    }
}
