// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.connection;

/** What the kernel has for a connection's traffic; the texts are those of the status lines. */
public enum RoutingState {
    UNROUTED("unrouted"),
    /** Packets are dropped while it is negotiated; no route. */
    UNROUTED_HOLD("unrouted HOLD"),
    /** The trap of a template whose instance has the policy now. */
    ROUTED_ECLIPSED("eroute eclipsed"),
    /** Route and trap: the first packet starts a negotiation. */
    ROUTED_PROSPECTIVE("prospective erouted"),
    ROUTED_HOLD("erouted HOLD"),
    /** Route and the shunt for a negotiation that failed. */
    ROUTED_FAILURE("fail erouted"),
    /** Route and policies of a Child SA. */
    ROUTED_TUNNEL("erouted"),
    /** Its policies are a template's now, or, while its SA moves to another address, its route is gone for a while. */
    UNROUTED_KEYED("keyed, unrouted");

    private final String text;

    RoutingState(String text) {
        this.text = text;
    }

    /** Whether updown made a route that has to be taken away. */
    public boolean isRouted() {
        return switch (this) {
            case UNROUTED, UNROUTED_HOLD, UNROUTED_KEYED -> false;
            case ROUTED_ECLIPSED, ROUTED_PROSPECTIVE, ROUTED_HOLD, ROUTED_FAILURE, ROUTED_TUNNEL -> true;
        };
    }

    /** Whether the kernel has policies of this connection. */
    public boolean hasPolicies() {
        return this != UNROUTED;
    }

    @Override
    public String toString() {
        return text;
    }
}
