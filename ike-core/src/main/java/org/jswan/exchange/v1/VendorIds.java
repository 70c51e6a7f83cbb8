// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v1;

import java.util.List;
import org.jswan.connection.Connection;
import org.jswan.wire.Payload;

/** What we tell peers that we are and can (RFC 2408 §3.16). */
final class VendorIds {
    private VendorIds() {}

    static List<Payload> ofInitiator(Connection c) {
        return List.of();
    }
}
