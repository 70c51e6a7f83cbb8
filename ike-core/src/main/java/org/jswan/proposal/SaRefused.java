// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.proposal;

import java.util.Optional;
import org.jswan.wire.v1.NotificationType;

/** Ends the look through an SA payload of IKEv1: nothing in it will do. */
final class SaRefused extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient NotificationType notification;
    private final transient Optional<LogLine> line;

    /**
     * @param notification what the peer is told
     * @param line what is logged about it
     */
    SaRefused(NotificationType notification, Optional<LogLine> line) {
        this.notification = notification;
        this.line = line;
    }

    /** What does not keep to the rules of proposals. */
    static SaRefused badSyntax(String text) {
        return new SaRefused(NotificationType.BAD_PROPOSAL_SYNTAX, Optional.of(LogLine.serious(text)));
    }

    NotificationType notification() {
        return notification;
    }

    Optional<LogLine> line() {
        return line;
    }
}
