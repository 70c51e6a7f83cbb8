// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.crypto.jca;

import java.util.Arrays;
import org.bouncycastle.math.ec.rfc7748.X25519;
import org.jswan.base.Bytes;
import org.jswan.base.Secret;
import org.jswan.random.RandomSource;

/** X25519 (RFC 7748, RFC 8031), of Bouncy Castle: values are little-endian x coordinates of 32 octets. */
public final class X25519Agreement implements Agreement {
    private final byte[] scalar = new byte[X25519.SCALAR_SIZE];
    private final Bytes publicValue;

    private X25519Agreement(RandomSource random) {
        random.fill(scalar);
        byte[] point = new byte[X25519.POINT_SIZE];
        X25519.generatePublicKey(scalar, 0, point, 0);
        publicValue = Bytes.wrap(point);
    }

    public static X25519Agreement generate(RandomSource random) {
        return new X25519Agreement(random);
    }

    @Override
    public Bytes publicValue() {
        return publicValue;
    }

    @Override
    public Secret sharedSecret(Bytes peer) throws PeerValueException {
        if (peer.length() != X25519.POINT_SIZE) {
            throw new PeerValueException(
                    "ECP", "public value has " + peer.length() + " octets where the group has " + X25519.POINT_SIZE);
        }
        byte[] shared = new byte[X25519.POINT_SIZE];
        if (!X25519.calculateAgreement(scalar, 0, peer.toArray(), 0, shared, 0)) {
            // RFC 7748 §6.1: a result of all zeros
            throw new PeerValueException("ECP", "public value has a small order");
        }
        return Secret.take(shared);
    }

    @Override
    public void destroy() {
        Arrays.fill(scalar, (byte) 0);
    }
}
