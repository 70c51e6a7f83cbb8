// SPDX-License-Identifier: GPL-2.0-or-later
/** Child SAs, by IKE_AUTH and by CREATE_CHILD_SA; successors of SAs. */
package org.jswan.exchange.v2.child;
