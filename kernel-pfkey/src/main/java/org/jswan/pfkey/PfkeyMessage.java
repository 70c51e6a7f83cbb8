// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.pfkey;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.jswan.nativesocket.octets.MalformedMessage;

/**
 * A message from the kernel, its octets shared with what it was read from.
 *
 * @param errno 0 if the request was granted
 * @param sequence that of the request that is answered; of an acquire the kernel's own
 * @param pid of the process that asked; 0 where none did
 */
record PfkeyMessage(int type, int errno, int satype, int sequence, int pid, Map<Integer, Extension> extensions) {
    /** What an extension holds behind its length and type. */
    record Extension(ByteBuffer value) {
        /** From its beginning. */
        PfkeyReader read() {
            return new PfkeyReader(value);
        }
    }

    /**
     * See {@link PfkeyWriter} for the layout.
     *
     * @throws MalformedMessage unless lengths agree, and no extension is there twice (RFC 2367 §2.3)
     */
    static PfkeyMessage parse(ByteBuffer datagram) throws MalformedMessage {
        int octets = datagram.remaining();
        PfkeyReader in = new PfkeyReader(datagram);
        int version = in.u8();
        if (version != Pfkey.PF_KEY_V2) {
            throw new MalformedMessage("version " + version);
        }
        int type = in.u8();
        int errno = in.u8();
        int satype = in.u8();
        int length = in.u16() * Pfkey.UNIT;
        if (length != octets) {
            throw new MalformedMessage("length " + length + " in a message of " + octets + " octets");
        }
        in.skip(2);
        int sequence = in.u32();
        int pid = in.u32();
        Map<Integer, Extension> extensions = new HashMap<>();
        int at = Pfkey.HEADER;
        while (in.remaining() > 0) {
            int size = in.u16() * Pfkey.UNIT;
            int kind = in.u16();
            if (size == 0) {
                throw new MalformedMessage("extension " + kind + " of no length");
            }
            in.skip(size - Pfkey.EXTENSION_HEADER);
            ByteBuffer value = datagram.slice(
                            datagram.position() + at + Pfkey.EXTENSION_HEADER, size - Pfkey.EXTENSION_HEADER)
                    .order(datagram.order());
            if (extensions.put(kind, new Extension(value)) != null) {
                throw new MalformedMessage("extension " + kind + " twice");
            }
            at += size;
        }
        return new PfkeyMessage(type, errno, satype, sequence, pid, extensions);
    }

    boolean has(int extension) {
        return extensions.containsKey(extension);
    }

    /** @throws MalformedMessage if it is not there */
    PfkeyReader extension(int extension) throws MalformedMessage {
        Extension found = extensions.get(extension);
        if (found == null) {
            throw new MalformedMessage("no extension " + extension);
        }
        return found.read();
    }
}
