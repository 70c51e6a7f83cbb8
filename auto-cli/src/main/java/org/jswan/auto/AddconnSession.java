// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.auto;

import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.jswan.log.RcCode;
import org.jswan.log.WhackSession;

/** A request of addconn under way: its lines are shown at a terminal only, and the last code that is news counts. */
final class AddconnSession implements WhackSession {
    private final CommandClient client;
    private final IntConsumer done;
    private int result;
    private boolean finished;

    AddconnSession(CommandClient client, IntConsumer done) {
        this.client = client;
        this.done = done;
    }

    @Override
    public void line(int code, String text) {
        if (client.isTerminal()) {
            client.line(code, text);
        }
        if (code == RcCode.SUCCESS.code()) {
            result = 0;
        } else if (code != RcCode.COMMENT.code() && code != RcCode.LOG.code()) {
            result = code;
        }
    }

    @Override
    public void raw(String text) {
        if (client.isTerminal()) {
            client.out(text);
        }
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
            done.accept(result);
        }
    }
}
