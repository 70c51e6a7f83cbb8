// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire.v2;

import org.jswan.base.Bytes;
import org.jswan.wire.NotifyType;
import org.jswan.wire.Payload;
import org.jswan.wire.PayloadType;
import org.jswan.wire.WireException;
import org.jswan.wire.WireReader;
import org.jswan.wire.WireWriter;

/**
 * Notify, RFC 7296 section 3.10:
 *
 * <pre>
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |  protocol ID  |   SPI size    |          notify type          |
 * |                              SPI                              |
 * |                       notification data                       |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 *
 * @param protocol 0 (none), 1 (IKE), 2 (AH) or 3 (ESP)
 * @param spi at most 255 octets
 */
public record NotifyPayload(int protocol, Bytes spi, NotifyType notifyType, Bytes data) implements Payload {
    private static final int LAST_PROTOCOL = 3;

    /** A notification about no SA in particular. */
    public static NotifyPayload of(NotifyType notifyType, Bytes data) {
        return new NotifyPayload(0, Bytes.EMPTY, notifyType, data);
    }

    /** A notification about no SA in particular, without data. */
    public static NotifyPayload of(NotifyType notifyType) {
        return of(notifyType, Bytes.EMPTY);
    }

    static NotifyPayload read(WireReader in) throws WireException {
        int protocol = in.u8();
        in.require(protocol <= LAST_PROTOCOL, "Protocol ID", protocol);
        int spiSize = in.u8();
        NotifyType notifyType = NotifyType.of(in.u16());
        return new NotifyPayload(protocol, in.bytes(spiSize), notifyType, in.rest());
    }

    @Override
    public PayloadType type() {
        return PayloadType.NOTIFY;
    }

    @Override
    public void writeBody(WireWriter out) {
        out.u8(protocol).u8(spi.length()).u16(notifyType.number());
        out.bytes(spi).bytes(data);
    }
}
