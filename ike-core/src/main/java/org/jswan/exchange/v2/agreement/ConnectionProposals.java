// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v2.agreement;

import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.proposal.ProposalBuilder;
import org.jswan.proposal.ProposalBuilder.ChildGroups;
import org.jswan.proposal.ProposalBuilder.SequenceNumbers;
import org.jswan.proposal.Proposals;

/** The proposals that follow from a connection's {@code ike=} and {@code esp=} and its policies. */
public final class ConnectionProposals {
    private ConnectionProposals() {}

    /** For IKE SAs: as configured, or the default. */
    public static Proposals ike(Connection connection) {
        return ProposalBuilder.ike(connection.config().ikeSuites().orElseThrow());
    }

    /** For Child SAs: as configured, or the default, with these groups for PFS. */
    public static Proposals child(Connection connection, ChildGroups groups) {
        SequenceNumbers numbers =
                new SequenceNumbers(connection.has(ConnectionPolicy.ESN_YES), connection.has(ConnectionPolicy.ESN_NO));
        return ProposalBuilder.child(
                connection.config().childSuites().orElseThrow(),
                groups,
                numbers,
                connection.has(ConnectionPolicy.MSDH_DOWNGRADE));
    }
}
