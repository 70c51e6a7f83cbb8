// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.proposal;

import java.util.List;
import org.jswan.wire.NotifyType;

/** What comes of comparing the proposals of a peer with ours. */
public sealed interface Selection permits Selection.Chosen, Selection.Refused {
    /**
     * A proposal was found.
     *
     * @param proposal with one transform of each type, the number and the SPI of the peer's proposal
     * @param log lines to log: the responder says what it chose
     * @param debug lines to log when debugging is on
     */
    record Chosen(Proposal proposal, List<String> log, List<String> debug) implements Selection {}

    /**
     * None was found.
     *
     * @param notification what the peer is told: NO_PROPOSAL_CHOSEN or INVALID_SYNTAX
     * @param log lines to log, the reason among them
     */
    record Refused(NotifyType notification, List<String> log) implements Selection {}
}
