// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.pfkey;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Consumer;
import org.jswan.base.Selector;
import org.jswan.base.Subnet;
import org.jswan.kernel.IpsecProtocol;
import org.jswan.kernel.KernelEvents;
import org.jswan.kernel.KernelException;
import org.jswan.kernel.KernelSa.TrafficSelectors;
import org.jswan.kernel.SaId;
import org.jswan.nativesocket.KernelSocket;
import org.jswan.nativesocket.octets.MalformedMessage;
import org.jswan.pfkey.PfkeyChannel.RequestException;

/** What PF_KEY tells unasked to those that registered: packets without an SA, SAs at a limit, NATs that changed. */
public final class PfkeyEvents implements AutoCloseable {
    private final PfkeyChannel channel;
    private final Dialect dialect;
    private final Consumer<String> complaints;
    private final Supported supported = new Supported();
    /** Came while something was asked. */
    private final Deque<ByteBuffer> early = new ArrayDeque<>();

    /**
     * @param asker we
     * @param complaints gets a line for each message that is not understood
     */
    PfkeyEvents(KernelSocket socket, PfkeyWriter writer, Asker asker, Consumer<String> complaints) {
        this.complaints = complaints;
        dialect = writer.dialect();
        channel = new PfkeyChannel(socket, writer, asker, this::keep);
    }

    /**
     * Registers with this machine's Linux for all protocols.
     *
     * @param socket a new one, see {@link #openSocket}, also for the loop to poll
     */
    public static PfkeyEvents register(PfkeySocket socket, Asker asker, Consumer<String> complaints)
            throws KernelException {
        PfkeyEvents events = new PfkeyEvents(socket, new PfkeyWriter(Dialect.LINUX), asker, complaints);
        events.register();
        return events;
    }

    /** @throws KernelException if the kernel has no PF_KEY */
    public static PfkeySocket openSocket() throws KernelException {
        return PfkeySocket.open();
    }

    void register() throws KernelException {
        for (IpsecProtocol protocol : new IpsecProtocol[] {IpsecProtocol.AH, IpsecProtocol.ESP, IpsecProtocol.IPCOMP}) {
            try {
                channel.writer().message(Pfkey.SADB_REGISTER, Pfkey.satype(protocol));
                channel.answered(message -> {
                    supported.add(message);
                    return message;
                });
            } catch (RequestException e) {
                throw new KernelException(
                                e.errno(), "kernel: registering with PF_KEY for " + protocol + ": " + e.getMessage())
                        .because(e);
            }
        }
    }

    /** The algorithms that the kernel told of. */
    public Supported supported() {
        return supported;
    }

    private void keep(ByteBuffer datagram) {
        early.add(ByteBuffer.allocate(datagram.remaining())
                .order(datagram.order())
                .put(datagram.duplicate())
                .flip());
    }

    /**
     * Hands over the events that wait, at most {@code limit} of them, in order.
     *
     * @return whether there may be more
     */
    public boolean deliver(KernelEvents events, int limit) throws IOException {
        for (int i = 0; i < limit; i++) {
            ByteBuffer datagram = early.isEmpty() ? channel.unasked() : early.remove();
            if (datagram == null) {
                return false;
            }
            deliver(datagram, events);
        }
        return true;
    }

    private void deliver(ByteBuffer datagram, KernelEvents events) {
        String what = "PF_KEY";
        try {
            PfkeyMessage message = PfkeyMessage.parse(datagram);
            what = Pfkey.messageName(message.type());
            switch (message.type()) {
                case Pfkey.SADB_ACQUIRE -> acquire(message, events);
                case Pfkey.SADB_EXPIRE -> expire(message, events);
                case Pfkey.SADB_X_NAT_T_NEW_MAPPING -> mapping(message, events);
                default -> {
                    // What anybody else, and we ourselves on another socket, did to the kernel.
                }
            }
        } catch (MalformedMessage e) {
            complaints.accept(what + " message from kernel malformed: " + e.getMessage());
        }
    }

    /** Base, addresses of the packet, the policy's id, proposals. One that failed is told with its errno. */
    private void acquire(PfkeyMessage message, KernelEvents events) throws MalformedMessage {
        if (message.errno() == 0) {
            Selector source = AddressCodec.readPacket(message, Pfkey.SADB_EXT_ADDRESS_SRC, dialect);
            Selector destination = AddressCodec.readPacket(message, Pfkey.SADB_EXT_ADDRESS_DST, dialect);
            Optional<TrafficSelectors> policy =
                    dialect.policies().acquiresOfSas() && message.has(Pfkey.SADB_X_EXT_POLICY)
                            ? policy(message.extension(Pfkey.SADB_X_EXT_POLICY))
                            : Optional.empty();
            events.acquire(
                    policy.map(p -> within(p.source(), source)).orElse(source),
                    policy.map(p -> within(p.destination(), destination)).orElse(destination),
                    0,
                    Optional.empty());
        }
    }

    /** What the policy is about that an acquire names; empty if it cannot be read, which is told: it may have gone since. */
    private Optional<TrafficSelectors> policy(PfkeyReader named) {
        try {
            PolicyCodec.writeQuery(channel.writer(), PolicyCodec.readId(named));
            return Optional.of(channel.answered(message -> AddressCodec.readSelectors(message, dialect)));
        } catch (RequestException | MalformedMessage e) {
            complaints.accept("kernel: the policy of an acquire cannot be read: " + e.getMessage());
            return Optional.empty();
        }
    }

    /**
     * A packet as far as it is known: the policy tells the protocol and the port. If the SA of a tunnel is gone, its
     * outer address is told; any packet that the policy is for will bring it back.
     */
    private static Selector within(Selector policy, Selector told) {
        Subnet address = policy.subnet().contains(told.subnet())
                ? told.subnet()
                : Subnet.host(policy.subnet().address());
        return new Selector(address, policy.protocol(), policy.port());
    }

    /** Base, SA, the limit that was reached, counters, addresses. */
    private void expire(PfkeyMessage message, KernelEvents events) throws MalformedMessage {
        Optional<SaId> id = SaCodec.readId(message, dialect);
        // The larval SA of an acquire, which has no SPI, is nobody's loss; nor are SAs of other protocols.
        if (id.isPresent() && id.get().spi() != 0) {
            events.expired(id.get(), message.has(Pfkey.SADB_EXT_LIFETIME_HARD), SaCodec.readCounters(message));
        }
    }

    /** Base, SA, the peer's old address and port as source, its new ones as destination. */
    private void mapping(PfkeyMessage message, KernelEvents events) throws MalformedMessage {
        events.mappingChanged(
                SaCodec.readSpi(message),
                AddressCodec.readHost(message, Pfkey.SADB_EXT_ADDRESS_DST, dialect),
                message.extension(Pfkey.SADB_X_EXT_NAT_T_DPORT).be16());
    }

    @Override
    public void close() {
        channel.close();
    }
}
