// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.nss;

import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import jnr.ffi.Pointer;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.DigestInfo;
import org.jswan.base.Bytes;
import org.jswan.crypto.Hash;
import org.jswan.key.Ckaid;
import org.jswan.key.KeyDatabase;
import org.jswan.key.KeyDatabaseException;
import org.jswan.key.KeyFormatException;
import org.jswan.key.PublicKey;
import org.jswan.key.Signature;

/** The NSS database of a folder, opened to read when something is asked for that may be in it. */
public final class NssDatabase implements KeyDatabase {
    private static final long RSA_PSS = 0xd;
    private static final ASN1ObjectIdentifier SHA1 = new ASN1ObjectIdentifier("1.3.14.3.2.26");

    private final String folder;
    private final Consumer<String> log;
    private final Path importer;
    private Nss nss;

    /**
     * @param folder as configured, {@code sql:} before it or not
     * @param log told about passwords; by any thread
     * @param importer the program that writes lists of revoked certificates into the database
     */
    public NssDatabase(String folder, Consumer<String> log, Path importer) {
        this.importer = importer;
        this.folder = folder.startsWith("sql:") ? folder.substring("sql:".length()) : folder;
        this.log = log;
    }

    /** The database, if there is one by now. */
    private synchronized Optional<Nss> nss() throws KeyDatabaseException {
        if (nss == null && Nss.exists(folder)) {
            nss = Nss.open(folder, false, new NssPasswords(Path.of(folder, "nsspassword"), log));
        }
        return Optional.ofNullable(nss);
    }

    /** Lets another database of this process be opened. Nothing may be in use any more. */
    public synchronized void close() {
        if (nss != null) {
            nss.close();
            nss = null;
        }
    }

    @Override
    public Optional<PublicKey> privateKey(Ckaid ckaid) throws KeyDatabaseException {
        Optional<Nss> open = nss();
        return open.isEmpty() ? Optional.empty() : open.get().withPrivateKey(ckaid, open.get()::publicKey);
    }

    @Override
    public Bytes sign(Ckaid ckaid, Signature signature, Hash hash, Bytes octets) throws KeyDatabaseException {
        Optional<Nss> open = nss();
        Optional<Bytes> signed = open.isEmpty()
                ? Optional.empty()
                : open.get().withPrivateKey(ckaid, key -> sign(open.get(), key, signature, hash, octets));
        return signed.orElseThrow(
                () -> new KeyDatabaseException("can't find the private key matching the NSS CKAID " + ckaid));
    }

    private static Bytes sign(Nss nss, Pointer key, Signature signature, Hash hash, Bytes octets)
            throws KeyDatabaseException {
        if (signature == Signature.PKCS1_BARE) {
            return nss.sign(key, octets);
        }
        Bytes digest = hash.digest(octets);
        return switch (signature) {
            case PKCS1_BARE -> throw new IllegalStateException("hashes nothing");
            case PKCS1 -> nss.sign(key, digestInfo(hash, digest));
            case RSASSA_PSS -> nss.sign(key, RSA_PSS, pssParameters(hash), digest);
            case ECDSA -> sequence(nss.sign(key, digest));
            case ECDSA_PLAIN -> nss.sign(key, digest);
        };
    }

    /** RFC 8017 §9.2: the hash behind its algorithm. */
    private static Bytes digestInfo(Hash hash, Bytes digest) throws KeyDatabaseException {
        AlgorithmIdentifier algorithm = new AlgorithmIdentifier(
                switch (hash) {
                    case SHA1 -> SHA1;
                    case SHA2_256 -> NISTObjectIdentifiers.id_sha256;
                    case SHA2_384 -> NISTObjectIdentifiers.id_sha384;
                    case SHA2_512 -> NISTObjectIdentifiers.id_sha512;
                    case MD5, IDENTITY -> throw new KeyDatabaseException("no signatures with " + hash.fqn());
                },
                DERNull.INSTANCE);
        try {
            return Bytes.wrap(new DigestInfo(algorithm, digest.toArray()).getEncoded(ASN1Encoding.DER));
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** CK_RSA_PKCS_PSS_PARAMS: the hash, the mask by the same hash, a salt as long as the hash. */
    private static long[] pssParameters(Hash hash) throws KeyDatabaseException {
        return switch (hash) {
            case SHA2_256 -> new long[] {0x250, 2, hash.length()};
            case SHA2_384 -> new long[] {0x260, 3, hash.length()};
            case SHA2_512 -> new long[] {0x270, 4, hash.length()};
            default -> throw new KeyDatabaseException(
                    "digital signature scheme not supported for hash algorithm " + hash.fqn());
        };
    }

    /** RFC 3279 §2.2.3: the two numbers as a sequence. */
    private static Bytes sequence(Bytes plain) {
        int half = plain.length() / 2;
        ASN1EncodableVector numbers = new ASN1EncodableVector();
        numbers.add(new ASN1Integer(new BigInteger(1, plain.first(half).toArray())));
        numbers.add(new ASN1Integer(new BigInteger(1, plain.from(half).toArray())));
        try {
            return Bytes.wrap(new DERSequence(numbers).getEncoded(ASN1Encoding.DER));
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @Override
    public Optional<Certificate> certificate(String nickname) throws KeyDatabaseException {
        return certificates().stream()
                .filter(certificate -> certificate.nickname().equals(nickname))
                .findFirst();
    }

    @Override
    public Optional<Certificate> certificate(Ckaid ckaid) throws KeyDatabaseException {
        return certificates().stream()
                .filter(certificate -> ckaid(certificate).filter(ckaid::equals).isPresent())
                .findFirst();
    }

    private static Optional<Ckaid> ckaid(Certificate certificate) {
        try {
            byte[] key = org.bouncycastle.asn1.x509.Certificate.getInstance(
                            certificate.der().toArray())
                    .getSubjectPublicKeyInfo()
                    .getEncoded(ASN1Encoding.DER);
            return Optional.of(PublicKey.ofSubjectPublicKeyInfo(Bytes.wrap(key)).ckaid());
        } catch (KeyFormatException | IOException | IllegalArgumentException ofAnotherKind) {
            return Optional.empty();
        }
    }

    @Override
    public List<Certificate> certificates() throws KeyDatabaseException {
        Optional<Nss> open = nss();
        return open.isEmpty() ? List.of() : open.get().certificates();
    }

    @Override
    public List<RevocationList> revocationLists() throws KeyDatabaseException {
        Optional<Nss> open = nss();
        return open.isEmpty() ? List.of() : open.get().revocationLists();
    }

    @Override
    public void importRevocationList(Bytes der, String url) throws KeyDatabaseException {
        ProcessBuilder builder =
                new ProcessBuilder(importer.toString(), url, String.valueOf(der.length())).redirectErrorStream(true);
        builder.environment().put("IPSEC_NSSDIR", folder);
        try {
            Process process = builder.start();
            try (OutputStream in = process.getOutputStream()) {
                in.write(der.toArray());
            }
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            if (process.waitFor() != 0) {
                throw new KeyDatabaseException(output);
            }
        } catch (IOException e) {
            throw new KeyDatabaseException(e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KeyDatabaseException("interrupted");
        }
    }
}
