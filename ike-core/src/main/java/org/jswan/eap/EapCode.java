// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.eap;

import org.jswan.base.Bytes;

/** Codes and types of EAP messages that are not EAP-TLS's own (RFC 3748 §4, §5). */
final class EapCode {
    static final int SUCCESS = 3;
    static final int FAILURE = 4;

    static final int IDENTITY = 1;
    static final int NAK = 3;

    private EapCode() {}

    /** Success or failure (RFC 3748 §4.2). */
    static Bytes end(int code, int identifier) {
        return Bytes.of(code, identifier, 0, 4);
    }

    /** A response of another type than TLS. */
    static Bytes response(int identifier, int type, Bytes data) {
        int length = 5 + data.length();
        return Bytes.of(EapTlsMessage.RESPONSE, identifier, length >> 8, length & 0xff, type)
                .plus(data);
    }
}
