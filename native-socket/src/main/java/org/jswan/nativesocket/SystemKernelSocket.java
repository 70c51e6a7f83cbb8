// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.nativesocket;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;

/** A socket to this machine's own kernel. */
public abstract class SystemKernelSocket implements KernelSocket {
    /** The kernel answers while it is asked; only a machine in distress needs longer. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final NativeSocket socket;
    private final Optional<SocketName> kernel;
    private final Message message;

    /**
     * @param kernel where datagrams are sent to, if that needs a name
     * @param largest what the kernel sends, in octets
     */
    protected SystemKernelSocket(NativeSocket socket, Optional<SocketName> kernel, int largest) {
        this.socket = socket;
        this.kernel = kernel;
        message = new Message(largest);
    }

    /** Whether it came from the kernel: any process may send to some kinds of socket. */
    protected boolean isFromKernel(Message received) {
        return true;
    }

    /** To be polled for {@link Linux#POLLIN}. */
    public final NativeSocket nativeSocket() {
        return socket;
    }

    @Override
    public final void send(ByteBuffer datagram) throws ErrnoException {
        if (socket.send(datagram, kernel.orElse(null)) < 0) {
            throw new ErrnoException("sendmsg", Linux.EAGAIN);
        }
    }

    @Override
    public final ByteBuffer receive() throws ErrnoException, OverrunException {
        do {
            try {
                if (socket.receive(message) < 0) {
                    return null;
                }
            } catch (ErrnoException e) {
                if (e.errno() == Linux.ENOBUFS) {
                    throw new OverrunException();
                }
                throw e;
            }
        } while (!isFromKernel(message));
        return message.data();
    }

    @Override
    public final boolean await() throws ErrnoException {
        return socket.await(PATIENCE);
    }

    @Override
    public final void close() {
        socket.close();
    }
}
