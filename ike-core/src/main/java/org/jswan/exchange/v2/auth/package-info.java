// SPDX-License-Identifier: GPL-2.0-or-later
/** How the ends of an IKEv2 negotiation prove who they are. */
package org.jswan.exchange.v2.auth;
