// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.nativesocket;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A socket of the kernel, closed on exec. Buffers given must be direct. Not thread-safe but for {@link #close()}, which
 * may be called twice and from anywhere; a call on a closed socket fails with {@code EBADF}.
 */
public final class NativeSocket implements AutoCloseable {
    private static final int CLOSED = -1;

    private final AtomicInteger fd;

    private NativeSocket(int fd) {
        this.fd = new AtomicInteger(fd);
    }

    /**
     * Opens a socket whose calls do not wait.
     *
     * @param domain one of {@link Linux}'s {@code AF_}
     * @param type one of {@link Linux}'s {@code SOCK_}
     * @param protocol 0 for the usual one
     */
    public static NativeSocket open(int domain, int type, int protocol) throws ErrnoException {
        return new NativeSocket(ErrnoException.check("socket", Native.socket(domain, type, protocol, true)));
    }

    /** As {@link #open}, but sending and receiving wait. */
    public static NativeSocket openBlocking(int domain, int type, int protocol) throws ErrnoException {
        return new NativeSocket(ErrnoException.check("socket", Native.socket(domain, type, protocol, false)));
    }

    /** Takes over a descriptor that somebody else opened, as one whose calls do not wait. */
    public static NativeSocket adopt(int fd) {
        if (fd < 0) {
            throw new IllegalArgumentException("descriptor " + fd);
        }
        return new NativeSocket(fd);
    }

    /** A counter to be rung from other threads; see {@link WakeUp}. */
    static NativeSocket eventCounter() throws ErrnoException {
        return new NativeSocket(ErrnoException.check("eventfd", Native.eventFd()));
    }

    /** The descriptor's number, for diagnostics; -1 when closed. */
    public int fd() {
        return fd.get();
    }

    public void bind(SocketName name) throws ErrnoException {
        ErrnoException.check("bind", Native.bind(fd.get(), name.octets()));
    }

    /** {@code EINPROGRESS} if it does not wait and must; then {@code POLLOUT} and {@link Linux#SO_ERROR} tell the end. */
    public void connect(SocketName name) throws ErrnoException {
        ErrnoException.check("connect", Native.connect(fd.get(), name.octets()));
    }

    public void listen(int backlog) throws ErrnoException {
        ErrnoException.check("listen", Native.listen(fd.get(), backlog));
    }

    /** The next connection, or null if none waits. */
    public NativeSocket accept() throws ErrnoException {
        int accepted = Native.accept(fd.get(), true);
        return accepted == -Linux.EAGAIN ? null : new NativeSocket(ErrnoException.check("accept", accepted));
    }

    public void setOption(int level, int option, int value) throws ErrnoException {
        setOption(
                level,
                option,
                ByteBuffer.allocate(4)
                        .order(ByteOrder.nativeOrder())
                        .putInt(value)
                        .array());
    }

    public void setOption(int level, int option, byte[] value) throws ErrnoException {
        ErrnoException.check("setsockopt", Native.setOption(fd.get(), level, option, value));
    }

    /**
     * Sets how many octets may wait to be read before messages are lost: doubled by the kernel, and beyond
     * {@code net.core.rmem_max} only with {@code CAP_NET_ADMIN} in the first user namespace.
     */
    public void setReceiveBuffer(int size) throws ErrnoException {
        try {
            setOption(Linux.SOL_SOCKET, Linux.SO_RCVBUFFORCE, size);
        } catch (ErrnoException e) {
            if (e.errno() != Linux.EPERM) {
                throw e;
            }
            // As in containers.
            setOption(Linux.SOL_SOCKET, Linux.SO_RCVBUF, size);
        }
    }

    /** Waits until there is something to read, for {@code patience} at most; whether there is. */
    public boolean await(Duration patience) throws ErrnoException {
        Poller poller = new Poller();
        poller.add(this, Linux.POLLIN, events -> {});
        return poller.poll(patience.toNanos()) > 0;
    }

    public int intOption(int level, int option) throws ErrnoException {
        return ByteBuffer.wrap(option(level, option, 4))
                .order(ByteOrder.nativeOrder())
                .getInt();
    }

    /** An option's value, of at most {@code size} octets. */
    public byte[] option(int level, int option, int size) throws ErrnoException {
        byte[] value = new byte[size];
        int length = ErrnoException.check("getsockopt", Native.getOption(fd.get(), level, option, value));
        return length < size ? Arrays.copyOf(value, length) : value;
    }

    /** Who connected this local socket. */
    public PeerCredentials peerCredentials() throws ErrnoException {
        ByteBuffer credentials =
                ByteBuffer.wrap(option(Linux.SOL_SOCKET, Linux.SO_PEERCRED, 12)).order(ByteOrder.nativeOrder());
        return new PeerCredentials(credentials.getInt(0), credentials.getInt(4), credentials.getInt(8));
    }

    public SocketName localName() throws ErrnoException {
        byte[] name = new byte[128];
        return SocketName.of(
                Arrays.copyOf(name, ErrnoException.check("getsockname", Native.localName(fd.get(), name))));
    }

    public SocketName peerName() throws ErrnoException {
        byte[] name = new byte[128];
        return SocketName.of(Arrays.copyOf(name, ErrnoException.check("getpeername", Native.peerName(fd.get(), name))));
    }

    /**
     * Sends what lies between {@code data}'s position and limit; a datagram whole, of a stream what fits. The position
     * moves on by what was sent.
     *
     * @param to null on a connected socket
     * @return the octets sent; -1 if it would have to wait
     */
    public int send(ByteBuffer data, SocketName to) throws ErrnoException {
        return send(data, to, null, 0);
    }

    /**
     * As {@link #send(ByteBuffer, SocketName)}.
     *
     * @param control ancillary data, or null; see {@link Control}
     * @param flags {@link Linux}'s {@code MSG_}; {@code MSG_NOSIGNAL} is always on
     */
    public int send(ByteBuffer data, SocketName to, byte[] control, int flags) throws ErrnoException {
        requireDirect(data);
        int sent = Native.send(
                fd.get(),
                data,
                data.position(),
                data.remaining(),
                to == null ? null : to.octets(),
                control,
                flags | Linux.MSG_NOSIGNAL);
        return moved("sendmsg", data, sent);
    }

    /**
     * Receives one datagram, or what there is of a stream, into {@code message}.
     *
     * @return the octets received, 0 at the end of a stream; -1 if nothing waits
     */
    public int receive(Message message) throws ErrnoException {
        return receive(message, 0);
    }

    /** As {@link #receive(Message)}, with {@link Linux}'s {@code MSG_} flags. */
    public int receive(Message message, int flags) throws ErrnoException {
        message.data.clear();
        int received = Native.receive(fd.get(), message.data, 0, message.data.capacity(), message.meta, flags);
        if (received == -Linux.EAGAIN) {
            message.data.limit(0);
            return -1;
        }
        if (received < 0) {
            message.data.limit(0);
        }
        ErrnoException.check("recvmsg", received);
        message.data.limit(received);
        return received;
    }

    /**
     * Takes one entry off the error queue: the datagram that failed, and {@link Message#error()} about it. While the
     * queue is not empty, {@code poll} says {@code POLLERR}.
     *
     * @return the octets of the datagram that are left; -1 if the queue is empty
     */
    public int receiveError(Message message) throws ErrnoException {
        return receive(message, Linux.MSG_ERRQUEUE);
    }

    /**
     * Reads from a stream between {@code data}'s position and limit.
     *
     * @return the octets read, 0 at the end of the stream; -1 if nothing waits
     */
    public int read(ByteBuffer data) throws ErrnoException {
        requireDirect(data);
        return moved("read", data, Native.read(fd.get(), data, data.position(), data.remaining()));
    }

    /**
     * Writes to a stream what lies between {@code data}'s position and limit, or what of it fits, and moves the position
     * on. As {@link #send(ByteBuffer, SocketName)} without flags, which an upper layer protocol in the kernel may refuse;
     * the process must ignore {@code SIGPIPE}, as Java does.
     *
     * @return the octets written; -1 if it would have to wait
     */
    public int write(ByteBuffer data) throws ErrnoException {
        requireDirect(data);
        return moved("write", data, Native.write(fd.get(), data, data.position(), data.remaining()));
    }

    /**
     * Asks the kernel about a network interface, as {@code netdevice(7)} has it; any socket will do.
     *
     * @param request one of {@link Linux}'s {@code SIOC}
     * @param data the question; the answer is written over it and must not be longer than its capacity
     */
    public void askInterface(int request, String name, ByteBuffer data) throws ErrnoException {
        requireDirect(data);
        ErrnoException.check(
                "ioctl", Native.askInterface(fd.get(), request, name.getBytes(StandardCharsets.UTF_8), data));
    }

    /** Sets the file mode; on a local socket that is not bound yet, that of the file which binding makes. */
    public void changeMode(int mode) throws ErrnoException {
        ErrnoException.check("fchmod", Native.changeMode(fd.get(), mode));
    }

    /** @param how one of {@link Linux}'s {@code SHUT_} */
    public void shutdown(int how) throws ErrnoException {
        ErrnoException.check("shutdown", Native.shutdown(fd.get(), how));
    }

    public boolean isOpen() {
        return fd.get() != CLOSED;
    }

    /** Closes it; what close(2) might say is of no use to anybody, as the descriptor is gone either way. */
    @Override
    public void close() {
        int open = fd.getAndSet(CLOSED);
        if (open != CLOSED) {
            Native.close(open);
        }
    }

    int rawWrite(ByteBuffer data) {
        return Native.write(fd.get(), data, 0, data.capacity());
    }

    private static int moved(String call, ByteBuffer data, int count) throws ErrnoException {
        if (count == -Linux.EAGAIN) {
            return -1;
        }
        ErrnoException.check(call, count);
        data.position(data.position() + count);
        return count;
    }

    private static void requireDirect(ByteBuffer data) {
        if (!data.isDirect()) {
            throw new IllegalArgumentException("not a direct buffer");
        }
    }
}
