// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The IKEv2 exchanges: for each its message diagram, its rows, its handlers; and the parts that several of them share.
 */
package org.jswan.exchange.v2;
