// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.certificate;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jswan.identity.DistinguishedName;
import org.jswan.key.Ckaid;

/**
 * What the database held when it was asked.
 *
 * @param certificates those that we understand, in the database's order
 * @param peers those of them that are peers' own and trusted, whoever signed them
 * @param revocations its lists of revoked certificates
 */
public record CertificateSet(List<Certificate> certificates, Set<Certificate> peers, List<RevocationList> revocations) {
    public static final CertificateSet EMPTY = new CertificateSet(List.of(), Set.of(), List.of());

    /** As many certificates as a chain may have above the first. */
    static final int LONGEST_PATH = 7;

    public CertificateSet {
        certificates = List.copyOf(certificates);
        peers = Set.copyOf(peers);
        revocations = List.copyOf(revocations);
    }

    /** The certificate of that nickname. */
    public Optional<Certificate> named(String nickname) {
        return certificates.stream().filter(c -> c.nickname().equals(nickname)).findFirst();
    }

    /** The certificate of that key pair. */
    public Optional<Certificate> of(Ckaid ckaid) {
        return certificates.stream().filter(c -> c.key().ckaid().equals(ckaid)).findFirst();
    }

    /** The certificate of that subject. */
    public Optional<Certificate> of(DistinguishedName subject) {
        return certificates.stream()
                .filter(c -> c.subject().der().equals(subject.der()))
                .findFirst();
    }

    /** The same with others beside. */
    public CertificateSet with(List<Certificate> others) {
        if (others.isEmpty()) {
            return this;
        }
        List<Certificate> all = new ArrayList<>(others);
        all.addAll(certificates);
        return new CertificateSet(all, peers, revocations);
    }

    /** The authorities that are trusted, as they are there and are their own issuers. */
    public List<Certificate> roots() {
        return certificates.stream().filter(c -> c.isAuthority() && c.isRoot()).toList();
    }

    /** How many steps there are from an authority up to one that is asked for; empty if it is not below it. */
    public Optional<Integer> distance(Optional<DistinguishedName> from, Optional<DistinguishedName> to) {
        if (to.isEmpty()) {
            return Optional.of(from.isEmpty() ? 0 : LONGEST_PATH);
        }
        if (from.isEmpty()) {
            return Optional.empty();
        }
        DistinguishedName at = from.get();
        if (at.sameAs(to.get())) {
            return Optional.of(0);
        }
        for (int steps = 1; steps <= LONGEST_PATH; steps++) {
            Optional<Certificate> above = of(at).filter(c -> !c.isRoot());
            if (above.isEmpty()) {
                return Optional.empty();
            }
            at = above.get().issuer();
            if (at.sameAs(to.get())) {
                return Optional.of(steps);
            }
        }
        return Optional.empty();
    }

    /** The authorities above a certificate that are not roots, the nearest first; just the first, or all. */
    public List<Certificate> chainAbove(Certificate certificate, boolean all) {
        List<Certificate> chain = new ArrayList<>();
        Optional<Certificate> next = of(certificate.issuer());
        while (next.filter(c -> !c.isRoot() && (!all || c.isAuthority())).isPresent()
                && chain.size() < (all ? LONGEST_PATH : 1)) {
            chain.add(next.get());
            next = of(next.get().issuer());
        }
        return chain;
    }
}
