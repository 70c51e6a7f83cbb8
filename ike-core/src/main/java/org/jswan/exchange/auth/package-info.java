// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * What proving an identity takes in either version of IKE: our private key, the keys and certificates that may be the peer's,
 * and which connection is for whom. It knows no messages.
 */
package org.jswan.exchange.auth;
