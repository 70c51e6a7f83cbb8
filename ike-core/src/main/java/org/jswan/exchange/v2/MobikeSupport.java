// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v2;

import java.util.List;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.connection.HostSpec;
import org.jswan.exchange.Incoming;
import org.jswan.sa.IkeSa;
import org.jswan.wire.NotifyType;
import org.jswan.wire.Payload;
import org.jswan.wire.v2.NotifyPayload;

/** In IKE_AUTH the ends tell each other whether they take part in MOBIKE (RFC 4555 §3.1). */
final class MobikeSupport {
    private MobikeSupport() {}

    /** For our request. */
    static List<Payload> offer(Connection c) {
        return c.has(ConnectionPolicy.MOBIKE) ? List.of(NotifyPayload.of(NotifyType.MOBIKE_SUPPORTED)) : List.of();
    }

    /** Our request was answered. */
    static void learn(IkeSa ike, Incoming response) {
        if (isWanted(ike, response)) {
            ike.setMobile();
        }
    }

    /** For our answer. As libreswan: only peers may move of whom the configuration knows no address. */
    static List<Payload> answer(IkeSa ike, Incoming request) {
        if (!isWanted(ike, request)) {
            return List.of();
        }
        if (ike.connection().remote().config().host().spec().kind() != HostSpec.Kind.ANY) {
            ike.logger().log("not responding with v2N_MOBIKE_SUPPORTED, that end is not %any");
            return List.of();
        }
        ike.setMobile();
        return List.of(NotifyPayload.of(NotifyType.MOBIKE_SUPPORTED));
    }

    private static boolean isWanted(IkeSa ike, Incoming message) {
        return ike.connection().has(ConnectionPolicy.MOBIKE) && message.has(NotifyType.MOBIKE_SUPPORTED);
    }
}
