// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * What two ends negotiate: {@code ike=}, {@code esp=} and {@code ah=} strings parsed to {@link org.jswan.proposal.AlgorithmSuites}, those
 * turned into proposals of IKEv2, and the choice among the other end's. It knows algorithms and the records of an SA
 * payload, but no SA, no connection and no log: lines to log are returned.
 */
package org.jswan.proposal;
