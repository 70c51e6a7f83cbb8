// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v1.informational;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jswan.exchange.Context;
import org.jswan.exchange.v1.engine.IsakmpMessage;
import org.jswan.log.Logger;
import org.jswan.log.RcCode;
import org.jswan.sa.IkeSa;
import org.jswan.sa.Sa;
import org.jswan.wire.ExchangeType;
import org.jswan.wire.v1.DeletePayload;
import org.jswan.wire.v1.NotificationPayload;
import org.jswan.wire.v1.NotificationType;

/** Informational exchanges: what the peer tells without being asked (RFC 2408 §4.8, RFC 2409 §5.7). */
public final class IsakmpInformational {

    /** What a generic payload header and a notification without SPI and data take, in octets. */
    private static final int NOTIFICATION_HEAD = 12;

    /** Those that are heeded in an exchange of their own. */
    private static final Set<NotificationType> HEEDED = Set.of(
            NotificationType.R_U_THERE,
            NotificationType.R_U_THERE_ACK,
            NotificationType.PAYLOAD_MALFORMED,
            NotificationType.INVALID_MESSAGE_ID,
            NotificationType.RESPONDER_LIFETIME);

    private final Context context;
    private final DeadPeers deadPeers;

    public IsakmpInformational(Context context, DeadPeers deadPeers) {
        this.context = context;
        this.deadPeers = deadPeers;
    }

    /** Notifications that came along with something else, or that mean nothing: they are told. */
    public void tell(Optional<? extends Sa> sa, IsakmpMessage message) {
        List<NotificationPayload> all = message.all(NotificationPayload.class).toList();
        boolean alone = message.header().exchange().equals(ExchangeType.INFO);
        for (NotificationPayload notification : all) {
            NotificationType type = notification.notificationType();
            if (alone && HEEDED.contains(type)) {
                continue;
            }
            if (sa.isEmpty()) {
                context.world()
                        .logger()
                        .debug("ignoring informational payload " + type.shortName() + ", no corresponding state");
                continue;
            }
            sa.get()
                    .logger()
                    .log(
                            RcCode.LOG_SERIOUS,
                            String.format(
                                    "ignoring informational payload %s, msgid=%08x, length=%d",
                                    type.shortName(),
                                    sa.get().v1().messageId(),
                                    NOTIFICATION_HEAD + notification.content().length()));
        }
    }

    /** @param ike the SA that protects it, or that it may be about if it is in clear: then it changes nothing */
    public void received(Optional<IkeSa> ike, IsakmpMessage message) {
        // As libreswan, whose transition for these always ends as an "ignored" one.
        context.sas().statistics().count("total.pluto.stf.STF_FAIL_v1N");
        Logger logger = ike.map(Sa::logger).orElseGet(() -> new Logger(context.strangers(), message.prefix()));
        Optional<NotificationPayload> first = message.first(NotificationPayload.class);
        if (first.isEmpty()) {
            if (message.first(DeletePayload.class).isEmpty()) {
                logger.log(RcCode.LOG_SERIOUS, "received and ignored empty informational notification payload");
            }
            return;
        }
        NotificationPayload notification = first.get();
        NotificationType type = notification.notificationType();
        context.sas().statistics().countError("recv", type);
        logger.debug("processing informational " + type.shortName() + " (" + type.number() + ")");
        boolean question = type.equals(NotificationType.R_U_THERE);
        if (question || type.equals(NotificationType.R_U_THERE_ACK)) {
            if (ike.isEmpty()) {
                logger.log("received bogus " + type.shortName() + " informational message");
            } else if (question) {
                deadPeers.asked(ike.get(), notification);
            } else {
                deadPeers.answered(ike.get(), notification);
            }
        } else if (type.equals(NotificationType.PAYLOAD_MALFORMED)) {
            ike.ifPresent(IsakmpInformational::malformed);
        } else {
            logger.log(RcCode.LOG_SERIOUS, "received and ignored notification payload: " + type.shortName());
        }
    }

    /** Anybody can send this in clear, so that it is told and ends nothing. */
    private static void malformed(IkeSa ike) {
        ike.logger().log("received " + ike.v1().countMalformedReceived() + " malformed payload notifies");
    }
}
