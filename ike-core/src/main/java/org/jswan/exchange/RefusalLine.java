// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange;

import org.jswan.log.Logger;
import org.jswan.log.RcCode;
import org.jswan.sa.IkeSa;
import org.jswan.wire.ExchangeType;
import org.jswan.wire.IkeHeader;
import org.jswan.wire.NotifyType;

/** What is logged when a request of an IKE SA is answered by nothing but why it is refused. */
public final class RefusalLine {
    private RefusalLine() {}

    /** @param logger of the SA that does not come about, or of the IKE SA */
    public static void log(Logger logger, IkeSa ike, Incoming request, NotifyType why) {
        IkeHeader header = request.header();
        boolean clear = header.exchange().equals(ExchangeType.IKE_SA_INIT);
        logger.log(
                RcCode.NOTIFICATION + why.number(),
                "responding to " + header.exchange().shortName() + " message (ID " + header.messageId() + ") from "
                        + ike.remote() + " with " + (clear ? "unencrypted" : "encrypted") + " notification "
                        + why.shortName());
    }
}
