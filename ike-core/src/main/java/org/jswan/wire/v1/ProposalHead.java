// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire.v1;

import org.jswan.base.Bytes;
import org.jswan.wire.PayloadType;
import org.jswan.wire.WireException;
import org.jswan.wire.WireReader;

/**
 * The fixed fields of a proposal, RFC 2408 section 3.5.
 *
 * @param next what follows it: another proposal or nothing
 * @param spiSize 8 bits, as announced
 * @param count how many transforms there are said to be, 8 bits
 * @param rest a reader of SPI and transforms
 */
record ProposalHead(PayloadType next, int number, int protocol, int spiSize, int count, WireReader rest) {
    private static final String STRUCTURE = "ISAKMP Proposal Payload";
    private static final int FIXED = 8;

    static ProposalHead read(WireReader in) throws WireException {
        WireReader proposal = in.structure(STRUCTURE, FIXED, 2);
        PayloadType next = PayloadType.of(proposal.u8());
        proposal.u24();
        int number = proposal.u8();
        int protocol = proposal.u8();
        proposal.require(ProtocolId.isKnown(protocol), "protocol ID", protocol);
        return new ProposalHead(next, number, protocol, proposal.u8(), proposal.u8(), proposal);
    }

    /** @param name what the SPI is called in the error text */
    Bytes spi(String name) throws WireException {
        if (rest.remaining() < spiSize) {
            throw new WireException(missing(name));
        }
        return rest.bytes(spiSize);
    }

    static String missing(String name) {
        return "not enough bytes left to get " + name + " from " + STRUCTURE;
    }
}
