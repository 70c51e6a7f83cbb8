// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v1.phase1;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jswan.base.IpAddress;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionKind;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.connection.EndAuthentication;
import org.jswan.connection.IkeVersion;
import org.jswan.exchange.Context;
import org.jswan.exchange.v1.engine.IsakmpMessage;
import org.jswan.identity.IdType;
import org.jswan.identity.IdentityException;
import org.jswan.identity.IkeId;
import org.jswan.log.Logger;
import org.jswan.log.RcCode;
import org.jswan.proposal.OfferedAuthentication;
import org.jswan.wire.v1.IdPayload;
import org.jswan.wire.v1.Refusal;
import org.jswan.wire.v1.SaPayload;

/** Which connection the first message of a phase 1 is for: by hosts, by what is offered and, once it is told, by identity. */
public final class Phase1Connections {
    private final Context context;

    public Phase1Connections(Context context) {
        this.context = context;
    }

    /** What has to fit. */
    private record Wanted(OfferedAuthentication offered, boolean aggressive, Optional<IkeId> peer) {
        boolean fits(Connection c) {
            return c.isOriented()
                    && c.config().ikeVersion() == IkeVersion.IKEV1
                    && !c.config().neverNegotiates()
                    && c.has(ConnectionPolicy.XAUTH) == offered.xauth()
                    && c.has(ConnectionPolicy.AGGRESSIVE) == aggressive
                    && peer.filter(id -> !isNamed(c.remote().id(), id)).isEmpty()
                    && isOffered(c.remote().config().auth());
        }

        private static boolean isNamed(IkeId by, IkeId peer) {
            return by.type() == IdType.FROMCERT || by.isAny() || peer.matches(by);
        }

        private boolean isOffered(EndAuthentication auth) {
            return auth == EndAuthentication.PSK && offered.psk()
                    || auth == EndAuthentication.RSASIG && offered.rsaSig();
        }
    }

    /** @return empty if there is none; why was logged */
    Optional<Connection> forMainMode(IsakmpMessage message) {
        Optional<OfferedAuthentication> offered = offered(message, "Main");
        if (offered.isEmpty()) {
            return Optional.empty();
        }
        Wanted wanted = new Wanted(offered.get(), false, Optional.empty());
        Optional<Connection> found = find(message, wanted, c -> c.kind() == ConnectionKind.TEMPLATE);
        if (found.isEmpty()) {
            logger(message)
                    .log(
                            RcCode.LOG_SERIOUS,
                            "initial Main Mode message received but no connection has been authorized with authby="
                                    + text(offered.get()) + " and xauth="
                                    + (offered.get().xauth() ? "yes" : "no"));
        }
        return found;
    }

    /** @return empty if there is none; why was logged */
    Optional<Connection> forAggressiveMode(IsakmpMessage message) {
        Optional<OfferedAuthentication> offered = offered(message, "Aggressive");
        if (offered.isEmpty()) {
            return Optional.empty();
        }
        Wanted wanted = new Wanted(offered.get(), true, peer(message));
        Optional<Connection> found = find(message, wanted, c -> c.kind() != ConnectionKind.INSTANCE);
        if (found.isEmpty()) {
            logger(message)
                    .log(
                            RcCode.LOG_SERIOUS,
                            "initial Aggressive Mode message from " + message.sender()
                                    + " but no (wildcard) connection has been configured with authby "
                                    + text(offered.get()));
        }
        return found;
    }

    /** As libreswan: an identity that cannot be read does not matter here. */
    private static Optional<IkeId> peer(IsakmpMessage message) {
        IdPayload identity = message.need(IdPayload.class);
        try {
            return Optional.of(IkeId.ofWire(identity.idType(), identity.data()));
        } catch (IdentityException unreadable) {
            return Optional.empty();
        }
    }

    private static Logger logger(Context context, IsakmpMessage message) {
        return new Logger(context.strangers(), message.prefix());
    }

    private Logger logger(IsakmpMessage message) {
        return logger(context, message);
    }

    private Optional<OfferedAuthentication> offered(IsakmpMessage message, String mode) {
        try {
            return Optional.of(
                    OfferedAuthentication.of(message.need(SaPayload.class).oakley()));
        } catch (Refusal refusal) {
            // As libreswan, which looks at attributes before it chooses transforms, and there calls none invalid.
            String why = refusal.getMessage().replaceFirst("^invalid transform: ", "");
            logger(message).log(RcCode.LOG_SERIOUS, "initial " + mode + " Mode message has corrupt SA payload: " + why);
            return Optional.empty();
        }
    }

    /** One of the peer's own, first one with an ISAKMP SA that can be shared; else one for any peer. */
    private Optional<Connection> find(
            IsakmpMessage message, Wanted wanted, java.util.function.Predicate<Connection> forAnyPeer) {
        IpAddress local = message.socket().interfaceAddress().address();
        IpAddress peer = message.sender().address();
        List<Connection> known = candidates(local, Optional.of(peer), wanted);
        return preferred(known)
                .or(() -> preferred(candidates(local, Optional.empty(), wanted).stream()
                        .filter(forAnyPeer)
                        .toList()))
                .map(c -> c.kind() == ConnectionKind.TEMPLATE
                        ? context.instances().make(c, Optional.of(peer), Optional.empty())
                        : c);
    }

    private static Optional<Connection> preferred(List<Connection> fitting) {
        return fitting.stream()
                .filter(c -> c.newestIke().isPresent())
                .findFirst()
                .or(() -> fitting.stream().findFirst());
    }

    private List<Connection> candidates(IpAddress local, Optional<IpAddress> peer, Wanted wanted) {
        return context.connections().findByHosts(local, peer).stream()
                .filter(c -> c.kind() != ConnectionKind.GROUP && wanted.fits(c))
                .toList();
    }

    private static String text(OfferedAuthentication offered) {
        List<String> names = new ArrayList<>();
        if (offered.psk()) {
            names.add("PSK");
        }
        if (offered.rsaSig()) {
            names.add("RSASIG");
        }
        return names.isEmpty() ? "none" : String.join("+", names);
    }
}
