// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.kernel;

import java.util.EnumSet;
import java.util.Set;

/**
 * What a kernel interface can do beyond SAs and policies as such: what connections may ask for is judged by it.
 *
 * @param able all that it can
 * @param maxReplayWindow the widest that an SA with extended sequence numbers may ask for, in packets
 */
public record KernelAbilities(Set<KernelAbility> able, long maxReplayWindow) {
    /** Those of XFRM. */
    public static final KernelAbilities ALL = new KernelAbilities(EnumSet.allOf(KernelAbility.class), 0xfffffff8L);

    public KernelAbilities {
        able = Set.copyOf(able);
    }

    public boolean can(KernelAbility ability) {
        return able.contains(ability);
    }
}
