// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire.v1;

import java.util.List;
import java.util.Optional;
import org.jswan.wire.KnownVendorId;
import org.jswan.wire.PayloadType;

/** How NAT traversal of IKEv1 is done: as in RFC 3947 or as in the drafts before it, which had other numbers. */
public enum NatTraversalMethod {
    /** Drafts 02 and 03. */
    DRAFTS(
            List.of(KnownVendorId.NAT_T_03, KnownVendorId.NAT_T_02_N, KnownVendorId.NAT_T_02),
            PayloadTypes.NATD_DRAFTS,
            PayloadTypes.NATOA_DRAFTS),

    /** RFC 3947 and, as libreswan, drafts 04 to 08. */
    RFC(List.of(KnownVendorId.NAT_T_RFC), PayloadTypes.NATD_RFC, PayloadTypes.NATOA_RFC);

    /** From the least wanted to the most wanted. Of 02, the hash with a line feed comes first. */
    private static final List<KnownVendorId> RISING = List.of(
            KnownVendorId.NAT_T_02_N,
            KnownVendorId.NAT_T_02,
            KnownVendorId.NAT_T_03,
            KnownVendorId.NAT_T_04,
            KnownVendorId.NAT_T_05,
            KnownVendorId.NAT_T_06,
            KnownVendorId.NAT_T_07,
            KnownVendorId.NAT_T_08,
            KnownVendorId.NAT_T,
            KnownVendorId.NAT_T_RFC);

    private final List<KnownVendorId> offers;
    private final PayloadType natDetection;
    private final PayloadType originalAddress;

    NatTraversalMethod(List<KnownVendorId> offers, PayloadType natDetection, PayloadType originalAddress) {
        this.offers = offers;
        this.natDetection = natDetection;
        this.originalAddress = originalAddress;
    }

    /** How much a vendor ID is wanted, from 0; negative if it is not one of NAT traversal that we know how to do. */
    static int rank(KnownVendorId vendorId) {
        return RISING.indexOf(vendorId);
    }

    /** The method that a vendor ID stands for. */
    public static Optional<NatTraversalMethod> of(KnownVendorId vendorId) {
        int rank = rank(vendorId);
        if (rank < 0) {
            return Optional.empty();
        }
        return Optional.of(rank <= rank(KnownVendorId.NAT_T_03) ? DRAFTS : RFC);
    }

    /** What an initiator sends to offer it, in this order. */
    public List<KnownVendorId> offers() {
        return offers;
    }

    /** The type of NAT-D payloads. */
    public PayloadType natDetection() {
        return natDetection;
    }

    /** The type of NAT-OA payloads. */
    public PayloadType originalAddress() {
        return originalAddress;
    }
}
