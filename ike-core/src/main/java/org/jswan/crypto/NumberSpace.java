// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.crypto;

/** Where algorithms are numbered. */
public enum NumberSpace {
    /** Attributes of IKEv1's phase 1 (RFC 2409 appendix A). */
    IKEV1_OAKLEY,
    /** Transform IDs and attributes of IKEv1's phase 2 (RFC 2407). */
    IKEV1_IPSEC,
    /** Transform IDs of IKEv2 (RFC 7296 §3.3.2); for hashes those of RFC 7427. */
    IKEV2,
    /** PF_KEYv2 (RFC 2367), as Linux numbers it. */
    SADB
}
