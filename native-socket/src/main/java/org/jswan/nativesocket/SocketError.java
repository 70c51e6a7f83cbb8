// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.nativesocket;

import java.util.Optional;

/**
 * An entry of a socket's error queue: what became of a datagram sent earlier.
 *
 * @param errno positive
 * @param origin who says so: {@link #LOCAL}, {@link #ICMP} or {@link #ICMP6}
 * @param type of the ICMP message, 0 if none
 * @param code of the ICMP message, 0 if none
 * @param info for EMSGSIZE, the path's MTU
 * @param destination where the datagram had been sent to
 * @param offender the router or host that complained, if it was not this machine
 */
public record SocketError(
        int errno,
        int origin,
        int type,
        int code,
        int info,
        Optional<SocketName> destination,
        Optional<SocketName> offender) {
    public static final int LOCAL = 1;
    public static final int ICMP = 2;
    public static final int ICMP6 = 3;
}
