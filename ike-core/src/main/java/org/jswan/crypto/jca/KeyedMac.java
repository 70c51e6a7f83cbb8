// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.crypto.jca;

/** A message authentication code under one key, used again for each message. Not thread-safe. */
public interface KeyedMac {
    /** Octets of the result. */
    int length();

    void update(byte[] octets, int offset, int count);

    /** The code of what was given since the last call; then it is ready for the next message. */
    byte[] finish();

    /** Forgets the key as far as it is held here; not to be used afterwards. */
    void destroy();
}
