// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange;

import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;
import org.jswan.base.Bytes;
import org.jswan.connection.Ikev1Policy;
import org.jswan.log.Logger;
import org.jswan.wire.ExchangeType;
import org.jswan.wire.IkeHeader;
import org.jswan.wire.IkeVersion;
import org.jswan.wire.PayloadType;
import org.jswan.wire.v1.Doi;
import org.jswan.wire.v1.Message;
import org.jswan.wire.v1.NotificationPayload;
import org.jswan.wire.v1.NotificationType;
import org.jswan.wire.v1.ProtocolId;

/** Packets of IKEv1: taken, dropped or rejected as {@code ikev1-policy=} says. */
final class Ikev1Packets {
    private final Ikev1Policy policy;
    private final Consumer<Incoming> taken;
    private final LogLimiter log;
    private final Logger debug;

    /** @param taken whoever speaks IKEv1 */
    Ikev1Packets(Ikev1Policy policy, Consumer<Incoming> taken, LogLimiter log, Logger debug) {
        this.policy = policy;
        this.taken = taken;
        this.log = log;
        this.debug = debug;
    }

    void packet(Incoming message) {
        switch (policy) {
            case ACCEPT -> taken.accept(message);
            case DROP -> log.log(
                    message.socket(),
                    message.sender(),
                    "ignoring IKEv1 packet as policy is set to silently drop all IKEv1 packets");
            case REJECT -> {
                log.log(
                        message.socket(),
                        message.sender(),
                        "rejecting IKEv1 packet as policy is set to reject all IKEv1 packets");
                reject(message);
            }
        }
    }

    /** An Informational exchange in clear, RFC 2408 §3.14. */
    private void reject(Incoming message) {
        NotificationType type = NotificationType.INVALID_MAJOR_VERSION;
        log.log(
                message.socket(),
                message.sender(),
                "sending notification " + type.shortName() + " to " + message.sender());
        IkeHeader header = new IkeHeader(
                message.header().initiatorSpi(),
                message.header().responderSpi(),
                PayloadType.NONE,
                IkeVersion.V1,
                ExchangeType.INFO,
                0,
                0,
                IkeHeader.LENGTH);
        Bytes octets = Message.of(
                        header,
                        List.of(new NotificationPayload(Doi.IPSEC, ProtocolId.ISAKMP, Bytes.EMPTY, type, Bytes.EMPTY)))
                .octets();
        try {
            message.socket().send(message.sender(), octets);
        } catch (IOException refused) {
            debug.debug("reply to " + message.sender() + " failed: " + refused.getMessage());
        }
    }
}
