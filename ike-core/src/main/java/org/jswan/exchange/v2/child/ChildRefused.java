// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v2.child;

import java.util.List;
import org.jswan.base.Bytes;
import org.jswan.wire.NotifyType;
import org.jswan.wire.Payload;
import org.jswan.wire.v2.NotifyPayload;

/** A Child SA that will not be: the notify tells the peer why, the log was told already. */
public final class ChildRefused extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient NotifyPayload notify;

    ChildRefused(NotifyType why) {
        this(why, Bytes.EMPTY);
    }

    ChildRefused(NotifyType why, Bytes data) {
        super(why.shortName(), null, false, false);
        this.notify = NotifyPayload.of(why, data);
    }

    NotifyType why() {
        return notify.notifyType();
    }

    /** What the peer is answered in place of a Child SA. */
    List<Payload> answer() {
        return List.of(notify);
    }
}
