// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The whole daemon over its ports: what a datagram, a command, a timer or a kernel event sets in motion. It wires the
 * other packages together and owns nothing of their work.
 */
package org.jswan.pluto;
