// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.crypto.jca;

import java.util.Arrays;
import javax.crypto.SecretKey;

/** A key for JCA that, other than the platform's own, can be destroyed. */
final class RawKey implements SecretKey {
    private static final long serialVersionUID = 1L;

    private final String algorithm;
    private final transient byte[] octets;
    private boolean destroyed;

    RawKey(String algorithm, byte[] octets) {
        this.algorithm = algorithm;
        this.octets = octets.clone();
    }

    @Override
    public String getAlgorithm() {
        return algorithm;
    }

    @Override
    public String getFormat() {
        return "RAW";
    }

    @Override
    public byte[] getEncoded() {
        if (destroyed) {
            throw new IllegalStateException("key used after it was destroyed");
        }
        return octets.clone();
    }

    @Override
    public void destroy() {
        Arrays.fill(octets, (byte) 0);
        destroyed = true;
    }

    @Override
    public boolean isDestroyed() {
        return destroyed;
    }
}
