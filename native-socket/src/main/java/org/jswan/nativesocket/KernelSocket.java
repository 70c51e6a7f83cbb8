// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.nativesocket;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Datagrams to and from the kernel: the only seam to native code, replaced by a script in tests. */
public interface KernelSocket extends AutoCloseable {
    /** Sends what lies between position and limit as one datagram. */
    void send(ByteBuffer datagram) throws IOException;

    /**
     * The next datagram from the kernel, valid until the next call; null if there is none yet.
     *
     * @throws OverrunException if the kernel had to drop some; those that follow are whole
     */
    ByteBuffer receive() throws IOException;

    /** Waits until {@link #receive} has something, for at most two seconds; whether it has. */
    boolean await() throws IOException;

    @Override
    void close();

    /** The kernel sent more than the socket could hold ({@code ENOBUFS}): some datagrams are lost. */
    final class OverrunException extends IOException {
        public OverrunException() {
            super("the kernel dropped messages (ENOBUFS)");
        }
    }
}
