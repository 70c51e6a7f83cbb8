// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v1.quick;

import java.util.Optional;
import org.jswan.base.SecurityLabel;
import org.jswan.connection.LabelCheck;
import org.jswan.kernel.SecurityModule;
import org.jswan.proposal.Phase2Labels;
import org.jswan.sa.ChildSa;

/** The security label of an IPsec SA: that of the packet which wants it, else the connection's. */
final class QuickLabels {
    private QuickLabels() {}

    /** @param number that of the attribute */
    static Phase2Labels of(ChildSa child, SecurityModule module, int number) {
        Optional<SecurityLabel> range = child.connection().config().securityLabel();
        if (range.isEmpty()) {
            return Phase2Labels.none(number);
        }
        LabelCheck check = new LabelCheck(module);
        return new Phase2Labels(
                number,
                child.phase2().label().or(() -> range),
                label -> check.isWithin("remote", label, range.get(), child.logger())
                        ? Optional.empty()
                        : Optional.of("received IPsec Security Label '" + label
                                + "' not within range of our configured security label '" + range.get() + "'"));
    }
}
