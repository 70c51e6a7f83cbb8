// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire.v2;

import java.util.List;
import org.jswan.base.Bytes;
import org.jswan.wire.Payload;
import org.jswan.wire.PayloadType;
import org.jswan.wire.WireException;
import org.jswan.wire.WireReader;
import org.jswan.wire.WireWriter;

/**
 * Delete, RFC 7296 section 3.11:
 *
 * <pre>
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |  protocol ID  |   SPI size    |        number of SPIs         |
 * |                             SPIs                              |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 *
 * @param protocol 1 (IKE), 2 (AH) or 3 (ESP)
 * @param spiSize octets of each SPI, 0 to 255; 0 when there is none
 */
public record DeletePayload(int protocol, int spiSize, List<Bytes> spis) implements Payload {
    public static final int IKE = 1;
    public static final int AH = 2;
    public static final int ESP = 3;

    public DeletePayload {
        spis = List.copyOf(spis);
        int size = spiSize;
        if (spis.stream().anyMatch(spi -> spi.length() != size)) {
            throw new IllegalArgumentException("SPIs " + spis + " are not all of " + spiSize + " octets");
        }
    }

    /** Deletes the IKE SA that the message is protected with. */
    public static DeletePayload ike() {
        return new DeletePayload(IKE, 0, List.of());
    }

    /** Deletes the SAs that the sender receives with these SPIs, of 4 octets each. */
    public static DeletePayload child(int protocol, List<Bytes> spis) {
        return new DeletePayload(protocol, 4, spis);
    }

    static DeletePayload read(WireReader in) throws WireException {
        int protocol = in.u8();
        in.require(protocol >= IKE && protocol <= ESP, "protocol ID", protocol);
        int spiSize = in.u8();
        int count = in.u16();
        return new DeletePayload(protocol, spiSize, in.repeat(count, spiSize));
    }

    @Override
    public PayloadType type() {
        return PayloadType.DELETE;
    }

    @Override
    public void writeBody(WireWriter out) {
        out.u8(protocol).u8(spiSize).u16(spis.size());
        spis.forEach(out::bytes);
    }
}
