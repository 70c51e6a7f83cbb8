// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.net;

/**
 * How an IKE socket is made.
 *
 * @param bufferSize octets of its buffers, 0 for the system's
 * @param errorQueue whether the kernel reports what became of messages
 */
public record SocketOptions(int bufferSize, boolean errorQueue) {
    /** What holds where nobody says otherwise. */
    public static final SocketOptions DEFAULT = new SocketOptions(0, true);

    public SocketOptions withBufferSize(int octets) {
        return new SocketOptions(octets, errorQueue);
    }

    public SocketOptions withErrorQueue(boolean on) {
        return new SocketOptions(bufferSize, on);
    }
}
