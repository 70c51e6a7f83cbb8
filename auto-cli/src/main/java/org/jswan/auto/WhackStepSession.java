// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.auto;

import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.jswan.control.ExitStatus;
import org.jswan.log.WhackSession;

/** A whack that auto runs: it shows all it is told, and ends with the status that the lines decide. */
final class WhackStepSession implements WhackSession {
    private final CommandClient client;
    private final IntConsumer done;
    private final ExitStatus status = new ExitStatus();
    private boolean finished;

    WhackStepSession(CommandClient client, IntConsumer done) {
        this.client = client;
        this.done = done;
    }

    @Override
    public void line(int code, String text) {
        status.line(code);
        client.line(code, text);
    }

    @Override
    public void raw(String text) {
        client.out(text);
    }

    @Override
    public void prompt(int code, String text, Consumer<String> answer) {
        client.prompt(code, text, answer);
    }

    @Override
    public boolean isAttached() {
        return client.isAttached();
    }

    @Override
    public void finish() {
        if (!finished) {
            finished = true;
            done.accept(status.value());
        }
    }
}
