// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The daemon as a process: options, the one loop, IKE sockets, the control socket, helpers, scripts, logs, start and end.
 * It wires {@code org.jswan.pluto.Pluto} to the machine and knows nothing of IKE itself.
 */
package org.jswan.daemon;
