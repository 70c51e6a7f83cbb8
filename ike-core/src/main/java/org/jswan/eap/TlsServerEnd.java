// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.eap;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.CipherSuite;
import org.bouncycastle.tls.ClientCertificateType;
import org.bouncycastle.tls.DefaultTlsCredentialedSigner;
import org.bouncycastle.tls.DefaultTlsServer;
import org.bouncycastle.tls.HashAlgorithm;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.SecurityParameters;
import org.bouncycastle.tls.SignatureAlgorithm;
import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.bouncycastle.tls.TlsCredentialedSigner;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsServerProtocol;
import org.bouncycastle.tls.TlsUtils;
import org.bouncycastle.tls.crypto.TlsCertificate;
import org.bouncycastle.tls.crypto.TlsCryptoParameters;
import org.bouncycastle.tls.crypto.TlsSigner;
import org.bouncycastle.tls.crypto.TlsStreamSigner;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCrypto;
import org.jswan.base.Bytes;
import org.jswan.base.Secret;
import org.jswan.random.RandomSource;

/**
 * The server's end of a TLS 1.2 connection of which only the handshake matters: it proves who we are, has the client do
 * so, and yields a key (RFC 5216 §2.3). Later versions derive that key otherwise (RFC 9190), which libreswan does not.
 */
public final class TlsServerEnd {
    private static final String KEY_LABEL = "client EAP encryption";
    private static final int KEY_LENGTH = 64;

    private static final int[] SUITES = {
        CipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        CipherSuite.TLS_DHE_RSA_WITH_AES_256_GCM_SHA384,
        CipherSuite.TLS_DHE_RSA_WITH_AES_128_GCM_SHA256,
        CipherSuite.TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384,
        CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256
    };

    private final TlsServerProtocol protocol = new TlsServerProtocol();
    private final Ours ours;
    private final ClientCheck clients;
    private Secret key;

    /** Our RSA key, which may be anywhere. */
    public interface Signer {
        /**
         * An RSA signature of PKCS #1 with SHA2-256.
         *
         * @throws IOException if it cannot be made
         */
        Bytes sign(Bytes octets) throws IOException;
    }

    /** Who is let in. */
    public interface ClientCheck {
        /** What is wrong with these certificates, the client's own first. */
        Optional<String> fault(List<Bytes> chain);
    }

    /** @param chain our certificates, our own first */
    private record Ours(List<Bytes> chain, Signer signer) {}

    /** Begins to wait for a client. */
    public TlsServerEnd(List<Bytes> chain, Signer signer, ClientCheck clients, RandomSource random)
            throws EapException {
        this.ours = new Ours(List.copyOf(chain), signer);
        this.clients = clients;
        try {
            protocol.accept(new Server(new BcTlsCrypto(new Random(random))));
        } catch (IOException impossible) {
            throw new EapException("Failed to start configure TLS options: " + impossible.getMessage());
        }
    }

    /**
     * Takes what the client sent, maybe only a part of a message, and returns what it is to be told.
     *
     * @return empty for a handshake that goes on when there is more
     */
    Bytes receive(Bytes octets, List<String> log) {
        try {
            protocol.offerInput(octets.toArray());
        } catch (IOException failure) {
            // The client is told by an alert, which is among what is to be sent.
            log.add("Handshake failed: " + failure.getMessage());
        }
        byte[] answer = new byte[protocol.getAvailableOutputBytes()];
        protocol.readOutput(answer, 0, answer.length);
        return Bytes.wrap(answer);
    }

    /** The key that both ends share now; empty until the handshake is over. */
    Optional<Secret> key() {
        return Optional.ofNullable(key);
    }

    private final class Server extends DefaultTlsServer {
        Server(BcTlsCrypto crypto) {
            super(crypto);
        }

        @Override
        protected ProtocolVersion[] getSupportedVersions() {
            return ProtocolVersion.TLSv12.only();
        }

        @Override
        protected int[] getSupportedCipherSuites() {
            return TlsUtils.getSupportedCipherSuites(getCrypto(), SUITES);
        }

        @Override
        protected TlsCredentialedSigner getRSASignerCredentials() throws IOException {
            TlsCertificate[] chain = new TlsCertificate[ours.chain().size()];
            for (int i = 0; i < chain.length; i++) {
                chain[i] = getCrypto().createCertificate(ours.chain().get(i).toArray());
            }
            return new DefaultTlsCredentialedSigner(
                    new TlsCryptoParameters(context),
                    new RemoteSigner(ours.signer()),
                    new Certificate(chain),
                    SignatureAndHashAlgorithm.getInstance(HashAlgorithm.sha256, SignatureAlgorithm.rsa));
        }

        @Override
        public CertificateRequest getCertificateRequest() {
            return new CertificateRequest(
                    new short[] {ClientCertificateType.rsa_sign, ClientCertificateType.ecdsa_sign},
                    TlsUtils.getDefaultSupportedSignatureAlgorithms(context),
                    null);
        }

        @Override
        public void notifyClientCertificate(Certificate certificate) throws IOException {
            List<Bytes> chain = new ArrayList<>();
            for (TlsCertificate each : certificate.getCertificateList()) {
                chain.add(Bytes.wrap(each.getEncoded()));
            }
            if (chain.isEmpty()) {
                throw new TlsFatalAlert(AlertDescription.handshake_failure, "no client certificate");
            }
            Optional<String> fault = clients.fault(chain);
            if (fault.isPresent()) {
                throw new TlsFatalAlert(AlertDescription.bad_certificate, fault.get());
            }
        }

        @Override
        public void notifyHandshakeComplete() throws IOException {
            super.notifyHandshakeComplete();
            // By hand, as Bouncy Castle exports keys only with the extended master secret, which RFC 5216 is older
            // than.
            SecurityParameters parameters = context.getSecurityParametersConnection();
            byte[] randoms = Bytes.wrap(parameters.getClientRandom())
                    .plus(Bytes.wrap(parameters.getServerRandom()))
                    .toArray();
            key = Secret.take(parameters
                    .getMasterSecret()
                    .deriveUsingPRF(parameters.getPRFAlgorithm(), KEY_LABEL, randoms, KEY_LENGTH)
                    .extract());
        }
    }

    /** Signs where the key is: what is signed is collected, as the hash is made there, too. */
    private record RemoteSigner(Signer signer) implements TlsSigner {
        @Override
        public byte[] generateRawSignature(SignatureAndHashAlgorithm algorithm, byte[] hash) throws IOException {
            throw new TlsFatalAlert(AlertDescription.internal_error);
        }

        @Override
        public TlsStreamSigner getStreamSigner(SignatureAndHashAlgorithm algorithm) {
            ByteArrayOutputStream collected = new ByteArrayOutputStream();
            return new TlsStreamSigner() {
                @Override
                public OutputStream getOutputStream() {
                    return collected;
                }

                @Override
                public byte[] getSignature() throws IOException {
                    return signer.sign(Bytes.wrap(collected.toByteArray())).toArray();
                }
            };
        }
    }

    /** The daemon's randomness for a library that wants Java's. */
    private static final class Random extends SecureRandom {
        private static final long serialVersionUID = 1;

        private final transient RandomSource source;

        Random(RandomSource source) {
            this.source = source;
        }

        @Override
        public void nextBytes(byte[] octets) {
            source.fill(octets);
        }
    }
}
