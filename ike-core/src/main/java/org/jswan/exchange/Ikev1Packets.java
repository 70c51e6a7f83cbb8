// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange;

import java.io.IOException;
import org.jswan.base.Bytes;
import org.jswan.connection.Ikev1Policy;
import org.jswan.log.Logger;
import org.jswan.wire.ExchangeType;
import org.jswan.wire.IkeHeader;
import org.jswan.wire.IkeVersion;
import org.jswan.wire.NotifyType;
import org.jswan.wire.PayloadType;
import org.jswan.wire.WireWriter;

/** Packets of IKEv1, which is not spoken yet: dropped or rejected as {@link Ikev1Policy} says. */
final class Ikev1Packets {
    /** The domain of interpretation of RFC 2407. */
    private static final int DOI_IPSEC = 1;

    private static final int PROTOCOL_ISAKMP = 1;

    /** An Informational exchange of RFC 2408. */
    private static final ExchangeType INFORMATIONAL = ExchangeType.of(5);

    /** The payload of RFC 2408 §3.14. */
    private static final PayloadType NOTIFICATION = PayloadType.of(11);

    /** Octets of a Notification payload without an SPI. */
    private static final int NOTIFICATION_LENGTH = 12;

    private final Ikev1Policy policy;
    private final LogLimiter log;
    private final Logger debug;

    Ikev1Packets(Ikev1Policy policy, LogLimiter log, Logger debug) {
        this.policy = policy;
        this.log = log;
        this.debug = debug;
    }

    void packet(Incoming message) {
        switch (policy) {
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
            case ACCEPT -> log.log(
                    message.socket(), message.sender(), "ignoring IKEv1 packet as IKEv1 is not supported yet");
        }
    }

    /**
     * An Informational exchange in clear, RFC 2408 §3.14:
     *
     * <pre>
     * | next payload  |   reserved    |        payload length         |
     * |              domain of interpretation (32 bits)               |
     * |  protocol     |   SPI size    |      notification type        |
     * </pre>
     */
    private void reject(Incoming message) {
        NotifyType type = NotifyType.INVALID_MAJOR_VERSION;
        log.log(
                message.socket(),
                message.sender(),
                "sending notification " + type.shortName() + " to " + message.sender());
        IkeHeader header = message.header();
        WireWriter out = new WireWriter();
        new IkeHeader(
                        header.initiatorSpi(),
                        header.responderSpi(),
                        NOTIFICATION,
                        IkeVersion.V1,
                        INFORMATIONAL,
                        0,
                        0,
                        IkeHeader.LENGTH + NOTIFICATION_LENGTH)
                .write(out);
        out.u8(0).u8(0).u16(NOTIFICATION_LENGTH);
        out.u32(DOI_IPSEC).u8(PROTOCOL_ISAKMP).u8(0).u16(type.number());
        Bytes octets = out.toBytes();
        try {
            message.socket().send(message.sender(), octets);
        } catch (IOException refused) {
            debug.debug("reply to " + message.sender() + " failed: " + refused.getMessage());
        }
    }
}
