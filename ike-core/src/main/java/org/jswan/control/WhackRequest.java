// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.control;

import java.util.List;
import java.util.Optional;

/**
 * All that one run of whack asks for.
 *
 * @param commands in the order in which they are carried out, which is that of {@link WhackCommand}, not that of the
 *     options
 * @param asynchronous the client is let go as soon as the work is started, with exit status 0
 * @param basic libreswan's "basic" message, of which only shutdown (saying so) or else the status is heeded
 * @param ignoreErrors the exit status is 0 whatever the reply says
 * @param username answers a prompt with code 041
 * @param password answers a prompt with code 040
 */
public record WhackRequest(
        List<WhackCommand> commands,
        boolean asynchronous,
        boolean basic,
        boolean ignoreErrors,
        Optional<String> username,
        Optional<String> password) {
    public WhackRequest {
        commands = List.copyOf(commands);
    }

    /** A request with nothing special about it. */
    public static WhackRequest of(WhackCommand... commands) {
        return new WhackRequest(List.of(commands), false, false, false, Optional.empty(), Optional.empty());
    }

    /** The first command of a kind. */
    public <C extends WhackCommand> Optional<C> find(Class<C> kind) {
        return commands.stream().filter(kind::isInstance).map(kind::cast).findFirst();
    }

    /** This, not waited for. */
    public WhackRequest inBackground() {
        return new WhackRequest(commands, true, basic, ignoreErrors, username, password);
    }
}
