// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.bouncycastle.crypto.util.PrivateKeyFactory;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.CertificateEntry;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.DefaultTlsClient;
import org.bouncycastle.tls.HashAlgorithm;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.SignatureAlgorithm;
import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.bouncycastle.tls.TlsAuthentication;
import org.bouncycastle.tls.TlsClientProtocol;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.TlsServerCertificate;
import org.bouncycastle.tls.crypto.TlsCertificate;
import org.bouncycastle.tls.crypto.TlsCryptoParameters;
import org.bouncycastle.tls.crypto.impl.bc.BcDefaultTlsCredentialedSigner;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCrypto;
import org.jswan.base.Bytes;
import org.jswan.base.Secret;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.ConnectionRequest;
import org.jswan.connection.EapMethod;
import org.jswan.connection.EndAuthentication;
import org.jswan.connection.EndOption;
import org.jswan.connection.EndRequest;
import org.jswan.connection.SignatureHash;
import org.jswan.crypto.keymat.AuthKeys;
import org.jswan.eap.EapTlsMessage;
import org.jswan.revocation.RevocationSetting;
import org.jswan.simulation.TestAuthority.Subject;
import org.jswan.wire.ExchangeType;
import org.jswan.wire.NotifyType;
import org.jswan.wire.Payload;
import org.jswan.wire.PayloadType;
import org.jswan.wire.WireException;
import org.jswan.wire.v2.AuthPayload;
import org.jswan.wire.v2.EapPayload;
import org.jswan.wire.v2.IdPayload;
import org.jswan.wire.v2.NotifyPayload;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * An initiator that proves who it is by EAP-TLS, and does not always behave. West's daemon agrees on keys with east; from
 * then on the test speaks for it, with a TLS client of Bouncy Castle.
 */
class EapTlsTest extends CertificateFixture {
    private static final int START = 1 << 5;
    private static final int MORE = 1 << 6;
    private static final int LENGTH = 1 << 7;
    /** Small enough that the client's messages are cut, too. */
    private static final int ROOM = 700;

    private final SpokenFor west = new SpokenFor(pair);
    private Client client;

    EapTlsTest() {
        super(RevocationSetting.DEFAULT);
    }

    @BeforeEach
    void trustEachOther() {
        usual();
        add(
                pair.west,
                tunnel(end -> certificate("west").apply(id("@west.example").apply(end)), id("@east.example"))
                        .set(ConnectionOption.IKE_FRAGMENTATION_ALLOW, false));
    }

    private ConnectionRequest.Builder eastern(EndAuthentication ofWest, EapMethod method) {
        UnaryOperator<EndRequest.Builder> peer = end ->
                id("@west.example").apply(end).set(EndOption.AUTH, ofWest).set(EndOption.EAP, method);
        UnaryOperator<EndRequest.Builder> own = end -> certificate("east")
                .apply(id("@east.example").apply(end))
                .set(EndOption.AUTH, EndAuthentication.RSASIG)
                .set(EndOption.EAP, method);
        return Pair.tunnel()
                .left(end(Pair.WEST, Pair.WEST_CLIENT, peer))
                .right(end(Pair.EAST, Pair.EAST_CLIENT, own))
                .set(ConnectionOption.IKE_FRAGMENTATION_ALLOW, false)
                .set(ConnectionOption.SIGNATURE_HASHES, Set.of(SignatureHash.values()));
    }

    /** What west's daemon wants to say, without what it would prove itself by. */
    private List<Payload> wanted() throws WireException {
        List<Payload> payloads = new ArrayList<>(west.begin());
        payloads.removeIf(payload -> payload.type().equals(PayloadType.AUTH)
                || payload.type().equals(PayloadType.CERT)
                || payload.type().equals(PayloadType.CERTREQ));
        return payloads;
    }

    /** TLS in EAP from the first message of east's to its last, which is returned. */
    private Bytes talk(List<Payload> first, Client tls) throws Exception {
        Bytes message = SpokenFor.only(first, EapPayload.class).message();
        Bytes outgoing = Bytes.EMPTY;
        Bytes held = Bytes.EMPTY;
        for (int i = 0; i < 40; i++) {
            if (message.get(0) != EapTlsMessage.REQUEST) {
                return message;
            }
            EapTlsMessage request = EapTlsMessage.read(message);
            int flags = 0;
            Bytes data = Bytes.EMPTY;
            int total = outgoing.length();
            if (!outgoing.isEmpty()) {
                // East has acknowledged a fragment.
                assertThat(request.data().isEmpty()).isTrue();
            } else {
                outgoing = held.plus(tls.receive(request.data()));
                held = Bytes.EMPTY;
                if ((request.flags() & MORE) != 0) {
                    // What TLS has to say already waits until it was told all.
                    held = outgoing;
                    outgoing = Bytes.EMPTY;
                }
                total = outgoing.length();
                flags = total > ROOM ? LENGTH : 0;
                assertThat(request.flags() & START).isEqualTo(i == 0 ? START : 0);
            }
            data = outgoing.first(Math.min(ROOM, outgoing.length()));
            outgoing = outgoing.from(data.length());
            flags |= outgoing.isEmpty() ? 0 : MORE;
            Bytes response =
                    new EapTlsMessage(EapTlsMessage.RESPONSE, request.identifier(), flags, total, data).octets();
            message = SpokenFor.only(west.ask(List.of(new EapPayload(response))), EapPayload.class)
                    .message();
        }
        throw new AssertionError("no end: " + pair.trace());
    }

    /** The client of TLS. */
    private static final class Client extends DefaultTlsClient {
        private final TlsClientProtocol protocol = new TlsClientProtocol();
        private final KeyPair pair;
        private final List<Bytes> chain;
        private final ProtocolVersion version;
        private Secret key;

        Client(ProtocolVersion version, KeyPair pair, Bytes... chain) throws IOException {
            super(new BcTlsCrypto(new SecureRandom()));
            this.version = version;
            this.pair = pair;
            this.chain = List.of(chain);
            protocol.connect(this);
        }

        Bytes receive(Bytes octets) throws IOException {
            protocol.offerInput(octets.toArray());
            byte[] answer = new byte[protocol.getAvailableOutputBytes()];
            protocol.readOutput(answer, 0, answer.length);
            return Bytes.wrap(answer);
        }

        @Override
        protected ProtocolVersion[] getSupportedVersions() {
            return version.only();
        }

        @Override
        public TlsAuthentication getAuthentication() {
            return new TlsAuthentication() {
                @Override
                public void notifyServerCertificate(TlsServerCertificate server) {
                    assertThat(server.getCertificate().isEmpty()).isFalse();
                }

                @Override
                public TlsCredentials getClientCredentials(CertificateRequest request) throws IOException {
                    CertificateEntry[] entries = new CertificateEntry[chain.size()];
                    for (int i = 0; i < entries.length; i++) {
                        TlsCertificate each =
                                getCrypto().createCertificate(chain.get(i).toArray());
                        entries[i] = new CertificateEntry(each, null);
                    }
                    return new BcDefaultTlsCredentialedSigner(
                            new TlsCryptoParameters(context),
                            (BcTlsCrypto) getCrypto(),
                            PrivateKeyFactory.createKey(pair.getPrivate().getEncoded()),
                            new Certificate(request.getCertificateRequestContext(), entries),
                            version.equals(ProtocolVersion.TLSv13)
                                    ? SignatureAndHashAlgorithm.rsa_pss_rsae_sha256
                                    : SignatureAndHashAlgorithm.getInstance(
                                            HashAlgorithm.sha256, SignatureAlgorithm.rsa));
                }
            };
        }

        @Override
        public void notifyHandshakeComplete() throws IOException {
            super.notifyHandshakeComplete();
            byte[] material = version.equals(ProtocolVersion.TLSv13)
                    ? context.exportKeyingMaterial("EXPORTER_EAP_TLS_Key_Material", new byte[] {13}, 128)
                    : context.exportKeyingMaterial("client EAP encryption", null, 64);
            key = Secret.take(Arrays.copyOf(material, 64));
        }
    }

    private Payload proof(List<Payload> wanted) {
        IdPayload identity = SpokenFor.only(wanted, IdPayload.class);
        return new AuthPayload(
                AuthPayload.SHARED_KEY,
                AuthKeys.preSharedKey(
                        west.sa().keys().prf(),
                        client.key,
                        AuthKeys.signedOctets(
                                west.sa().keys(),
                                true,
                                west.sa().negotiation().localMessage(),
                                west.sa().negotiation().responderNonce(),
                                identity.body())));
    }

    private Bytes westCertificate() {
        return pair.west.keys().certificate("west").orElseThrow().der();
    }

    static Stream<ProtocolVersion> versions() {
        return Stream.of(ProtocolVersion.TLSv12, ProtocolVersion.TLSv13);
    }

    @ParameterizedTest
    @MethodSource("versions")
    void initiatorIsLetIn(ProtocolVersion version) throws Exception {
        add(pair.east, eastern(EndAuthentication.EAPONLY, EapMethod.TLS));
        List<Payload> wanted = wanted();
        client = new Client(version, WEST_KEY, westCertificate());
        List<Payload> first = west.ask(wanted);
        // The responder proves who it is by its certificate, before anything else.
        SpokenFor.only(first, AuthPayload.class);
        assertThat(talk(first, client).hex()).matches("03..0004");
        List<Payload> last = west.ask(List.of(proof(wanted)));
        assertThat(SpokenFor.only(last, AuthPayload.class).method()).isEqualTo(AuthPayload.SHARED_KEY);
        assertThat(last).anyMatch(payload -> payload.type().equals(PayloadType.SA));
        assertThat(authenticated(pair.east))
                .containsExactly("authenticated peer using authby=eaponly and ID_FQDN '@west.example'");
        assertThat(pair.east.kernel().installed()).hasSize(2);
        assertThat(said(pair.east, "responding with 1014 bytes of")).isNotEmpty();
        assertThat(said(pair.east, "EAP TLS Fragmentation sending ACK")).isNotEmpty();
    }

    @Test
    void wrongKeyIsFoundOut() throws Exception {
        add(pair.east, eastern(EndAuthentication.EAPONLY, EapMethod.TLS));
        List<Payload> wanted = wanted();
        client = new Client(ProtocolVersion.TLSv12, WEST_KEY, westCertificate());
        talk(west.ask(wanted), client);
        client.key = Secret.take(new byte[64]);
        west.ask(List.of(proof(wanted)));
        assertThat(pair.east.ikeSas()).isEmpty();
        assertThat(said(pair.east, "computed hash does not match hash received from peer"))
                .hasSize(1);
    }

    @Test
    void certificateOfAStrangerIsNotBelieved() throws Exception {
        add(pair.east, eastern(EndAuthentication.EAPONLY, EapMethod.TLS));
        TestAuthority stranger = TestAuthority.root("CN=stranger", OTHER_KEY, now);
        client = new Client(ProtocolVersion.TLSv12, WEST_KEY, stranger.issue(new Subject(WEST, WEST_KEY)));
        List<Payload> wanted = wanted();
        List<Payload> first = west.ask(wanted);
        assertThatThrownBy(() -> talk(first, client))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("bad_certificate");
        assertThat(said(pair.east, "Handshake failed"))
                .singleElement()
                .asString()
                .endsWith("bad_certificate(42); NSS: ERROR: IPsec certificate CN=west.example,O=Test,C=CA invalid:"
                        + " SEC_ERROR_UNKNOWN_ISSUER: Peer's Certificate issuer is not recognized.");
        // The client has heard; all that is left to say is that it failed.
        Bytes heard = new EapTlsMessage(EapTlsMessage.RESPONSE, 0, 0, 0, Bytes.EMPTY).octets();
        assertThat(SpokenFor.only(west.ask(List.of(new EapPayload(heard))), EapPayload.class)
                        .message()
                        .hex())
                .matches("04..0004");
        assertThat(pair.east.ikeSas()).isEmpty();
        assertThat(authenticated(pair.east)).isEmpty();
    }

    /** Anybody can send the certificate of somebody else behind one that it signed itself. */
    @Test
    void theCertificateWhoseKeyIsProvenIsTheOneThatCounts() throws Exception {
        add(pair.east, eastern(EndAuthentication.EAPONLY, EapMethod.TLS));
        TestAuthority stranger = TestAuthority.root("CN=stranger", OTHER_KEY, now);
        client = new Client(ProtocolVersion.TLSv12, OTHER_KEY, stranger.certificate(), westCertificate());
        List<Payload> wanted = wanted();
        List<Payload> first = west.ask(wanted);
        assertThatThrownBy(() -> talk(first, client)).isInstanceOf(IOException.class);
        assertThat(said(pair.east, "Handshake failed"))
                .singleElement()
                .asString()
                .endsWith("bad_certificate(42); the first certificate is not the one to be believed");
        assertThat(authenticated(pair.east)).isEmpty();
    }

    @Test
    void whoGoesOnAfterAFailureIsNotLetIn() throws Exception {
        add(pair.east, eastern(EndAuthentication.EAPONLY, EapMethod.TLS));
        TestAuthority stranger = TestAuthority.root("CN=stranger", OTHER_KEY, now);
        client = new Client(ProtocolVersion.TLSv12, WEST_KEY, stranger.issue(new Subject(WEST, WEST_KEY)));
        List<Payload> wanted = wanted();
        List<Payload> first = west.ask(wanted);
        assertThatThrownBy(() -> talk(first, client)).isInstanceOf(IOException.class);
        client.key = Secret.take(new byte[64]);
        west.tell(ExchangeType.IKE_AUTH, List.of(proof(wanted)));
        assertThat(pair.east.ikeSas()).isEmpty();
        assertThat(authenticated(pair.east)).isEmpty();
    }

    @Test
    void whoDawdlesIsGivenUpAllTheSame() throws Exception {
        add(pair.east, eastern(EndAuthentication.EAPONLY, EapMethod.TLS));
        west.ask(wanted());
        world.run(Duration.ofSeconds(150));
        Bytes nothing = new EapTlsMessage(EapTlsMessage.RESPONSE, 0, 0, 0, Bytes.EMPTY).octets();
        west.ask(List.of(new EapPayload(nothing)));
        assertThat(said(pair.east, " #1: deleting incomplete state")).isEmpty();
        world.run(Duration.ofSeconds(60));
        assertThat(said(pair.east, " #1: deleting incomplete state after 200 seconds"))
                .hasSize(1);
    }

    @Test
    void whoGivesUpIsForgottenAtOnce() throws Exception {
        add(pair.east, eastern(EndAuthentication.EAPONLY, EapMethod.TLS));
        west.ask(wanted());
        west.tell(ExchangeType.INFORMATIONAL, List.of(NotifyPayload.of(NotifyType.AUTHENTICATION_FAILED)));
        assertThat(said(pair.east, "peer gave up EAP authentication: AUTHENTICATION_FAILED"))
                .hasSize(1);
        assertThat(pair.east.ikeSas()).isEmpty();
    }

    @Test
    void whereEapIsNotWantedItIsRefused() throws Exception {
        add(pair.east, tunnel(id("@west.example"), certificate("east")));
        west.ask(wanted());
        assertThat(said(pair.east, "Peer attempted EAP authentication, but IKE_AUTH is required"))
                .hasSize(1);
        assertThat(pair.east.ikeSas()).isEmpty();
    }
}
