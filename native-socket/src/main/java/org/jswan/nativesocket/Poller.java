// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.nativesocket;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** Waits on many sockets at once and tells the handlers of those that are ready. For one thread. */
public final class Poller {
    // struct pollfd { int fd; short events; short revents; }
    private static final int ENTRY = 8;
    private static final int EVENTS = 4;
    private static final int RETURNED = 6;
    /** poll(2) passes over negative descriptors. */
    private static final int NOBODY = -1;

    private final List<Registration> registrations = new ArrayList<>();
    private ByteBuffer entries = allocate(16);
    private boolean someCancelled;

    /** What to do when a socket is ready. */
    @FunctionalInterface
    public interface Handler {
        /** @param events {@link Linux}'s {@code POLL} bits; errors and hang-ups come unasked */
        void ready(int events);
    }

    /** A socket that is waited for. */
    public final class Registration {
        private final NativeSocket socket;
        private final Handler handler;
        private int index;
        private int events;
        private boolean cancelled;

        private Registration(NativeSocket socket, int events, Handler handler) {
            this.socket = socket;
            this.events = events;
            this.handler = handler;
        }

        /** @param newEvents {@link Linux}'s {@code POLL} bits; 0 leaves errors and hang-ups */
        public void setEvents(int newEvents) {
            events = newEvents;
            if (!cancelled) {
                entries.putShort(index * ENTRY + EVENTS, (short) newEvents);
            }
        }

        /** Waits for it no more; to be done before the socket is closed. Twice does nothing. */
        public void cancel() {
            if (!cancelled) {
                cancelled = true;
                someCancelled = true;
                entries.putInt(index * ENTRY, NOBODY);
            }
        }
    }

    /**
     * Adds a socket. A handler may add and cancel registrations; those it adds are first looked at in the next wait.
     *
     * @param events {@link Linux#POLLIN}, {@link Linux#POLLOUT}
     */
    public Registration add(NativeSocket socket, int events, Handler handler) {
        Registration registration = new Registration(socket, events, handler);
        registration.index = registrations.size();
        registrations.add(registration);
        if (registrations.size() * ENTRY > entries.capacity()) {
            ByteBuffer larger = allocate(registrations.size() * 2);
            entries = larger.put(0, entries, 0, entries.capacity());
        }
        write(registration);
        return registration;
    }

    /** How many sockets are waited for. */
    public int size() {
        return (int) registrations.stream().filter(r -> !r.cancelled).count();
    }

    /**
     * Waits until a socket is ready, the time is up or a signal came, then runs the handlers of those that are ready.
     *
     * @param timeoutNanos negative: no limit; 0: only looks
     * @return how many were ready
     */
    public int poll(long timeoutNanos) throws ErrnoException {
        if (someCancelled) {
            sweep();
        }
        int count = registrations.size();
        int ready = Native.poll(entries, count, timeoutNanos);
        if (ready == -Linux.EINTR) {
            return 0;
        }
        ErrnoException.check("ppoll", ready);
        int left = ready;
        for (int i = 0; i < count && left > 0; i++) {
            int returned = entries.getShort(i * ENTRY + RETURNED);
            if (returned != 0) {
                left--;
                Registration registration = registrations.get(i);
                if (!registration.cancelled) {
                    registration.handler.ready(returned);
                }
            }
        }
        return ready;
    }

    private void sweep() {
        registrations.removeIf(registration -> registration.cancelled);
        for (int i = 0; i < registrations.size(); i++) {
            registrations.get(i).index = i;
            write(registrations.get(i));
        }
        someCancelled = false;
    }

    private void write(Registration registration) {
        int at = registration.index * ENTRY;
        entries.putInt(at, registration.socket.fd());
        entries.putShort(at + EVENTS, (short) registration.events);
        entries.putShort(at + RETURNED, (short) 0);
    }

    private static ByteBuffer allocate(int count) {
        return ByteBuffer.allocateDirect(count * ENTRY).order(ByteOrder.nativeOrder());
    }
}
