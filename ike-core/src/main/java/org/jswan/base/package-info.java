// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Values that everything else is built from: octet strings, secrets, serial numbers, addresses, ranges, subnets,
 * selectors and endpoints. Knows nothing of IKE messages, SAs or connections.
 */
package org.jswan.base;
