// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.eap;

import java.util.List;
import org.jswan.base.Bytes;
import org.jswan.base.Secret;

/** One end of an authentication by EAP-TLS. Helpers call it, one call at a time, and the loop while none of them does. */
public interface EapTls {
    /** What becomes of the conversation. */
    enum Course {
        GOES_ON,
        /** The key is there, and both ends know. */
        SUCCEEDED,
        FAILED
    }

    /**
     * What comes of a message of the peer.
     *
     * @param message what the peer is told; empty if there is nothing more to say
     * @param log what is to be logged
     */
    record Answer(Course course, Bytes message, List<String> log) {}

    /**
     * Takes a message of the peer. Takes many milliseconds.
     *
     * @throws EapException if it cannot be one
     */
    Answer take(Bytes message) throws EapException;

    /**
     * The key that the handshake made (MSK, RFC 5216 §2.3, RFC 9190 §2.3); it goes with this end.
     *
     * @throws EapException if it is not over
     */
    Secret key() throws EapException;

    /** Overwrites all keys. */
    void destroy();
}
