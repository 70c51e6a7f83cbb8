// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire.v1;

import org.jswan.wire.PayloadType;
import org.jswan.wire.WireException;

/**
 * Watches the payloads of a message while it is decoded, each before it is read: which a state expects is not for the
 * codec to know, but a message is refused for its first flaw, be it that a payload is out of place or that it is
 * malformed.
 */
public interface Admission {
    /** Every payload that IKEv1 has may come. */
    Admission OPEN = new Admission() {};

    /**
     * A payload of that type comes next; the type is one that {@link Payloads} can read.
     *
     * @throws WireException if the message is to be refused for it, see {@link Refusal}
     */
    default void admit(PayloadType type) throws WireException {}

    /** A payload of a type that is skipped comes next; it will not be among the payloads of the message. */
    default void skip(PayloadType type) {}
}
