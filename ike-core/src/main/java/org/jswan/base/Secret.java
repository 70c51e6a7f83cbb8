// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.base;

import java.security.MessageDigest;
import java.util.Arrays;

/**
 * Octets that must not leak: compared in constant time, destroyed with their owner, printed by length only. Whoever
 * creates one destroys it; a destroyed secret refuses every use.
 */
public final class Secret implements AutoCloseable {
    private byte[] octets;

    private Secret(byte[] octets) {
        this.octets = octets;
    }

    /** Takes over {@code octets}: the caller must neither keep nor change them. */
    public static Secret take(byte[] octets) {
        return new Secret(octets);
    }

    public static Secret copyOf(byte[] octets) {
        return new Secret(octets.clone());
    }

    public static Secret copyOf(Bytes octets) {
        return new Secret(octets.toArray());
    }

    /**
     * Takes the octets out of what was received: there, zeroes take their place. Nothing else may need them, not as part of
     * a larger whole either.
     */
    public static Secret move(Bytes octets) {
        Secret secret = copyOf(octets);
        octets.overwrite();
        return secret;
    }

    public int length() {
        return live().length;
    }

    /** The octets themselves, not a copy: for handing to a cipher at once, never to keep. */
    public byte[] expose() {
        return live();
    }

    /** A new secret from {@code count} of these octets. */
    public Secret slice(int from, int count) {
        java.util.Objects.checkFromIndexSize(from, count, live().length);
        return new Secret(Arrays.copyOfRange(octets, from, from + count));
    }

    public Secret copy() {
        return new Secret(live().clone());
    }

    public boolean isDestroyed() {
        return octets == null;
    }

    /** Overwrites the octets. Destroying twice does nothing. */
    public void destroy() {
        if (octets != null) {
            Arrays.fill(octets, (byte) 0);
            octets = null;
        }
    }

    @Override
    public void close() {
        destroy();
    }

    private byte[] live() {
        if (octets == null) {
            throw new IllegalStateException("secret used after it was destroyed");
        }
        return octets;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Secret that && MessageDigest.isEqual(live(), that.live());
    }

    @Override
    public int hashCode() {
        throw new UnsupportedOperationException("a secret is no key of a hash table");
    }

    @Override
    public String toString() {
        return octets == null ? "Secret[destroyed]" : "Secret[" + octets.length + " bytes]";
    }
}
