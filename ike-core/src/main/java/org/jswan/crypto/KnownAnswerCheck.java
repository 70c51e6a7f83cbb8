// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.crypto;

import java.util.Arrays;
import java.util.Optional;
import org.jswan.base.Bytes;
import org.jswan.base.Secret;
import org.jswan.crypto.jca.AeadCipher;
import org.jswan.crypto.jca.PeerValueException;
import org.jswan.crypto.jca.PlainCipher;

/** Computes a {@link KnownAnswer} and compares. */
final class KnownAnswerCheck {
    private KnownAnswerCheck() {}

    /** Whether what comes out is what must come out. */
    static boolean passes(KnownAnswer answer) {
        return Algorithm.byName(Encr.ALL, answer.algorithm())
                .map(encr -> encr.isAead() ? aead(encr, answer) : plain(encr, answer))
                .or(() -> Algorithm.byName(KeGroup.ALL, answer.algorithm()).map(group -> group(group, answer)))
                .or(() -> fullNamed(answer)
                        .map(prf -> answer.has("dkm") ? keys(prf, answer) : mac(prf.start(key(answer)), answer)))
                .or(() -> Algorithm.byName(Integ.ALL, answer.algorithm())
                        .map(integ -> mac(integ.start(key(answer)), answer)))
                .orElseThrow(() -> new IllegalStateException("no algorithm " + answer.algorithm()));
    }

    /** Other names of PRFs are those of integrity algorithms too. */
    private static Optional<Prf> fullNamed(KnownAnswer answer) {
        return Prf.ALL.stream().filter(p -> p.fqn().equals(answer.algorithm())).findFirst();
    }

    private static Secret key(KnownAnswer answer) {
        return Secret.copyOf(answer.get("key"));
    }

    private static boolean plain(Encr encr, KnownAnswer answer) {
        PlainCipher cipher =
                EncryptThenMacProtection.cipher(encr, answer.get("key").toArray());
        byte[] iv = answer.get("iv").toArray();
        byte[] plaintext = answer.get("plaintext").toArray();
        byte[] ciphertext = answer.get("ciphertext").toArray();
        byte[] encrypted = new byte[plaintext.length];
        cipher.encrypt(iv, plaintext, encrypted, 0);
        return Arrays.equals(encrypted, ciphertext)
                && Arrays.equals(cipher.decrypt(iv, ciphertext, 0, ciphertext.length), plaintext);
    }

    private static boolean aead(Encr encr, KnownAnswer answer) {
        AeadCipher cipher = AeadProtection.cipher(encr, answer.get("key").toArray());
        byte[] nonce = answer.get("nonce").toArray();
        byte[] associated = answer.get("associated").toArray();
        byte[] plaintext = answer.get("plaintext").toArray();
        byte[] sealed = new byte[plaintext.length + cipher.tagLength()];
        cipher.seal(nonce, associated, plaintext, sealed, 0);
        // a published tag may be shorter than ours
        Bytes expected = answer.get("ciphertext").plus(answer.get("tag"));
        boolean sealedRight = Bytes.wrap(sealed).startsWith(expected);
        return sealedRight
                && cipher.open(nonce, associated, sealed, 0, sealed.length)
                        .map(opened -> Arrays.equals(opened, plaintext))
                        .orElse(false);
    }

    private static boolean mac(MacStream stream, KnownAnswer answer) {
        return stream.update(answer.get("message")).finish().equals(answer.get("output"));
    }

    private static boolean keys(Prf prf, KnownAnswer answer) {
        Bytes nonces = answer.get("ni").plus(answer.get("nr"));
        Bytes skeyseed = prf.compute(Secret.copyOf(nonces), answer.get("gir"));
        Secret seed = Secret.copyOf(Bytes.concat(nonces, answer.get("spi-i"), answer.get("spi-r")));
        Bytes dkm = answer.get("dkm");
        Secret derived = prf.plus(Secret.copyOf(skeyseed), seed, dkm.length());
        Secret skD = Secret.copyOf(dkm.first(prf.keyLength()));
        return skeyseed.equals(answer.get("skeyseed"))
                && derived.equals(Secret.copyOf(dkm))
                && prf.compute(skD, answer.get("gir-new"), nonces).equals(answer.get("skeyseed-rekey"));
    }

    private static boolean group(KeGroup group, KnownAnswer answer) {
        KeyExchange exchange = group.generate(octets -> answer.get("private").copyTo(octets, 0));
        try {
            return exchange.publicValue().equals(answer.get("public"))
                    && exchange.sharedSecret(answer.get("peer")).equals(Secret.copyOf(answer.get("shared")));
        } catch (PeerValueException e) {
            return false;
        }
    }
}
