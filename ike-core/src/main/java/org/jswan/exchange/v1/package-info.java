// SPDX-License-Identifier: GPL-2.0-or-later
/** IKEv1 as a whole (RFC 2408, RFC 2409): its exchanges put together, and how one leads to another. */
package org.jswan.exchange.v1;
