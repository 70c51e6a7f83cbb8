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
        public List<Bytes> revocationLists() {
            return List.of();
        }
    };

    /**
     * A certificate as the database has it.
     *
     * @param der the X.509 certificate
     * @param authority whether it is trusted to sign those of peers
     */
    record Certificate(String nickname, Bytes der, boolean authority) {}

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

    /** All lists of revoked certificates, in DER. */
    List<Bytes> revocationLists() throws KeyDatabaseException;
}
