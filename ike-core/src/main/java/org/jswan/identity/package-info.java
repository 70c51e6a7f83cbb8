// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * IKE identities: their kinds, text and octets, distinguished names, and which secret belongs to a pair of them. Knows
 * no connection, SA, message or file.
 */
package org.jswan.identity;
