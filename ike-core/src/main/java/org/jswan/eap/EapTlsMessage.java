// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.eap;

import org.jswan.base.Bytes;
import org.jswan.wire.WireException;
import org.jswan.wire.WireReader;
import org.jswan.wire.WireWriter;

/**
 * An EAP message of type TLS (RFC 3748 §4.1, RFC 5216 §3.1):
 *
 * <pre>
 * |     code      |  identifier   |            length             |
 * |     type      |     flags     | TLS message length, if L is set
 *                                 | TLS data ...
 * </pre>
 *
 * @param flags START, MORE; LENGTH is there if {@code total} is
 * @param total octets of the whole TLS message of which this is the first fragment; 0 if it is not told
 */
public record EapTlsMessage(int code, int identifier, int flags, long total, Bytes data) {
    public static final int REQUEST = 1;
    public static final int RESPONSE = 2;
    static final int TYPE = 13;
    static final int START = 1 << 5;
    static final int MORE = 1 << 6;
    static final int LENGTH = 1 << 7;
    /** Octets before flags' data. */
    static final int HEADER = 6;

    /**
     * Reads a message.
     *
     * @throws EapException if it is malformed, no response or of another type
     */
    public static EapTlsMessage read(Bytes octets) throws EapException {
        try {
            WireReader in = WireReader.of(octets, "EAP");
            int code = in.u8();
            int identifier = in.u8();
            int length = in.u16();
            if (code != REQUEST && code != RESPONSE) {
                throw unexpectedCode(code);
            }
            int type = in.u8();
            if (type != TYPE) {
                throw new EapException("EAP Type " + Integer.toHexString(type) + " unexpected");
            }
            int flags = in.u8();
            if (length != octets.length()) {
                throw new EapException("EAP Length " + length + " unexpected");
            }
            long total = (flags & LENGTH) != 0 ? in.u32() : 0;
            return new EapTlsMessage(code, identifier, flags, total, in.rest());
        } catch (WireException tooShort) {
            throw new EapException(tooShort.getMessage());
        }
    }

    static EapException unexpectedCode(int code) {
        return new EapException("EAP Code " + Integer.toHexString(code) + " unexpected");
    }

    public Bytes octets() {
        boolean told = (flags & LENGTH) != 0;
        WireWriter out = new WireWriter();
        out.u8(code).u8(identifier).u16(HEADER + (told ? 4 : 0) + data.length());
        out.u8(TYPE).u8(flags);
        if (told) {
            out.u32(total);
        }
        return out.bytes(data).toBytes();
    }

    /** Whether it only says that a fragment came, or that there is nothing more to say. */
    boolean isAcknowledgement() {
        return data.isEmpty() && (flags & (LENGTH | START)) == 0;
    }

    boolean has(int flag) {
        return (flags & flag) != 0;
    }
}
