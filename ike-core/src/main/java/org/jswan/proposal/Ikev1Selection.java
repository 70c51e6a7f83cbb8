// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.proposal;

import java.util.List;
import org.jswan.wire.v1.NotificationType;

/** What comes of comparing what an IKEv1 peer proposes, or says that it chose, with what this end accepts. */
public sealed interface Ikev1Selection<C> permits Ikev1Selection.Chosen, Ikev1Selection.Refused {
    /**
     * Something was found.
     *
     * @param log lines to log: what was passed over before
     */
    record Chosen<C>(C choice, List<LogLine> log) implements Ikev1Selection<C> {
        public Chosen {
            log = List.copyOf(log);
        }
    }

    /**
     * The SA payload is refused.
     *
     * @param notification what the peer is told
     * @param log lines to log, the reason last
     */
    record Refused<C>(NotificationType notification, List<LogLine> log) implements Ikev1Selection<C> {
        public Refused {
            log = List.copyOf(log);
        }
    }
}
