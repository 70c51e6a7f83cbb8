// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.proposal;

/** An {@code ike=}, {@code esp=} or {@code ah=} string that cannot be used; the message is for the user. */
public class ProposalException extends Exception {
    private static final long serialVersionUID = 1L;

    ProposalException(String message) {
        super(message);
    }
}
