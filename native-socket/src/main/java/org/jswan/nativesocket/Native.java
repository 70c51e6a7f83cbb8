// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.nativesocket;

import java.nio.ByteBuffer;

/**
 * The shim's functions: one system call each. A negative result is an errno, negated. Calls that a signal interrupted
 * are repeated, {@link #poll} excepted. Buffers are direct; offsets and lengths are not checked again in C.
 */
final class Native {
    /** Counted up with every change of these functions, so that a stale library is refused instead of crashing. */
    static final int VERSION = 4;

    /** What {@link #waitFor} adds to a signal's number. */
    static final int SIGNALLED = 256;

    /** A refusal without an errno. */
    @java.lang.annotation.Native
    static final int REFUSED = Integer.MIN_VALUE;

    static {
        NativeLibrary.load();
    }

    private Native() {}

    static native int version();

    static native int socket(int domain, int type, int protocol, boolean nonBlocking);

    static native int bind(int fd, byte[] name);

    static native int connect(int fd, byte[] name);

    static native int listen(int fd, int backlog);

    static native int accept(int fd, boolean nonBlocking);

    static native int setOption(int fd, int level, int option, byte[] value);

    /** The length of the value, which may be shorter than the array. */
    static native int getOption(int fd, int level, int option, byte[] value);

    static native int localName(int fd, byte[] name);

    static native int peerName(int fd, byte[] name);

    /** {@code name} and {@code control} may be null. */
    static native int send(int fd, ByteBuffer data, int offset, int length, byte[] name, byte[] control, int flags);

    /**
     * @param meta gets the length of the name, that of the control data and the flags, three native ints, then from
     *     octet 16 the name (up to 128 octets), then the control data
     */
    static native int receive(int fd, ByteBuffer data, int offset, int length, ByteBuffer meta, int flags);

    static native int read(int fd, ByteBuffer data, int offset, int length);

    static native int write(int fd, ByteBuffer data, int offset, int length);

    /** @param entries {@code count} native {@code struct pollfd}; a negative timeout waits for ever */
    static native int poll(ByteBuffer entries, int count, long timeoutNanos);

    static native int eventFd();

    /**
     * An ioctl about a network interface.
     *
     * @param data what the request's {@code struct ifreq} points at; written by the kernel, however long it thinks it is
     */
    static native int askInterface(int fd, int request, byte[] name, ByteBuffer data);

    static native int changeMode(int fd, int mode);

    static native int shutdown(int fd, int how);

    static native int close(int fd);

    /**
     * Starts a program, with nothing to read and both outputs into a pipe. Strings end with NUL each.
     *
     * @param output gets the descriptor of the pipe's reading end
     * @return its process id
     */
    static native int spawn(byte[] program, byte[] arguments, byte[] environment, int[] output);

    /** Waits for a child's end: its exit status, or {@link #SIGNALLED} and more if a signal ended it. */
    static native int waitFor(int pid);

    static native long bootNanos();

    /** Whether libselinux is there; to be asked before the two that follow. */
    static native boolean openSelinux();

    /** 0 if SELinux grants it; negative as elsewhere, or {@link #REFUSED}. */
    static native int checkAccess(byte[] source, byte[] target, byte[] objectClass, byte[] permission);

    /** The length of this process's context, which is written to the array; negative as above. */
    static native int ownContext(byte[] context);

    /** {@code EAGAIN}, or null for a number that is no errno. */
    static native String errorName(int errno);

    static native String errorText(int errno);

    /** Octets of a {@code size_t}, which the layout of ancillary data hangs on. */
    static native int wordSize();
}
