// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire.v1;

import org.jswan.base.Bytes;
import org.jswan.wire.KnownVendorId;
import org.jswan.wire.Payload;
import org.jswan.wire.PayloadType;
import org.jswan.wire.WireReader;
import org.jswan.wire.WireWriter;

/** Vendor ID, RFC 2408 section 3.16: octets that mean something to those who know them. */
public record VendorIdPayload(Bytes data) implements Payload {
    /** One to send. */
    public static VendorIdPayload of(KnownVendorId known) {
        return new VendorIdPayload(known.octets());
    }

    static VendorIdPayload read(WireReader in) {
        return new VendorIdPayload(in.rest());
    }

    @Override
    public PayloadType type() {
        return PayloadTypes.VID;
    }

    @Override
    public void writeBody(WireWriter out) {
        out.bytes(data);
    }
}
