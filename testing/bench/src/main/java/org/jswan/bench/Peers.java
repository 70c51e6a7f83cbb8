// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jswan.base.Bytes;
import org.jswan.base.Endpoint;
import org.jswan.base.IpAddress;
import org.jswan.base.IpProtocol;
import org.jswan.base.Selector;
import org.jswan.base.Subnet;
import org.jswan.connection.ConnectionRequest;
import org.jswan.connection.EndAuthentication;
import org.jswan.connection.EndOption;
import org.jswan.connection.EndRequest;
import org.jswan.connection.HostSpec;
import org.jswan.connection.IkeVersion;
import org.jswan.control.WhackCommand;
import org.jswan.net.IkePorts;

/**
 * A responder and as many initiators as asked for. The initiators are one daemon with an address and a connection for
 * each; the responder has a connection for each, too.
 */
final class Peers {
    private static final IpAddress RESPONDER = IpAddress.of("192.0.2.1");

    /** A port at which nobody hears the answers. */
    private static final int FORGER = 40_000;

    /** Milliseconds until whoever asked for a successor ends the predecessor, and then some. */
    private static final int RETIRED_AFTER = 1500;

    private final Wire wire = new Wire();
    private final int count;
    private final String proposal;
    private final IkeVersion version;
    private final BenchHost responder = new BenchHost(wire, List.of(RESPONDER));
    private Optional<BenchHost> initiator = Optional.empty();

    /**
     * @param count 1 to 65536
     * @param proposal as for {@code ike=}
     */
    Peers(int count, String proposal) {
        this(count, proposal, IkeVersion.IKEV2);
    }

    /** The same by that version of IKE. */
    Peers(int count, String proposal, IkeVersion version) {
        this.count = count;
        this.proposal = proposal;
        this.version = version;
    }

    BenchHost responder() {
        return responder;
    }

    int count() {
        return count;
    }

    /** Loads the responder's connections. */
    void configureResponder() {
        configure(responder, count);
    }

    /** Starts the initiators. */
    void startInitiators() {
        startInitiators(count);
    }

    /** Starts the first {@code some} of the initiators. */
    void startInitiators(int some) {
        BenchHost started = new BenchHost(
                wire,
                IntStream.range(0, some).mapToObj(n -> IpAddress.of(address(n))).toList());
        configure(started, some);
        initiator = Optional.of(started);
    }

    /** The responder's connections wait for packets. */
    void route() {
        for (int n = 0; n < count; n++) {
            responder.whack(new WhackCommand.Route(name(n)));
        }
    }

    /** The responder's kernel wants an SA for a packet of peer {@code n}'s connection; there need not be one. */
    void acquire(int n) {
        Selector source = packet("172.17." + low(n), 8);
        Selector destination = packet("172.16." + low(n), 0);
        responder.run(() -> responder.pluto().acquire(source, destination, 0, Optional.empty()));
    }

    /** Nothing of the initiators is kept. They tell nobody that they are gone. */
    void forgetInitiators() {
        wire.unbindAll(initiator.orElseThrow());
        initiator = Optional.empty();
    }

    /** All connections come up, one after the other. */
    void up() {
        for (int n = 0; n < count; n++) {
            initiator.orElseThrow().whack(new WhackCommand.Initiate(name(n), Optional.empty()));
        }
        responder.expectEstablished(count);
    }

    /** The first peer comes up; gets its first message. */
    Bytes firstRequest() {
        List<Bytes> sent = new ArrayList<>();
        wire.tap(sent::add);
        begin(0);
        wire.tap(octets -> {});
        return sent.get(0);
    }

    /** A peer begins, and all that was posted happens. */
    void begin(int n) {
        initiator.orElseThrow().whack(new WhackCommand.Initiate(name(n), Optional.empty()));
    }

    private static Selector packet(String host, int port) {
        return new Selector(Subnet.host(IpAddress.of(host)), IpProtocol.ICMP, port);
    }

    /** A peer's SAs end. */
    void end(int n) {
        initiator.orElseThrow().whack(new WhackCommand.Terminate(name(n)));
    }

    /** A peer asks for a successor of its Child SA; the old one's end is awaited. */
    void rekey(int n) {
        initiator().whack(new WhackCommand.RekeyIpsec(name(n)));
        for (int milliseconds = 0; milliseconds < RETIRED_AFTER; milliseconds++) {
            wire.drain();
        }
    }

    /** Every datagram from now on, before it is delivered. */
    void tap(Consumer<Bytes> told) {
        wire.tap(told);
    }

    BenchHost initiator() {
        return initiator.orElseThrow();
    }

    /** Somebody sends the responder a message in a peer's name. */
    void forge(int n, Bytes message) {
        wire.send(new Endpoint(IpAddress.of(address(n)), FORGER), new Endpoint(RESPONDER, IkePorts.IKE), message);
    }

    /** All that was posted happens. */
    void pass() {
        wire.drain();
    }

    /** All connections go down by a delete of the initiators. */
    void down() {
        for (int n = 0; n < count; n++) {
            initiator.orElseThrow().whack(new WhackCommand.Terminate(name(n)));
        }
        responder.expectEstablished(0);
    }

    /** The responder's SAs end; nobody needs to be there to hear of it. */
    void endAll() {
        for (int n = 0; n < count; n++) {
            responder.whack(new WhackCommand.Terminate(name(n)));
        }
    }

    private void configure(BenchHost host, int some) {
        for (int n = 0; n < some; n++) {
            host.whack(new WhackCommand.Add(connection(n)));
        }
    }

    private ConnectionRequest connection(int n) {
        EndRequest.Builder gateway = end(RESPONDER.toString(), "@gateway.example.com", "172.17." + low(n) + "/32");
        EndRequest.Builder peer = end(address(n), "@peer" + n + ".example.com", "172.16." + low(n) + "/32");
        if (version == IkeVersion.IKEV1) {
            return PeerConnections.ikev1(name(n), gateway.build(), peer.build(), proposal);
        }
        return PeerConnections.of(
                name(n),
                gateway.set(EndOption.AUTH, EndAuthentication.PSK).build(),
                peer.set(EndOption.AUTH, EndAuthentication.PSK).build(),
                proposal);
    }

    private static String name(int n) {
        return "peer" + n;
    }

    private static String address(int n) {
        return "10.0." + low(n);
    }

    private static String low(int n) {
        return n / 256 + "." + n % 256;
    }

    private static EndRequest.Builder end(String address, String id, String client) {
        return EndRequest.builder()
                .set(EndOption.HOST, HostSpec.of(IpAddress.of(address)))
                .set(EndOption.ID, id)
                .set(EndOption.CLIENT, Subnet.of(client));
    }
}
