// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.nss;

import jnr.ffi.Memory;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import org.jswan.base.Bytes;

/**
 * NSS's octet strings, as they are on 64-bit machines.
 *
 * <pre>
 * type (4) | padding (4) | address of the octets (8) | their number (4) | padding (4)
 * </pre>
 */
final class SecItem {
    private static final int SIZE = 24;
    private static final int ADDRESS = 8;
    private static final int LENGTH = 16;

    private SecItem() {}

    /** An item with the octets behind it in the same piece of memory, which lives as long as the pointer. */
    static Pointer of(Runtime runtime, Bytes octets) {
        Pointer item = room(runtime, octets.length());
        item.put(SIZE, octets.toArray(), 0, octets.length());
        return item;
    }

    /** An item with room for {@code length} octets. */
    static Pointer room(Runtime runtime, int length) {
        Pointer item = Memory.allocateDirect(runtime, SIZE + Math.max(length, 1), true);
        item.putAddress(ADDRESS, item.address() + SIZE);
        item.putInt(LENGTH, length);
        return item;
    }

    /** A copy of the octets of the item that is {@code offset} octets into some memory. */
    static Bytes read(Pointer memory, long offset) {
        byte[] octets = new byte[memory.getInt(offset + LENGTH)];
        if (octets.length > 0) {
            memory.getPointer(offset + ADDRESS).get(0, octets, 0, octets.length);
        }
        return Bytes.wrap(octets);
    }
}
