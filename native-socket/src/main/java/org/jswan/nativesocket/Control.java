// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.nativesocket;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Ancillary data to send. */
public final class Control {
    private Control() {}

    /**
     * Sends a datagram from this address and interface.
     *
     * @param address 4 or 16 octets, the family of the socket
     * @param interfaceIndex 0 to leave that to the route
     */
    public static byte[] sourceAddress(byte[] address, int interfaceIndex) {
        ByteBuffer info = ByteBuffer.allocate(address.length == 4 ? 12 : 20).order(ByteOrder.nativeOrder());
        if (address.length == 4) {
            info.putInt(interfaceIndex).put(address);
            return of(Linux.IPPROTO_IP, Linux.IP_PKTINFO, info.array());
        }
        info.put(address).putInt(interfaceIndex);
        return of(Linux.IPPROTO_IPV6, Linux.IPV6_PKTINFO, info.array());
    }

    /** One piece of that level and type. */
    public static byte[] of(int level, int type, byte[] data) {
        int word = Native.wordSize();
        int length = word + 8 + data.length;
        ByteBuffer control = ByteBuffer.allocate((length + word - 1) & -word).order(ByteOrder.nativeOrder());
        if (word == 8) {
            control.putLong(length);
        } else {
            control.putInt(length);
        }
        return control.putInt(level).putInt(type).put(data).array();
    }
}
