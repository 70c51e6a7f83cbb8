// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import java.util.ArrayList;
import java.util.List;
import org.jswan.base.Bytes;
import org.jswan.simulation.SimNetwork.Datagram;
import org.jswan.wire.Payload;
import org.jswan.wire.WireException;
import org.jswan.wire.v2.Message;

/** Messages that no daemon sends, made of those that one sent. */
final class Crafted {
    private static final int VERSION = 17;
    private static final int MESSAGE_ID = 20;
    private static final int LENGTH = 24;

    private Crafted() {}

    /** The same with one octet another. */
    static Bytes with(Bytes octets, int at, int octet) {
        byte[] changed = octets.toArray();
        changed[at] = (byte) octet;
        return Bytes.wrap(changed);
    }

    private static Bytes with32(Bytes octets, int at, long number) {
        Bytes changed = octets;
        for (int i = 0; i < 4; i++) {
            changed = with(changed, at + i, (int) (number >>> (24 - 8 * i)));
        }
        return changed;
    }

    /** The same as if of that version: major in the upper four bits, minor in the lower. */
    static Bytes ofVersion(Bytes octets, int version) {
        return with(octets, VERSION, version);
    }

    static Bytes ofMessageId(Bytes octets, long id) {
        return with32(octets, MESSAGE_ID, id);
    }

    /** The header says that the message is that long. */
    static Bytes ofLength(Bytes octets, long length) {
        return with32(octets, LENGTH, length);
    }

    /** Another initiator's SPI. */
    static Bytes ofInitiator(Bytes octets, Bytes spi) {
        return spi.plus(octets.from(spi.length()));
    }

    /** The same clear message with one more payload, in front. */
    static Datagram withFirst(Datagram datagram, Payload payload) {
        try {
            Message message = Message.decode(datagram.octets());
            List<Payload> payloads = new ArrayList<>(message.payloads());
            payloads.add(0, payload);
            return new Datagram(
                    datagram.from(),
                    datagram.to(),
                    Message.of(message.header(), payloads).octets());
        } catch (WireException malformed) {
            throw new IllegalArgumentException(malformed);
        }
    }
}
