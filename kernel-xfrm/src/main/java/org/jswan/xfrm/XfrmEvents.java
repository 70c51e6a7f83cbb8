// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.xfrm;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jswan.base.AddressFamily;
import org.jswan.base.Bytes;
import org.jswan.base.SecurityLabel;
import org.jswan.kernel.KernelEvents;
import org.jswan.nativesocket.ErrnoException;
import org.jswan.nativesocket.KernelSocket;
import org.jswan.nativesocket.Linux;
import org.jswan.nativesocket.octets.MalformedMessage;

/** What XFRM tells unasked: packets without an SA, SAs at a limit, NATs that changed. */
public final class XfrmEvents implements AutoCloseable {
    /** Room for some thousand acquires. */
    private static final int BUFFER_SIZE = 1 << 20;

    private static final int GROUPS = Xfrm.XFRMGRP_ACQUIRE | Xfrm.XFRMGRP_EXPIRE | Xfrm.XFRMGRP_MAPPING;

    private final KernelSocket socket;
    private final Consumer<String> complaints;

    /** @param complaints gets a line for each message that is not understood */
    public XfrmEvents(KernelSocket socket, Consumer<String> complaints) {
        this.socket = socket;
        this.complaints = complaints;
    }

    /** A netlink socket that gets the events, for {@link #XfrmEvents} and for the loop to poll. */
    public static NetlinkSocket openSocket() throws ErrnoException {
        return NetlinkSocket.forEvents(Linux.NETLINK_XFRM, GROUPS, BUFFER_SIZE);
    }

    /**
     * Hands over the events that wait, at most {@code limit} of them, in order.
     *
     * @return whether there may be more
     */
    public boolean deliver(KernelEvents events, int limit) throws IOException {
        boolean lost = false;
        for (int i = 0; i < limit; i++) {
            ByteBuffer datagram;
            try {
                datagram = socket.receive();
            } catch (KernelSocket.OverrunException e) {
                if (!lost) {
                    lost = true;
                    complaints.accept("kernel: " + e.getMessage() + "; acquires or expiries may be lost");
                    events.eventsLost();
                }
                continue;
            }
            if (datagram == null) {
                return false;
            }
            deliver(datagram, events);
        }
        return true;
    }

    private void deliver(ByteBuffer datagram, KernelEvents events) {
        int type = 0;
        try {
            for (NetlinkMessage message : NetlinkMessage.parse(datagram)) {
                type = message.type();
                switch (type) {
                    case Xfrm.XFRM_MSG_ACQUIRE -> acquire(message.payload(), events, complaints);
                    case Xfrm.XFRM_MSG_EXPIRE -> expire(message.payload(), events);
                    case Xfrm.XFRM_MSG_MAPPING -> mapping(message.payload(), events);
                    default -> {
                        // Other groups' messages do not come here; what a later kernel adds does not concern us.
                    }
                }
            }
        } catch (MalformedMessage e) {
            complaints.accept(Xfrm.messageName(type) + " message from kernel malformed: " + e.getMessage());
        }
    }

    /**
     * {@code struct xfrm_user_acquire}, 280 octets: id 24, saddr 16, the packet's sel 56, the policy 168, algorithms 12,
     * seq u32; templates in {@code XFRMA_TMPL}, the label in {@code XFRMA_SEC_CTX}.
     */
    private static void acquire(NetlinkReader in, KernelEvents events, Consumer<String> complaints)
            throws MalformedMessage {
        in.skip(24 + 16);
        NetlinkReader selector = in.slice(Xfrm.SELECTOR);
        AddressFamily family = SelectorCodec.readFamily(in);
        in.skip(168 - Xfrm.SELECTOR + 12 + 4);
        SelectorCodec.Packet packet = SelectorCodec.readPacket(selector, family);
        Map<Integer, NetlinkReader> attributes = in.attributes();
        NetlinkReader templates = attributes.get(Xfrm.XFRMA_TMPL);
        // struct xfrm_user_tmpl: the request id is at octet 44
        int requestId = templates == null ? 0 : templates.skip(44).u32();
        NetlinkReader context = attributes.get(Xfrm.XFRMA_SEC_CTX);
        Optional<SecurityLabel> label = Optional.empty();
        if (context != null) {
            try {
                label = Optional.of(LabelCodec.read(context));
            } catch (LabelCodec.UnknownLabel e) {
                complaints.accept(e.getMessage() + "; ignoring Acquire message");
                return;
            }
        }
        events.acquire(packet.source(), packet.destination(), requestId, label);
    }

    /** {@code struct xfrm_user_expire}: the SA 224, hard u8, (7). */
    private static void expire(NetlinkReader in, KernelEvents events) throws MalformedMessage {
        SaCodec.State state = SaCodec.readState(in);
        boolean hard = in.u8() != 0;
        // The larval SA of an acquire, which has no SPI, is nobody's loss; nor are SAs of other protocols.
        if (state.spi() != 0 && state.id().isPresent()) {
            events.expired(state.id().get(), hard, state.counters());
        }
    }

    /**
     * {@code struct xfrm_user_mapping}: id (daddr 16, spi be32, family u16, proto u8, (1)), reqid u32, old and new saddr
     * 16 each, old and new port be16.
     */
    private static void mapping(NetlinkReader in, KernelEvents events) throws MalformedMessage {
        int spi = in.skip(16).be32();
        AddressFamily family = NetlinkReader.family(in.u16());
        in.skip(2 + 4 + 16);
        Bytes newAddress = in.xfrmAddress();
        in.skip(2);
        int newPort = in.be16();
        events.mappingChanged(spi, NetlinkReader.address(family, newAddress), newPort);
    }

    @Override
    public void close() {
        socket.close();
    }
}
