// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.eap;

import java.io.IOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.CipherSuite;
import org.bouncycastle.tls.SecurityParameters;
import org.bouncycastle.tls.TlsClientProtocol;
import org.bouncycastle.tls.TlsContext;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsFatalAlertReceived;
import org.bouncycastle.tls.TlsProtocol;
import org.bouncycastle.tls.TlsServerProtocol;
import org.bouncycastle.tls.TlsUtils;
import org.bouncycastle.tls.crypto.TlsCertificate;
import org.bouncycastle.tls.crypto.TlsSecret;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCrypto;
import org.jswan.base.Bytes;
import org.jswan.base.Secret;
import org.jswan.random.RandomSource;

/**
 * One end of a TLS connection of which only the handshake matters: it proves who we are, has the peer do so, and yields
 * a key.
 */
public final class TlsEnd {
    /** What says that no more of the handshake comes (RFC 9190 §2.1.1). */
    private static final byte[] COMMITMENT = {0};

    private static final int[] SUITES_13 = {CipherSuite.TLS_AES_256_GCM_SHA384, CipherSuite.TLS_AES_128_GCM_SHA256};

    private static final int[] SUITES_12 = {
        CipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        CipherSuite.TLS_DHE_RSA_WITH_AES_256_GCM_SHA384,
        CipherSuite.TLS_DHE_RSA_WITH_AES_128_GCM_SHA256,
        CipherSuite.TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384,
        CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256
    };

    private final TlsParty party;
    private final BcTlsCrypto crypto;
    private TlsProtocol protocol;
    private boolean commits;
    private Secret key;
    private SecurityParameters secrets;
    private boolean failed;
    private List<Bytes> peerChain = List.of();

    private TlsEnd(TlsParty party, RandomSource random) {
        this.party = party;
        this.crypto = new BcTlsCrypto(new Random(random));
    }

    /** Begins to wait for a client; it may speak TLS 1.2 or 1.3. */
    public static TlsEnd server(TlsParty party, RandomSource random) throws EapException {
        TlsEnd end = new TlsEnd(party, random);
        TlsServerProtocol protocol = new TlsServerProtocol();
        end.protocol = protocol;
        return end.started(() -> protocol.accept(new TlsServerRole(end)));
    }

    /**
     * Begins to speak to a server, by TLS 1.2: libreswan 4.10 would take 1.3 and make of it another key than RFC 9190
     * says.
     */
    public static TlsEnd client(TlsParty party, RandomSource random) throws EapException {
        TlsEnd end = new TlsEnd(party, random);
        TlsClientProtocol protocol = new TlsClientProtocol();
        end.protocol = protocol;
        return end.started(() -> protocol.connect(new TlsClientRole(end)));
    }

    private interface Start {
        void run() throws IOException;
    }

    private TlsEnd started(Start start) throws EapException {
        try {
            start.run();
        } catch (IOException impossible) {
            throw new EapException("Failed to start configure TLS options: " + impossible.getMessage());
        }
        return this;
    }

    /**
     * Takes what the peer sent, maybe only a part of a message, and returns what it is to be told.
     *
     * @return empty for a handshake that goes on when there is more
     */
    Bytes receive(Bytes octets, List<String> log) {
        if (failed) {
            return Bytes.EMPTY;
        }
        boolean before = hasKey();
        try {
            protocol.offerInput(octets.toArray());
            if (!before && hasKey()) {
                log.add("NSS: Handshake completed");
                if (commits) {
                    protocol.writeApplicationData(COMMITMENT, 0, COMMITMENT.length);
                }
            }
        } catch (TlsFatalAlertReceived alert) {
            failed(log, "peer sent alert " + alert.getMessage());
        } catch (IOException failure) {
            // The peer is told by an alert, which is among what is to be sent.
            failed(log, failure.getMessage());
        }
        byte[] answer = new byte[protocol.getAvailableOutputBytes()];
        protocol.readOutput(answer, 0, answer.length);
        return Bytes.wrap(answer);
    }

    private void failed(List<String> log, String why) {
        failed = true;
        log.add("Handshake failed: " + why);
    }

    boolean isFailed() {
        return failed;
    }

    boolean hasKey() {
        return key != null;
    }

    /** The key that both ends share; it goes with this end. */
    Secret key() throws EapException {
        if (failed || key == null) {
            throw new EapException("EAP TLS handshake is not over");
        }
        return key;
    }

    List<Bytes> peerChain() {
        return peerChain;
    }

    void destroy() {
        if (key != null) {
            key.destroy();
            // What the key was made of; the library overwrites by itself only what a handshake leaves that is not over.
            Stream.of(
                            secrets.getMasterSecret(),
                            secrets.getExporterMasterSecret(),
                            secrets.getTrafficSecretClient(),
                            secrets.getTrafficSecretServer())
                    .filter(Objects::nonNull)
                    .forEach(TlsSecret::destroy);
        }
        try {
            protocol.close();
        } catch (IOException closed) {
            // What it would still say goes nowhere; what it knows is overwritten all the same.
            failed = true;
        }
    }

    // ---- what both roles ask ----

    TlsParty party() {
        return party;
    }

    BcTlsCrypto crypto() {
        return crypto;
    }

    static int[] clientSuites(BcTlsCrypto crypto) {
        return TlsUtils.getSupportedCipherSuites(crypto, SUITES_12);
    }

    static int[] serverSuites(BcTlsCrypto crypto) {
        return TlsUtils.getSupportedCipherSuites(
                crypto,
                IntStream.concat(IntStream.of(SUITES_13), IntStream.of(SUITES_12))
                        .toArray());
    }

    /** The peer's certificates came. */
    void judge(Certificate certificate) throws IOException {
        List<Bytes> chain = new ArrayList<>();
        for (TlsCertificate each : certificate.getCertificateList()) {
            chain.add(Bytes.wrap(each.getEncoded()));
        }
        if (chain.isEmpty()) {
            throw new TlsFatalAlert(AlertDescription.handshake_failure, "peer sent no certificate");
        }
        peerChain = List.copyOf(chain);
        Optional<String> fault = party.peers().fault(peerChain);
        if (fault.isPresent()) {
            throw new TlsFatalAlert(AlertDescription.bad_certificate, fault.get());
        }
    }

    /** The handshake is over. */
    void completed(TlsContext context) {
        secrets = context.getSecurityParametersConnection();
        key = EapTlsKey.of(context);
        commits = context.isServer() && TlsUtils.isTLSv13(context);
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
