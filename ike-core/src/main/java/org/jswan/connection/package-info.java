// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Connections: what the user asks for ({@link org.jswan.connection.ConnectionRequest} with its typed options), what is
 * checked and kept of it, the database of connections, orientation. Knows no exchange and no state of an SA; what the
 * kernel has for a connection is {@code routing}'s.
 */
package org.jswan.connection;
