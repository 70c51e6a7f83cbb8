// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.auth;

import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionKind;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.exchange.Context;
import org.jswan.identity.DistinguishedName;
import org.jswan.identity.IkeId;
import org.jswan.sa.IkeSa;

/** Whether a peer is asked for its certificate, and whose it may be. */
public final class AuthoritiesAsked {
    private final Context context;

    public AuthoritiesAsked(Context context) {
        this.context = context;
    }

    /** Whether the key of a connection's peer is known already. */
    public boolean isPeerKnown(Connection c) {
        IkeId peer = c.remote().id();
        return c.kind() == ConnectionKind.PERMANENT
                && context.publicKeys().all().stream()
                        .anyMatch(key -> key.until().isEmpty() && key.id().sameAs(peer));
    }

    /** The authority of a connection's peer; of an unknown peer those of all that it may turn out to be. */
    public Set<DistinguishedName> of(IkeSa ike) {
        Set<DistinguishedName> names = new LinkedHashSet<>();
        Connection c = ike.connection();
        if (c.kind() == ConnectionKind.PERMANENT) {
            c.remote().config().certificate().ca().ifPresent(names::add);
            return names;
        }
        context.connections().findByHosts(ike.socket().interfaceAddress().address(), Optional.empty()).stream()
                .filter(template -> template.kind() == ConnectionKind.TEMPLATE
                        && template.isOriented()
                        && !template.config().neverNegotiates()
                        && !template.has(ConnectionPolicy.OPPORTUNISTIC))
                .forEach(template ->
                        template.remote().config().certificate().ca().ifPresent(names::add));
        return names;
    }
}
