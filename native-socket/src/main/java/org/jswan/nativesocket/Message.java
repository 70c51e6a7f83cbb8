// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.nativesocket;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;

/**
 * A buffer to receive into again and again: the data, where they came from, and the ancillary data. What it returns
 * stays valid, except {@link #data()}, which the next receive overwrites.
 */
public final class Message {
    private static final int NAME_LENGTH = 0;
    private static final int CONTROL_LENGTH = 4;
    private static final int FLAGS = 8;
    private static final int NAME = 16;
    private static final int NAME_SPACE = 128;
    private static final int CONTROL = NAME + NAME_SPACE;
    private static final int CONTROL_SPACE = 512;

    final ByteBuffer data;
    final ByteBuffer meta = ByteBuffer.allocateDirect(CONTROL + CONTROL_SPACE).order(ByteOrder.nativeOrder());

    /** @param size the longest datagram that fits; a longer one is cut and {@link #isTruncated()} */
    public Message(int size) {
        data = ByteBuffer.allocateDirect(size).order(ByteOrder.nativeOrder());
    }

    /** The octets received, from position to limit; native byte order. */
    public ByteBuffer data() {
        return data;
    }

    public byte[] toArray() {
        byte[] octets = new byte[data.remaining()];
        data.get(data.position(), octets);
        return octets;
    }

    /** The sender; on the error queue, where the datagram was sent to. Empty on a connected stream. */
    public Optional<SocketName> sender() {
        int length = Math.min(meta.getInt(NAME_LENGTH), NAME_SPACE);
        return length < 2 ? Optional.empty() : Optional.of(SocketName.of(octets(NAME, length)));
    }

    /** Whether the datagram was longer than the buffer. */
    public boolean isTruncated() {
        return (meta.getInt(FLAGS) & Linux.MSG_TRUNC) != 0;
    }

    /** The address that the datagram was sent to, 4 or 16 octets, if the socket has IP_PKTINFO or IPV6_RECVPKTINFO on. */
    public Optional<byte[]> destinationAddress() {
        // struct in_pktinfo { int ifindex; in_addr spec_dst; in_addr addr; }
        // struct in6_pktinfo { in6_addr addr; unsigned ifindex; }
        return control(Linux.IPPROTO_IP, Linux.IP_PKTINFO)
                .filter(info -> info.length >= 12)
                .map(info -> Arrays.copyOfRange(info, 8, 12))
                .or(() -> control(Linux.IPPROTO_IPV6, Linux.IPV6_PKTINFO)
                        .filter(info -> info.length >= 20)
                        .map(info -> Arrays.copyOf(info, 16)));
    }

    /** The index of the interface that the datagram came in by, on the same condition. */
    public Optional<Integer> interfaceIndex() {
        return control(Linux.IPPROTO_IP, Linux.IP_PKTINFO)
                .filter(info -> info.length >= 12)
                .map(info -> nativeInt(info, 0))
                .or(() -> control(Linux.IPPROTO_IPV6, Linux.IPV6_PKTINFO)
                        .filter(info -> info.length >= 20)
                        .map(info -> nativeInt(info, 16)));
    }

    /** What the error queue said, if this was received from it. */
    public Optional<SocketError> error() {
        // struct sock_extended_err { u32 errno; u8 origin, type, code, pad; u32 info; u32 data; } and the offender's
        // name
        return control(Linux.IPPROTO_IP, Linux.IP_RECVERR)
                .or(() -> control(Linux.IPPROTO_IPV6, Linux.IPV6_RECVERR))
                .filter(error -> error.length >= 16)
                .map(error -> new SocketError(
                        nativeInt(error, 0),
                        error[4] & 0xff,
                        error[5] & 0xff,
                        error[6] & 0xff,
                        nativeInt(error, 8),
                        sender(),
                        Optional.of(SocketName.of(Arrays.copyOfRange(error, 16, error.length)))
                                .filter(SocketName::isInet)));
    }

    /** The first piece of ancillary data of that level and type. */
    public Optional<byte[]> control(int level, int type) {
        // struct cmsghdr { size_t len; int level; int type; }, each aligned to a size_t
        int word = Native.wordSize();
        int header = word + 8;
        int end = CONTROL + Math.min(meta.getInt(CONTROL_LENGTH), CONTROL_SPACE);
        int at = CONTROL;
        while (at + header <= end) {
            long length = word == 8 ? meta.getLong(at) : meta.getInt(at);
            if (length < header || length > end - at) {
                break;
            }
            if (meta.getInt(at + word) == level && meta.getInt(at + word + 4) == type) {
                return Optional.of(octets(at + header, (int) length - header));
            }
            at += ((int) length + word - 1) & -word;
        }
        return Optional.empty();
    }

    private byte[] octets(int from, int count) {
        byte[] octets = new byte[count];
        meta.get(from, octets);
        return octets;
    }

    private static int nativeInt(byte[] octets, int at) {
        return ByteBuffer.wrap(octets).order(ByteOrder.nativeOrder()).getInt(at);
    }
}
