// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire;

import java.util.ArrayList;
import java.util.List;
import org.jswan.base.Bytes;

/**
 * A proposal of an SA payload, RFC 7296 section 3.3.1 and RFC 2408 section 3.5, alike in both versions. Its numbers are
 * kept as they came.
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * | 0 (last) or 2 |   reserved    |        proposal length        |
 * | proposal no.  |  protocol ID  |   SPI size    | no. transforms|
 * |                              SPI                              |
 * |                           transforms                          |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 *
 * @param number 8 bits
 * @param protocol 8 bits
 * @param spi at most 255 octets
 * @param transforms at most 255
 */
public record WireProposal(int number, int protocol, Bytes spi, List<WireTransform> transforms) {
    private static final int MORE = 2;
    private static final int FIXED = 8;
    private static final String STRUCTURE = "IKEv2 Proposal Substructure Payload";

    public WireProposal {
        transforms = List.copyOf(transforms);
    }

    /**
     * Reads proposals until one says that it is the last.
     *
     * @throws WireException also if the proposals or transforms are more or fewer than announced
     */
    public static List<WireProposal> readAll(WireReader in, IkeVersion version) throws WireException {
        List<WireProposal> proposals = new ArrayList<>();
        boolean more = in.hasMore();
        while (more) {
            WireReader proposal = in.structure(STRUCTURE, FIXED, 2);
            more = more(proposal, MORE);
            proposals.add(read(proposal, version));
        }
        in.expectEnd();
        return List.copyOf(proposals);
    }

    private static boolean more(WireReader in, int marker) throws WireException {
        int octet = in.u8();
        if (octet != 0 && octet != marker) {
            throw WireException.unknownValue(
                    marker == MORE ? "last proposal" : "last transform", in.structure(), octet);
        }
        return octet != 0;
    }

    /** Reads what follows the marker octet. */
    private static WireProposal read(WireReader in, IkeVersion version) throws WireException {
        in.u24();
        int number = in.u8();
        int protocol = in.u8();
        int spiSize = in.u8();
        int count = in.u8();
        Bytes spi = in.bytes(spiSize);
        List<WireTransform> transforms = new ArrayList<>(count);
        boolean more = count > 0;
        while (more) {
            WireReader transform = WireTransform.next(in);
            more = more(transform, WireTransform.MORE);
            transforms.add(WireTransform.read(transform, version));
        }
        in.expectEnd();
        if (transforms.size() != count) {
            throw new WireException(transforms.size() + " transforms in " + STRUCTURE + " that announces " + count);
        }
        return new WireProposal(number, protocol, spi, transforms);
    }

    /** Writes the proposals, the last marked as such. */
    public static void writeAll(WireWriter out, IkeVersion version, List<WireProposal> proposals) {
        for (int i = 0; i < proposals.size(); i++) {
            proposals.get(i).write(out, version, i == proposals.size() - 1);
        }
    }

    private void write(WireWriter out, IkeVersion version, boolean last) {
        int start = out.position();
        out.u8(last ? 0 : MORE).u8(0).u16(0);
        out.u8(number).u8(protocol).u8(spi.length()).u8(transforms.size());
        out.bytes(spi);
        for (int i = 0; i < transforms.size(); i++) {
            transforms.get(i).write(out, version, i == transforms.size() - 1);
        }
        out.endStructure(start, 2);
    }
}
