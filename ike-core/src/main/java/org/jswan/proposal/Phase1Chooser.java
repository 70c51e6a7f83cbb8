// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.proposal;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jswan.base.Bytes;
import org.jswan.crypto.IkeSuite;
import org.jswan.wire.WireProposal;
import org.jswan.wire.WireTransform;
import org.jswan.wire.v1.NotificationType;

/**
 * Looks through what a peer proposes for an ISAKMP SA, or says that it chose. The peer's order counts: the first transform
 * that is acceptable is taken. As libreswan, an answer need only be acceptable, not one of what was offered.
 */
public final class Phase1Chooser {
    private final Phase1Policy policy;
    private final List<LogLine> log = new ArrayList<>();

    private Phase1Chooser(Phase1Policy policy) {
        this.policy = policy;
    }

    /** The responder's choice or, for an initiator, the check of the answer. */
    public static Ikev1Selection<Phase1Choice> select(Phase1Policy policy, WireProposal proposal) {
        return new Phase1Chooser(policy).select(proposal);
    }

    private Ikev1Selection<Phase1Choice> select(WireProposal proposal) {
        try {
            Optional<Phase1Choice> choice = firstAcceptable(proposal);
            if (choice.isPresent()) {
                return new Ikev1Selection.Chosen<>(choice.get(), log);
            }
            log.add(LogLine.serious("no acceptable Oakley Transform"));
            return new Ikev1Selection.Refused<>(NotificationType.NO_PROPOSAL_CHOSEN, log);
        } catch (SaRefused refusal) {
            refusal.line().ifPresent(log::add);
            return new Ikev1Selection.Refused<>(refusal.notification(), log);
        }
    }

    private Optional<Phase1Choice> firstAcceptable(WireProposal proposal) throws SaRefused {
        int count = proposal.transforms().size();
        if (policy.initiator() && count != 1) {
            throw SaRefused.badSyntax("a single Transform is required in a selecting Oakley Proposal; found " + count);
        }
        for (WireTransform transform : proposal.transforms()) {
            Phase1Transform read = new Phase1Transform(policy, log);
            if (!read.accepts(transform)) {
                continue;
            }
            read.shortKey().ifPresent(line -> log.add(LogLine.plain(line)));
            if (isConfigured(read)) {
                return Optional.of(choice(proposal, transform, read));
            }
        }
        return Optional.empty();
    }

    private static Phase1Choice choice(WireProposal proposal, WireTransform transform, Phase1Transform read)
            throws SaRefused {
        WireProposal answer = new WireProposal(proposal.number(), proposal.protocol(), Bytes.EMPTY, List.of(transform));
        return new Phase1Choice(read.suite(), read.auth(transform), read.xauth(), read.life(), answer);
    }

    private boolean isConfigured(Phase1Transform read) {
        Optional<String> missing = read.missing();
        if (missing.isPresent()) {
            log.add(LogLine.serious("OAKLEY proposal refused: missing " + missing.get()));
            return false;
        }
        IkeSuite suite = read.suite();
        if (policy.suites().defaulted()
                || policy.suites().all().stream().anyMatch(configured -> matches(configured, suite))) {
            return true;
        }
        log.add(LogLine.plain("Oakley Transform [" + suite.encr().fqn() + " (" + suite.encrKeyBits() + "), "
                + suite.prf().fqn() + ", " + suite.group().fqn() + "] refused"));
        return false;
    }

    private static boolean matches(AlgorithmSuite configured, IkeSuite suite) {
        AlgorithmSuite.Cipher cipher = configured.encr().get(0);
        return cipher.encr() == suite.encr()
                && (cipher.keyBits() == 0 || cipher.keyBits() == suite.encrKeyBits())
                && configured.prf().get(0) == suite.prf()
                && configured.groups().get(0) == suite.group();
    }
}
