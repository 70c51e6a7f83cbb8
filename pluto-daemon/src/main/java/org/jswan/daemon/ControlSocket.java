// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.daemon;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jswan.control.ControlRequest;
import org.jswan.log.LogSink;
import org.jswan.nativesocket.ErrnoException;
import org.jswan.nativesocket.Linux;
import org.jswan.nativesocket.NativeSocket;
import org.jswan.nativesocket.PeerCredentials;
import org.jswan.nativesocket.Poller;
import org.jswan.nativesocket.SocketName;
import org.jswan.time.TimerQueue;

/** Where whack, auto and addconn come in: a local socket for one user (root) alone, any number of clients at a time. */
public final class ControlSocket implements AutoCloseable {
    /** For its owner alone, from the moment it is there. */
    private static final int MODE = 0700;

    private static final int BACKLOG = 128;
    private static final int CHUNK = 64 << 10;
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Path path;
    private final NativeSocket socket;
    private final int user;
    private final boolean replaced;
    private final Set<ControlSession> sessions = new LinkedHashSet<>();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(CHUNK);
    private Loop loop;
    private TimerQueue timers;
    private LogSink log;
    private BiConsumer<ControlRequest, ControlSession> commands;
    private Poller.Registration registration;

    private ControlSocket(Path path, NativeSocket socket, int user, boolean replaced) {
        this.path = path;
        this.socket = socket;
        this.user = user;
        this.replaced = replaced;
    }

    /**
     * Makes the socket; clients wait until {@link #serve}. One that a daemon left behind is removed: the lock file says
     * that there is none.
     *
     * @param user the user id that clients must have
     * @throws Fatal with {@link ExitStatus#SOCKET_FAIL}
     */
    static ControlSocket create(Path path, int user) throws Fatal {
        NativeSocket socket = null;
        String failure = "could not create control socket";
        try {
            boolean replaced = Files.deleteIfExists(path);
            socket = NativeSocket.open(Linux.AF_UNIX, Linux.SOCK_STREAM, 0);
            failure = "could not bind control socket";
            socket.changeMode(MODE);
            socket.bind(SocketName.unix(path.toString()));
            failure = "could not listen on control socket";
            socket.listen(BACKLOG);
            return new ControlSocket(path, socket, user, replaced);
        } catch (IOException e) {
            if (socket != null) {
                socket.close();
            }
            throw new Fatal(ExitStatus.SOCKET_FAIL, failure + ": " + IoReason.withErrno(e));
        } catch (IllegalArgumentException e) {
            socket.close();
            throw new Fatal(ExitStatus.SOCKET_FAIL, failure + ": File name too long (errno 36)");
        }
    }

    /** Answers clients from now on. {@code newCommands} carries requests out and finishes their sessions. */
    void serve(
            Loop newLoop,
            TimerQueue newTimers,
            LogSink newLog,
            BiConsumer<ControlRequest, ControlSession> newCommands) {
        loop = newLoop;
        timers = newTimers;
        log = newLog;
        commands = newCommands;
        registration = loop.watch(socket, Linux.POLLIN, "control connection", events -> acceptAll());
    }

    private void acceptAll() {
        try {
            for (NativeSocket client = socket.accept(); client != null; client = socket.accept()) {
                admit(client);
            }
        } catch (ErrnoException e) {
            // Most likely out of descriptors: the connection waits, and we don't spin.
            log.log("accept on control socket failed: " + IoReason.withErrno(e));
            registration.setEvents(0);
            timers.after(PAUSE, "control socket", () -> registration.setEvents(Linux.POLLIN));
        }
    }

    private void admit(NativeSocket client) {
        try {
            PeerCredentials peer = client.peerCredentials();
            if (peer.uid() != user) {
                log.log("control connection of uid " + peer.uid() + " refused");
                client.close();
                return;
            }
            sessions.add(new ControlSession(this, client, peer.pid(), loop, buffer));
        } catch (ErrnoException e) {
            log.log("control connection lost: " + IoReason.withErrno(e));
            client.close();
        }
    }

    void accept(ControlRequest request, ControlSession session) {
        commands.accept(request, session);
    }

    void later(Runnable action) {
        loop.post("answer to a prompt", action);
    }

    void gone(ControlSession session) {
        sessions.remove(session);
    }

    String path() {
        return path.toString();
    }

    /** Whether one was left behind: the daemon before this one did not come to an orderly end. */
    boolean hasReplaced() {
        return replaced;
    }

    /** How many clients are connected. */
    int clients() {
        return sessions.size();
    }

    /** Nobody finds the socket any more; those connected stay. */
    void remove() {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            // The next daemon removes it, or says why it cannot.
        }
    }

    /** Ends every session with what it still takes, and the socket. */
    @Override
    public void close() {
        if (registration != null) {
            registration.cancel();
        }
        for (ControlSession session : List.copyOf(sessions)) {
            session.finish();
            session.flush();
            session.detach();
        }
        socket.close();
    }
}
