// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.xauth;

import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import org.jswan.base.Bytes;
import org.jswan.base.Secret;
import org.jswan.connection.Connection;
import org.jswan.identity.SecretStore;
import org.jswan.log.Logger;
import org.jswan.log.RcCode;

/** Finds, as an XAUTH client, what a server wants to know: in the configuration, in ipsec.secrets, or by asking the user. */
public final class XauthCredentials {
    /** as libreswan: no answer is longer, in octets. */
    private static final int LONGEST = 127;

    private final Connection connection;
    private final Logger logger;

    /** @param logger of the SA: the user is asked by the whacks attached to it */
    public XauthCredentials(Connection connection, Logger logger) {
        this.connection = connection;
        this.logger = logger;
    }

    /**
     * The name, which is the connection's if it has one.
     *
     * @param known what the SA's user is called, if that was asked before
     * @param found is told the name, now or later on the loop; empty if it is not to be had: the log says why
     */
    public void name(Optional<Bytes> known, Consumer<Optional<Bytes>> found) {
        Optional<Bytes> configured =
                connection.local().config().xauth().username().map(Bytes::ofUtf8);
        Optional<Bytes> name = known.or(() -> configured).filter(n -> !n.isEmpty());
        if (name.isPresent()) {
            found.accept(name);
        } else {
            ask("Username", RcCode.USERPROMPT, found);
        }
    }

    /**
     * The password of a user.
     *
     * @param found is told the password, now or later on the loop; the caller destroys it. Empty if it is not to be had: the
     *     log says why
     */
    public void password(Bytes user, SecretStore secrets, Consumer<Optional<Secret>> found) {
        Optional<Secret> kept = secrets.xauth(user.utf8()).map(Secret::copy);
        if (kept.isPresent()) {
            found.accept(kept);
        } else {
            ask("Password", RcCode.ENTERSECRET, answer -> found.accept(answer.map(Secret::copyOf)));
        }
    }

    private void ask(String what, RcCode code, Consumer<Optional<Bytes>> found) {
        String lower = what.toLowerCase(Locale.ROOT);
        boolean asked = logger.prompt(code, connection.name() + " prompt for " + what + ":", answer -> {
            if (answer.isEmpty()) {
                logger.log(RcCode.LOG_SERIOUS, "no " + what + " entered, aborted");
                logger.log(RcCode.LOG_SERIOUS, "XAUTH " + lower + " prompt failed.");
            }
            found.accept(answer.map(Bytes::ofUtf8).map(octets -> octets.first(Math.min(octets.length(), LONGEST))));
        });
        if (!asked) {
            logger.log(
                    RcCode.LOG_SERIOUS, "XAUTH " + lower + " requested, but no file descriptor available for prompt");
            found.accept(Optional.empty());
        }
    }
}
