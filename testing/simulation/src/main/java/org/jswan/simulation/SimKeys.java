// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jswan.base.Bytes;
import org.jswan.crypto.Hash;
import org.jswan.key.Ckaid;
import org.jswan.key.KeyDatabase;
import org.jswan.key.KeyDatabaseException;
import org.jswan.key.KeyFormatException;
import org.jswan.key.PublicKey;
import org.jswan.key.Signature;

/** A database of keys and certificates in memory. */
public final class SimKeys implements KeyDatabase {
    private final Map<Ckaid, KeyPair> pairs = new HashMap<>();
    private final List<Certificate> certificates = new ArrayList<>();
    private final List<RevocationList> revocationLists = new ArrayList<>();

    /** The public half of a key pair in our form. */
    public static PublicKey publicKey(KeyPair pair) {
        try {
            return PublicKey.ofSubjectPublicKeyInfo(Bytes.wrap(pair.getPublic().getEncoded()));
        } catch (KeyFormatException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** From now on that pair is in the database. */
    public void add(KeyPair pair) {
        pairs.put(publicKey(pair).ckaid(), pair);
    }

    /** From now on that pair is in it no more. */
    public void remove(KeyPair pair) {
        pairs.remove(publicKey(pair).ckaid());
    }

    /** From now on that certificate is in the database. */
    public void add(Certificate certificate) {
        certificates.add(certificate);
    }

    @Override
    public Optional<PublicKey> privateKey(Ckaid ckaid) {
        return Optional.ofNullable(pairs.get(ckaid)).map(SimKeys::publicKey);
    }

    @Override
    public Bytes sign(Ckaid ckaid, Signature signature, Hash hash, Bytes octets) throws KeyDatabaseException {
        KeyPair pair = pairs.get(ckaid);
        if (pair == null) {
            throw new KeyDatabaseException("no private key " + ckaid);
        }
        try {
            return signature.sign(pair.getPrivate(), hash, octets);
        } catch (GeneralSecurityException e) {
            throw new KeyDatabaseException(e.getMessage());
        }
    }

    @Override
    public Optional<Certificate> certificate(String nickname) {
        return certificates.stream().filter(c -> c.nickname().equals(nickname)).findFirst();
    }

    @Override
    public Optional<Certificate> certificate(Ckaid ckaid) {
        return certificates.stream().filter(c -> ckaid(c).equals(ckaid)).findFirst();
    }

    private static Ckaid ckaid(Certificate certificate) {
        try {
            return PublicKey.ofSubjectPublicKeyInfo(Bytes.wrap(org.bouncycastle.asn1.x509.Certificate.getInstance(
                                    certificate.der().toArray())
                            .getSubjectPublicKeyInfo()
                            .getEncoded()))
                    .ckaid();
        } catch (KeyFormatException | java.io.IOException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** From now on the certificate of that nickname is in it no more. */
    public void removeCertificate(String nickname) {
        certificates.removeIf(certificate -> certificate.nickname().equals(nickname));
    }

    /** From now on that list of revoked certificates is in the database. */
    public void addRevocationList(Bytes der) {
        revocationLists.add(new RevocationList(der, Optional.empty()));
    }

    @Override
    public List<RevocationList> revocationLists() {
        return List.copyOf(revocationLists);
    }

    @Override
    public void importRevocationList(Bytes der, String url) {
        revocationLists.clear();
        revocationLists.add(new RevocationList(der, Optional.of(url)));
    }

    @Override
    public List<Certificate> certificates() {
        return List.copyOf(certificates);
    }
}
