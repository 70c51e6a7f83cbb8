// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.routing;

/** What changes a connection's routing. */
public enum RoutingEvent {
    /** The user wants the first packet to start a negotiation. */
    TRAP,
    /** The user wants it no more, or the connection goes. */
    UNTRAP,
    /** A packet met the trap. */
    ACQUIRE,
    /** An instance is about to be made for a packet that met the trap of this template. */
    INSTANTIATE,
    /** The instance that had the place of this template's trap is gone. */
    INSTANCE_GONE,
    /** The peer did not agree to anything, or did not answer. */
    NEGOTIATION_FAILED,
    /** A Child SA was negotiated. */
    ESTABLISH,
    /** The Child SA that policies are for is gone. */
    TEARDOWN
}
