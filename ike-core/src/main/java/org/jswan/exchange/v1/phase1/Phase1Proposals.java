// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v1.phase1;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jswan.base.Secret;
import org.jswan.connection.Connection;
import org.jswan.connection.EndAuthentication;
import org.jswan.exchange.Context;
import org.jswan.exchange.v1.engine.IsakmpFailure;
import org.jswan.proposal.AlgorithmSuites;
import org.jswan.proposal.Ikev1Selection;
import org.jswan.proposal.ImpairedKeyLengths;
import org.jswan.proposal.Phase1Auth;
import org.jswan.proposal.Phase1Choice;
import org.jswan.proposal.Phase1Chooser;
import org.jswan.proposal.Phase1Offer;
import org.jswan.proposal.Phase1Policy;
import org.jswan.proposal.SaTrace;
import org.jswan.sa.IkeRole;
import org.jswan.sa.IkeSa;
import org.jswan.wire.WireProposal;
import org.jswan.wire.v1.Refusal;
import org.jswan.wire.v1.SaPayload;

/** What a connection proposes for an ISAKMP SA, and what of a peer's proposal it takes. */
public final class Phase1Proposals {
    private final Context context;

    public Phase1Proposals(Context context) {
        this.context = context;
    }

    static AlgorithmSuites suites(Connection c) {
        return c.config().ikeSuites().orElseThrow();
    }

    /** The authentication method that an initiator offers. */
    static int method(Connection c) {
        Phase1Auth auth = offeredAuthentication(c);
        if (c.local().config().xauth().client()) {
            return auth.method(Phase1Auth.Xauth.INITIATOR);
        }
        return auth.method(c.local().config().xauth().server() ? Phase1Auth.Xauth.RESPONDER : Phase1Auth.Xauth.NONE);
    }

    private static Optional<Phase1Auth> auth(Connection c) {
        EndAuthentication wanted = c.remote().config().auth();
        if (wanted == EndAuthentication.PSK) {
            return Optional.of(Phase1Auth.PRESHARED_KEY);
        }
        return wanted == EndAuthentication.RSASIG ? Optional.of(Phase1Auth.RSA_SIG) : Optional.empty();
    }

    /** What Main Mode offers. */
    SaPayload mainMode(IkeSa ike) {
        Connection c = ike.connection();
        return payload(
                ike,
                Phase1Offer.mainMode(
                        suites(c), method(c), c.config().lifetimes().ike()));
    }

    /** An offer as it is sent. */
    SaPayload payload(IkeSa ike, Phase1Offer offer) {
        return SaPayload.of(
                ImpairedKeyLengths.of(List.of(offer.proposal()), context.world().impair(), ike.logger()::log));
    }

    /** What Aggressive Mode offers; all transforms have the group of the first. */
    static Phase1Offer aggressiveMode(Connection c) {
        return Phase1Offer.aggressiveMode(
                suites(c), method(c), c.config().lifetimes().ike());
    }

    /** How the ends authenticate each other by what is offered. */
    static Phase1Auth offeredAuthentication(Connection c) {
        return auth(c).orElse(Phase1Auth.PRESHARED_KEY);
    }

    /**
     * Takes what the peer proposes, or answers: the SA adopts what is chosen.
     *
     * @return what a responder answers
     */
    SaPayload select(IkeSa ike, SaPayload offered) throws IsakmpFailure {
        WireProposal proposal;
        try {
            proposal = offered.oakley();
        } catch (Refusal refusal) {
            throw IsakmpFailure.refused(refusal.notification(), refusal.getMessage());
        }
        Ikev1Selection<Phase1Choice> selection = Phase1Chooser.select(policy(ike), proposal);
        if (selection instanceof Ikev1Selection.Refused<Phase1Choice> refused) {
            trace(ike, proposal, List.of());
            refused.log().forEach(line -> ike.logger().log(line.code(), line.text()));
            throw IsakmpFailure.refused(refused.notification(), "");
        }
        Ikev1Selection.Chosen<Phase1Choice> chosen = (Ikev1Selection.Chosen<Phase1Choice>) selection;
        chosen.log().forEach(line -> ike.logger().log(line.code(), line.text()));
        Phase1Choice choice = chosen.choice();
        trace(ike, proposal, List.of(choice.answer()));
        ike.setSuite(choice.suite());
        ike.negotiation().setGroup(choice.suite().group());
        ike.phase1().setAuthentication(choice.auth(), choice.xauth());
        ike.phase1().setLife(choice.life());
        return SaPayload.of(List.of(choice.answer()));
    }

    /** As libreswan: a responder looks through all of it to find a connection, then for what it takes. */
    private static void trace(IkeSa ike, WireProposal proposal, List<WireProposal> taken) {
        if (ike.role() == IkeRole.RESPONDER) {
            ike.logger().debug(() -> SaTrace.parsed(List.of(proposal)));
        }
        ike.logger().debug(() -> SaTrace.parsed(List.of(proposal), taken));
    }

    private Phase1Policy policy(IkeSa ike) {
        Connection c = ike.connection();
        Optional<Secret> key =
                context.secrets().get().psk(c.local().id(), c.remote().id());
        return new Phase1Policy(
                suites(c),
                ike.role() == IkeRole.INITIATOR,
                auth(c),
                c.local().config().xauth().client(),
                c.local().config().xauth().server(),
                new Phase1Policy.PresharedKey(
                        c.toString(),
                        key.map(k -> OptionalInt.of(k.length())).orElse(OptionalInt.empty()),
                        c.local().id().toString(),
                        c.remote().id().toString()));
    }
}
