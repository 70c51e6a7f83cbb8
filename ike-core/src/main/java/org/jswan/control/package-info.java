// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Control of the daemon: the typed request that a command of whack or auto comes down to, and the octets that clients
 * and daemon exchange. Knows neither sockets nor how a command line is written; see {@code docs/control-protocol.md}.
 */
package org.jswan.control;
