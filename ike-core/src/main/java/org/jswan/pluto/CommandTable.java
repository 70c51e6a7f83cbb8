// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.pluto;

import java.util.HashMap;
import java.util.Map;
import org.jswan.control.WhackCommand;
import org.jswan.log.Logger;
import org.jswan.log.RcCode;

/** Which handler a command goes to. */
final class CommandTable {
    private final Map<Class<?>, Handler<WhackCommand>> handlers = new HashMap<>();

    /** Carries out a command. */
    @FunctionalInterface
    interface Handler<C extends WhackCommand> {
        void run(C command, Request request);
    }

    /**
     * Who asks.
     *
     * @param logger speaks to the log and to whoever asks
     * @param session of whoever asks
     * @param background whether it does not wait for what is only begun
     */
    record Request(Logger logger, SharedSession session, boolean background) {}

    <C extends WhackCommand> void on(Class<C> type, Handler<C> handler) {
        handlers.put(type, (command, request) -> handler.run(type.cast(command), request));
    }

    void run(WhackCommand command, Request request) {
        Handler<WhackCommand> handler = handlers.get(command.getClass());
        if (handler == null) {
            request.logger()
                    .log(
                            RcCode.LOG_SERIOUS,
                            "the command " + command.getClass().getSimpleName() + " is not supported yet");
        } else {
            handler.run(command, request);
        }
    }
}
