// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.proposal;

import java.util.List;
import java.util.stream.Collectors;

/**
 * What an {@code ike=}, {@code esp=} or {@code ah=} string says.
 *
 * @param defaulted whether there was no string, so that these are the defaults
 */
public record AlgorithmSuites(SecurityProtocol protocol, boolean defaulted, List<AlgorithmSuite> all) {
    public AlgorithmSuites {
        all = List.copyOf(all);
    }

    /** As status lines print it: the suites with commas between. */
    @Override
    public String toString() {
        return all.stream().map(AlgorithmSuite::toString).collect(Collectors.joining(", "));
    }
}
