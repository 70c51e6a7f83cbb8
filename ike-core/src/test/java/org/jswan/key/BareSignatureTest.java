// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.key;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.RSAPublicKey;
import org.jswan.base.Bytes;
import org.jswan.crypto.Hash;
import org.junit.jupiter.api.Test;

/** RSA signatures of IKEv1, whose block holds the hash alone (RFC 2409 §5.1). */
class BareSignatureTest {
    private static final Bytes HASH = Bytes.ofHex("00112233445566778899aabbccddeeff00112233");

    private static KeyPair pair() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(1024);
        return generator.generateKeyPair();
    }

    @Test
    void theBlockIsOfTypeOneAndHoldsWhatIsSigned() throws Exception {
        KeyPair pair = pair();
        Bytes signature = Signature.PKCS1_BARE.sign(pair.getPrivate(), Hash.SHA1, HASH);
        RSAPublicKey key = (RSAPublicKey) pair.getPublic();
        String block = new BigInteger(1, signature.toArray())
                .modPow(key.getPublicExponent(), key.getModulus())
                .toString(16);
        assertThat(block).isEqualTo("1" + "ff".repeat(128 - 3 - HASH.length()) + "00" + HASH.hex());
    }

    @Test
    void onlyItsOwnKeyAndOctetsFit() throws Exception {
        KeyPair pair = pair();
        PublicKey key =
                PublicKey.ofSubjectPublicKeyInfo(Bytes.wrap(pair.getPublic().getEncoded()));
        Bytes signature = Signature.PKCS1_BARE.sign(pair.getPrivate(), Hash.SHA1, HASH);
        assertThat(Signature.PKCS1_BARE.verify(key, Hash.SHA1, HASH, signature)).isTrue();
        assertThat(Signature.PKCS1_BARE.verify(key, Hash.SHA1, HASH.from(1), signature))
                .isFalse();
        assertThat(Signature.PKCS1_BARE.verify(key, Hash.SHA1, HASH, signature.from(1)))
                .isFalse();
        assertThat(Signature.PKCS1.verify(key, Hash.SHA1, HASH, signature)).isFalse();
        PublicKey other =
                PublicKey.ofSubjectPublicKeyInfo(Bytes.wrap(pair().getPublic().getEncoded()));
        assertThat(Signature.PKCS1_BARE.verify(other, Hash.SHA1, HASH, signature))
                .isFalse();
    }
}
