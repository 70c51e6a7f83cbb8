// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The exchanges of IKEv1 (RFC 2408, RFC 2409): the engine that runs their transitions, Main and Aggressive Mode,
 * XAUTH and Mode Config, Quick Mode, Informational exchanges and dead peer detection.
 */
package org.jswan.exchange.v1;
