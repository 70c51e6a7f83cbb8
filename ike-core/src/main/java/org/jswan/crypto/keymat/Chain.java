// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.crypto.keymat;

import java.util.ArrayList;
import java.util.List;
import org.jswan.base.Secret;

/** Blocks of keying material, K1 | K2 | ..., of which each goes into the making of the next. It owns its blocks. */
final class Chain implements AutoCloseable {
    private final int wanted;
    private final List<Secret> blocks = new ArrayList<>();
    private int length;

    /** @param wanted octets of the result */
    Chain(int wanted) {
        this.wanted = wanted;
    }

    boolean isLongEnough() {
        return length >= wanted;
    }

    /** Takes over the next block and returns it for reading. */
    Secret add(Secret block) {
        blocks.add(block);
        length += block.length();
        return block;
    }

    /** The first octets of all blocks, as many as wanted; the caller's. */
    Secret result() {
        byte[] joined = new byte[wanted];
        int at = 0;
        for (Secret block : blocks) {
            int count = Math.min(block.length(), wanted - at);
            System.arraycopy(block.expose(), 0, joined, at, count);
            at += count;
        }
        return Secret.take(joined);
    }

    @Override
    public void close() {
        blocks.forEach(Secret::destroy);
    }
}
