// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.whack.value;

import java.util.List;
import org.jswan.base.IpAddress;

/** Turns host names into addresses; the only part of the grammar that may have to wait. */
@FunctionalInterface
public interface NameLookup {
    /** Knows no names. */
    NameLookup NONE = name -> List.of();

    /** The addresses of {@code name}, the best first; none if it is unknown. Never asked for literal addresses. */
    List<IpAddress> lookup(String name);
}
