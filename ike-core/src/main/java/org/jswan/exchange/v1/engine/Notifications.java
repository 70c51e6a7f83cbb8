// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v1.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jswan.base.Bytes;
import org.jswan.exchange.v1.engine.IsakmpTransmitter.Information;
import org.jswan.impair.Impairment;
import org.jswan.log.LogSink;
import org.jswan.log.Logger;
import org.jswan.log.RcCode;
import org.jswan.sa.ChildSa;
import org.jswan.sa.IkeSa;
import org.jswan.sa.Sa;
import org.jswan.wire.Payload;
import org.jswan.wire.v1.DeletePayload;
import org.jswan.wire.v1.Doi;
import org.jswan.wire.v1.NotificationPayload;
import org.jswan.wire.v1.NotificationType;
import org.jswan.wire.v1.ProtocolId;
import org.jswan.world.World;

/** Tells peers why something is refused, and that SAs end (RFC 2408 §3.14, §3.15). */
public final class Notifications {
    private static final Duration BETWEEN_UNPROVEN = Duration.ofSeconds(1);

    /** Octets of the SPI of an ISAKMP SA: both cookies. */
    private static final int COOKIES = 16;

    private final World world;
    private final LogSink strangers;
    private final IsakmpTransmitter transmitter;

    /** @param strangers the log for what belongs to no SA */
    public Notifications(World world, LogSink strangers, IsakmpTransmitter transmitter) {
        this.world = world;
        this.strangers = strangers;
        this.transmitter = transmitter;
    }

    /** An SA's message is refused: protected as soon as there are keys. */
    public void refuse(Sa sa, NotificationType type) {
        transmitter.statistics().countError("sent", type);
        if (isNeverTold(type)) {
            return;
        }
        IkeSa ike = sa.ike();
        boolean encrypted = isProtected(ike, type);
        sa.logger()
                .log(
                        RcCode.NOTIFICATION + type.number(),
                        "sending " + (encrypted ? "encrypted " : "") + "notification " + type.shortName() + " to "
                                + ike.remote());
        if (encrypted) {
            transmitter.inform(ike, sa, Information.REFUSAL, List.of(payload(type)), "notification packet");
        } else {
            transmitter.informInClear(ike, payload(type), "notification packet");
        }
    }

    /** As libreswan: who did not encrypt what should be may not be able to. */
    private static boolean isProtected(IkeSa ike, NotificationType type) {
        return ike.state().isSecured() && ike.phase1().hasKeys() && !type.equals(NotificationType.INVALID_FLAGS);
    }

    /** The same for a message that anybody may have sent: once a second at most, for it may be one of many. */
    void refuseUnproven(Sa sa, NotificationType type) {
        if (isProtected(sa.ike(), type)) {
            if (!sa.v1().mayRefuseUnproven(world.clock().nanos(), BETWEEN_UNPROVEN)) {
                sa.logger().debug("no more than one refusal a second of what is not proven");
                return;
            }
        }
        refuse(sa, type);
    }

    /** A message of no SA is refused. */
    public void refuse(IsakmpMessage message, NotificationType type) {
        transmitter.statistics().countError("sent", type);
        if (isNeverTold(type)) {
            return;
        }
        new Logger(strangers, message.prefix())
                .log(
                        RcCode.NOTIFICATION + type.number(),
                        "sending notification " + type.shortName() + " to " + message.sender());
        transmitter.answerInClear(message, payload(type));
    }

    /** As libreswan: it means to tell of nonsense once a second, but its clock never lets one through. */
    private static boolean isNeverTold(NotificationType type) {
        return type.equals(NotificationType.PAYLOAD_MALFORMED);
    }

    private static NotificationPayload payload(NotificationType type) {
        return new NotificationPayload(Doi.IPSEC, ProtocolId.ISAKMP, Bytes.EMPTY, type, Bytes.EMPTY);
    }

    /** The peer may forget what it had with us before. */
    public static NotificationPayload initialContact(IkeSa ike) {
        return withCookies(ike, NotificationType.INITIAL_CONTACT, Bytes.EMPTY);
    }

    private static NotificationPayload withCookies(IkeSa ike, NotificationType type, Bytes data) {
        Bytes cookies = ike.initiatorSpi().octets().plus(ike.responderSpi().octets());
        return new NotificationPayload(Doi.IPSEC, ProtocolId.ISAKMP, cookies, type, data);
    }

    /** Tells something that is no refusal, of the ISAKMP SA itself: its cookies go along. */
    public void tell(IkeSa ike, NotificationType type, Bytes data) {
        transmitter.inform(ike, ike, Information.NOTICE, List.of(withCookies(ike, type, data)), "ISAKMP notify");
    }

    /** An ISAKMP SA ends. */
    public void delete(IkeSa ike) {
        if (!ike.phase1().hasKeys()) {
            return;
        }
        Bytes cookies = ike.initiatorSpi().octets().plus(ike.responderSpi().octets());
        transmitter.inform(
                ike,
                ike,
                Information.DELETE,
                List.of(new DeletePayload(Doi.IPSEC, ProtocolId.ISAKMP, cookies.length(), List.of(cookies))),
                "delete notify");
    }

    /** An IPsec SA ends; {@code by} tells. */
    public void delete(IkeSa by, ChildSa child) {
        child.inbound().ifPresent(id -> {
            Bytes spi = ChildSa.spiOctets(id.spi());
            List<Payload> payloads = new ArrayList<>();
            payloads.add(new DeletePayload(Doi.IPSEC, child.wireProtocol(), Integer.BYTES, List.of(spi)));
            if (world.impair().on(Impairment.IKEV1_DEL_WITH_NOTIFY)) {
                child.logger().log("IMPAIR: adding bogus Notify payload after IKE Delete payload");
                payloads.add(new NotificationPayload(
                        Doi.IPSEC, ProtocolId.ISAKMP, COOKIES, NotificationType.INVALID_PAYLOAD_TYPE, spi));
            }
            transmitter.inform(by, child, Information.DELETE, payloads, "delete notification");
        });
    }
}
