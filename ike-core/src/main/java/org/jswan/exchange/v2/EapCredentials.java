// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v2;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jswan.base.Bytes;
import org.jswan.certificate.Certificate;
import org.jswan.certificate.CertificateIdentity;
import org.jswan.certificate.CertificateSet;
import org.jswan.certificate.PeerCertificates;
import org.jswan.certificate.PeerCertificates.Line;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.connection.EndAuthentication;
import org.jswan.crypto.Hash;
import org.jswan.eap.EapException;
import org.jswan.eap.TlsParty;
import org.jswan.exchange.Context;
import org.jswan.exchange.ProtocolFailure;
import org.jswan.exchange.ProtocolFailure.Scope;
import org.jswan.exchange.Verdict;
import org.jswan.exchange.auth.LocalKey;
import org.jswan.identity.IkeId;
import org.jswan.key.Ckaid;
import org.jswan.key.KeyDatabaseException;
import org.jswan.key.KeyType;
import org.jswan.key.Signature;
import org.jswan.random.RandomSource;
import org.jswan.sa.IkeRole;
import org.jswan.sa.IkeSa;
import org.jswan.wire.NotifyType;

/** By which certificates an end of EAP-TLS proves who it is, and which ones of the peer's it believes. */
final class EapCredentials {
    private final Context context;
    private final LocalKey localKey;

    EapCredentials(Context context) {
        this.context = context;
        this.localKey = new LocalKey(context.privateKeys());
    }

    /** Makes our end; a helper does that. */
    interface Maker<T> {
        T make(TlsParty party, RandomSource random) throws EapException;
    }

    /** What the exchange goes on with. */
    interface Then<T> {
        Verdict with(T end) throws ProtocolFailure;
    }

    /** Our end, with the certificate of the IKE SA's connection. */
    <T> Verdict forConnection(IkeSa ike, Maker<T> maker, Then<T> then) throws ProtocolFailure {
        Optional<Certificate> certificate = ike.connection().local().certificate();
        if (certificate.isEmpty()) {
            throw refusal("EAP-TLS needs a certificate of our own");
        }
        return Verdict.suspend(
                resume -> localKey.find(ike.connection(), KeyType.RSA, ike.logger(), key -> context.certificates()
                        .get(
                                ike.logger(),
                                known -> resume.resume(() -> {
                                    if (key.isEmpty()) {
                                        throw refusal("private key for connection not found");
                                    }
                                    return make(party(ike, certificate.get(), known), maker, then);
                                }))));
    }

    private static ProtocolFailure refusal(String why) {
        return ProtocolFailure.of(NotifyType.AUTHENTICATION_FAILED, Scope.IKE_SA, why);
    }

    private <T> Verdict make(TlsParty party, Maker<T> maker, Then<T> then) {
        return Verdict.suspend(resume -> context.world()
                .helpers()
                .submit(
                        () -> maker.make(party, context.world().random()),
                        outcome -> resume.resume(() -> then.with(EapConversation.valueOf(outcome)))));
    }

    private TlsParty party(IkeSa ike, Certificate own, CertificateSet known) {
        List<Bytes> chain = new ArrayList<>(List.of(own.der()));
        known.chainAbove(own, true).forEach(authority -> chain.add(authority.der()));
        Ckaid ckaid = own.key().ckaid();
        Expected expected = Expected.of(ike);
        return new TlsParty(chain, (how, octets) -> sign(ckaid, how, octets), shown -> fault(shown, known, expected));
    }

    private Bytes sign(Ckaid ckaid, Signature how, Bytes octets) throws IOException {
        try {
            return context.world().keys().sign(ckaid, how, Hash.SHA2_256, octets);
        } catch (KeyDatabaseException refused) {
            throw new IOException(refused);
        }
    }

    /**
     * Whom the certificates have to name.
     *
     * @param name empty if that does not matter: as libreswan, whoever has a certificate that we trust may say to be
     *     anybody whom the connection allows; and a responder that has signed has said already who it is
     */
    private record Expected(Optional<IkeId> name) {
        static Expected of(IkeSa ike) {
            Connection c = ike.connection();
            boolean matters = ike.role() == IkeRole.INITIATOR
                    && c.remote().config().auth() == EndAuthentication.EAPONLY
                    && !c.has(ConnectionPolicy.ALLOW_NO_SAN);
            return new Expected(matters ? Optional.of(c.remote().id()) : Optional.empty());
        }

        Optional<String> mismatch(Certificate certificate) {
            return name.flatMap(
                    wanted -> CertificateIdentity.match(certificate, wanted).refusal());
        }
    }

    private Optional<String> fault(List<Bytes> chain, CertificateSet known, Expected expected) {
        PeerCertificates found = PeerCertificates.check(
                chain.stream()
                        .map(der -> new PeerCertificates.Payload(PeerCertificates.X509_SIGNATURE, der))
                        .toList(),
                known,
                context.revocation().setting().strict(),
                context.world().clock().wall());
        if (found.end().isPresent() && found.harmless()) {
            // TLS proves that the peer has the key of the first one, whatever comes with it.
            return found.end().get().der().equals(chain.get(0))
                    ? expected.mismatch(found.end().get())
                    : Optional.of("the first certificate is not the one to be believed");
        }
        return Optional.of(found.lines().stream()
                .filter(line -> line.weight() == Line.Weight.SERIOUS || line.weight() == Line.Weight.NORMAL)
                .reduce((earlier, later) -> later)
                .map(Line::text)
                .orElse("certificate is not to be believed"));
    }
}
