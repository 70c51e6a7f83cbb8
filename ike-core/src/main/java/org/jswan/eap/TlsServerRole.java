// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.eap;

import java.io.IOException;
import java.util.Vector;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.ClientCertificateType;
import org.bouncycastle.tls.DefaultTlsServer;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.TlsUtils;

/** The server, which wants the client's certificate. */
final class TlsServerRole extends DefaultTlsServer {
    private final TlsEnd end;

    TlsServerRole(TlsEnd end) {
        super(end.crypto());
        this.end = end;
    }

    @Override
    protected ProtocolVersion[] getSupportedVersions() {
        return ProtocolVersion.TLSv13.downTo(ProtocolVersion.TLSv12);
    }

    @Override
    protected int[] getSupportedCipherSuites() {
        return TlsEnd.serverSuites(end.crypto());
    }

    /** We never renegotiate, so it does not matter that strongSwan does not know how to do it securely. */
    @Override
    public void notifySecureRenegotiation(boolean secure) {}

    @Override
    public TlsCredentials getCredentials() throws IOException {
        return end.party().credentials(context, TlsUtils.EMPTY_BYTES);
    }

    @Override
    public CertificateRequest getCertificateRequest() throws IOException {
        Vector<SignatureAndHashAlgorithm> algorithms = algorithms();
        return TlsUtils.isTLSv13(context)
                ? new CertificateRequest(TlsUtils.EMPTY_BYTES, algorithms, null, null)
                : new CertificateRequest(
                        new short[] {ClientCertificateType.rsa_sign, ClientCertificateType.ecdsa_sign},
                        algorithms,
                        null);
    }

    @SuppressWarnings("unchecked") // Bouncy Castle's interface is older than generics
    private Vector<SignatureAndHashAlgorithm> algorithms() {
        return TlsUtils.getDefaultSupportedSignatureAlgorithms(context);
    }

    @Override
    public void notifyClientCertificate(Certificate certificate) throws IOException {
        end.judge(certificate);
    }

    @Override
    public void notifyHandshakeComplete() throws IOException {
        super.notifyHandshakeComplete();
        end.completed(context);
    }
}
