// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jswan.base.Bytes;
import org.jswan.base.Endpoint;
import org.jswan.base.SaSerial;
import org.jswan.impair.Impairment;
import org.jswan.log.Logger;
import org.jswan.net.IkeSocket;
import org.jswan.sa.IkeSa;
import org.jswan.sa.Sa;
import org.jswan.sa.Statistics;
import org.jswan.world.World;

/** Sends the datagrams that messages are made of: tells of them, counts them, loses or doubles them where that is impaired. */
public final class DatagramSender {
    /** Octets in front of an IKE message on port 4500 (RFC 3948 §2.2). */
    private static final int NON_ESP_MARKER = 4;

    /** What belongs to no SA goes by this number in debugging output. */
    private static final SaSerial NO_SA = new SaSerial(0);

    private static final Duration TWICE = Duration.ofMillis(500);

    private final World world;
    private final Statistics statistics;

    public DatagramSender(World world, Statistics statistics) {
        this.world = world;
        this.statistics = statistics;
    }

    /**
     * Sends a message of an SA to where its peer is.
     *
     * @param purpose the state that sends it, or what else makes it go
     */
    public void send(Sa sa, List<Bytes> datagrams, String purpose) {
        IkeSa ike = sa.ike();
        send(sa, ike.socket(), ike.remote(), datagrams, purpose);
    }

    /** The same to where the peer asked from. */
    void send(Sa sa, IkeSocket socket, Endpoint remote, List<Bytes> datagrams, String purpose) {
        for (Bytes datagram : datagrams) {
            new Sending(sa.logger(), sa.logger()::error, sa.serial(), socket, remote, datagram, purpose).go();
        }
    }

    /** Answers a message of no SA; that it cannot is no news, for anybody can forge addresses. @return whether it left */
    public boolean answer(Logger logger, IkeSocket socket, Endpoint remote, Bytes datagram, String purpose) {
        return new Sending(logger, text -> logger.debug(text), NO_SA, socket, remote, datagram, purpose).go();
    }

    /** One datagram on its way. */
    private final class Sending {
        private final Logger logger;
        private final Consumer<String> onFailure;
        private final SaSerial serial;
        private final IkeSocket socket;
        private final Endpoint remote;
        private final Bytes datagram;
        private final String purpose;

        Sending(
                Logger logger,
                Consumer<String> onFailure,
                SaSerial serial,
                IkeSocket socket,
                Endpoint remote,
                Bytes datagram,
                String purpose) {
            this.logger = logger;
            this.onFailure = onFailure;
            this.serial = serial;
            this.socket = socket;
            this.remote = remote;
            this.datagram = datagram;
            this.purpose = purpose;
        }

        private int octets() {
            return datagram.length() + (socket.encapsulates() ? NON_ESP_MARKER : 0);
        }

        boolean go() {
            logger.debug(() -> ExchangeTrace.sending(serial, socket, remote, octets(), purpose));
            OptionalLong lost = world.impair().outgoing().lost(datagram);
            if (lost.isPresent()) {
                logger.log("IMPAIR: dropping outgoing message " + lost.getAsLong());
            }
            boolean left = lost.isEmpty() && deliver();
            if ((left || lost.isPresent()) && world.impair().on(Impairment.JACOB_TWO_TWO)) {
                sendTwice();
            }
            return left;
        }

        private void sendTwice() {
            logger.log("IMPAIR: JACOB 2-2: resending " + octets() + " bytes for " + purpose + " through "
                    + socket.interfaceAddress().interfaceName() + " from " + socket.local() + " to " + remote + ":");
            // As libreswan, half a second later; but nothing else waits meanwhile, save who watches the SA.
            Logger watching = logger.fork();
            world.timers().after(TWICE, "JACOB 2-2", () -> {
                deliver();
                watching.detachAll();
            });
        }

        private boolean deliver() {
            statistics.add("ike.traffic.out", octets());
            try {
                socket.send(remote, datagram);
                return true;
            } catch (IOException refused) {
                onFailure.accept("send on " + socket.interfaceAddress().interfaceName() + " from " + socket.local()
                        + " to " + remote + " using " + socket.transport() + " failed in " + purpose + ": "
                        + refused.getMessage());
                return false;
            }
        }
    }
}
