// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.mobike;

import static org.jswan.wire.NotifyType.COOKIE2;
import static org.jswan.wire.NotifyType.NAT_DETECTION_DESTINATION_IP;
import static org.jswan.wire.NotifyType.NAT_DETECTION_SOURCE_IP;
import static org.jswan.wire.NotifyType.UPDATE_SA_ADDRESSES;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jswan.base.Bytes;
import org.jswan.base.Endpoint;
import org.jswan.base.IpAddress;
import org.jswan.connection.Connection;
import org.jswan.exchange.ChildKernel;
import org.jswan.exchange.Incoming;
import org.jswan.exchange.InformationalPart;
import org.jswan.exchange.Lifecycle;
import org.jswan.exchange.Liveness;
import org.jswan.exchange.Transmitter;
import org.jswan.exchange.v2.NatDetection;
import org.jswan.log.Logger;
import org.jswan.net.IkeSocket;
import org.jswan.routing.Relocation;
import org.jswan.sa.ChildSa;
import org.jswan.sa.IkeSa;
import org.jswan.sa.Mobility;
import org.jswan.sa.SaDatabase;
import org.jswan.wire.ExchangeType;
import org.jswan.wire.Payload;
import org.jswan.wire.v2.NotifyPayload;
import org.jswan.world.World;

/**
 * The exchange by which the initiator moves (RFC 4555 §3.5), or tries a path (§3.10).
 *
 * <pre>
 * HDR, SK {[N(UPDATE_SA_ADDRESSES),] N(NAT_DETECTION_SOURCE_IP), N(NAT_DETECTION_DESTINATION_IP), [N(COOKIE2)]}  --&gt;
 *        &lt;--  HDR, SK {N(NAT_DETECTION_SOURCE_IP), N(NAT_DETECTION_DESTINATION_IP), [N(COOKIE2)]}
 * </pre>
 */
public final class Mobike implements InformationalPart {
    private static final int LONGEST_COOKIE = 64;

    private final Logger daemon;
    private final Lifecycle lifecycle;
    private final Transmitter transmitter;
    private final ChildKernel kernel;
    private final Relocation relocation;
    private final Liveness liveness;
    private final Move move;

    public Mobike(
            World world,
            SaDatabase sas,
            Lifecycle lifecycle,
            Transmitter transmitter,
            ChildKernel kernel,
            Relocation relocation,
            Liveness liveness) {
        this.daemon = world.logger();
        this.lifecycle = lifecycle;
        this.transmitter = transmitter;
        this.kernel = kernel;
        this.relocation = relocation;
        this.liveness = liveness;
        this.move = new Move(sas, kernel);
    }

    private static boolean isMobile(IkeSa ike) {
        return ike.mobility().isPresent() && ike.isEstablished();
    }

    /** Messages leave by {@code socket} from now on; the peer is told as soon as the message window allows it. */
    void begin(IkeSa ike, IkeSocket socket, Optional<IpAddress> nextHop) {
        Mobility mobility = ike.mobility().orElseThrow();
        Endpoint from =
                mobility.move().map(Mobility.Move::from).orElse(ike.socket().local());
        daemon.debug(ike.serial() + " MOBIKE new local " + socket.local() + " remote " + ike.remote() + " and gateway "
                + nextHop.map(Object::toString).orElse("<unset-address>"));
        ike.moveTo(socket, ike.remote());
        mobility.setMove(Optional.of(new Mobility.Move(from, nextHop, Optional.empty())));
        lifecycle.wish(ike, this::tell);
    }

    private void tell(IkeSa ike) {
        Optional<Mobility.Move> begun = ike.mobility().flatMap(Mobility::move);
        if (begun.isEmpty()) {
            return;
        }
        long id = ike.window().nextRequestId();
        daemon.debug("Message ID: IKE " + ike.serial() + " record'n'send MOBIKE probe request (initiator: .sent=" + id
                + ")");
        ike.mobility().get().setMove(Optional.of(begun.get().told(id)));
        List<Payload> payloads = new ArrayList<>();
        payloads.add(NotifyPayload.of(UPDATE_SA_ADDRESSES));
        payloads.addAll(NatDetection.payloads(ike, ike.responderSpi()));
        transmitter.sendRequest(ike, ExchangeType.INFORMATIONAL, payloads);
    }

    @Override
    public void answered(IkeSa ike, Incoming response, Runnable done) {
        Optional<Mobility.Move> told = ike.mobility().flatMap(Mobility::move).filter(m -> m.messageId()
                .equals(Optional.of(response.header().messageId())));
        if (!isMobile(ike) || told.isEmpty()) {
            done.run();
            return;
        }
        ike.mobility().get().setMove(Optional.empty());
        for (var type : List.of(NAT_DETECTION_SOURCE_IP, NAT_DETECTION_DESTINATION_IP)) {
            if (response.has(type)) {
                daemon.debug("TODO: process v2N_" + type.shortName() + " in MOBIKE response ");
            }
        }
        String update = update("local", told.get().from(), ike.socket().local());
        tellOfChild(ike, update);
        Optional<NotifyPayload> refusal =
                response.notifies().filter(n -> n.notifyType().isError()).findFirst();
        if (refusal.isPresent()) {
            ike.logger()
                    .log("MOBIKE response: peer answered " + update + " with "
                            + refusal.get().notifyType().shortName());
            done.run();
            return;
        }
        move.childrenOf(ike, moved -> {
            if (moved) {
                ike.logger().log(" success " + update);
                Move.connections(ike)
                        .forEach(c ->
                                relocation.moveLocal(c, ike.socket(), told.get().nextHop()));
                arrive(ike, done);
            } else {
                ike.logger().log(update + " FAILED");
                done.run();
            }
        });
    }

    private void arrive(IkeSa ike, Runnable done) {
        ike.mobility().orElseThrow().setLost(Optional.empty());
        Move.forEach(
                Move.carrying(ike),
                (child, next) -> kernel.arrive(child, () -> {
                    liveness.watch(child);
                    next.run();
                }),
                () -> {
                    ike.logger().log("MOBIKE response: updating IPsec SA");
                    done.run();
                });
    }

    private static String update(String end, Endpoint from, Endpoint to) {
        return "MOBIKE update " + end + " address " + from + " -> " + to;
    }

    private void tellOfChild(IkeSa ike, String update) {
        for (ChildSa child : Move.carrying(ike)) {
            daemon.debug(child.serial() + " pst=" + ike.serial() + " " + update);
        }
    }

    @Override
    public void requested(IkeSa ike, Incoming request, Consumer<List<Payload>> answer) {
        if (!isMobile(ike)) {
            answer.accept(List.of());
            return;
        }
        boolean probes = request.has(NAT_DETECTION_SOURCE_IP) || request.has(NAT_DETECTION_DESTINATION_IP);
        if (!request.has(UPDATE_SA_ADDRESSES)) {
            daemon.debug("MOBIKE request: not updating IPsec SA");
            answer.accept(probes ? answerTo(ike, request) : List.of());
            return;
        }
        Consumer<Boolean> then = moved -> {
            ike.logger().log("MOBIKE request: updating IPsec SA by request");
            answer.accept(probes && moved ? answerTo(ike, request) : List.of());
        };
        if (ike.nat().local()) {
            ike.logger().log("Ignoring MOBIKE UPDATE_SA since we are behind NAT");
            then.accept(true);
            return;
        }
        follow(ike, request, then);
    }

    /** The peer is where its request comes from. */
    private void follow(IkeSa ike, Incoming request, Consumer<Boolean> then) {
        Endpoint old = ike.remote();
        Endpoint now = request.sender();
        if (old.address().family() != now.address().family()) {
            ike.logger().log("MOBIKE: AF change switching between v4 and v6 not supported");
            ike.moveTo(request.socket(), now);
            then.accept(false);
            return;
        }
        String update = update("remote", old, now);
        tellOfChild(ike, update);
        ike.moveTo(request.socket(), now);
        if (old.equals(now)) {
            ike.logger().log("MOBIKE success no change to kernel SA same IP address and port " + old);
            then.accept(true);
            return;
        }
        move.childrenOf(ike, moved -> {
            if (moved) {
                ike.logger().log(" success " + update);
                for (Connection c : Move.connections(ike)) {
                    relocation.moveRemote(c, request.socket(), now);
                }
            } else {
                ike.logger().log(update + " FAILED");
            }
            then.accept(moved);
        });
    }

    private List<Payload> answerTo(IkeSa ike, Incoming request) {
        Optional<Bytes> cookie = request.notify(COOKIE2).map(NotifyPayload::data);
        if (cookie.filter(c -> c.length() > LONGEST_COOKIE).isPresent()) {
            daemon.debug("MOBIKE COOKIE2 notify payload too big - ignored");
            cookie = Optional.empty();
        }
        daemon.debug("adding NATD" + (cookie.isPresent() ? " and cookie2" : "") + " payloads to MOBIKE response");
        List<Payload> payloads = new ArrayList<>(
                NatDetection.payloads(ike, ike.responderSpi(), request.socket().local(), request.sender()));
        cookie.ifPresent(c -> payloads.add(NotifyPayload.of(COOKIE2, c)));
        return payloads;
    }
}
