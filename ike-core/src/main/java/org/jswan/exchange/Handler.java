// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange;

import org.jswan.sa.IkeSa;

/** Does the work of a transition and says how it went; it sends nothing, sets no state and arms no timer itself. */
@FunctionalInterface
public interface Handler {
    /** @throws ProtocolFailure what the peer is to be told and how far the damage goes */
    Verdict handle(IkeSa ike, Incoming message) throws ProtocolFailure;
}
