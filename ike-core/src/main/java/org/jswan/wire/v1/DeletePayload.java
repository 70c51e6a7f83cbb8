// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire.v1;

import java.util.List;
import org.jswan.base.Bytes;
import org.jswan.wire.Payload;
import org.jswan.wire.PayloadType;
import org.jswan.wire.WireException;
import org.jswan.wire.WireReader;
import org.jswan.wire.WireWriter;

/**
 * Delete, RFC 2408 section 3.15:
 *
 * <pre>
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                    domain of interpretation                   |
 * |  protocol ID  |   SPI size    |        number of SPIs         |
 * |                             SPIs                              |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 *
 * @param doi 32 bits; received ones are 0 or 1
 * @param protocol 8 bits
 * @param spiSize 8 bits
 * @param count 16 bits, as it was announced: a received payload may have more or fewer octets
 * @param content the SPIs back to back
 */
public record DeletePayload(long doi, int protocol, int spiSize, int count, Bytes content) implements Payload {
    /** @param spis all of {@code spiSize} octets */
    public DeletePayload(long doi, int protocol, int spiSize, List<Bytes> spis) {
        this(doi, protocol, spiSize, spis.size(), Bytes.concat(spis.toArray(Bytes[]::new)));
        if (!hasWholeSpis()) {
            throw new IllegalArgumentException("SPIs " + spis + " are not all of " + spiSize + " octets");
        }
    }

    static DeletePayload read(WireReader in) throws WireException {
        long doi = Doi.read(in);
        int protocol = in.u8();
        int spiSize = in.u8();
        int count = in.u16();
        return new DeletePayload(doi, protocol, spiSize, count, in.rest());
    }

    /** Whether the payload holds exactly the SPIs that it announces. */
    public boolean hasWholeSpis() {
        return content.length() == count * spiSize;
    }

    /**
     * The SPIs, of {@code spiSize} octets each.
     *
     * @throws WireException if the payload is shorter than it announces, or they are empty
     */
    public List<Bytes> spis() throws WireException {
        return WireReader.of(content, "ISAKMP Delete Payload").repeat(count, spiSize);
    }

    @Override
    public PayloadType type() {
        return PayloadTypes.D;
    }

    @Override
    public void writeBody(WireWriter out) {
        out.u32(doi).u8(protocol).u8(spiSize).u16(count).bytes(content);
    }
}
