// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v2;

import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.proposal.AlgorithmSuites;
import org.jswan.proposal.ProposalBuilder;
import org.jswan.proposal.ProposalBuilder.ChildGroups;
import org.jswan.proposal.ProposalBuilder.SequenceNumbers;
import org.jswan.proposal.ProposalException;
import org.jswan.proposal.ProposalParser;
import org.jswan.proposal.Proposals;
import org.jswan.proposal.SecurityProtocol;
import org.jswan.wire.IkeVersion;

/** The proposals that follow from a connection's {@code ike=} and {@code esp=} and its policies. */
final class ConnectionProposals {
    private ConnectionProposals() {}

    static Proposals ike(Connection connection) {
        return ProposalBuilder.ike(ikeSuites(connection));
    }

    static Proposals child(Connection connection, ChildGroups groups) {
        SequenceNumbers numbers =
                new SequenceNumbers(connection.has(ConnectionPolicy.ESN_YES), connection.has(ConnectionPolicy.ESN_NO));
        return ProposalBuilder.child(
                childSuites(connection), groups, numbers, connection.has(ConnectionPolicy.MSDH_DOWNGRADE));
    }

    private static AlgorithmSuites ikeSuites(Connection connection) {
        try {
            return ProposalParser.ike(IkeVersion.V2, remark -> {})
                    .parse(connection.config().ikeProposal());
        } catch (ProposalException checkedBefore) {
            throw new IllegalStateException(checkedBefore);
        }
    }

    private static AlgorithmSuites childSuites(Connection connection) {
        try {
            return ProposalParser.child(
                            connection.has(ConnectionPolicy.ENCRYPT) ? SecurityProtocol.ESP : SecurityProtocol.AH,
                            IkeVersion.V2,
                            connection.has(ConnectionPolicy.PFS),
                            ProposalParser::hasXfrmName,
                            remark -> {})
                    .parse(connection.config().childProposal());
        } catch (ProposalException checkedBefore) {
            throw new IllegalStateException(checkedBefore);
        }
    }
}
