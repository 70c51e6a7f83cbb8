// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.nativesocket;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A {@code struct sockaddr}: a family and what it says about it. */
public final class SocketName {
    /** The length of {@code sun_path}, its closing zero included. */
    private static final int UNIX_PATH = 108;

    private final byte[] octets;

    private SocketName(byte[] octets) {
        this.octets = octets;
    }

    /** From the octets of a {@code struct sockaddr}, as the kernel gave them. */
    static SocketName of(byte[] octets) {
        return new SocketName(octets);
    }

    /** @param address 4 or 16 octets in network order */
    public static SocketName inet(byte[] address, int port) {
        return inet(address, port, 0);
    }

    /** @param scope the interface's index for a link-local IPv6 address, else 0 */
    public static SocketName inet(byte[] address, int port, int scope) {
        boolean v4 = address.length == 4;
        if (!v4 && address.length != 16) {
            throw new IllegalArgumentException("an address has 4 or 16 octets, not " + address.length);
        }
        ByteBuffer name = ByteBuffer.allocate(v4 ? 16 : 28).order(ByteOrder.nativeOrder());
        name.putShort((short) (v4 ? Linux.AF_INET : Linux.AF_INET6));
        name.put((byte) (port >> 8)).put((byte) port);
        if (v4) {
            name.put(address);
        } else {
            name.putInt(0).put(address).putInt(scope);
        }
        return new SocketName(name.array());
    }

    /**
     * A path in the file system.
     *
     * @throws IllegalArgumentException if it is longer than the 107 octets that fit
     */
    public static SocketName unix(String path) {
        byte[] text = path.getBytes(StandardCharsets.UTF_8);
        if (text.length >= UNIX_PATH) {
            throw new IllegalArgumentException("socket path too long: " + path);
        }
        ByteBuffer name = ByteBuffer.allocate(2 + text.length + 1).order(ByteOrder.nativeOrder());
        name.putShort((short) Linux.AF_UNIX).put(text);
        return new SocketName(name.array());
    }

    /**
     * @param port 0: the kernel, or when binding, whichever number is free
     * @param groups the first 32 multicast groups, one bit each
     */
    public static SocketName netlink(int port, int groups) {
        ByteBuffer name = ByteBuffer.allocate(12).order(ByteOrder.nativeOrder());
        name.putShort((short) Linux.AF_NETLINK).putShort((short) 0).putInt(port).putInt(groups);
        return new SocketName(name.array());
    }

    /** One of {@link Linux}'s {@code AF_}; 0 for a nameless socket. */
    public int family() {
        return octets.length < 2 ? 0 : buffer().getShort(0);
    }

    public boolean isInet() {
        return family() == Linux.AF_INET || family() == Linux.AF_INET6;
    }

    /** The IP address, 4 or 16 octets. */
    public byte[] address() {
        require(isInet());
        return family() == Linux.AF_INET ? Arrays.copyOfRange(octets, 4, 8) : Arrays.copyOfRange(octets, 8, 24);
    }

    /** The UDP or TCP port. */
    public int port() {
        require(isInet());
        return (octets[2] & 0xff) << 8 | octets[3] & 0xff;
    }

    /** The index of the interface that a link-local address belongs to, 0 for others. */
    public int scope() {
        require(isInet());
        return family() == Linux.AF_INET ? 0 : buffer().getInt(24);
    }

    /** The path of a local socket; empty for a nameless one. */
    public String path() {
        require(family() == Linux.AF_UNIX);
        int end = 2;
        while (end < octets.length && octets[end] != 0) {
            end++;
        }
        return new String(octets, 2, end - 2, StandardCharsets.UTF_8);
    }

    /** The netlink port, unsigned: 0 is the kernel. */
    public int netlinkPort() {
        require(family() == Linux.AF_NETLINK);
        return buffer().getInt(4);
    }

    byte[] octets() {
        return octets;
    }

    private ByteBuffer buffer() {
        return ByteBuffer.wrap(octets).order(ByteOrder.nativeOrder());
    }

    private void require(boolean condition) {
        if (!condition) {
            throw new IllegalStateException("not in a socket name of family " + family());
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SocketName that && Arrays.equals(octets, that.octets);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(octets);
    }
}
