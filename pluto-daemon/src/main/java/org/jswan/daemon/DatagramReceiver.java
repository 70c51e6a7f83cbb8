// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.daemon;

import org.jswan.base.Bytes;
import org.jswan.base.Endpoint;
import org.jswan.net.IkeSocket;
import org.jswan.net.IkeStream;

/** Whom the IKE sockets hand to what they receive. On the loop. */
interface DatagramReceiver {
    /** An IKE message, without the non-ESP marker. */
    void datagram(IkeSocket socket, Endpoint sender, Bytes message);

    /**
     * A message of ours did not get through.
     *
     * @param rejected its beginning, without the non-ESP marker; may be cut off or empty
     * @param report what is known, in the words of the log
     */
    void networkError(IkeSocket socket, Bytes rejected, String report);

    /** A stream that somebody holds is at its end; it is closed already. */
    void streamBroken(IkeStream stream);
}
