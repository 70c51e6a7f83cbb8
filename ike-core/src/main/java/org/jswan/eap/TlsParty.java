// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.eap;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.CertificateEntry;
import org.bouncycastle.tls.DefaultTlsCredentialedSigner;
import org.bouncycastle.tls.HashAlgorithm;
import org.bouncycastle.tls.SignatureAlgorithm;
import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.bouncycastle.tls.TlsContext;
import org.bouncycastle.tls.TlsCredentialedSigner;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsUtils;
import org.bouncycastle.tls.crypto.TlsCryptoParameters;
import org.bouncycastle.tls.crypto.TlsSigner;
import org.bouncycastle.tls.crypto.TlsStreamSigner;
import org.jswan.base.Bytes;
import org.jswan.key.Signature;

/**
 * Who we are in a TLS connection, and whom we believe.
 *
 * @param chain our certificates, our own first, which is of an RSA key
 */
public record TlsParty(List<Bytes> chain, Signer signer, PeerCheck peers) {
    public TlsParty {
        chain = List.copyOf(chain);
    }

    /** Our key, which may be anywhere. */
    public interface Signer {
        /**
         * A signature with SHA2-256.
         *
         * @throws IOException if it cannot be made
         */
        Bytes sign(Signature how, Bytes octets) throws IOException;
    }

    /** Who may be the other end. */
    public interface PeerCheck {
        /** What is wrong with these certificates, the peer's own first. */
        Optional<String> fault(List<Bytes> chain);
    }

    /** What proves who we are, as the version of TLS wants it. */
    TlsCredentialedSigner credentials(TlsContext context, byte[] requestContext) throws IOException {
        boolean pss = TlsUtils.isTLSv13(context);
        CertificateEntry[] entries = new CertificateEntry[chain.size()];
        for (int i = 0; i < entries.length; i++) {
            entries[i] = new CertificateEntry(
                    context.getCrypto().createCertificate(chain.get(i).toArray()), null);
        }
        return new DefaultTlsCredentialedSigner(
                new TlsCryptoParameters(context),
                new RemoteSigner(signer, pss ? Signature.RSASSA_PSS : Signature.PKCS1),
                new Certificate(pss ? requestContext : null, entries),
                pss
                        ? SignatureAndHashAlgorithm.rsa_pss_rsae_sha256
                        : SignatureAndHashAlgorithm.getInstance(HashAlgorithm.sha256, SignatureAlgorithm.rsa));
    }

    /** Signs where the key is: what is signed is collected, as the hash is made there, too. */
    private record RemoteSigner(Signer signer, Signature how) implements TlsSigner {
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
                    return signer.sign(how, Bytes.wrap(collected.toByteArray())).toArray();
                }
            };
        }
    }
}
