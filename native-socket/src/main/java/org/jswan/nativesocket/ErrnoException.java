// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.nativesocket;

import java.io.IOException;

/** A system call failed. The message reads {@code bind: Address already in use (EADDRINUSE)}. */
public final class ErrnoException extends IOException {
    private final int errno;

    /** @param call the system call, perhaps with what it was about */
    public ErrnoException(String call, int errno) {
        super(call + ": " + text(errno) + " (" + name(errno) + ")");
        this.errno = errno;
    }

    /** The number, positive. */
    public int errno() {
        return errno;
    }

    /** The symbol, {@code EADDRINUSE}; {@code errno 4711} for a number without one. */
    public String name() {
        return name(errno);
    }

    /** What {@code strerror} says, {@code Address already in use}. */
    public String text() {
        return text(errno);
    }

    /** The symbol of an errno, as {@link #name()}. */
    public static String name(int errno) {
        String name = Native.errorName(errno);
        return name == null ? "errno " + errno : name;
    }

    /** The text of an errno, as {@link #text()}. */
    public static String text(int errno) {
        return Native.errorText(errno);
    }

    static int check(String call, int result) throws ErrnoException {
        if (result < 0) {
            throw new ErrnoException(call, -result);
        }
        return result;
    }
}
