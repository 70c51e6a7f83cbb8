// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.connection;

/** What happens to packets of a connection that has no IPsec SA: before, during or after a failed negotiation. */
public enum Shunt {
    NONE,
    /** Packets wait, which is to say that they are lost, until the negotiation has ended. */
    HOLD,
    /** The first packet starts a negotiation. */
    TRAP,
    PASS,
    DROP,
    REJECT
}
