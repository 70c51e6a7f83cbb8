// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.proposal;

import java.time.Duration;

/**
 * What a connection wants of its IPsec SAs.
 *
 * @param suites of {@code esp=} or {@code ah=}; if they are the defaults, any algorithm is accepted that the kernel has
 * @param encrypt whether ESP is asked for; {@code authenticate} AH, {@code compress} IPCOMP
 * @param life of the SAs, whole seconds
 * @param connection as the log shows it, quotation marks and instance included
 * @param peer address, as the log shows it
 * @param labels the security label
 */
public record Phase2Policy(
        AlgorithmSuites suites,
        boolean encrypt,
        boolean authenticate,
        boolean compress,
        Duration life,
        String connection,
        String peer,
        Phase2Labels labels) {

    /** Without a label. */
    public Phase2Policy(
            AlgorithmSuites suites,
            boolean encrypt,
            boolean authenticate,
            boolean compress,
            Duration life,
            String connection,
            String peer) {
        this(
                suites,
                encrypt,
                authenticate,
                compress,
                life,
                connection,
                peer,
                Phase2Labels.none(Phase2Labels.DEFAULT_NUMBER));
    }
}
