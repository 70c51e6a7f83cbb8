// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * What the kernel and the machine have for connections: policies, routes, SAs, updown, and the commands that change them.
 * {@link org.jswan.routing.Routing} does one thing after the other; {@link org.jswan.routing.RoutingTable} says which
 * event does what in which state.
 */
package org.jswan.routing;
