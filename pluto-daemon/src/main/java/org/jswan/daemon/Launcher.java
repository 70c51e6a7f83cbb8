// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.daemon;

import java.nio.charset.StandardCharsets;

/** What the native launcher does for us; it registers these methods when it starts the Java machine. */
final class Launcher {
    private Launcher() {}

    /**
     * The socket from which a datagram of one octet, the signal's number, comes for each SIGTERM, SIGHUP and SIGUSR1.
     */
    static native int signalSocket();

    private static native int chdir(byte[] path);

    /**
     * Pluto answers now: the terminal is let go (standard error only if not kept) and the parent of a daemon fork returns.
     */
    static native void started(boolean keepStandardError);

    /**
     * Changes the folder in which a crash leaves its files.
     *
     * @return 0, or the errno
     */
    static int changeDirectory(String path) {
        return chdir(path.getBytes(StandardCharsets.UTF_8));
    }
}
