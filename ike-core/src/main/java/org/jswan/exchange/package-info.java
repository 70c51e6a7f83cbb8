// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * What every IKEv2 exchange goes through: the dispatcher that finds the IKE SA and the transition, decrypts, checks
 * payloads, sends, retransmits and ends; the transitions as rows of a table; the verdicts of their handlers. The
 * exchanges themselves are in {@link org.jswan.exchange.v2}.
 */
package org.jswan.exchange;
