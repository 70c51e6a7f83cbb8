// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.nativesocket;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Datagrams to and from the kernel: the only seam to native code, replaced by a script in tests. */
public interface KernelSocket extends AutoCloseable {
    /** What is said of a kernel that one waits for in vain. */
    String SILENCE = "the kernel does not answer";

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

    /**
     * As {@link #receive}, but waits for it.
     *
     * @throws IOException if nothing comes, too
     */
    default ByteBuffer next() throws IOException {
        ByteBuffer datagram = receive();
        while (datagram == null) {
            if (!await()) {
                throw new IOException(SILENCE);
            }
            datagram = receive();
        }
        return datagram;
    }

    @Override
    void close();

    /** The kernel sent more than the socket could hold ({@code ENOBUFS}): some datagrams are lost. */
    final class OverrunException extends IOException {
        public OverrunException() {
            super("the kernel dropped messages (ENOBUFS)");
        }
    }
}
