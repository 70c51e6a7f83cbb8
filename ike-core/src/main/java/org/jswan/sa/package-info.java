// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * IKE SAs and Child SAs, their database, their message windows and retransmission. Knows connections (below it) and
 * nothing of exchanges (above it): no message is built or read here.
 */
package org.jswan.sa;
