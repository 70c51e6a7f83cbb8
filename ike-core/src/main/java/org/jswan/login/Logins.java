// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.login;

import java.io.IOException;
import java.util.Optional;
import java.util.function.Consumer;
import org.jswan.base.Bytes;
import org.jswan.base.IpAddress;
import org.jswan.base.Secret;

/** Who may log in, as the machine sees it. */
public interface Logins {
    /** Nobody may. */
    Logins NONE = new NoLogins();

    /** The file of users and passwords, as logs name it. */
    String passwordFileName();

    /**
     * What is in the file of users and passwords. Called by helpers.
     *
     * @throws IOException if it cannot be read
     */
    Bytes passwordFile() throws IOException;

    /**
     * crypt(3): {@code setting} says method and salt. Called by helpers.
     *
     * @return the hash with its setting before it; empty if the machine does not know the method, or the setting is none
     */
    Optional<Bytes> crypt(Secret password, Bytes setting);

    /**
     * Asks PAM, which may take its time.
     *
     * @param done is told on the loop, never from within this call: why the user may not come in; empty if they may
     * @return gives up: {@code done} will not be called any more
     */
    Runnable askPam(PamQuestion question, Consumer<Optional<PamRefusal>> done);

    /**
     * May this user come in?
     *
     * @param user without octets 0
     * @param peer from where they come
     */
    record PamQuestion(Bytes user, Secret password, IpAddress peer) {}

    /**
     * No.
     *
     * @param step the function of PAM that said it
     * @param reason in PAM's words
     */
    record PamRefusal(String step, String reason) {}
}
