// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.auth;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Predicate;
import org.jswan.base.IpAddress;
import org.jswan.certificate.Certificate;
import org.jswan.certificate.CertificateSet;
import org.jswan.certificate.HeldCertificates;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionDatabase;
import org.jswan.connection.ConnectionKind;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.exchange.Context;
import org.jswan.exchange.Lifecycle;
import org.jswan.identity.DistinguishedName;
import org.jswan.identity.IdType;
import org.jswan.identity.IkeId;
import org.jswan.identity.PublicKeyStore;
import org.jswan.routing.Instances;
import org.jswan.sa.IkeSa;

/** Which connection is for a peer that says who it is. */
public final class PeerConnection {
    private final ConnectionDatabase connections;
    private final Instances instances;
    private final Lifecycle lifecycle;
    private final PublicKeyStore publicKeys;
    private final HeldCertificates certificates;

    public PeerConnection(Context context) {
        this.connections = context.connections();
        this.instances = context.instances();
        this.lifecycle = context.lifecycle();
        this.publicKeys = context.publicKeys();
        this.certificates = context.certificates();
    }

    /** Whether a connection other than the one at hand may be meant at all. */
    public static boolean isOfKind(Connection c, Connection current) {
        return c.isOriented()
                && !c.config().neverNegotiates()
                && c.kind() != ConnectionKind.GROUP
                && !c.isForLabel()
                && !c.has(ConnectionPolicy.OPPORTUNISTIC)
                && c.config().ikeVersion() == current.config().ikeVersion();
    }

    /**
     * Switches an SA to the connection that fits the peer best, if that is another; to an instance of it, if it is a
     * template.
     *
     * @param admissible which connections may be meant
     * @param wanted the authorities, one of which the peer wants our certificate to be of
     */
    public void refine(IkeSa ike, IkeId peer, Predicate<Connection> admissible, Collection<DistinguishedName> wanted) {
        Optional<Connection> best = best(ike, peer, admissible, wanted);
        if (best.isEmpty() || best.get() == ike.connection()) {
            return;
        }
        Connection better = best.get();
        if (better.kind() == ConnectionKind.TEMPLATE && !better.isTemplateForLabelsAlone()) {
            better = instances.make(better, Optional.of(ike.remote().address()), Optional.of(peer));
        }
        ike.logger().log("switched to " + better);
        lifecycle.switchTo(ike, better);
    }

    /**
     * How well a connection fits a peer.
     *
     * @param named whether it names the peer, be it by wildcards; else it takes whom a certificate names
     * @param steps from the authority of the peer's certificate up to the one that is asked for
     * @param ourSteps from the authority of our certificate up to the one that the peer asks for
     */
    private record Fit(Connection connection, boolean named, int wildcards, int steps, int ourSteps) {
        boolean isExact() {
            return named && wildcards == 0 && steps == 0 && ourSteps == 0;
        }

        boolean isBetterThan(Fit other) {
            if (wildcards != other.wildcards) {
                return wildcards < other.wildcards;
            }
            return steps == other.steps ? ourSteps < other.ourSteps : steps < other.steps;
        }
    }

    /**
     * The connection that fits best: the one that names the peer exactly, or else the one with the fewest wildcards in the
     * peer's identity. As libreswan: of several the newest, whichever is at hand.
     */
    private Optional<Connection> best(
            IkeSa ike, IkeId peer, Predicate<Connection> admissible, Collection<DistinguishedName> wanted) {
        Set<Connection> candidates = new LinkedHashSet<>();
        IpAddress local = ike.socket().interfaceAddress().address();
        candidates.addAll(
                connections.findByHosts(local, Optional.of(ike.remote().address())));
        candidates.addAll(connections.findForStranger(local, ike.remote().address()));
        candidates.add(ike.connection());
        Optional<DistinguishedName> authority = authority(ike, peer);
        CertificateSet known = CertifiedIdentity.known(ike, certificates);
        Fit best = null;
        for (Connection c : candidates) {
            if (!admissible.test(c)) {
                continue;
            }
            Optional<Fit> fit = fit(c, peer, authority, wanted, known);
            if (fit.filter(Fit::isExact).isPresent()) {
                return Optional.of(c);
            }
            if (fit.isPresent() && (best == null || fit.get().isBetterThan(best))) {
                best = fit.get();
            }
        }
        return Optional.ofNullable(best).map(Fit::connection);
    }

    private Optional<Fit> fit(
            Connection c,
            IkeId peer,
            Optional<DistinguishedName> authority,
            Collection<DistinguishedName> wanted,
            CertificateSet known) {
        OptionalInt wildcards = peer.match(c.remote().id());
        if (wildcards.isEmpty() && c.remote().id().type() != IdType.FROMCERT) {
            return Optional.empty();
        }
        Optional<Integer> steps =
                known.distance(authority, c.remote().config().certificate().ca());
        Optional<Integer> ourSteps = ourSteps(c, wanted, known);
        return steps.isEmpty() || ourSteps.isEmpty()
                ? Optional.empty()
                : Optional.of(new Fit(c, wildcards.isPresent(), wildcards.orElse(0), steps.get(), ourSteps.get()));
    }

    private static Optional<Integer> ourSteps(
            Connection c, Collection<DistinguishedName> wanted, CertificateSet known) {
        if (wanted.isEmpty()) {
            return Optional.of(0);
        }
        Optional<DistinguishedName> ours = c.local().config().certificate().ca();
        return wanted.stream()
                .flatMap(name -> known.distance(ours, Optional.of(name)).stream())
                .min(Integer::compare);
    }

    /** The authority of the peer's certificate: of the one that it sent, or of one that is known. */
    private Optional<DistinguishedName> authority(IkeSa ike, IkeId peer) {
        return CertifiedIdentity.certificate(ike).map(Certificate::issuer).or(() -> publicKeys.all().stream()
                .filter(key -> key.id().sameAs(peer))
                .flatMap(key -> key.issuer().stream())
                .findFirst());
    }

    /**
     * Takes the peer for whom it claims to be, until that is proven: whom its certificate names, if it sent one.
     *
     * @return why it cannot be the peer of the connection
     */
    public static Optional<String> take(IkeSa ike, IkeId claimed) {
        Optional<Certificate> certificate = CertifiedIdentity.certificate(ike);
        if (certificate.isPresent()) {
            CertifiedIdentity.Result certified = CertifiedIdentity.compare(ike, certificate.get());
            ike.negotiation().setPeerId(certified.identity());
            return certified.refusal();
        }
        ike.negotiation().setPeerId(claimed);
        IkeId expected = expected(ike.connection());
        return expected.type() == IdType.FROMCERT || claimed.matches(expected)
                ? Optional.empty()
                : Optional.of("Peer ID '" + claimed
                        + "' mismatched on first found connection and no better connection found");
    }

    /** Whom a connection takes for its peer; whoever proved nothing before may prove something now. */
    private static IkeId expected(Connection c) {
        IkeId known = c.remote().id();
        return known.type() == IdType.NULL ? c.remote().config().id() : known;
    }

    /**
     * The peer is who it says: a connection that took any peer, or a pattern, is that peer's from now on. Who proves nothing
     * is nobody, whoever it says that it is (RFC 7619 §2.2); libreswan believes it.
     */
    public static void settle(IkeSa ike, ConnectionDatabase connections) {
        Connection connection = ike.connection();
        IkeId configured = expected(connection);
        if (configured.hasWildcards() || configured.isAny() || configured.type() == IdType.FROMCERT) {
            connections.settlePeer(connection, ike.isPeerAnonymous() ? IkeId.NULL : ike.peerId());
        }
    }
}
