// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.proposal;

import java.time.Duration;
import org.jswan.base.Bytes;
import org.jswan.wire.WireProposal;

/**
 * What two ends agreed upon for IPCOMP, always by DEFLATE.
 *
 * @param cpi which the peer chose and this end sends with, two octets; the well-known one of DEFLATE, 2, is not only this SA's
 * @param mode as it was on the wire, transport if it was not
 * @param life as that of a {@link Phase2Sa}
 * @param chosen the proposal as it came, with only the transform that was chosen
 */
public record Phase2Compression(Bytes cpi, EncapsulationMode mode, Duration life, WireProposal chosen) {}
