// SPDX-License-Identifier: GPL-2.0-or-later
/** Informational exchanges: deletes, notifications, and whether a peer is dead (RFC 2409 §5.7, RFC 3706). */
package org.jswan.exchange.v1.informational;
