// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.xfrm;

import static org.jswan.nativesocket.Linux.ETHTOOL_GFEATURES;
import static org.jswan.nativesocket.Linux.ETHTOOL_GSSET_INFO;
import static org.jswan.nativesocket.Linux.ETHTOOL_GSTRINGS;
import static org.jswan.nativesocket.Linux.ETH_GSTRING_LEN;
import static org.jswan.nativesocket.Linux.ETH_SS_FEATURES;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jswan.kernel.DeviceFeatures;
import org.jswan.kernel.KernelException;
import org.jswan.nativesocket.ErrnoException;

/** Features of network interfaces, by {@code SIOCETHTOOL}; all numbers are the machine's. */
final class Ethtool implements DeviceFeatures {
    /** Features of one {@code struct ethtool_get_features_block}: available, requested, active, never changed: u32 each. */
    private static final int BLOCK_FEATURES = 32;

    private static final int BLOCK = 16;
    private static final int ACTIVE = 8;
    /** More than any kernel has; an answer that says more is none. */
    private static final int MOST = 4096;

    private final Request request;

    /** The kernel, which writes its answer over the question. */
    interface Request {
        void ask(String device, ByteBuffer question) throws ErrnoException;
    }

    Ethtool(Request request) {
        this.request = request;
    }

    /** {@code struct ethtool_sset_info}: command u32, (4), the sets asked for and told u64, their sizes u32 each. */
    @Override
    public int count(String device) throws KernelException {
        ByteBuffer info = buffer(20).putInt(0, ETHTOOL_GSSET_INFO).putLong(8, 1L << ETH_SS_FEATURES);
        ask(device, info, "ETHTOOL_GSSET_INFO");
        int count = info.getInt(16);
        return info.getLong(8) == 1L << ETH_SS_FEATURES && count > 0 && count <= MOST ? count : 0;
    }

    /** {@code struct ethtool_gstrings}: command, set, how many, u32 each, then 32 octets for each name. */
    @Override
    public List<String> names(String device, int count) throws KernelException {
        ByteBuffer strings = buffer(12 + count * ETH_GSTRING_LEN)
                .putInt(0, ETHTOOL_GSTRINGS)
                .putInt(4, ETH_SS_FEATURES)
                .putInt(8, count);
        ask(device, strings, "ETHTOOL_GSTRINGS");
        List<String> names = new ArrayList<>();
        for (int i = 0; i < Math.min(count, strings.getInt(8)); i++) {
            byte[] name = new byte[ETH_GSTRING_LEN];
            strings.get(12 + i * ETH_GSTRING_LEN, name);
            names.add(new String(name, StandardCharsets.ISO_8859_1).replaceAll("\0.*", ""));
        }
        return names;
    }

    /** {@code struct ethtool_gfeatures}: command u32, blocks u32, the blocks. */
    @Override
    public boolean isActive(String device, int feature, int count) throws KernelException {
        int blocks = (count + BLOCK_FEATURES - 1) / BLOCK_FEATURES;
        ByteBuffer features =
                buffer(8 + blocks * BLOCK).putInt(0, ETHTOOL_GFEATURES).putInt(4, blocks);
        ask(device, features, "ETHTOOL_GFEATURES");
        int active = features.getInt(8 + feature / BLOCK_FEATURES * BLOCK + ACTIVE);
        return (active >>> feature % BLOCK_FEATURES & 1) != 0;
    }

    private static ByteBuffer buffer(int size) {
        return ByteBuffer.allocateDirect(size).order(ByteOrder.nativeOrder());
    }

    private void ask(String device, ByteBuffer question, String what) throws KernelException {
        try {
            request.ask(device, question);
        } catch (ErrnoException e) {
            throw new KernelException(
                            e.name(), "SIOCETHTOOL " + what + " failed: " + e.text() + " (errno " + e.errno() + ")")
                    .because(e);
        }
    }
}
