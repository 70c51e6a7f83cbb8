// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.crypto.jca;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.XECPublicKey;
import java.security.spec.NamedParameterSpec;
import java.security.spec.XECPublicKeySpec;
import javax.crypto.KeyAgreement;
import org.jswan.base.Bytes;
import org.jswan.base.Secret;
import org.jswan.random.RandomSource;

/** X25519 (RFC 7748, RFC 8031): values are little-endian x coordinates of 32 octets. */
public final class X25519Agreement implements Agreement {
    private static final String PROVIDER = "SunEC";
    private static final int LENGTH = 32;

    private KeyPair pair;
    private final Bytes publicValue;

    private X25519Agreement(KeyPair pair) {
        this.pair = pair;
        byte[] octets = FixedLength.of(((XECPublicKey) pair.getPublic()).getU(), LENGTH);
        publicValue = Bytes.wrap(reverse(octets));
    }

    public static X25519Agreement generate(RandomSource random) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("X25519", PROVIDER);
            generator.initialize(NamedParameterSpec.X25519, new SourcedRandom(random));
            return new X25519Agreement(generator.generateKeyPair());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(PROVIDER + " lacks X25519", e);
        }
    }

    @Override
    public Bytes publicValue() {
        return publicValue;
    }

    @Override
    public Secret sharedSecret(Bytes peer) throws PeerValueException {
        if (peer.length() != LENGTH) {
            throw new PeerValueException("public value has " + peer.length() + " octets where the group has " + LENGTH);
        }
        // RFC 7748 §5: the top bit is to be masked, not refused
        BigInteger u = new BigInteger(1, reverse(peer.toArray())).clearBit(LENGTH * Byte.SIZE - 1);
        try {
            KeyAgreement agreement = KeyAgreement.getInstance("X25519", PROVIDER);
            agreement.init(pair.getPrivate());
            try {
                agreement.doPhase(
                        KeyFactory.getInstance("X25519", PROVIDER)
                                .generatePublic(new XECPublicKeySpec(NamedParameterSpec.X25519, u)),
                        true);
                return Secret.take(agreement.generateSecret());
            } catch (InvalidKeyException e) {
                // RFC 7748 §6.1: a result of all zeros, which SunEC reports as a point of small order
                throw new PeerValueException("public value has a small order");
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(PROVIDER + " cannot compute X25519", e);
        }
    }

    /** SunEC's private keys cannot be overwritten, only dropped. */
    @Override
    public void destroy() {
        pair = null;
    }

    private static byte[] reverse(byte[] octets) {
        byte[] reversed = new byte[octets.length];
        for (int i = 0; i < octets.length; i++) {
            reversed[i] = octets[octets.length - 1 - i];
        }
        return reversed;
    }
}
