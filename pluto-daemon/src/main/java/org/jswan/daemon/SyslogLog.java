// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.daemon;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.ZoneId;
import org.jswan.base.OctetText;
import org.jswan.nativesocket.Linux;
import org.jswan.nativesocket.NativeSocket;
import org.jswan.nativesocket.SocketName;

/** The log in syslog with facility authpriv, over the local datagram socket. */
final class SyslogLog implements LogTarget {
    static final String SOCKET = "/dev/log";
    private static final int AUTHPRIV = 10 << 3;
    private static final int LONGEST = 64 * 1024;

    private final String path;
    private final ZoneId zone;
    private final String tag;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(LONGEST);
    /** Null while nobody takes our lines. */
    private NativeSocket socket;

    /** @param pid shown beside the name: {@code pluto[4711]} */
    SyslogLog(String path, ZoneId zone, long pid) {
        this.path = path;
        this.zone = zone;
        tag = "pluto[" + pid + "]: ";
    }

    @Override
    public void write(int severity, Instant now, String line) throws IOException {
        String text = "<" + (AUTHPRIV | severity) + ">" + StreamLog.SECONDS.format(now.atZone(zone)) + " " + tag + line;
        byte[] octets = OctetText.write(text);
        buffer.clear().put(octets, 0, Math.min(octets.length, LONGEST)).flip();
        try {
            if (socket == null) {
                connect();
            }
            socket.send(buffer, null);
        } catch (IOException e) {
            // A syslog daemon that was restarted has a new socket: the next line looks for it.
            close();
            throw e;
        }
    }

    private void connect() throws IOException {
        NativeSocket fresh = NativeSocket.open(Linux.AF_UNIX, Linux.SOCK_DGRAM, 0);
        try {
            fresh.connect(SocketName.unix(path));
            socket = fresh;
        } finally {
            if (socket == null) {
                fresh.close();
            }
        }
    }

    @Override
    public void reopen() {
        close();
    }

    @Override
    public void close() {
        if (socket != null) {
            socket.close();
            socket = null;
        }
    }
}
