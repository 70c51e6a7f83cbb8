// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire.v1;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jswan.base.Bytes;
import org.jswan.wire.KnownVendorId;

/** What the vendor IDs of a peer say that it can do. */
public final class PeerFeatures {
    /** Those that are heeded besides the ones of NAT traversal. */
    private static final Set<KnownVendorId> HEEDED = Set.of(
            KnownVendorId.LIBRESWAN,
            KnownVendorId.LIBRESWAN_OLD,
            KnownVendorId.OPPORTUNISTIC,
            KnownVendorId.DPD,
            KnownVendorId.DPD_NG,
            KnownVendorId.CAN_IKEV2,
            KnownVendorId.SSH_SENTINEL_1_4_1,
            KnownVendorId.CISCO_UNITY,
            KnownVendorId.XAUTH,
            KnownVendorId.FRAGMENTATION);

    private final Set<KnownVendorId> heeded = new HashSet<>();
    private KnownVendorId natTraversal;

    /**
     * What to log of a vendor ID.
     *
     * @param serious lines for everybody
     * @param debug a line for those who look for faults
     */
    public record Note(List<String> serious, Optional<String> debug) {}

    /** Takes one vendor ID, in the order of the message: of those of NAT traversal only better ones are heeded. */
    public Note take(VendorIdPayload payload) {
        Bytes octets = payload.data();
        Optional<KnownVendorId> found = KnownVendorId.find(octets);
        if (found.isEmpty()) {
            return new Note(List.of(KnownVendorId.toldUnknown(octets)), Optional.empty());
        }
        KnownVendorId known = found.get();
        List<String> serious = known.equals(KnownVendorId.SSH_SENTINEL_1_4_1)
                ? List.of("SSH Sentinel 1.4.1 found, setting XAUTH_ACK quirk")
                : List.of();
        return new Note(serious, Optional.of(known.told(octets, heed(known))));
    }

    private boolean heed(KnownVendorId known) {
        if (NatTraversalMethod.rank(known) >= 0) {
            return improve(known);
        }
        if (!HEEDED.contains(known)) {
            return false;
        }
        heeded.add(known);
        return true;
    }

    private boolean improve(KnownVendorId known) {
        if (natTraversal != null && NatTraversalMethod.rank(natTraversal) >= NatTraversalMethod.rank(known)) {
            return false;
        }
        natTraversal = known;
        return true;
    }

    /** Adds what another message of the same peer said. */
    public void add(PeerFeatures others) {
        heeded.addAll(others.heeded);
        others.natTraversal().ifPresent(this::improve);
    }

    /** The best way of NAT traversal that the peer offers; a responder sends the same vendor ID back. */
    public Optional<KnownVendorId> natTraversal() {
        return Optional.ofNullable(natTraversal);
    }

    /** It does dead peer detection (RFC 3706). */
    public boolean detectsDeadPeers() {
        return heeded.contains(KnownVendorId.DPD) || heeded.contains(KnownVendorId.DPD_NG);
    }

    /** It takes messages in pieces. */
    public boolean takesFragments() {
        return heeded.contains(KnownVendorId.FRAGMENTATION);
    }

    /** It would speak IKEv2, too. */
    public boolean speaksIkev2() {
        return heeded.contains(KnownVendorId.CAN_IKEV2);
    }

    /** It knows XAUTH. */
    public boolean knowsXauth() {
        return heeded.contains(KnownVendorId.XAUTH);
    }

    /** It is a Cisco that waits to be asked for its configuration. */
    public boolean isPulled() {
        return heeded.contains(KnownVendorId.CISCO_UNITY);
    }

    /** It uses a message ID of its own for the end of XAUTH. */
    public boolean endsXauthAnew() {
        return heeded.contains(KnownVendorId.SSH_SENTINEL_1_4_1);
    }
}
