// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.net;

import java.util.List;
import org.jswan.base.Bytes;

/** Port: what the DNS says, and whether DNSSEC vouches for it (RFC 4035 §4.3). An answer may take seconds: only helpers ask. */
public interface SecureDns {
    /** One that reaches no server. */
    SecureDns NONE = (name, kind) -> new Answer("SERVFAIL", false, Security.INSECURE, List.of());

    /** @param name absolute, with its last dot */
    Answer ask(String name, Kind kind);

    /** What is asked for; the names are those of the DNS. */
    enum Kind {
        A,
        /** RFC 4025. */
        IPSECKEY
    }

    /** What DNSSEC says of an answer. */
    enum Security {
        SECURE,
        /** Nobody vouches for it. */
        INSECURE,
        /** Somebody should vouch for it and does not. */
        BOGUS
    }

    /**
     * An answer.
     *
     * @param code of the response, {@code NOERROR} also where there is no such name
     * @param good whether it is that one
     * @param records those of the kind that was asked for; none where there is no such name
     */
    record Answer(String code, boolean good, Security security, List<Entry> records) {}

    /**
     * One record.
     *
     * @param ttl seconds, unsigned
     * @param data as on the wire
     */
    record Entry(long ttl, Bytes data) {}
}
