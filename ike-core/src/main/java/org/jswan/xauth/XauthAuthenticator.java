// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.xauth;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jswan.base.AddressRange;
import org.jswan.base.Secret;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionDatabase;
import org.jswan.connection.XauthFailure;
import org.jswan.log.RcCode;
import org.jswan.login.Logins;
import org.jswan.pool.PoolException;
import org.jswan.sa.Statistics;
import org.jswan.time.TimerQueue;
import org.jswan.world.World;
import org.jswan.xauth.PasswordFile.Verdict;

/** Decides, as an XAUTH server, whether a user may come in, in the way that the connection says ({@code xauthby=}). */
public final class XauthAuthenticator {
    /** How long PAM may think. */
    private static final Duration PAM_TIMEOUT = Duration.ofSeconds(60);

    private final World world;
    private final ConnectionDatabase connections;
    private final Statistics statistics;

    /** A question without an answer yet. */
    public interface Pending {
        /**
         * Nobody wants the answer any more: it will not come. Of no effect after it came.
         *
         * @param why for the log
         */
        void abort(String why);
    }

    public XauthAuthenticator(World world, ConnectionDatabase connections, Statistics statistics) {
        this.world = world;
        this.connections = connections;
        this.statistics = statistics;
    }

    /**
     * Asks for a user. Afterwards their connection has the pool that the password file names for them, if it names one.
     *
     * @param own which connection that is; asked for when their password is right
     * @param done is told on the loop, never from within this call
     */
    public Pending authenticate(XauthQuestion question, Supplier<Connection> own, Consumer<XauthAnswer> done) {
        Consumer<Boolean> judged = fine -> done.accept(judge(question, fine));
        return switch (question.connection().config().modeConfig().xauthBy()) {
            case FILE -> {
                log(question, "password file authentication method requested to authenticate user '");
                yield byFile(question, own, judged);
            }
            case PAM -> {
                log(question, "PAM authentication method requested to authenticate user '");
                yield new PamConversation(world, statistics, question, "XAUTH", judged).giveUpAfter(PAM_TIMEOUT);
            }
            case ALWAYS_OK -> {
                log(question, "authentication method 'always ok' requested to authenticate user '");
                yield always(question, judged);
            }
        };
    }

    private static void log(XauthQuestion question, String what) {
        question.logger().log("XAUTH: " + what + question.userText() + "'");
    }

    private static XauthAnswer judge(XauthQuestion question, boolean fine) {
        question.password().destroy();
        String user = question.userText();
        boolean soft = !fine && question.connection().config().modeConfig().xauthFailure() == XauthFailure.SOFT;
        if (soft) {
            question.logger().log("XAUTH: authentication for " + user + " failed, but policy is set to soft fail");
        }
        if (!fine && !soft) {
            question.logger().log("XAUTH: User " + user + ": Authentication Failed: Incorrect Username or Password");
            return XauthAnswer.REFUSED;
        }
        question.logger().log("XAUTH: User " + user + ": Authentication Successful");
        return soft ? XauthAnswer.ADMITTED_SOFTLY : XauthAnswer.ADMITTED;
    }

    private Pending always(XauthQuestion question, Consumer<Boolean> judged) {
        TimerQueue.Timer now = world.timers().after(Duration.ZERO, "xauth", () -> judged.accept(true));
        return why -> {
            now.cancel();
            question.password().destroy();
        };
    }

    private Pending byFile(XauthQuestion question, Supplier<Connection> own, Consumer<Boolean> judged) {
        Logins logins = world.logins();
        // The helper's own: it may still compute when the question is taken back.
        Secret password = question.password().copy();
        PasswordFile file = new PasswordFile(logins.passwordFileName(), logins::crypt);
        String connection = question.connection().name();
        Runnable cancel = world.helpers()
                .submit(
                        () -> {
                            try (password) {
                                return file.check(logins.passwordFile(), question.name(), password, connection);
                            } catch (IOException unreadable) {
                                return refused(List.of("XAUTH: unable to open password file ("
                                        + logins.passwordFileName() + ") for verification"));
                            }
                        },
                        outcome -> outcome.settle(refused(List.of()), verdict -> {
                            verdict.remarks().forEach(question.logger()::log);
                            judged.accept(verdict.allowed()
                                    && verdict.addresses()
                                            .map(range -> usePool(question, own.get(), range))
                                            .orElse(true));
                        }));
        return why -> {
            cancel.run();
            question.password().destroy();
        };
    }

    private static Verdict refused(List<String> remarks) {
        return new Verdict(false, Optional.empty(), remarks);
    }

    private boolean usePool(XauthQuestion question, Connection connection, AddressRange range) {
        try {
            connections.replacePool(connection, range);
            return true;
        } catch (PoolException overlaps) {
            question.logger()
                    .log(
                            RcCode.CLASH,
                            "XAUTH: invalid addresspool for the conn " + connection.name() + " user "
                                    + question.userText() + ": " + overlaps.getMessage());
            return false;
        }
    }
}
