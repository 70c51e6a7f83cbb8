// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.pfkey;

import java.nio.ByteBuffer;
import org.jswan.base.AddressFamily;
import org.jswan.base.Bytes;
import org.jswan.base.IpAddress;
import org.jswan.nativesocket.octets.MalformedMessage;
import org.jswan.nativesocket.octets.OctetReader;

/** Reads one extension of a PF_KEY message, never past its end. Numbers are unsigned and in the kernel's byte order. */
final class PfkeyReader extends OctetReader<PfkeyReader> {
    /** What lies between position and limit; the octets are shared, not copied. */
    PfkeyReader(ByteBuffer octets) {
        super(octets);
    }

    @Override
    protected PfkeyReader self() {
        return this;
    }

    @Override
    protected PfkeyReader over(ByteBuffer octets) {
        return new PfkeyReader(octets);
    }

    /** An address with a port (0: none), as a {@code sockaddr} has it. */
    record Endpoint(IpAddress address, int port) {}

    /** See {@link PfkeyWriter#address}; the length that some systems put there is not relied on. */
    Endpoint address(Dialect dialect) throws MalformedMessage {
        int number = dialect.layout().lengthInAddresses() ? secondOctet() : u16();
        AddressFamily family = dialect.family(number);
        int port = be16();
        if (family == AddressFamily.IPV6) {
            skip(4);
        }
        return new Endpoint(IpAddress.of(Bytes.wrap(octets(family.octets()))), port);
    }

    /** The second of two octets. */
    private int secondOctet() throws MalformedMessage {
        return skip(1).u8();
    }
}
