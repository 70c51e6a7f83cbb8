// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.log;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Where one object (the daemon, a connection, an SA) says things: to the log, and to the whacks attached to it. Its
 * prefix, such as {@code "west" #1: }, stands before every line.
 */
public final class Logger {
    private final LogSink sink;
    private final Supplier<String> prefix;
    private final List<WhackSession> sessions = new ArrayList<>(1);

    /** @param prefix what stands before each line at the time it is said, its blank included; may be "" */
    public Logger(LogSink sink, Supplier<String> prefix) {
        this.sink = sink;
        this.prefix = prefix;
    }

    public Logger(LogSink sink, String prefix) {
        this(sink, () -> prefix);
    }

    /** A logger of another object that speaks to the same log and, for now, to the same whacks. */
    public Logger derive(Supplier<String> otherPrefix) {
        Logger derived = new Logger(sink, otherPrefix);
        derived.attachAll(this);
        return derived;
    }

    /** The same with sessions of its own, which for now are the same whacks. */
    public Logger fork() {
        return derive(prefix);
    }

    /** From now on lines also go to {@code session}, which is held until it is detached. */
    public void attach(WhackSession session) {
        if (!sessions.contains(session)) {
            sessions.add(session);
            session.hold();
        }
    }

    public void attachAll(Logger other) {
        other.sessions.forEach(this::attach);
    }

    public void detach(WhackSession session) {
        if (sessions.remove(session)) {
            session.release();
        }
    }

    /** What the attached whacks watched is done. */
    public void detachAll() {
        List<WhackSession> detached = List.copyOf(sessions);
        sessions.clear();
        detached.forEach(WhackSession::release);
    }

    /** The whacks attached now. */
    public List<WhackSession> sessions() {
        return List.copyOf(sessions);
    }

    public boolean hasSessions() {
        return !sessions.isEmpty();
    }

    /** To the log and to the attached whacks. */
    public void log(RcCode code, String text) {
        log(code.code(), text);
    }

    /** To the log and to the attached whacks with a code that has no name: a state reached, a notification. */
    public void log(int code, String text) {
        String line = prefix.get() + text;
        sink.log(line);
        sessions.forEach(session -> session.line(code, line));
    }

    /** To the log with {@link RcCode#LOG}. */
    public void log(String text) {
        log(RcCode.LOG, text);
    }

    /** That something outside failed, such as the kernel: {@code ERROR: } stands before the prefix. */
    public void error(String text) {
        String line = "ERROR: " + prefix.get() + text;
        sink.log(line);
        sessions.forEach(session -> session.line(RcCode.LOG_SERIOUS.code(), line));
    }

    /** Only to the log. */
    public void logOnly(String text) {
        sink.log(prefix.get() + text);
    }

    /**
     * Asks the user of an attached whack.
     *
     * @param code as of {@link WhackSession#prompt}
     * @param answer gets it on the loop; empty if the user is gone
     * @return whether there is anybody to ask; if not, {@code answer} will not be called
     */
    public boolean prompt(RcCode code, String text, Consumer<Optional<String>> answer) {
        Optional<WhackSession> asked =
                sessions.stream().filter(WhackSession::isAttached).findFirst();
        String line = prefix.get() + text;
        asked.ifPresent(
                session -> session.prompt(code.code(), line, given -> answer.accept(Optional.ofNullable(given))));
        return asked.isPresent();
    }

    /** Only to the attached whacks. */
    public void whackOnly(RcCode code, String text) {
        whackOnly(code.code(), text);
    }

    /** The same with a code that is no {@link RcCode}. */
    public void whackOnly(int code, String text) {
        String line = prefix.get() + text;
        sessions.forEach(session -> session.line(code, line));
    }

    public void debug(String text) {
        sink.debug(text);
    }

    /** For what takes time to put together. */
    public void debug(Supplier<List<String>> lines) {
        if (sink.showsDebug()) {
            lines.get().forEach(sink::debug);
        }
    }
}
