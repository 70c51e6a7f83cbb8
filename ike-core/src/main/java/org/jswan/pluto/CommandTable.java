// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.pluto;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jswan.control.WhackCommand;
import org.jswan.log.Logger;
import org.jswan.log.RcCode;

/** Which handler a command goes to. */
final class CommandTable {
    private final Map<Class<?>, SlowHandler<WhackCommand>> handlers = new HashMap<>();

    /** Carries out a command. */
    @FunctionalInterface
    interface Handler<C extends WhackCommand> {
        void run(C command, Request request);
    }

    /** Carries out a command that may have to wait; calls {@code done} on the loop when it is complete. */
    @FunctionalInterface
    interface SlowHandler<C extends WhackCommand> {
        void run(C command, Request request, Runnable done);
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
        slow(type, (command, request, done) -> {
            handler.run(command, request);
            done.run();
        });
    }

    <C extends WhackCommand> void slow(Class<C> type, SlowHandler<C> handler) {
        handlers.put(type, (command, request, done) -> handler.run(type.cast(command), request, done));
    }

    /** Carries out the commands one after the other; each waits until the one before is complete. */
    void run(List<WhackCommand> commands, Request request, Runnable done) {
        if (commands.isEmpty()) {
            done.run();
        } else {
            run(commands.get(0), request, () -> run(commands.subList(1, commands.size()), request, done));
        }
    }

    private void run(WhackCommand command, Request request, Runnable done) {
        SlowHandler<WhackCommand> handler = handlers.get(command.getClass());
        if (handler == null) {
            // A script must not take it for done: the code makes the client's exit status.
            request.logger().log(RcCode.WHACK_PROBLEM, "the command '" + words(command) + "' is not supported yet");
            done.run();
        } else {
            handler.run(command, request, done);
        }
    }

    /** {@code rekey ike} for {@link WhackCommand.RekeyIke}. */
    private static String words(WhackCommand command) {
        return command.getClass()
                .getSimpleName()
                .replaceAll("(?<=[a-z])(?=[A-Z])", " ")
                .toLowerCase(Locale.ROOT);
    }
}
