// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.proposal;

import java.time.Duration;
import java.util.Optional;
import org.jswan.base.Bytes;
import org.jswan.base.SecurityLabel;
import org.jswan.crypto.ChildSuite;
import org.jswan.wire.WireProposal;

/**
 * What two ends agreed upon for an ESP or AH SA.
 *
 * @param spi which the peer chose and this end sends with, four octets
 * @param mode as it was on the wire
 * @param life after which the SA ends, as proposed, but at most a day
 * @param chosen the proposal as it came, with only the transform that was chosen
 * @param label the security label of that
 */
public record Phase2Sa(
        Bytes spi,
        ChildSuite suite,
        EncapsulationMode mode,
        Duration life,
        WireProposal chosen,
        Optional<SecurityLabel> label) {}
