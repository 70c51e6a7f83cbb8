// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * What all exchanges of IKEv1 go through (RFC 2408): from a datagram to the row of a state's transition, its handler, what the
 * verdict says, the answer and its repetition; notifications, vendor IDs and NATs.
 */
package org.jswan.exchange.v1.engine;
