// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.daemon;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jswan.auto.CommandClient;
import org.jswan.auto.CommandRunner;
import org.jswan.auto.CommandWorld;
import org.jswan.auto.SystemFiles;
import org.jswan.auto.Target;
import org.jswan.config.value.NetworkNames;
import org.jswan.control.ControlRequest;
import org.jswan.control.WhackRequest;
import org.jswan.helper.Helpers;
import org.jswan.log.LogSink;
import org.jswan.log.RcCode;
import org.jswan.net.NameResolver;
import org.jswan.net.Network;
import org.jswan.whack.WhackGrammar;
import org.jswan.whack.WhackParsed;

/** Carries out what clients of the control socket ask. Arguments are read off the loop: they may name hosts. */
final class Commands {
    private final Setting setting;
    private final WhackGrammar grammar;

    /**
     * What commands need.
     *
     * @param helpers read arguments and files
     * @param pluto carries requests out
     */
    record Setting(
            Helpers helpers,
            NameResolver resolver,
            Supplier<NetworkNames> names,
            Network network,
            Target pluto,
            String controlSocket,
            String configFile,
            LogSink log) {}

    Commands(Setting setting) {
        this.setting = setting;
        grammar = new WhackGrammar(setting.resolver(), setting.names());
    }

    void accept(ControlRequest request, ControlSession session) {
        if (request.program().equals("whack")) {
            whack(request, session);
        } else if (CommandRunner.knows(request.program())) {
            SystemFiles files =
                    SystemFiles.ofProcess(session.pid(), request.directory().utf8());
            runner(files)
                    .run(
                            request.program(),
                            request.commandName(),
                            request.argumentTexts(),
                            new SessionClient(session, files.writesToTerminal()));
        } else {
            refuse(session, "unknown program " + request.program());
        }
    }

    /**
     * What pluto does by itself once it answers: {@code addconn --autoall} on its configuration.
     *
     * @param done run when that is over
     */
    void autoall(Runnable done) {
        runner(SystemFiles.own())
                .run(
                        "addconn",
                        "addconn",
                        List.of("--ctlsocket", setting.controlSocket(), "--config", setting.configFile(), "--autoall"),
                        new LogClient(setting.log(), done));
    }

    private CommandRunner runner(SystemFiles files) {
        return new CommandRunner(new CommandWorld(
                files,
                setting.resolver(),
                setting.names(),
                Optional.of(setting.network()),
                setting.helpers(),
                Optional.of(setting.pluto()),
                setting.controlSocket(),
                setting.configFile(),
                grammar));
    }

    private void whack(ControlRequest request, ControlSession session) {
        setting.helpers().submit(() -> grammar.parse(request.commandName(), request.argumentTexts()), outcome -> {
            try {
                carryOut(outcome.get(), session);
            } catch (Exception e) {
                refuse(session, "could not carry this out: " + e);
                throw new IllegalStateException(e);
            }
        });
    }

    private void carryOut(WhackParsed parsed, ControlSession session) {
        if (parsed instanceof WhackParsed.Request accepted) {
            run(accepted, session);
        } else if (parsed instanceof WhackParsed.Done done) {
            sayIfAny(done.output(), session::raw);
            sayIfAny(done.error(), session::error);
            session.setStatus(done.status());
            session.finish();
        }
    }

    private void run(WhackParsed.Request accepted, ControlSession session) {
        WhackRequest request = accepted.request();
        sayIfAny(accepted.warnings(), session::error);
        session.setAnswers(request.username(), request.password());
        if (request.ignoreErrors() || request.asynchronous()) {
            session.setStatus(0);
        }
        setting.pluto().whack(request, session);
    }

    private static void sayIfAny(String text, Consumer<String> where) {
        if (!text.isEmpty()) {
            where.accept(text);
        }
    }

    private static void refuse(ControlSession session, String why) {
        session.error("pluto: " + why + "\n");
        session.setStatus(RcCode.WHACK_PROBLEM.code());
        session.finish();
    }

    /** An auto or addconn at the other end of a control connection. */
    private record SessionClient(ControlSession session, boolean isTerminal) implements CommandClient {
        @Override
        public void line(int code, String text) {
            session.line(code, text);
        }

        @Override
        public void out(String text) {
            sayIfAny(text, session::raw);
        }

        @Override
        public void err(String text) {
            sayIfAny(text, session::error);
        }

        @Override
        public void prompt(int code, String text, Consumer<String> answer) {
            session.prompt(code, text, answer);
        }

        @Override
        public boolean isAttached() {
            return session.isAttached();
        }

        @Override
        public void finish(int status) {
            session.setStatus(status);
            session.finish();
        }
    }

    /** Nobody: what pluto does by itself is said to the log, and only what is wrong with it. */
    private record LogClient(LogSink log, Runnable done) implements CommandClient {
        @Override
        public void line(int code, String text) {
            // Pluto has logged it.
        }

        @Override
        public void out(String text) {
            text.lines().forEach(line -> log.debug("addconn: " + line));
        }

        @Override
        public void err(String text) {
            text.lines().forEach(line -> log.log("addconn: " + line));
        }

        @Override
        public void prompt(int code, String text, Consumer<String> answer) {
            answer.accept(null);
        }

        @Override
        public boolean isAttached() {
            return true;
        }

        @Override
        public boolean isTerminal() {
            return false;
        }

        @Override
        public void finish(int status) {
            log.debug("addconn ended with status " + status);
            done.run();
        }
    }
}
