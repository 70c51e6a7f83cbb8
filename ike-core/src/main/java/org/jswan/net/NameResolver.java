// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.net;

import java.util.List;
import org.jswan.base.IpAddress;

/** Addresses of host names, as the machine's own resolver finds them. A look-up may take seconds: not on the loop. */
public interface NameResolver {
    /** Knows no names at all. */
    NameResolver NONE = name -> List.of();

    /** The addresses of {@code name} in the resolver's order of preference; none if it has no answer. */
    List<IpAddress> lookup(String name);
}
