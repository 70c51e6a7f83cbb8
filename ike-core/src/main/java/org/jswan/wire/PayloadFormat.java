// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire;

/**
 * How payloads of one type are read.
 *
 * @param name the payload's name in error texts
 * @param fixed octets that it has at least, the generic header included
 * @param body reads what follows the generic header
 */
public record PayloadFormat(String name, int fixed, BodyReader body) {
    /** Reads the body of a payload from its own bounded reader. */
    @FunctionalInterface
    public interface BodyReader {
        Payload read(PayloadType nextPayload, WireReader in) throws WireException;
    }
}
