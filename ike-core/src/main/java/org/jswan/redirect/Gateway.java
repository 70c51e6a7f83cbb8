// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.redirect;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jswan.base.AddressFamily;
import org.jswan.base.Bytes;
import org.jswan.base.IpAddress;
import org.jswan.wire.WireException;
import org.jswan.wire.WireReader;
import org.jswan.wire.WireWriter;

/**
 * Data of REDIRECT and REDIRECTED_FROM, RFC 5685 §10.2 and §10.3:
 *
 * <pre>
 *  0                   1                   2                   3
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * | GW Ident Type |  GW Ident Len |  New Responder GW Identity    ~
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * ~                     Nonce, in IKE_SA_INIT                     ~
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 *
 * @param type 1 for an IPv4 address, 2 for an IPv6 one, 3 for a name
 * @param identity at most 255 octets
 * @param nonce the initiator's, to show that whoever redirects has its request; empty outside IKE_SA_INIT
 */
record Gateway(int type, Bytes identity, Bytes nonce) {
    static final int LONGEST = 255;
    private static final int IPV4 = 1;
    private static final int IPV6 = 2;
    private static final int NAME = 3;
    private static final int IPV4_LENGTH = 4;
    private static final int IPV6_LENGTH = 16;

    /** What cannot be followed, in the words that the log has. */
    static final class Unusable extends Exception {
        Unusable(String why) {
            super(why);
        }
    }

    static Gateway of(IpAddress address) {
        return new Gateway(address.family() == AddressFamily.IPV4 ? IPV4 : IPV6, address.octets(), Bytes.EMPTY);
    }

    /**
     * A destination as configured: an address or else a name.
     *
     * @return empty if it is too long
     */
    static Optional<Gateway> of(String destination) {
        Bytes name = Bytes.ofUtf8(destination);
        return IpAddress.parse(destination)
                .map(Gateway::of)
                .or(() ->
                        name.length() > LONGEST ? Optional.empty() : Optional.of(new Gateway(NAME, name, Bytes.EMPTY)));
    }

    Gateway withNonce(Bytes initiators) {
        return new Gateway(type, identity, initiators);
    }

    Bytes octets() {
        WireWriter out = new WireWriter();
        out.u8(type).u8(identity.length()).bytes(identity).bytes(nonce);
        return out.toBytes();
    }

    static Gateway read(Bytes data) throws Unusable {
        WireReader in = WireReader.of(data, "REDIRECT");
        int type;
        int length;
        try {
            type = in.u8();
            length = in.u8();
        } catch (WireException tooShort) {
            throw new Unusable("received malformed REDIRECT payload");
        }
        if (type < IPV4 || type > NAME) {
            throw new Unusable("bad GW Ident Type");
        }
        if (type == IPV4 && length < IPV4_LENGTH || type == IPV6 && length < IPV6_LENGTH) {
            throw new Unusable("transferred GW Identity Length is too small for an IP address");
        }
        // As libreswan: an address that claims to be longer is as long as addresses are.
        int read = type == IPV4 ? IPV4_LENGTH : type == IPV6 ? IPV6_LENGTH : length;
        try {
            return new Gateway(type, in.bytes(read), in.rest());
        } catch (WireException tooShort) {
            throw new Unusable(
                    type == NAME
                            ? "error while extracting GW Identity from variable part of IKEv2_REDIRECT Notify payload"
                            : "variable part of payload does not match transferred GW Identity Length");
        }
    }

    /** @param expected the nonce that our request had; empty if there must be none */
    void checkNonce(Bytes expected) throws Unusable {
        if (!nonce.equals(expected)) {
            throw new Unusable(
                    expected.isEmpty()
                            ? "unexpected extra bytes in Notify data after GW data - nonce should have been omitted"
                            : "received nonce does not match our expected nonce Ni (spoofed packet?)");
        }
    }

    /** Empty if it is a name. */
    Optional<IpAddress> address() {
        return type == NAME ? Optional.empty() : Optional.of(IpAddress.of(identity));
    }

    String name() {
        return new String(identity.toArray(), StandardCharsets.UTF_8);
    }
}
