// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v1;

import java.util.Optional;
import org.jswan.log.Logger;
import org.jswan.log.RcCode;
import org.jswan.sa.IkeSa;
import org.jswan.sa.Sa;
import org.jswan.wire.v1.DeletePayload;
import org.jswan.wire.v1.NotificationPayload;
import org.jswan.wire.v1.NotificationType;
import org.jswan.world.World;

/** Informational exchanges: what the peer tells without being asked (RFC 2408 §4.8, RFC 2409 §5.7). */
final class IsakmpInformational {
    private final World world;

    IsakmpInformational(World world) {
        this.world = world;
    }

    /** @param ike the SA that protects it, or that it may be about if it is in clear: then it changes nothing */
    void received(Optional<IkeSa> ike, IsakmpMessage message) {
        Logger logger = ike.map(Sa::logger).orElseGet(() -> new Logger(world.log(), message.prefix()));
        Optional<NotificationPayload> notification = message.first(NotificationPayload.class);
        if (notification.isEmpty()) {
            if (message.first(DeletePayload.class).isEmpty()) {
                logger.log(RcCode.LOG_SERIOUS, "received and ignored empty informational notification payload");
            }
            return;
        }
        NotificationType type = notification.get().notificationType();
        logger.log(RcCode.LOG_SERIOUS, "received and ignored notification payload: " + type.shortName());
    }
}
