// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire;

import org.jswan.base.Bytes;

/**
 * A payload of a type that we cannot read, kept as it came. RFC 7296 section 2.5: one that is critical makes the whole
 * request fail, another is ignored; that is for the exchange to do.
 */
public record UnknownPayload(PayloadType type, int flags, Bytes body) implements Payload {
    private static final int CRITICAL = 0x80;

    public UnknownPayload(PayloadType type, boolean critical, Bytes body) {
        this(type, critical ? CRITICAL : 0, body);
    }

    public boolean critical() {
        return (flags & CRITICAL) != 0;
    }

    @Override
    public void writeBody(WireWriter out) {
        out.bytes(body);
    }
}
