// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Gateways send their peers elsewhere (RFC 5685): by the answer to IKE_SA_INIT or IKE_AUTH, or at any time later. Knows how
 * negotiations begin and end; the exchanges ask it what to send.
 */
package org.jswan.redirect;
