// SPDX-License-Identifier: GPL-2.0-or-later
/** What IKE_SA_INIT and CREATE_CHILD_SA have in common: proposals, nonces, key exchange. */
package org.jswan.exchange.v2.agreement;
