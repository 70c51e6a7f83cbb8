// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v2.child;

import java.util.List;
import java.util.Optional;
import org.jswan.base.SecurityLabel;
import org.jswan.connection.Connection;
import org.jswan.connection.LabelCheck;
import org.jswan.log.Logger;
import org.jswan.wire.v2.TrafficSelector.Label;
import org.jswan.wire.v2.TsPayload;

/** The labels among the traffic selectors of a peer, beside that of a connection. */
final class LabelSelection {
    private final LabelCheck check;

    LabelSelection(LabelCheck check) {
        this.check = check;
    }

    /**
     * What came of it.
     *
     * @param label the one that the Child SA is for, if the connection has labels
     */
    record Choice(boolean fits, Optional<SecurityLabel> label) {
        static final Choice NONE_WANTED = new Choice(true, Optional.empty());
        static final Choice UNFIT = new Choice(false, Optional.empty());
    }

    /** Both payloads must name a label that the connection's range has, or neither any if the connection has none. */
    Choice choose(Connection c, TsPayload tsi, TsPayload tsr, Logger logger) {
        Optional<SecurityLabel> range = c.config().securityLabel();
        List<SecurityLabel> asking = labels(tsi);
        List<SecurityLabel> asked = labels(tsr);
        if (range.isEmpty()) {
            return asking.isEmpty() && asked.isEmpty() ? Choice.NONE_WANTED : Choice.UNFIT;
        }
        if (asking.isEmpty()
                || asked.isEmpty()
                || within(asking, range.get(), logger).isEmpty()) {
            return Choice.UNFIT;
        }
        Optional<SecurityLabel> chosen = within(asked, range.get(), logger);
        return new Choice(chosen.isPresent(), chosen);
    }

    private static List<SecurityLabel> labels(TsPayload payload) {
        return payload.selectors().stream()
                .filter(Label.class::isInstance)
                .map(selector -> new SecurityLabel(((Label) selector).octets()))
                .toList();
    }

    private Optional<SecurityLabel> within(List<SecurityLabel> labels, SecurityLabel range, Logger logger) {
        return labels.stream()
                .filter(label -> check.isWithin("Traffic Selector", label, range, logger))
                .findFirst();
    }
}
