// SPDX-License-Identifier: GPL-2.0-or-later
/** Quick Mode: an ISAKMP SA makes IPsec SAs for clients that their initiator names (RFC 2409 §5.5). */
package org.jswan.exchange.v1.quick;
