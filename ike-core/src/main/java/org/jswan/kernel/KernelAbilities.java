// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.kernel;

/**
 * What a kernel interface can do beyond SAs and policies as such: what connections may ask for is judged by it.
 *
 * @param migrate whether an SA and its policies can move to other addresses
 * @param marks whether policies may bear firewall marks, and interface numbers
 * @param extendedSequenceNumbers whether SAs can have them
 * @param maxReplayWindow the widest that an SA may ask for, in packets
 */
public record KernelAbilities(boolean migrate, boolean marks, boolean extendedSequenceNumbers, long maxReplayWindow) {
    /** Those of XFRM. */
    public static final KernelAbilities ALL = new KernelAbilities(true, true, true, 0xfffffff8L);
}
