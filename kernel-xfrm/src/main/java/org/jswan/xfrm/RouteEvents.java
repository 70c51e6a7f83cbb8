// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.xfrm;

import static org.jswan.xfrm.Rtnetlink.*;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.Consumer;
import org.jswan.base.IpAddress;
import org.jswan.nativesocket.ErrnoException;
import org.jswan.nativesocket.KernelSocket;
import org.jswan.nativesocket.Linux;
import org.jswan.nativesocket.octets.MalformedMessage;
import org.jswan.net.NetworkEvents;

/** What rtnetlink tells unasked: addresses that come and go, and that routes or interfaces changed. */
public final class RouteEvents implements AutoCloseable {
    private static final int BUFFER_SIZE = 1 << 18;
    private static final int GROUPS =
            RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR | RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_ROUTE;

    private final KernelSocket socket;
    private final Consumer<String> complaints;

    /** @param complaints gets a line for each message that is not understood */
    public RouteEvents(KernelSocket socket, Consumer<String> complaints) {
        this.socket = socket;
        this.complaints = complaints;
    }

    /** A netlink socket that gets the events, for {@link #RouteEvents} and for the loop to poll. */
    public static NetlinkSocket openSocket() throws ErrnoException {
        return NetlinkSocket.forEvents(Linux.NETLINK_ROUTE, GROUPS, BUFFER_SIZE);
    }

    /**
     * Hands over the events that wait, at most {@code limit} of the kernel's messages; {@link NetworkEvents#changed} comes
     * once for all of them.
     *
     * @return whether there may be more
     */
    public boolean deliver(NetworkEvents events, int limit) throws IOException {
        boolean changed = false;
        boolean more = true;
        for (int i = 0; i < limit && more; i++) {
            try {
                ByteBuffer datagram = socket.receive();
                more = datagram != null;
                changed |= more && deliver(datagram, events);
            } catch (KernelSocket.OverrunException e) {
                complaints.accept("kernel: " + e.getMessage() + "; address changes may be lost");
                changed = true;
            }
        }
        if (changed) {
            events.changed();
        }
        return more;
    }

    /** Whether something changed that is not an address. */
    private boolean deliver(ByteBuffer datagram, NetworkEvents events) {
        boolean changed = false;
        try {
            for (NetlinkMessage message : NetlinkMessage.parse(datagram)) {
                if (message.type() == RTM_NEWADDR || message.type() == RTM_DELADDR) {
                    // struct ifaddrmsg is of 8 octets
                    Optional<IpAddress> address =
                            InterfaceList.ownAddress(message.payload().skip(8).attributes());
                    address.ifPresent(message.type() == RTM_NEWADDR ? events::addressAdded : events::addressRemoved);
                } else {
                    changed = true;
                }
            }
        } catch (MalformedMessage e) {
            complaints.accept("rtnetlink message from kernel malformed: " + e.getMessage());
        }
        return changed;
    }

    @Override
    public void close() {
        socket.close();
    }
}
