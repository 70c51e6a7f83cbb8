// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire.v1;

import org.jswan.base.Bytes;
import org.jswan.wire.Payload;
import org.jswan.wire.PayloadType;
import org.jswan.wire.WireException;
import org.jswan.wire.WireReader;
import org.jswan.wire.WireWriter;

/**
 * Notification, RFC 2408 section 3.14:
 *
 * <pre>
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                    domain of interpretation                   |
 * |  protocol ID  |   SPI size    |      notification type        |
 * |                              SPI                              |
 * |                       notification data                       |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 *
 * @param doi 32 bits; received ones are 0 or 1
 * @param protocol 8 bits
 * @param spiSize 8 bits, as it was announced: a received payload may be too short for it
 * @param notificationType received ones have a name
 * @param content SPI and notification data
 */
public record NotificationPayload(long doi, int protocol, int spiSize, NotificationType notificationType, Bytes content)
        implements Payload {

    /** @param spi at most 255 octets */
    public NotificationPayload(long doi, int protocol, Bytes spi, NotificationType notificationType, Bytes data) {
        this(doi, protocol, spi.length(), notificationType, spi.plus(data));
    }

    static NotificationPayload read(WireReader in) throws WireException {
        long doi = Doi.read(in);
        int protocol = in.u8();
        int spiSize = in.u8();
        NotificationType notificationType = NotificationType.of(in.u16());
        in.require(notificationType.isKnown(), "Notify Message Type", notificationType.number());
        return new NotificationPayload(doi, protocol, spiSize, notificationType, in.rest());
    }

    /** Whether the payload is long enough for the SPI that it announces. */
    public boolean hasWholeSpi() {
        return spiSize <= content.length();
    }

    /** The SPI; cut short if the payload does not have the whole of it. */
    public Bytes spi() {
        return content.first(Math.min(spiSize, content.length()));
    }

    /** What follows the SPI. */
    public Bytes data() {
        return content.from(spi().length());
    }

    @Override
    public PayloadType type() {
        return PayloadTypes.N;
    }

    @Override
    public void writeBody(WireWriter out) {
        out.u32(doi).u8(protocol).u8(spiSize).u16(notificationType.number()).bytes(content);
    }
}
