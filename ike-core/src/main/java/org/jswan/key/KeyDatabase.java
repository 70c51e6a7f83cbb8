// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.key;

import java.util.List;
import java.util.Optional;
import org.jswan.base.Bytes;
import org.jswan.crypto.Hash;

/**
 * Port: the database of private keys and certificates. Its calls read files and compute: only helpers make them, several at
 * a time.
 */
public interface KeyDatabase {
    /** A database that holds nothing. */
    KeyDatabase EMPTY = new KeyDatabase() {
        @Override
        public Optional<PublicKey> privateKey(Ckaid ckaid) {
            return Optional.empty();
        }

        @Override
        public Bytes sign(Ckaid ckaid, Signature signature, Hash hash, Bytes octets) throws KeyDatabaseException {
            throw new KeyDatabaseException("no private key " + ckaid);
        }

        @Override
        public Optional<Certificate> certificate(String nickname) {
            return Optional.empty();
        }

        @Override
        public Optional<Certificate> certificate(Ckaid ckaid) {
            return Optional.empty();
        }

        @Override
        public List<Certificate> certificates() {
            return List.of();
        }

        @Override
        public List<RevocationList> revocationLists() {
            return List.of();
        }

        @Override
        public void importRevocationList(Bytes der, String url) throws KeyDatabaseException {
            throw new KeyDatabaseException("there is no database");
        }
    };

    /**
     * A certificate as the database has it.
     *
     * @param der the X.509 certificate
     * @param trust what it is trusted to be
     */
    record Certificate(String nickname, Bytes der, Trust trust) {}

    /** What a certificate is trusted to be, whoever signed it. */
    enum Trust {
        NONE,
        /** It may sign those of peers. */
        AUTHORITY,
        /** It is a peer's own. */
        PEER
    }

    /**
     * A list of revoked certificates as the database has it.
     *
     * @param der the list
     * @param url where it was fetched from
     */
    record RevocationList(Bytes der, Optional<String> url) {}

    /**
     * The public half of a private key, with or without a certificate.
     *
     * @return empty if there is no such private key
     * @throws KeyDatabaseException if the database cannot be read
     */
    Optional<PublicKey> privateKey(Ckaid ckaid) throws KeyDatabaseException;

    /**
     * Signs by a private key.
     *
     * @param octets what is hashed and signed
     * @throws KeyDatabaseException if there is no such key, or it cannot make such a signature
     */
    Bytes sign(Ckaid ckaid, Signature signature, Hash hash, Bytes octets) throws KeyDatabaseException;

    /** The certificate of that nickname. */
    Optional<Certificate> certificate(String nickname) throws KeyDatabaseException;

    /** The certificate of that key pair. */
    Optional<Certificate> certificate(Ckaid ckaid) throws KeyDatabaseException;

    /** All certificates, in the order that the database lists them. */
    List<Certificate> certificates() throws KeyDatabaseException;

    /** All lists of revoked certificates. */
    List<RevocationList> revocationLists() throws KeyDatabaseException;

    /**
     * Keeps a list of revoked certificates, in place of an older one of the same authority.
     *
     * @param der the list
     * @param url where it was fetched from
     * @throws KeyDatabaseException with the reason if the database does not want it
     */
    void importRevocationList(Bytes der, String url) throws KeyDatabaseException;
}
