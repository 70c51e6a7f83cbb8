// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import java.util.List;
import org.jswan.base.Bytes;
import org.jswan.crypto.Hash;
import org.junit.jupiter.api.Test;

/** Keys made and shown by libreswan's rsasigkey, ecdsasigkey and showhostkey. */
class PublicKeyTest {
    private static final String RSA =
            "AwEAAbc11HXig/IQiyuTDFv8VIqi2tQvd7TK2ggBfm4N7NxTqFZ9nFnMmg2f7RzxY0DPEXLfI8Xs/nKxVoURfGHT7C37MbwuQxGA9rPjzfW5"
                    + "v8AQf+UJJ4BVaQYsxtMwmMF4IG452IOMHi6GvmnpWDXxamqi4fRtVY4pzVZc8Vf9/DOiujupzgVYBbbElUZ60RtGhAGCfJiyiAbMOhhN"
                    + "ZPWxVda+TYY6Aovfdg3s0uFtLoa7c8Lr4c4d+wG1/6Ii/MuY5GmA/ZDHhEG7Z7x7KmBpVcOGcrNsILxhDTyXhZQrwp4HQrhQuO034B0p"
                    + "FFZnXvNuRKto7UBId8Ks3vXwqlz7FXlFGjsp9gk+WUHeUDKQs3vsvVg/jAaGvXQhBhiMsaIHYzFjP/wvkUO+kDg8CSCt6Cgi6bVWAUnt"
                    + "gi3D217S/tDLke0+BZqZv9rF/sdRmy0acFdLKXyg8RUyN3RLjrSht9BvfdKgvOMLt2zloy9T4Eo9umQB/6tdE44Gcs7m40rIKQ==";
    private static final String ECDSA =
            "CtEEL5knxkt+/+PzyPLTPpgB6aXu/tanAexHO+YEDZLxxK4RgIzSZJoQHKBgN0297Sg2ulz8lNhUasUcPdfoEA==";
    private static final String ECDSA_INFO =
            "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAECtEEL5knxkt+/+PzyPLTPpgB6aXu/tanAexHO+YEDZLxxK4RgIzSZJoQHKBgN0297Sg2"
                    + "ulz8lNhUasUcPdfoEA==";
    private static final Bytes OCTETS = Bytes.ofUtf8("signed octets");

    private static Bytes base64(String text) {
        return Bytes.wrap(Base64.getDecoder().decode(text));
    }

    @Test
    void rsaKeyOfAConfiguration() throws KeyFormatException {
        PublicKey key = PublicKey.ofIpseckey(KeyType.RSA, base64(RSA));
        assertThat(key.keyId()).isEqualTo("AwEAAbc11");
        assertThat(key.ckaid()).hasToString("90ad955c70e40d9e0c1356d3b6ad44dc9e4e4ead");
        assertThat(key.bits()).isEqualTo(3072);
        assertThat(key.ipseckey()).isEqualTo(base64(RSA));
        assertThat(PublicKey.ofSubjectPublicKeyInfo(key.subjectPublicKeyInfo())).isEqualTo(key);
    }

    @Test
    void ecdsaKeyOfAConfiguration() throws KeyFormatException {
        PublicKey key = PublicKey.ofIpseckey(KeyType.ECDSA, base64(ECDSA));
        assertThat(key.keyId()).isEqualTo("MKseFGB1U");
        assertThat(key.ckaid()).hasToString("30ab1e14607550c5be3de74acb9f2b0e9355f439");
        assertThat(key.bits()).isEqualTo(256);
        assertThat(key.subjectPublicKeyInfo()).isEqualTo(base64(ECDSA_INFO));
        assertThat(PublicKey.ofSubjectPublicKeyInfo(base64(ECDSA_INFO))).isEqualTo(key);
        assertThat(PublicKey.ofIpseckey(KeyType.ECDSA, Bytes.of(4).plus(base64(ECDSA))))
                .isEqualTo(key);
    }

    /** Whoever owns a name in the DNS may publish what is no key: it is listed all the same. */
    @Test
    void keyOfZeros() throws KeyFormatException {
        PublicKey key = PublicKey.ofIpseckey(KeyType.RSA, Bytes.of(1, 0).plus(Bytes.wrap(new byte[64])));
        assertThat(key.keyId()).isEqualTo("AQAAAAAAA");
        assertThat(key.bits()).isZero();
    }

    /** RFC 3110 §2: an exponent of more than 255 octets has its length in three. */
    @Test
    void longExponent() throws KeyFormatException {
        byte[] exponent = new byte[256];
        exponent[0] = 1;
        exponent[255] = 1;
        byte[] modulus = new byte[512];
        modulus[0] = (byte) 0x80;
        Bytes octets = Bytes.concat(Bytes.of(0, 1, 0), Bytes.wrap(exponent), Bytes.wrap(modulus));
        PublicKey key = PublicKey.ofIpseckey(KeyType.RSA, octets);
        assertThat(key.bits()).isEqualTo(4096);
        assertThat(key.ipseckey()).isEqualTo(octets);
    }

    @Test
    void whatIsNoKey() {
        refused(KeyType.RSA, Bytes.of(1), "1 byte raw RSA public is way too short");
        refused(KeyType.RSA, Bytes.of(9, 1, 2), "3 byte raw RSA public key is too short for exponent of length 9");
        refused(
                KeyType.RSA,
                Bytes.of(1, 3).plus(Bytes.wrap(new byte[11])),
                "13 byte raw RSA public key 11 byte modulus is shorter than RFC minimum 12");
        refused(
                KeyType.RSA,
                Bytes.of(1, 3).plus(Bytes.wrap(new byte[63])),
                "65 byte raw RSA public key 63 byte modulus is shorter than minimum 64");
        refused(
                KeyType.RSA,
                Bytes.of(1, 3).plus(Bytes.wrap(new byte[1026])),
                "1028 byte raw RSA public key 1026 byte modulus is longer than maximum 1025");
        refused(KeyType.ECDSA, Bytes.of(1, 2, 3), "unrecognized EC Public Key with length 3");
        for (int length = 0; length < base64(ECDSA_INFO).length(); length++) {
            Bytes cut = base64(ECDSA_INFO).first(length);
            assertThatThrownBy(() -> PublicKey.ofSubjectPublicKeyInfo(cut)).isInstanceOf(KeyFormatException.class);
        }
    }

    private static void refused(KeyType type, Bytes octets, String why) {
        assertThatThrownBy(() -> PublicKey.ofIpseckey(type, octets)).hasMessage(why);
    }

    /** RFC 7427 appendix A. */
    @Test
    void algorithmIdentifiers() {
        assertThat(Signature.PKCS1.algorithmIdentifier(Hash.SHA2_256))
                .contains(Bytes.ofHex("0f 300d06092a864886f70d01010b0500"));
        assertThat(Signature.ECDSA.algorithmIdentifier(Hash.SHA2_512))
                .contains(Bytes.ofHex("0c 300a06082a8648ce3d040304"));
        assertThat(Signature.RSASSA_PSS.algorithmIdentifier(Hash.SHA2_384))
                .contains(Bytes.ofHex("43 304106092a864886f70d01010a3034a00f300d06096086480165030402020500"
                        + "a11c301a06092a864886f70d010108300d06096086480165030402020500a203020130"));
        assertThat(Signature.PKCS1.algorithmIdentifier(Hash.SHA1)).isEmpty();
        assertThat(Signature.ECDSA_PLAIN.algorithmIdentifier(Hash.SHA2_256)).isEmpty();
        for (Signature signature : List.of(Signature.PKCS1, Signature.RSASSA_PSS, Signature.ECDSA)) {
            Bytes data =
                    signature.algorithmIdentifier(Hash.SHA2_384).orElseThrow().plus(Bytes.of(1, 2));
            assertThat(Signature.identify(data, List.of(Hash.SHA2_512, Hash.SHA2_384)))
                    .contains(new Signature.Identified(signature, Hash.SHA2_384));
            assertThat(Signature.identify(data, List.of(Hash.SHA2_512))).isEmpty();
        }
    }

    @Test
    void onlyTheSignatureItselfVerifies() throws Exception {
        KeyPairGenerator rsa = KeyPairGenerator.getInstance("RSA");
        rsa.initialize(2048);
        KeyPairGenerator ec = KeyPairGenerator.getInstance("EC");
        ec.initialize(new ECGenParameterSpec("secp384r1"));
        KeyPair rsaPair = rsa.generateKeyPair();
        KeyPair ecPair = ec.generateKeyPair();
        for (Signature signature : Signature.values()) {
            boolean isRsa = signature.keyType() == KeyType.RSA;
            KeyPair pair = isRsa ? rsaPair : ecPair;
            PublicKey key = key(pair);
            Bytes signed = signature.sign(pair.getPrivate(), Hash.SHA2_256, OCTETS);
            assertThat(signature.verify(key, Hash.SHA2_256, OCTETS, signed)).isTrue();
            assertThat(signature.verify(key(isRsa ? ecPair : rsaPair), Hash.SHA2_256, OCTETS, signed))
                    .isFalse();
            // What IKEv1 signs is a hash already: nothing is hashed again.
            assertThat(signature.verify(key, Hash.SHA2_384, OCTETS, signed))
                    .isEqualTo(signature == Signature.PKCS1_BARE);
            for (int length = 0; length < signed.length(); length++) {
                assertThat(signature.verify(key, Hash.SHA2_256, OCTETS, signed.first(length)))
                        .isFalse();
            }
            byte[] bent = signed.toArray();
            bent[bent.length / 2] ^= 1;
            assertThat(signature.verify(key, Hash.SHA2_256, OCTETS, Bytes.wrap(bent)))
                    .isFalse();
        }
    }

    private static PublicKey key(KeyPair pair) throws KeyFormatException {
        return PublicKey.ofSubjectPublicKeyInfo(Bytes.wrap(pair.getPublic().getEncoded()));
    }
}
