// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.daemon;

import java.util.function.BiConsumer;
import org.jswan.control.ControlRequest;
import org.jswan.control.WhackRequest;
import org.jswan.helper.Helpers;
import org.jswan.log.RcCode;
import org.jswan.log.WhackSession;
import org.jswan.whack.WhackGrammar;
import org.jswan.whack.WhackParsed;

/** Carries out what clients of the control socket ask. Arguments are read off the loop: they may name hosts. */
final class Commands {
    private final Helpers helpers;
    private final WhackGrammar grammar;
    private final BiConsumer<WhackRequest, WhackSession> pluto;

    /**
     * @param helpers read arguments
     * @param pluto carries requests out
     */
    Commands(Helpers helpers, WhackGrammar grammar, BiConsumer<WhackRequest, WhackSession> pluto) {
        this.helpers = helpers;
        this.grammar = grammar;
        this.pluto = pluto;
    }

    void accept(ControlRequest request, ControlSession session) {
        switch (request.program()) {
            case "whack" -> whack(request, session);
            default -> refuse(session, "pluto: unknown program " + request.program());
        }
    }

    private void whack(ControlRequest request, ControlSession session) {
        helpers.submit(() -> grammar.parse(request.commandName(), request.argumentTexts()), outcome -> {
            WhackParsed parsed;
            try {
                parsed = outcome.get();
            } catch (Exception e) {
                refuse(session, "pluto: could not read the arguments: " + e.getMessage());
                throw new IllegalStateException(e);
            }
            if (parsed instanceof WhackParsed.Request accepted) {
                run(accepted, session);
            } else if (parsed instanceof WhackParsed.Done done) {
                end(done, session);
            }
        });
    }

    private void run(WhackParsed.Request accepted, ControlSession session) {
        WhackRequest request = accepted.request();
        if (!accepted.warnings().isEmpty()) {
            session.error(accepted.warnings());
        }
        session.setAnswers(request.username(), request.password());
        if (request.ignoreErrors() || request.asynchronous()) {
            session.setStatus(0);
        }
        pluto.accept(request, session);
    }

    private static void end(WhackParsed.Done done, ControlSession session) {
        if (!done.output().isEmpty()) {
            session.raw(done.output());
        }
        if (!done.error().isEmpty()) {
            session.error(done.error());
        }
        session.setStatus(done.status());
        session.finish();
    }

    private static void refuse(ControlSession session, String why) {
        session.error(why + "\n");
        session.setStatus(RcCode.WHACK_PROBLEM.code());
        session.finish();
    }
}
