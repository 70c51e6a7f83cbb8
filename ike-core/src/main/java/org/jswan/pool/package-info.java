// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Address pools: ranges of addresses, and which connection has been given which of them. Knows connections by their
 * serial numbers only.
 */
package org.jswan.pool;
