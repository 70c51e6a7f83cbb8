// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * IKE SAs and their Child SAs move to other addresses (RFC 4555): because ours changed, or because the peer says that its
 * own did. Knows exchanges; no exchange knows it.
 */
package org.jswan.mobike;
