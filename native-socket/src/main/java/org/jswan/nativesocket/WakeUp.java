// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.nativesocket;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Ends a {@link Poller}'s wait from another thread, over an eventfd. Rings before the wait are not lost. */
public final class WakeUp implements AutoCloseable {
    private final NativeSocket counter;
    /** Only read from, so that any thread may ring. */
    private final ByteBuffer one =
            ByteBuffer.allocateDirect(8).order(ByteOrder.nativeOrder()).putLong(0, 1);

    private final ByteBuffer count = ByteBuffer.allocateDirect(8);

    public WakeUp() throws ErrnoException {
        counter = NativeSocket.eventCounter();
    }

    /** To be polled for {@link Linux#POLLIN}. */
    public NativeSocket socket() {
        return counter;
    }

    /** From any thread. A counter that is full rings as well, so {@code EAGAIN} is no failure; closed, nobody waits. */
    public void ring() {
        counter.rawWrite(one);
    }

    /** Takes back all rings so far. */
    public void clear() throws ErrnoException {
        counter.read(count.clear());
    }

    @Override
    public void close() {
        counter.close();
    }
}
