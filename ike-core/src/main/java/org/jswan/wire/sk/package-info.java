// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The encrypted payload of IKEv2 (RFC 7296 section 3.14) and its fragments (RFC 7383): seals payloads into messages and
 * opens them, over the keys that a {@link org.jswan.crypto.Protection} holds. Says whether octets are authentic; what
 * to do about it is for the exchange.
 */
package org.jswan.wire.sk;
