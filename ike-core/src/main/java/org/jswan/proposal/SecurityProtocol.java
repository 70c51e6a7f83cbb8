// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.proposal;

import java.util.Optional;
import java.util.stream.Stream;

/** What a proposal is for (RFC 7296 §3.3.1). */
public enum SecurityProtocol {
    IKE(1, 8),
    AH(2, 4),
    ESP(3, 4);

    private final int id;
    private final int spiLength;

    SecurityProtocol(int id, int spiLength) {
        this.id = id;
        this.spiLength = spiLength;
    }

    public static Optional<SecurityProtocol> byId(int id) {
        return Stream.of(values()).filter(p -> p.id == id).findFirst();
    }

    public int id() {
        return id;
    }

    /** Octets of its SPI where a proposal carries one. */
    public int spiLength() {
        return spiLength;
    }
}
