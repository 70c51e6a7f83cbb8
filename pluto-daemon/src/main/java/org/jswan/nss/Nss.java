// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.nss;

import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import org.jswan.base.Bytes;
import org.jswan.key.Ckaid;
import org.jswan.key.EcdsaPublicKey;
import org.jswan.key.KeyDatabase.Certificate;
import org.jswan.key.KeyDatabase.RevocationList;
import org.jswan.key.KeyDatabase.Trust;
import org.jswan.key.KeyDatabaseException;
import org.jswan.key.KeyFormatException;
import org.jswan.key.PublicKey;

/**
 * libnss3 with a database open. There is one in a process, as NSS has one set of databases in a process. Any thread may use
 * it.
 */
public final class Nss {
    private static final int READ_ONLY = 1;
    private static final long RSA_KEY_PAIR = 0;
    private static final long EC_KEY_PAIR = 0x1040;
    private static final long RSA_EXPONENT = 65537;
    private static final int PRIVATE_KEY_TYPE = 8;
    private static final int TYPE_RSA = 1;
    private static final int TYPE_EC = 6;
    private static final int NODE_CONTENT = 16;
    private static final int CERTIFICATE_DER = 120;
    private static final int CERTIFICATE_NICKNAME = 648;
    private static final int TRUST_SIZE = 12;
    private static final int FIRST_CRL = 16;
    private static final int CRL_URL = 320;
    private static final int CRL_DER = 328;
    private static final int REVOCATION_LISTS = 1;
    /** CERTDB_TRUSTED_CA and CERTDB_TRUSTED_CLIENT_CA. */
    private static final int TRUSTED_AUTHORITY = 0x10 | 0x80;
    /** CERTDB_TERMINAL_RECORD and CERTDB_TRUSTED. */
    private static final int TRUSTED_PEER = 1 | 2;

    private final NssLibrary library;
    private final Runtime runtime;
    private final Pointer slot;

    private Nss(NssLibrary library, Runtime runtime, Pointer slot) {
        this.library = library;
        this.runtime = runtime;
        this.slot = slot;
    }

    /** Whether there is a database in a folder. */
    static boolean exists(String folder) {
        return Files.exists(Path.of(folder, "key4.db"));
    }

    /**
     * Opens the database of a folder.
     *
     * @param passwords knows those of tokens
     * @throws KeyDatabaseException if it cannot be opened, or its password is wrong
     */
    public static Nss open(String folder, boolean writable, TokenPasswords passwords) throws KeyDatabaseException {
        NssLibrary library;
        try {
            library = LibraryLoader.create(NssLibrary.class).failImmediately().load("nss3");
        } catch (UnsatisfiedLinkError missing) {
            throw new KeyDatabaseException("NSS: " + missing.getMessage());
        }
        String name = "sql:" + folder;
        if (library.NSS_Initialize(name, "", "", "secmod.db", writable ? 0 : READ_ONLY) != 0) {
            throw new KeyDatabaseException("NSS: initialization using " + (writable ? "read-write" : "read-only")
                    + " database \"" + name + "\" failed: " + error(library));
        }
        Pointer slot = library.PK11_GetInternalKeySlot();
        if (slot == null) {
            throw new KeyDatabaseException("no internal key slot");
        }
        if (library.PK11_NeedLogin(slot) != 0) {
            String token = library.PK11_GetTokenName(slot);
            Optional<String> password = passwords.of(token);
            if (password.isEmpty() || library.PK11_CheckUserPassword(slot, password.get()) != 0) {
                library.PK11_FreeSlot(slot);
                library.NSS_Shutdown();
                throw new KeyDatabaseException("authentication of \"" + token + "\" failed");
            }
        }
        return new Nss(library, Runtime.getRuntime(library), slot);
    }

    /** The error of this thread's last call, by name and in words. */
    private static String error(NssLibrary library) {
        int error = library.PORT_GetError();
        String name = library.PR_ErrorToName(error);
        return name == null ? "NSS error " + error : name + ": " + library.PR_ErrorToString(error, 0);
    }

    /** Closes the database: another may be opened. */
    public void close() {
        library.PK11_FreeSlot(slot);
        library.NSS_Shutdown();
    }

    /** Uses a private key, if there is one. */
    <T> Optional<T> withPrivateKey(Ckaid ckaid, Use<T> use) throws KeyDatabaseException {
        Pointer key = library.PK11_FindKeyByKeyID(slot, SecItem.of(runtime, ckaid.octets()), null);
        if (key == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(use.of(key));
        } finally {
            library.SECKEY_DestroyPrivateKey(key);
        }
    }

    /** What is done with a private key. */
    interface Use<T> {
        T of(Pointer privateKey) throws KeyDatabaseException;
    }

    /** The public half of a private key. */
    PublicKey publicKey(Pointer privateKey) throws KeyDatabaseException {
        Pointer key = library.SECKEY_ConvertToPublicKey(privateKey);
        if (key == null) {
            throw new KeyDatabaseException("NSS private key has no public key");
        }
        try {
            return encoded(key);
        } finally {
            library.SECKEY_DestroyPublicKey(key);
        }
    }

    private PublicKey encoded(Pointer key) throws KeyDatabaseException {
        Pointer der = library.SECKEY_EncodeDERSubjectPublicKeyInfo(key);
        if (der == null) {
            throw failed("SECKEY_EncodeDERSubjectPublicKeyInfo()");
        }
        try {
            return PublicKey.ofSubjectPublicKeyInfo(SecItem.read(der, 0));
        } catch (KeyFormatException unknown) {
            throw new KeyDatabaseException("NSS private key not supported (unknown type)");
        } finally {
            library.SECITEM_FreeItem(der, 1);
        }
    }

    /** A private key's CKAID with its public half. */
    public record KeyPair(Ckaid ckaid, PublicKey key) {}

    /** All key pairs whose kind we know. */
    public List<KeyPair> keyPairs() throws KeyDatabaseException {
        List<KeyPair> pairs = new ArrayList<>();
        Pointer list = library.PK11_ListPrivateKeysInSlot(slot);
        if (list == null) {
            return pairs;
        }
        try {
            for (Pointer node = list.getPointer(0); node.address() != list.address(); node = node.getPointer(0)) {
                Pointer key = node.getPointer(NODE_CONTENT);
                pairIfKnown(key).ifPresent(pairs::add);
            }
        } finally {
            library.SECKEY_DestroyPrivateKeyList(list);
        }
        return pairs;
    }

    private Optional<KeyPair> pairIfKnown(Pointer key) throws KeyDatabaseException {
        int type = key.getInt(PRIVATE_KEY_TYPE);
        return type == TYPE_RSA || type == TYPE_EC
                ? Optional.of(new KeyPair(ckaid(key), publicKey(key)))
                : Optional.empty();
    }

    /** Adds to what the random numbers are made of. */
    public void mixRandom(byte[] octets) throws KeyDatabaseException {
        if (library.PK11_RandomUpdate(octets, octets.length) != 0) {
            throw failed("PK11_RandomUpdate()");
        }
    }

    private Ckaid ckaid(Pointer privateKey) throws KeyDatabaseException {
        Pointer item = library.PK11_GetLowLevelKeyIDForPrivateKey(privateKey);
        if (item == null) {
            throw failed("PK11_GetLowLevelKeyIDForPrivateKey()");
        }
        Ckaid ckaid = new Ckaid(SecItem.read(item, 0));
        library.SECITEM_FreeItem(item, 1);
        return ckaid;
    }

    /** Makes an RSA key pair of that size and keeps it in the database. */
    public KeyPair generateRsa(int bits) throws KeyDatabaseException {
        Pointer parameters = Memory.allocateDirect(runtime, 2 * Long.BYTES, true);
        parameters.putInt(0, bits);
        parameters.putLong(Long.BYTES, RSA_EXPONENT);
        return generate(RSA_KEY_PAIR, parameters);
    }

    /** Makes an ECDSA key pair on a named curve and keeps it in the database. */
    public KeyPair generateEcdsa(EcdsaPublicKey.Curve curve) throws KeyDatabaseException {
        return generate(EC_KEY_PAIR, SecItem.of(runtime, curve.parameters()));
    }

    private KeyPair generate(long mechanism, Pointer parameters) throws KeyDatabaseException {
        Pointer result = Memory.allocateDirect(runtime, Long.BYTES, true);
        Pointer privateKey = library.PK11_GenerateKeyPair(slot, mechanism, parameters, result, 1, 0, null);
        if (privateKey == null) {
            throw failed("key generation");
        }
        try {
            return new KeyPair(ckaid(privateKey), publicKey(privateKey));
        } finally {
            library.SECKEY_DestroyPrivateKey(privateKey);
            library.SECKEY_DestroyPublicKey(result.getPointer(0));
        }
    }

    /**
     * Signs what is padded as PKCS #1 1.5 has it, or an ECDSA hash, with the two numbers one after the other.
     *
     * @param data the hash, behind its algorithm for RSA
     */
    Bytes sign(Pointer privateKey, Bytes data) throws KeyDatabaseException {
        Pointer signature = SecItem.room(runtime, library.PK11_SignatureLen(privateKey));
        if (library.PK11_Sign(privateKey, signature, SecItem.of(runtime, data)) != 0) {
            throw failed("PK11_Sign()");
        }
        return SecItem.read(signature, 0);
    }

    /** Signs by a mechanism of PKCS #11 with parameters. */
    Bytes sign(Pointer privateKey, long mechanism, long[] parameters, Bytes hash) throws KeyDatabaseException {
        Pointer signature = SecItem.room(runtime, library.PK11_SignatureLen(privateKey));
        java.nio.ByteBuffer octets =
                java.nio.ByteBuffer.allocate(parameters.length * Long.BYTES).order(ByteOrder.nativeOrder());
        for (long parameter : parameters) {
            octets.putLong(parameter);
        }
        if (library.PK11_SignWithMechanism(
                        privateKey,
                        mechanism,
                        SecItem.of(runtime, Bytes.wrap(octets.array())),
                        signature,
                        SecItem.of(runtime, hash))
                != 0) {
            throw failed("PK11_SignWithMechanism()");
        }
        return SecItem.read(signature, 0);
    }

    /** Keeps a list of revoked certificates. */
    public void importRevocationList(Bytes der, String url) throws KeyDatabaseException {
        Pointer list = library.CERT_ImportCRL(
                library.CERT_GetDefaultCertDB(), SecItem.of(runtime, der), url, REVOCATION_LISTS, null);
        if (list == null) {
            throw new KeyDatabaseException(error(library));
        }
        library.SEC_DestroyCrl(list);
    }

    private KeyDatabaseException failed(String what) {
        return new KeyDatabaseException("NSS: " + what + " failed: " + error(library));
    }

    /** All certificates. */
    List<Certificate> certificates() {
        List<Certificate> certificates = new ArrayList<>();
        Pointer list = library.PK11_ListCertsInSlot(slot);
        if (list == null) {
            return certificates;
        }
        for (Pointer node = list.getPointer(0); node.address() != list.address(); node = node.getPointer(0)) {
            Pointer certificate = node.getPointer(NODE_CONTENT);
            Pointer nickname = certificate.getPointer(CERTIFICATE_NICKNAME);
            certificates.add(new Certificate(
                    nickname == null ? "" : nickname.getString(0),
                    SecItem.read(certificate, CERTIFICATE_DER),
                    trust(certificate)));
        }
        library.CERT_DestroyCertList(list);
        return certificates;
    }

    /** All lists of revoked certificates. */
    List<RevocationList> revocationLists() {
        List<RevocationList> lists = new ArrayList<>();
        Pointer result = Memory.allocateDirect(runtime, Long.BYTES, true);
        if (library.SEC_LookupCrls(library.CERT_GetDefaultCertDB(), result, REVOCATION_LISTS) != 0) {
            return lists;
        }
        Pointer head = result.getPointer(0);
        for (Pointer node = head.getPointer(FIRST_CRL); node != null; node = node.getPointer(0)) {
            Pointer crl = node.getPointer(NODE_CONTENT);
            Pointer der = crl == null ? null : crl.getPointer(CRL_DER);
            if (der != null) {
                Pointer url = crl.getPointer(CRL_URL);
                lists.add(new RevocationList(
                        SecItem.read(der, 0), Optional.ofNullable(url).map(text -> text.getString(0))));
            }
        }
        library.PORT_FreeArena(head.getPointer(0), 0);
        return lists;
    }

    private Trust trust(Pointer certificate) {
        Pointer trust = Memory.allocateDirect(runtime, TRUST_SIZE, true);
        int flags = library.CERT_GetCertTrust(certificate, trust) == 0 ? trust.getInt(0) : 0;
        if ((flags & TRUSTED_AUTHORITY) != 0) {
            return Trust.AUTHORITY;
        }
        return (flags & TRUSTED_PEER) == TRUSTED_PEER ? Trust.PEER : Trust.NONE;
    }
}
