// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.proposal;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * What this end accepts for an ISAKMP SA.
 *
 * @param suites of {@code ike=}; if they are the defaults, any algorithm is accepted that this daemon has
 * @param initiator whether this end began, so that it checks an answer
 * @param auth by what the peer has to prove itself; empty if by nothing that IKEv1 has
 * @param xauthClient whether this end proves itself by XAUTH to the other; {@code xauthServer} the other way round
 */
public record Phase1Policy(
        AlgorithmSuites suites,
        boolean initiator,
        Optional<Phase1Auth> auth,
        boolean xauthClient,
        boolean xauthServer,
        PresharedKey key) {

    /**
     * What is known about the pre-shared key of the ends of a connection.
     *
     * @param connection its name
     * @param length of the key in octets; empty if there is none
     * @param local the ID of this end, as logs show it
     * @param remote of the peer, {@code %any} if it was put in for this peer only
     */
    public record PresharedKey(String connection, OptionalInt length, String local, String remote) {}

    boolean xauthOfInitiator() {
        return initiator ? xauthClient : xauthServer;
    }

    boolean xauthOfResponder() {
        return initiator ? xauthServer : xauthClient;
    }

    String role() {
        return initiator ? "initiator" : "responder";
    }
}
