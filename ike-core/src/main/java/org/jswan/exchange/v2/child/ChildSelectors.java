// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v2.child;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jswan.base.IpAddress;
import org.jswan.base.SecurityLabel;
import org.jswan.base.Selector;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionKind;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.connection.LabelCheck;
import org.jswan.exchange.Context;
import org.jswan.exchange.Incoming;
import org.jswan.exchange.v2.child.LabelSelection.Choice;
import org.jswan.exchange.v2.child.TrafficSelection.Fit;
import org.jswan.exchange.v2.child.TrafficSelection.Match;
import org.jswan.identity.IdType;
import org.jswan.log.RcCode;
import org.jswan.sa.ChildSa;
import org.jswan.wire.NotifyType;
import org.jswan.wire.PayloadType;
import org.jswan.wire.v2.TrafficSelector;
import org.jswan.wire.v2.TsPayload;

/**
 * Which connection a Child SA is for and what it carries: TSi and TSr beside the clients of connections (RFC 7296 §2.9). A
 * connection that allows narrowing is a template: it takes what lies within its clients, by an instance that has just
 * that; the instance itself takes what its clients lie within.
 */
final class ChildSelectors {
    private final Context context;
    private final LabelSelection labels;

    ChildSelectors(Context context) {
        this.context = context;
        this.labels = new LabelSelection(new LabelCheck(context.world().security()));
    }

    /** A connection that may serve a Child SA, and what it would carry. */
    private record Candidate(Connection connection, Match match, Optional<SecurityLabel> label) {}

    /** As responder: finds the connection whose clients fit best what the peer names. */
    void find(ChildSa child, Incoming request) throws ChildRefused {
        TsPayload tsi = payload(child, request, PayloadType.TSI);
        TsPayload tsr = payload(child, request, PayloadType.TSR);
        Connection current = child.connection();
        Optional<Candidate> best = best(child, tsi, tsr).or(() -> FoodGroup.match(current, strangers(child), tsi, tsr)
                .filter(sibling -> Strangers.mayName(
                        child, sibling.template(), sibling.match().initiator()))
                .map(match -> takeOver(child, match)));
        if (best.isEmpty()) {
            if (current.kind() != ConnectionKind.INSTANCE) {
                child.logger().log(RcCode.LOG_SERIOUS, "No IKEv2 connection found with compatible Traffic Selectors");
            }
            throw new ChildRefused(NotifyType.TS_UNACCEPTABLE);
        }
        Connection found = best.get().connection();
        if (found.kind() == ConnectionKind.TEMPLATE) {
            found = instance(found, child, best.get().label());
            found.local().setClient(best.get().match().responder());
            found.remote().setClient(best.get().match().initiator());
        }
        if (found != current) {
            child.logger().log("switched to " + found);
            context.lifecycle().switchTo(child, found);
        }
        carry(child);
    }

    private Connection instance(Connection template, ChildSa child, Optional<SecurityLabel> label) {
        return label.isPresent()
                ? context.instances().labelled(template, peer(child), label.get())
                : context.instances().make(template, Optional.of(peer(child)), Optional.empty());
    }

    /** As libreswan: what another member of the group protects becomes the instance's, or another's if SAs share that. */
    private Candidate takeOver(ChildSa child, FoodGroup.Sibling sibling) {
        Connection current = child.connection();
        boolean shared = context.sas().of(current).stream().anyMatch(sa -> sa != child && sa != child.ike());
        Connection taken = shared
                ? context.instances().make(sibling.template(), Optional.of(peer(child)), Optional.empty())
                : current;
        taken.local().setClient(sibling.match().responder());
        taken.remote().setClient(sibling.match().initiator());
        return new Candidate(taken, sibling.match(), Optional.empty());
    }

    /** The templates and members that may be for the peer. */
    private List<Connection> strangers(ChildSa child) {
        return context.connections()
                .findForStranger(child.ike().socket().interfaceAddress().address(), peer(child));
    }

    private static IpAddress peer(ChildSa child) {
        return child.ike().remote().address();
    }

    private static TsPayload payload(ChildSa child, Incoming message, PayloadType type) throws ChildRefused {
        TsPayload payload = message.first(TsPayload.class, type).orElseThrow();
        for (TrafficSelector selector : payload.selectors()) {
            if (selector instanceof TrafficSelector.Label label && label.reserved() != 0) {
                child.logger()
                        .log("Traffic Selector of type Security Label should not have non-zero IP protocol '"
                                + label.reserved() + "' - ignored");
            }
        }
        Optional<String> fault = TrafficSelection.fault(payload);
        if (fault.isPresent()) {
            child.logger().log(fault.get());
            throw new ChildRefused(NotifyType.TS_UNACCEPTABLE);
        }
        return payload;
    }

    private Optional<Candidate> best(ChildSa child, TsPayload tsi, TsPayload tsr) {
        IpAddress us = child.ike().socket().interfaceAddress().address();
        List<Connection> candidates = new ArrayList<>(context.connections().findByHosts(us, Optional.of(peer(child))));
        candidates.addAll(context.connections().findForStranger(us, peer(child)));
        if (!candidates.contains(child.connection())) {
            // The peer is behind a NAT and its connection names the address there.
            candidates.add(0, child.connection());
        }
        Optional<Candidate> best = Optional.empty();
        for (Connection c : candidates) {
            if (!mayServe(c, child)) {
                continue;
            }
            Choice label = labels.choose(c, tsi, tsr, child.logger());
            if (!label.fits()) {
                continue;
            }
            Optional<Match> match = match(c, tsi, tsr).filter(m -> Strangers.mayName(child, c, m.initiator()));
            if (match.isPresent()
                    && (best.isEmpty() || match.get().isBetterThan(best.get().match()))) {
                best = Optional.of(new Candidate(c, match.get(), label.label()));
            }
        }
        return best;
    }

    private static boolean mayServe(Connection c, ChildSa child) {
        Connection current = child.connection();
        if (c.isForLabel()) {
            // Each label of a packet has an SA of its own, even if there is one like it.
            return false;
        }
        if (c == current) {
            return true;
        }
        boolean nobodys = c.kind() == ConnectionKind.INSTANCE && c.remote().id().type() == IdType.NULL;
        return c.isOriented()
                && c.kind() != ConnectionKind.GROUP
                && !nobodys
                && child.ike().provesEnoughFor(c)
                && (c.isAliasOf(current) || c.hasSameEnds(current));
    }

    private static Optional<Match> match(Connection c, TsPayload tsi, TsPayload tsr) {
        Optional<Selector> theirs = c.remote().client();
        Optional<Selector> ours = c.local().client();
        return theirs.isEmpty() || ours.isEmpty()
                ? Optional.empty()
                : TrafficSelection.match(tsi, theirs.get(), tsr, ours.get(), responderFit(c));
    }

    private static Fit responderFit(Connection c) {
        if (!c.has(ConnectionPolicy.IKEV2_ALLOW_NARROWING)) {
            return Fit.EQUAL;
        }
        return c.kind() == ConnectionKind.TEMPLATE ? Fit.PEERS_WITHIN : Fit.OURS_WITHIN;
    }

    /** As responder, for the successor of a Child SA: what the predecessor carries must be carried on. */
    void keep(ChildSa child, Incoming request) throws ChildRefused {
        TsPayload tsi = payload(child, request, PayloadType.TSI);
        TsPayload tsr = payload(child, request, PayloadType.TSR);
        Connection c = child.connection();
        if (!labels.choose(c, tsi, tsr, child.logger()).fits()) {
            child.logger()
                    .log(
                            RcCode.LOG_SERIOUS,
                            "rekey: received Traffic Selectors mismatch configured selectors for Security Label");
            throw new ChildRefused(NotifyType.TS_UNACCEPTABLE);
        }
        if (TrafficSelection.match(
                        tsi,
                        c.remote().client().orElseThrow(),
                        tsr,
                        c.local().client().orElseThrow(),
                        Fit.OURS_WITHIN)
                .isEmpty()) {
            child.logger()
                    .log(
                            RcCode.LOG_SERIOUS,
                            "rekey: received Traffic Selectors does not contain existing IPsec SA Traffic Selectors");
            throw new ChildRefused(NotifyType.TS_UNACCEPTABLE);
        }
        carry(child);
    }

    /**
     * As initiator: what the peer narrowed must lie within what we asked for, and may be less only by policy. A successor
     * carries what its predecessor does, no less.
     */
    void accept(ChildSa child, Incoming response) throws ChildRefused {
        Connection c = child.connection();
        boolean narrows = c.has(ConnectionPolicy.IKEV2_ALLOW_NARROWING)
                && child.replaces().isEmpty();
        Fit fit = narrows ? Fit.PEERS_WITHIN : Fit.EQUAL;
        TsPayload tsi = payload(child, response, PayloadType.TSI);
        TsPayload tsr = payload(child, response, PayloadType.TSR);
        boolean labelFits = labels.choose(c, tsi, tsr, child.logger()).fits();
        Optional<Match> match = TrafficSelection.match(
                tsi, c.local().client().orElseThrow(), tsr, c.remote().client().orElseThrow(), fit);
        if (!labelFits || match.isEmpty()) {
            throw new ChildRefused(NotifyType.TS_UNACCEPTABLE);
        }
        c.local().assignClient(match.get().initiator());
        c.remote().assignClient(match.get().responder());
        carry(child);
    }

    /** A Child SA carries what its connection has at its ends. */
    static void carry(ChildSa child) {
        Connection c = child.connection();
        child.setSelectors(c.local().client().orElseThrow(), c.remote().client().orElseThrow());
    }
}
