// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.kernel;

/** What not every kernel interface can do. */
public enum KernelAbility {
    /** An SA and its policies can move to other addresses. */
    MIGRATION,
    /** Policies and SAs may bear firewall marks, and interface numbers. */
    MARKS,
    /** SAs can have extended sequence numbers (RFC 4303 §2.2.1). */
    EXTENDED_SEQUENCE_NUMBERS,
    /** SAs can pad packets against traffic analysis (RFC 4303 §2.7). */
    PADDING,
    /** SAs can be left to network interfaces. */
    OFFLOAD,
    /** SAs can be carried in TCP streams (RFC 9329). */
    TCP,
    /** Policies and SAs may bear security labels. */
    LABELS
}
