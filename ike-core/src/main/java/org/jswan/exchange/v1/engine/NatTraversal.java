// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v1.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jswan.base.Bytes;
import org.jswan.base.Endpoint;
import org.jswan.base.IpAddress;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionKind;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.connection.NatMethodV1;
import org.jswan.connection.YesNoAuto;
import org.jswan.crypto.Hash;
import org.jswan.exchange.Context;
import org.jswan.exchange.NatHash;
import org.jswan.log.Logger;
import org.jswan.log.RcCode;
import org.jswan.net.IkePorts;
import org.jswan.net.IkeSocket;
import org.jswan.net.Transport;
import org.jswan.sa.IkeSa;
import org.jswan.sa.IkeSa.Nat;
import org.jswan.sa.Sa;
import org.jswan.sa.State;
import org.jswan.sa.V1State;
import org.jswan.wire.IkeSpi;
import org.jswan.wire.Payload;
import org.jswan.wire.v1.NatDetectionPayload;
import org.jswan.wire.v1.NatTraversalMethod;

/**
 * NAT traversal (RFC 3947): vendor IDs say who can do it and how, hashes of addresses and ports show whether it is needed,
 * and then the initiator goes on at port 4500.
 */
public final class NatTraversal {
    /** One hash of the receiver's address, and one at least of the sender's. */
    private static final int FEWEST_HASHES = 2;

    private final Context context;
    private final Consumer<IkeSa> onPossible;
    private final ConnectionUsers users;

    /** @param onPossible told of ISAKMP SAs whose both ends can do it */
    public NatTraversal(Context context, Consumer<IkeSa> onPossible) {
        this.context = context;
        this.onPossible = onPossible;
        this.users = new ConnectionUsers(context.sas());
    }

    /** The vendor IDs by which an initiator offers it. */
    public static List<Payload> offer(Connection c, Logger logger) {
        List<NatTraversalMethod> methods =
                switch (method(c)) {
                    case BOTH -> List.of(NatTraversalMethod.RFC, NatTraversalMethod.DRAFTS);
                    case RFC -> List.of(NatTraversalMethod.RFC);
                    case DRAFTS -> List.of(NatTraversalMethod.DRAFTS);
                    case NONE -> List.of();
                };
        return methods.stream()
                .flatMap(method -> method.offers().stream())
                .map(id -> VendorIds.sent(id, logger))
                .toList();
    }

    /** The vendor ID by which a responder says how it is done: the best of those that the initiator sent. */
    public static List<Payload> answer(IkeSa ike, IsakmpMessage message) {
        return message.features().natTraversal().stream()
                .map(id -> VendorIds.sent(id, ike.logger()))
                .toList();
    }

    private static NatMethodV1 method(Connection c) {
        return c.config().natTraversal().ikev1Method();
    }

    /** The peer's first message says whether it can do it. */
    public static void agree(IkeSa ike, IsakmpMessage message) {
        message.features().natTraversal().ifPresent(id -> ike.phase1().setNatTraversal(NatTraversalMethod.of(id)));
    }

    /** The hashes that a message brings which answers {@code answered}; none if an end can't do it. */
    public static List<Payload> hashes(IkeSa ike, IsakmpMessage answered) {
        Optional<NatTraversalMethod> method = ike.phase1().natTraversal();
        if (method.isEmpty()) {
            return List.of();
        }
        // As libreswan: encapsulation=yes makes both hashes wrong, so that the peer sees a NAT.
        boolean forced = isForced(ike.connection());
        Endpoint remote = answered.sender().withPort(forced ? 0 : ike.remote().port());
        Endpoint local = answered.socket()
                .local()
                .withPort(forced ? 0 : ike.socket().local().port());
        List<Payload> hashes = new ArrayList<>();
        hashes.add(new NatDetectionPayload(method.get().natDetection(), hash(ike, answered, remote)));
        hashes.add(new NatDetectionPayload(method.get().natDetection(), hash(ike, answered, local)));
        return hashes;
    }

    private static boolean isForced(Connection c) {
        return c.config().natTraversal().encapsulation().equals(Optional.of(YesNoAuto.YES));
    }

    /** HASH(CKY-I | CKY-R | IP | Port) with the hash of the ISAKMP SA (RFC 3947 §3.2). */
    private static Bytes hash(IkeSa ike, IsakmpMessage message, Endpoint endpoint) {
        Hash hash = ike.suite()
                .orElseThrow()
                .prf()
                .hash()
                .orElseThrow(() -> new IllegalStateException("IKEv1 knows no PRF without a hash"));
        IkeSpi responder = ike.responderSpi().isZero() ? message.header().responderSpi() : ike.responderSpi();
        return NatHash.of(hash, ike.initiatorSpi(), responder, endpoint);
    }

    /** What the peer's hashes show, unless the connection decides. */
    public void detect(IkeSa ike, IsakmpMessage message) {
        if (ike.phase1().natTraversal().isEmpty()) {
            return;
        }
        List<Bytes> received = message.all(NatDetectionPayload.class)
                .map(NatDetectionPayload::hash)
                .toList();
        if (received.size() < FEWEST_HASHES) {
            ike.logger()
                    .log(
                            RcCode.LOG_SERIOUS,
                            "NAT-Traversal: Only " + received.size() + " NAT-D - Aborting NAT-Traversal negotiation");
            ike.phase1().setNatTraversal(Optional.empty());
            return;
        }
        ike.setNat(
                switch (ike.connection().config().natTraversal().encapsulation().orElse(YesNoAuto.AUTO)) {
                    case YES -> new Nat(true, true);
                    case NO -> Nat.NONE;
                    case AUTO -> new Nat(
                            !received.contains(
                                    hash(ike, message, message.socket().local())),
                            !received.contains(hash(ike, message, message.sender())));
                });
        ike.logger()
                .debug("NAT-Traversal: Result using "
                        + name(ike.phase1().natTraversal().get()) + " sender port "
                        + message.sender().port() + ": " + result(ike.nat()));
        onPossible.accept(ike);
    }

    private static String name(NatTraversalMethod method) {
        return method == NatTraversalMethod.RFC ? "RFC 3947 (NAT-Traversal)" : "draft-ietf-ipsec-nat-t-ike-02/03";
    }

    private static String result(Nat nat) {
        if (!nat.detected()) {
            return "no NAT detected";
        }
        return (nat.local() ? "I am behind NAT" : "")
                + (nat.local() && nat.remote() ? "+" : "")
                + (nat.remote() ? "peer behind NAT" : "");
    }

    /**
     * A message was accepted: what is sent from now on goes to where it came from, by the socket that it came to; and where
     * an initiator knows of a NAT, to port 4500.
     *
     * @param state of the SA whose message it was, after it
     */
    public void follow(Sa sa, State state, IsakmpMessage message) {
        IkeSa ike = sa.ike();
        followIfAllowed(ike, message);
        boolean leaves = state == V1State.MAIN_I3 || state == V1State.AGGR_I2;
        if (leaves && method(sa.connection()) != NatMethodV1.NONE) {
            leaveIkePort(ike);
        }
    }

    /** As {@link #follow}, unless the connection does without NAT traversal. */
    public void followIfAllowed(IkeSa ike, IsakmpMessage message) {
        if (method(ike.connection()) != NatMethodV1.NONE) {
            follow(ike, message);
        }
    }

    /** Whether payloads with the numbers of RFC 3947 are out of place: libreswan looks at that in Main Mode only. */
    static boolean refusesRfcNumbers(Sa sa) {
        IkeSa ike = sa.ike();
        boolean rfc = ike.phase1().natTraversal().equals(Optional.of(NatTraversalMethod.RFC))
                && (sa instanceof IkeSa || ike.nat().detected());
        return !rfc && !sa.connection().has(ConnectionPolicy.AGGRESSIVE);
    }

    /** The peer's mapping may have changed, and with it where it is to be reached. */
    public void follow(IkeSa ike, IsakmpMessage message) {
        if (ike.socket().transport() == Transport.TCP || message.socket().transport() == Transport.TCP) {
            return;
        }
        Endpoint now = message.sender();
        if (!now.equals(ike.remote())) {
            ike.logger().debug("new NAT mapping for " + ike.serial() + ", was " + ike.remote() + ", now " + now);
        }
        ike.moveTo(message.socket(), now);
        relocate(ike);
    }

    /**
     * An instance goes where its newest ISAKMP SA does, not where a peer is that has proven nothing yet, and with it go the peer's
     * others. Otherwise than with libreswan, which does either, they are found there then.
     */
    private void relocate(IkeSa ike) {
        Connection c = ike.connection();
        IpAddress now = ike.remote().address();
        Optional<IpAddress> before = c.remote().address();
        if (c.kind() == ConnectionKind.INSTANCE
                && c.newestIke().equals(Optional.of(ike.serial()))
                && !before.equals(Optional.of(now))) {
            List<Connection> others =
                    context.connections().findByHosts(c.local().address().orElseThrow(), before).stream()
                            .filter(other -> other != c
                                    && other.kind() == ConnectionKind.INSTANCE
                                    && other.hasSameEnds(c)
                                    && users.mayCarry(ike, other))
                            .toList();
            context.connections().moved(c, now);
            others.forEach(other -> context.connections().moved(other, now));
        }
    }

    /** As initiator: both ends go on at port 4500 if there is a NAT. */
    public void leaveIkePort(IkeSa ike) {
        if (!ike.nat().detected() || ike.socket().encapsulates()) {
            return;
        }
        Optional<IkeSocket> socket = context.sockets().natSocket(ike.socket().interfaceAddress());
        ike.moveTo(socket.orElse(ike.socket()), ike.remote().withPort(IkePorts.NAT_IKE));
    }
}
