// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire;

/** One payload of a message. */
public interface Payload {
    PayloadType type();

    /** Writes what follows the generic header. */
    void writeBody(WireWriter out);

    /** The octet of the generic header that holds the critical bit; only unknown payloads carry others than 0. */
    default int flags() {
        return 0;
    }
}
