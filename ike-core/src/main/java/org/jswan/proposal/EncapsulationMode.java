// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.proposal;

import java.util.Optional;
import java.util.stream.Stream;

/** How ESP or AH wraps packets (RFC 2407 §4.5): within UDP by numbers of RFC 3947 §5.1, or of the drafts before it. */
public enum EncapsulationMode {
    TUNNEL(1, true, Udp.NONE),
    TRANSPORT(2, false, Udp.NONE),
    UDP_TUNNEL(3, true, Udp.RFC),
    UDP_TRANSPORT(4, false, Udp.RFC),
    UDP_TUNNEL_DRAFTS(61443, true, Udp.DRAFTS),
    UDP_TRANSPORT_DRAFTS(61444, false, Udp.DRAFTS);

    private final int number;
    private final boolean tunnel;
    private final Udp udp;

    /** Whether a NAT was detected, and by which method. */
    public enum Udp {
        NONE,
        RFC,
        DRAFTS
    }

    EncapsulationMode(int number, boolean tunnel, Udp udp) {
        this.number = number;
        this.tunnel = tunnel;
        this.udp = udp;
    }

    public static EncapsulationMode of(boolean tunnel, Udp udp) {
        return Stream.of(values())
                .filter(mode -> mode.tunnel == tunnel && mode.udp == udp)
                .findFirst()
                .orElseThrow();
    }

    static Optional<EncapsulationMode> byNumber(int number) {
        return Stream.of(values()).filter(mode -> mode.number == number).findFirst();
    }

    /** The value of the attribute. */
    public int number() {
        return number;
    }

    /** Whether in tunnel mode, else in transport mode. */
    public boolean isTunnel() {
        return tunnel;
    }

    public Udp udp() {
        return udp;
    }
}
