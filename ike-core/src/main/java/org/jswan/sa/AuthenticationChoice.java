// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.sa;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jswan.certificate.PeerCertificates;
import org.jswan.crypto.Hash;
import org.jswan.identity.DistinguishedName;
import org.jswan.key.Signature;

/** What the two ends let know, before and in IKE_AUTH, of how identities are to be proven. */
public final class AuthenticationChoice {
    private final Set<Hash> commonHashes = EnumSet.noneOf(Hash.class);
    private boolean hashesAnnounced;
    private Optional<Signature.Identified> peerSignature = Optional.empty();
    private boolean nullWanted;
    private boolean certificateWanted;
    private final List<DistinguishedName> authoritiesWanted = new ArrayList<>();
    private PeerCertificates peerCertificates = PeerCertificates.NONE;

    /** The hashes that the peer takes signatures with and we may sign with (RFC 7427 §4). */
    public Set<Hash> commonHashes() {
        return commonHashes;
    }

    /** Whether the peer said which hashes it takes. */
    public boolean areHashesAnnounced() {
        return hashesAnnounced;
    }

    public void setHashesAnnounced() {
        hashesAnnounced = true;
    }

    /** How the peer signed, when it did by a digital signature of RFC 7427. */
    public Optional<Signature.Identified> peerSignature() {
        return peerSignature;
    }

    public void setPeerSignature(Signature.Identified signature) {
        peerSignature = Optional.of(signature);
    }

    /** Whether the peer wants us without an identity (RFC 7619). */
    public boolean isNullWanted() {
        return nullWanted;
    }

    public void setNullWanted() {
        nullWanted = true;
    }

    /** Whether the peer asked for our certificate (RFC 7296 §3.7). */
    public boolean isCertificateWanted() {
        return certificateWanted;
    }

    public void setCertificateWanted() {
        certificateWanted = true;
    }

    /** The authorities, one of which the peer wants our certificate to be of; none if it did not say (RFC 2408 §3.10). */
    public List<DistinguishedName> authoritiesWanted() {
        return List.copyOf(authoritiesWanted);
    }

    /** The peer asked for a certificate of that authority. */
    public void wantCertificateOf(DistinguishedName authority) {
        certificateWanted = true;
        authoritiesWanted.add(authority);
    }

    /** The certificates that the peer sent. */
    public PeerCertificates peerCertificates() {
        return peerCertificates;
    }

    public void setPeerCertificates(PeerCertificates checked) {
        peerCertificates = checked;
    }
}
