// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.crypto;

import java.util.Arrays;
import org.jswan.base.Bytes;
import org.jswan.base.Secret;
import org.jswan.crypto.jca.KeyedMac;

/** A PRF or integrity algorithm under one key, fed piece by piece. Not thread-safe. */
public final class MacStream implements AutoCloseable {
    private final KeyedMac mac;
    private final int length;

    MacStream(KeyedMac mac, int length) {
        this.mac = mac;
        this.length = length;
    }

    public MacStream update(Bytes octets) {
        return update(octets.toArray());
    }

    public MacStream update(Secret octets) {
        return update(octets.expose());
    }

    /** One octet, {@code value} modulo 256. */
    public MacStream update(int value) {
        return update(new byte[] {(byte) value});
    }

    /** The result, after which the stream is ready for another message. */
    public Bytes finish() {
        return Bytes.wrap(truncated());
    }

    /** As {@link #finish}, for a result that is a key. */
    public Secret finishSecret() {
        return Secret.take(truncated());
    }

    /** Forgets the key. */
    @Override
    public void close() {
        mac.destroy();
    }

    private MacStream update(byte[] octets) {
        mac.update(octets, 0, octets.length);
        return this;
    }

    private byte[] truncated() {
        byte[] whole = mac.finish();
        return whole.length == length ? whole : Arrays.copyOf(whole, length);
    }
}
