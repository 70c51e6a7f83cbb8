// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v2;

import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.proposal.ProposalBuilder;
import org.jswan.proposal.ProposalBuilder.ChildGroups;
import org.jswan.proposal.ProposalBuilder.SequenceNumbers;
import org.jswan.proposal.Proposals;

/** The proposals that follow from a connection's {@code ike=} and {@code esp=} and its policies. */
final class ConnectionProposals {
    private ConnectionProposals() {}

    static Proposals ike(Connection connection) {
        return ProposalBuilder.ike(connection.config().ikeSuites().orElseThrow());
    }

    static Proposals child(Connection connection, ChildGroups groups) {
        SequenceNumbers numbers =
                new SequenceNumbers(connection.has(ConnectionPolicy.ESN_YES), connection.has(ConnectionPolicy.ESN_NO));
        return ProposalBuilder.child(
                connection.config().childSuites().orElseThrow(),
                groups,
                numbers,
                connection.has(ConnectionPolicy.MSDH_DOWNGRADE));
    }
}
