// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v2.auth;

import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jswan.base.IpAddress;
import org.jswan.certificate.Certificate;
import org.jswan.certificate.CertificateIdentity;
import org.jswan.certificate.HeldCertificates;
import org.jswan.connection.AuthenticationMethod;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionDatabase;
import org.jswan.connection.ConnectionKind;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.connection.EndAuthentication;
import org.jswan.connection.Instances;
import org.jswan.exchange.Context;
import org.jswan.exchange.Incoming;
import org.jswan.exchange.Lifecycle;
import org.jswan.exchange.ProtocolFailure;
import org.jswan.exchange.ProtocolFailure.Scope;
import org.jswan.exchange.auth.CertifiedIdentity;
import org.jswan.identity.DistinguishedName;
import org.jswan.identity.IdType;
import org.jswan.identity.IdentityException;
import org.jswan.identity.IkeId;
import org.jswan.identity.PublicKeyStore;
import org.jswan.log.RcCode;
import org.jswan.sa.IkeRole;
import org.jswan.sa.IkeSa;
import org.jswan.wire.NotifyType;
import org.jswan.wire.PayloadType;
import org.jswan.wire.v2.AuthPayload;
import org.jswan.wire.v2.IdPayload;

/** Who the peer says it is, and which connection is for such a peer. */
public final class PeerIdentity {
    /** The method of a peer that proves nothing yet, as it wants to do so by EAP: RFC 7296 §3.8 has none with that number. */
    private static final int BY_EAP = 0;

    private final ConnectionDatabase connections;
    private final Instances instances;
    private final Lifecycle lifecycle;
    private final PublicKeyStore publicKeys;
    private final HeldCertificates certificates;

    public PeerIdentity(Context context) {
        this.connections = context.connections();
        this.instances = context.instances();
        this.lifecycle = context.lifecycle();
        this.publicKeys = context.publicKeys();
        this.certificates = context.certificates();
    }

    /** Our own identity as a payload. */
    public static IdPayload local(IkeSa ike) {
        IkeId id = ike.negotiation().authentication().isNullWanted()
                ? IkeId.NULL
                : ike.connection().local().id();
        return payload(id, ike.role() == IkeRole.INITIATOR);
    }

    /** An identity as it is sent. */
    public static IdPayload payload(IkeId id, boolean initiator) {
        int type = id.type().number();
        return initiator ? IdPayload.initiator(type, id.body()) : IdPayload.responder(type, id.body());
    }

    /** The identity of the other end, as its payload gives it. */
    private static IkeId read(IdPayload payload, String whose) throws ProtocolFailure {
        try {
            return IkeId.ofWire(payload.idType(), payload.data());
        } catch (IdentityException invalid) {
            throw ProtocolFailure.of(
                    NotifyType.AUTHENTICATION_FAILED,
                    Scope.IKE_SA,
                    "authentication failed: " + whose + " ID payload invalid: " + invalid.getMessage());
        }
    }

    /** As initiator: the responder has to be who the connection names. */
    public void checkResponder(IkeSa ike, Incoming response) throws ProtocolFailure {
        IdPayload payload = response.first(IdPayload.class, PayloadType.IDR)
                .orElseThrow(() -> ProtocolFailure.silent(
                        Scope.IKE_SA_AND_TELL, "authentication failed: responder did not include ID payload"));
        IkeId peer;
        try {
            peer = IkeId.ofWire(payload.idType(), payload.data());
        } catch (IdentityException invalid) {
            throw ProtocolFailure.silent(
                    Scope.IKE_SA_AND_TELL,
                    "authentication failed: responder ID payload invalid: " + invalid.getMessage());
        }
        Optional<String> refusal = take(ike, peer);
        if (refusal.isPresent()) {
            throw ProtocolFailure.silent(Scope.IKE_SA_AND_TELL, refusal.get());
        }
    }

    /**
     * Takes the peer for whom it claims to be, until that is proven: whom its certificate names, if it sent one.
     *
     * @return why it cannot be the peer of the connection
     */
    private static Optional<String> take(IkeSa ike, IkeId claimed) {
        Optional<Certificate> certificate = CertifiedIdentity.certificate(ike);
        if (certificate.isPresent()) {
            CertifiedIdentity.Result certified = CertifiedIdentity.compare(ike, certificate.get());
            ike.negotiation().setPeerId(certified.identity());
            return certified.refusal();
        }
        ike.negotiation().setPeerId(claimed);
        IkeId expected = ike.connection().remote().id();
        return expected.type() == IdType.FROMCERT || claimed.matches(expected)
                ? Optional.empty()
                : Optional.of(mismatch(claimed));
    }

    /** As responder: switches to the connection that is for this initiator, if there is one that fits better. */
    public void checkInitiator(IkeSa ike, Incoming request) throws ProtocolFailure {
        IkeId peer = read(request.need(IdPayload.class), "initiator");
        Optional<IkeId> us = Optional.empty();
        Optional<IdPayload> wanted = request.first(IdPayload.class, PayloadType.IDR);
        if (wanted.isPresent()) {
            us = Optional.of(read(wanted.get(), "IDr"));
        }
        Optional<Connection> best = best(
                ike,
                peer,
                us,
                request.first(AuthPayload.class).map(AuthPayload::method).orElse(BY_EAP));
        if (best.isPresent() && best.get() != ike.connection()) {
            Connection better = best.get();
            if (better.kind() == ConnectionKind.TEMPLATE) {
                better = instances.make(better, Optional.of(ike.remote().address()), Optional.of(peer));
            }
            ike.logger().log("switched to " + better);
            lifecycle.switchTo(ike, better);
        }
        // As libreswan: a peer that wants somebody else has to see by itself that this is not whom it wants.
        Optional<String> refusal = take(ike, peer);
        if (refusal.isPresent() && !wantsNobody(ike, us)) {
            throw ProtocolFailure.of(NotifyType.AUTHENTICATION_FAILED, Scope.IKE_SA, refusal.get());
        } else if (refusal.isPresent()) {
            ike.logger()
                    .log("Peer ID '" + peer
                            + "' expects us to have ID_NULL and connection allows AUTH_NULL - allowing");
            ike.negotiation().authentication().setNullWanted();
        }
    }

    /** Whether a peer whom the connection does not name may have us without an identity, as it asks for. */
    private static boolean wantsNobody(IkeSa ike, Optional<IkeId> us) {
        return us.filter(asked -> asked.type() == IdType.NULL).isPresent()
                && CertifiedIdentity.certificate(ike).isEmpty()
                && ike.connection().remote().config().authby().contains(AuthenticationMethod.NULL);
    }

    /**
     * How well a connection fits a peer.
     *
     * @param named whether it names the peer, be it by wildcards; else it takes whom a certificate names
     * @param steps from the authority of the peer's certificate up to the one that is asked for
     */
    private record Fit(Connection connection, boolean named, int wildcards, int steps) {
        boolean isExact() {
            return named && wildcards == 0 && steps == 0;
        }

        boolean isBetterThan(Fit other) {
            return wildcards < other.wildcards || wildcards == other.wildcards && steps < other.steps;
        }
    }

    /**
     * The connection that fits best: the one that names the peer exactly, or else the one with the fewest wildcards in the
     * peer's identity; the one at hand if none is better.
     */
    private Optional<Connection> best(IkeSa ike, IkeId peer, Optional<IkeId> us, int method) {
        Connection current = ike.connection();
        if (method == AuthPayload.NULL) {
            // as libreswan: whoever proves nothing is taken at the address alone
            return Optional.of(current);
        }
        Set<Connection> candidates = new LinkedHashSet<>();
        candidates.add(current);
        IpAddress local = ike.socket().interfaceAddress().address();
        candidates.addAll(
                connections.findByHosts(local, Optional.of(ike.remote().address())));
        candidates.addAll(connections.findByHosts(local, Optional.empty()));
        Optional<DistinguishedName> authority = authority(ike, peer);
        Fit best = null;
        for (Connection c : candidates) {
            if (c != current && !isSameKind(c, current, method) || us.isPresent() && !isUs(ike, c, us.get())) {
                continue;
            }
            Optional<Fit> fit = fit(c, peer, authority);
            if (fit.filter(Fit::isExact).isPresent()) {
                return Optional.of(c);
            }
            if (fit.isPresent() && (best == null || fit.get().isBetterThan(best))) {
                best = fit.get();
            }
        }
        return Optional.ofNullable(best).map(Fit::connection);
    }

    private Optional<Fit> fit(Connection c, IkeId peer, Optional<DistinguishedName> authority) {
        OptionalInt wildcards = peer.match(c.remote().id());
        if (wildcards.isEmpty() && c.remote().id().type() != IdType.FROMCERT) {
            return Optional.empty();
        }
        return certificates
                .known()
                .distance(authority, c.remote().config().certificate().ca())
                .map(steps -> new Fit(c, wildcards.isPresent(), wildcards.orElse(0), steps));
    }

    /** The authority of the peer's certificate: of the one that it sent, or of one that is known. */
    private Optional<DistinguishedName> authority(IkeSa ike, IkeId peer) {
        return CertifiedIdentity.certificate(ike).map(Certificate::issuer).or(() -> publicKeys.all().stream()
                .filter(key -> key.id().sameAs(peer))
                .flatMap(key -> key.issuer().stream())
                .findFirst());
    }

    private static boolean isSameKind(Connection c, Connection current, int method) {
        return c.isOriented()
                && !c.config().neverNegotiates()
                && c.kind() != ConnectionKind.GROUP
                && !c.has(ConnectionPolicy.OPPORTUNISTIC)
                && c.config().ikeVersion() == current.config().ikeVersion()
                && isProvenBy(c.remote().config().auth(), method);
    }

    /** Whether a peer that is to authenticate so may do it by that method of AUTH payloads. */
    private static boolean isProvenBy(EndAuthentication auth, int method) {
        return switch (method) {
            case AuthPayload.RSA_SIGNATURE -> auth == EndAuthentication.RSASIG;
            case AuthPayload.ECDSA_SHA2_256_P256,
                    AuthPayload.ECDSA_SHA2_384_P384,
                    AuthPayload.ECDSA_SHA2_512_P521 -> auth == EndAuthentication.ECDSA;
            case AuthPayload.DIGITAL_SIGNATURE -> auth == EndAuthentication.RSASIG || auth == EndAuthentication.ECDSA;
            case AuthPayload.SHARED_KEY -> auth == EndAuthentication.PSK;
            case BY_EAP -> auth == EndAuthentication.EAPONLY;
            default -> false;
        };
    }

    /** Whether our end of a connection is who the peer asks for: by its certificate, its identity or a pattern of it. */
    private static boolean isUs(IkeSa ike, Connection connection, IkeId asked) {
        Optional<Certificate> certificate = connection.local().certificate();
        if (certificate.isPresent() && (asked.type() == IdType.FQDN || asked.type() == IdType.DER_ASN1_DN)) {
            Optional<String> mismatch = CertificateIdentity.namesMismatch(certificate.get(), asked);
            if (mismatch.isEmpty()) {
                return true;
            }
            ike.logger().log(RcCode.LOG_SERIOUS, mismatch.get());
        }
        IkeId own = connection.local().id();
        return asked.sameAs(own) || own.type() == IdType.FQDN && asked.type() == IdType.FQDN && isBelow(asked, own);
    }

    /** Whether a name ends as a pattern does that begins with a star. */
    private static boolean isBelow(IkeId name, IkeId pattern) {
        String wanted = pattern.body().utf8().toLowerCase(Locale.ROOT);
        return wanted.startsWith("*")
                && name.body().utf8().toLowerCase(Locale.ROOT).endsWith(wanted.substring(1));
    }

    /** The peer is who it says: a connection that took any peer, or a pattern, is that peer's from now on. */
    public static void settle(IkeSa ike, ConnectionDatabase connections) {
        Connection connection = ike.connection();
        IkeId configured = connection.remote().id();
        if (configured.hasWildcards() || configured.isAny() || configured.type() == IdType.FROMCERT) {
            connections.settlePeer(connection, ike.peerId());
        }
    }

    private static String mismatch(IkeId peer) {
        return "Peer ID '" + peer + "' mismatched on first found connection and no better connection found";
    }
}
