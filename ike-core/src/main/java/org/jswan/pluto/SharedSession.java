// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.pluto;

import java.util.function.Consumer;
import org.jswan.log.WhackSession;

/** A session that several operations speak to: it is finished when the last of them is done. */
final class SharedSession implements WhackSession {
    private final WhackSession session;
    private int holders;

    SharedSession(WhackSession session) {
        this.session = session;
    }

    @Override
    public void line(int code, String text) {
        session.line(code, text);
    }

    @Override
    public void raw(String text) {
        session.raw(text);
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
    public void finish() {
        session.finish();
    }

    @Override
    public void hold() {
        holders++;
    }

    @Override
    public void release() {
        if (--holders == 0) {
            session.finish();
        }
    }
}
