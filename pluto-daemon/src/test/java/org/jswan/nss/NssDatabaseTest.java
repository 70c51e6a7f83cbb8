// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.nss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jswan.base.Bytes;
import org.jswan.crypto.Hash;
import org.jswan.key.Ckaid;
import org.jswan.key.EcdsaPublicKey.Curve;
import org.jswan.key.KeyDatabase;
import org.jswan.key.KeyDatabase.Certificate;
import org.jswan.key.KeyDatabaseException;
import org.jswan.key.PublicKey;
import org.jswan.key.Signature;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Databases that NSS's own certutil made. */
class NssDatabaseTest {
    private static final Bytes OCTETS = Bytes.ofUtf8("what the ends sign");
    private static final List<Hash> HASHES = List.of(Hash.SHA2_256, Hash.SHA2_384, Hash.SHA2_512);

    @TempDir
    private Path folder;

    private final List<String> log = new ArrayList<>();
    private NssDatabase database;

    @AfterEach
    void close() {
        if (database != null) {
            database.close();
        }
    }

    private void certutil(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("certutil"));
        command.addAll(List.of(arguments));
        command.addAll(List.of("-d", "sql:" + folder));
        Process process;
        try {
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .start();
        } catch (IOException missing) {
            assumeTrue(false, "no certutil: Debian's package libnss3-tools");
            throw missing;
        }
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
    }

    private NssDatabase open() {
        database = new NssDatabase("sql:" + folder, log::add, Path.of("_import_crl"));
        return database;
    }

    private <T> T writing(Writing<T> work) throws KeyDatabaseException {
        Nss nss = Nss.open(folder.toString(), true, new NssPasswords(folder.resolve("nsspassword"), log::add));
        try {
            return work.with(nss);
        } finally {
            nss.close();
        }
    }

    private interface Writing<T> {
        T with(Nss nss) throws KeyDatabaseException;
    }

    @Test
    void withoutADatabaseThereIsNothing() throws KeyDatabaseException {
        assertThat(open().privateKey(new Ckaid(Bytes.of(1, 2)))).isEmpty();
        assertThat(open().certificates()).isEmpty();
        assertThatThrownBy(() -> open().sign(new Ckaid(Bytes.of(1, 2)), Signature.PKCS1, Hash.SHA2_256, OCTETS))
                .hasMessageContaining("can't find the private key matching the NSS CKAID");
    }

    @Test
    void signaturesOfKeysWithoutACertificate() throws Exception {
        certutil("-N", "--empty-password");
        Nss.KeyPair rsa = writing(nss -> nss.generateRsa(2048));
        Nss.KeyPair ecdsa = writing(nss -> nss.generateEcdsa(Curve.P384));
        assertThat(List.of(rsa.key().bits(), ecdsa.key().bits())).containsExactly(2048, 384);
        for (Nss.KeyPair pair : List.of(rsa, ecdsa)) {
            assertThat(pair.ckaid()).isEqualTo(pair.key().ckaid());
            assertThat(open().privateKey(pair.ckaid())).contains(pair.key());
            for (Signature signature : Signature.values()) {
                if (signature.keyType() != pair.key().type()) {
                    continue;
                }
                for (Hash hash : HASHES) {
                    Bytes signed = database.sign(pair.ckaid(), signature, hash, OCTETS);
                    assertThat(signature.verify(pair.key(), hash, OCTETS, signed))
                            .as(signature + " with " + hash)
                            .isTrue();
                    assertThat(signature.verify(pair.key(), hash, OCTETS.from(1), signed))
                            .isFalse();
                }
            }
            database.close();
        }
        Bytes older = open().sign(rsa.ckaid(), Signature.PKCS1, Hash.SHA1, OCTETS);
        assertThat(Signature.PKCS1.verify(rsa.key(), Hash.SHA1, OCTETS, older)).isTrue();
        assertThat(database.privateKey(new Ckaid(Bytes.of(1, 2, 3)))).isEmpty();
    }

    @Test
    void keysThatCameLaterAreFound() throws Exception {
        certutil("-N", "--empty-password");
        Ckaid unknown = new Ckaid(Bytes.of(9));
        assertThat(open().privateKey(unknown)).isEmpty();
        Path noise = Files.write(folder.resolve("noise"), new byte[64]);
        certutil("-S", "-x", "-n", "east", "-s", "CN=east", "-t", "CT,,", "-z", noise.toString(), "-k", "rsa");
        Optional<Certificate> east = database.certificate("east");
        assertThat(east).isPresent();
        Bytes key = Bytes.wrap(org.bouncycastle.asn1.x509.Certificate.getInstance(
                        east.get().der().toArray())
                .getSubjectPublicKeyInfo()
                .getEncoded());
        Ckaid ckaid = PublicKey.ofSubjectPublicKeyInfo(key).ckaid();
        assertThat(database.privateKey(ckaid)).isPresent();
        assertThat(database.certificate(ckaid)).isEqualTo(east);
        assertThat(east.get().trust()).isEqualTo(KeyDatabase.Trust.AUTHORITY);
        assertThat(database.certificate("west")).isEmpty();
    }

    @Test
    void databaseWithAPassword() throws Exception {
        Path password = Files.writeString(folder.resolve("password"), "mouse\n");
        certutil("-N", "-f", password.toString());
        Path file = folder.resolve("nsspassword");
        assertThatThrownBy(() -> open().certificates()).hasMessage("authentication of \"NSS Certificate DB\" failed");
        Files.writeString(file, "NSS Certificate DB:cat\n");
        assertThatThrownBy(() -> open().certificates()).hasMessage("authentication of \"NSS Certificate DB\" failed");
        Files.writeString(file, "Other:x\nNSS Certificate DB:mouse\n");
        Nss.KeyPair pair = writing(nss -> nss.generateEcdsa(Curve.P256));
        assertThat(open().privateKey(pair.ckaid())).contains(pair.key());
        Bytes signed = database.sign(pair.ckaid(), Signature.ECDSA, Hash.SHA2_256, OCTETS);
        assertThat(Signature.ECDSA.verify(pair.key(), Hash.SHA2_256, OCTETS, signed))
                .isTrue();
        assertThat(log)
                .contains(
                        "NSS Password file \"" + file
                                + "\" for token \"NSS Certificate DB\" could not be opened for reading",
                        "NSS Password from file \"" + file
                                + "\" for token \"NSS Certificate DB\" with length 5 passed to NSS");
    }
}
