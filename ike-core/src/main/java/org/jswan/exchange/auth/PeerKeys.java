// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.auth;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jswan.certificate.CertificateIdentity;
import org.jswan.certificate.CertificateSet;
import org.jswan.certificate.HeldCertificates;
import org.jswan.identity.DistinguishedName;
import org.jswan.identity.IdentifiedKey;
import org.jswan.identity.IkeId;
import org.jswan.identity.PublicKeyStore;
import org.jswan.key.KeyType;
import org.jswan.log.RcCode;
import org.jswan.sa.IkeSa;
import org.jswan.time.Clock;

/** The public keys that a peer's signature may be by. */
public final class PeerKeys {
    private final PublicKeyStore store;
    private final HeldCertificates certificates;
    private final Clock clock;

    PeerKeys(PublicKeyStore store, HeldCertificates certificates, Clock clock) {
        this.store = store;
        this.certificates = certificates;
        this.clock = clock;
    }

    /**
     * A key to try.
     *
     * @param origin where it is from, as log lines call it
     */
    public record Candidate(String origin, IdentifiedKey key) {}

    /** The keys of that kind that are the peer's, in the order in which they are to be tried. */
    List<Candidate> of(IkeSa ike, KeyType type) {
        for (IdentifiedKey expired : store.removeExpired(clock.wall())) {
            ike.logger()
                    .log(
                            RcCode.LOG_SERIOUS,
                            "cached " + expired.key().type() + " public key '" + expired.id()
                                    + "' has expired and has been deleted");
        }
        IkeId peer = ike.peerId();
        Optional<DistinguishedName> authority =
                ike.connection().remote().config().certificate().ca();
        List<IdentifiedKey> sent = CertifiedIdentity.certificate(ike)
                .map(certificate -> CertificateIdentity.keys(certificate, Optional.of(peer), clock.wall()))
                .orElse(List.of());
        CertificateSet known = CertifiedIdentity.known(ike, certificates);
        return Stream.concat(
                        sent.stream().map(key -> new Candidate("peer", key)),
                        store.all().stream().map(key -> new Candidate("preloaded", key)))
                .filter(candidate -> candidate.key().key().type() == type
                        && candidate.key().id().matches(peer)
                        && isBelow(candidate.key(), authority, known))
                .toList();
    }

    private static boolean isBelow(IdentifiedKey key, Optional<DistinguishedName> authority, CertificateSet known) {
        return authority.isEmpty() || known.distance(key.issuer(), authority).isPresent();
    }
}
