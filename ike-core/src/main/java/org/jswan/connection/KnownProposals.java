// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.connection;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jswan.crypto.Algorithm;
import org.jswan.impair.Impairment;
import org.jswan.impair.Impairments;
import org.jswan.proposal.AlgorithmSuites;
import org.jswan.proposal.ProposalBuilder;
import org.jswan.proposal.ProposalException;
import org.jswan.proposal.ProposalParser;
import org.jswan.proposal.SecurityProtocol;

/**
 * What {@code ike=} and {@code esp=} of connections come to. Thousands of connections share a few of these strings, mostly
 * the defaults, and to work one out takes longer than all the rest of adding a connection.
 */
final class KnownProposals {
    /** So many strings are remembered; then it begins anew. */
    private static final int LIMIT = 100;

    /** On which of its policies a connection's proposals for Child SAs depend. */
    private static final Set<ConnectionPolicy> CHILD_POLICIES = EnumSet.of(
            ConnectionPolicy.ENCRYPT,
            ConnectionPolicy.PFS,
            ConnectionPolicy.ESN_NO,
            ConnectionPolicy.ESN_YES,
            ConnectionPolicy.MSDH_DOWNGRADE);

    private final Predicate<Algorithm> kernelHas;
    private final Impairments impair;
    private final Map<List<Object>, AlgorithmSuites> suites = new HashMap<>();
    private final Map<List<Object>, List<String>> lines = new HashMap<>();

    /** @param kernelHas which ciphers and integrity algorithms the kernel's interface has, always the same */
    KnownProposals(Predicate<Algorithm> kernelHas, Impairments impair) {
        this.kernelHas = kernelHas;
        this.impair = impair;
    }

    /**
     * What {@code ike=} says.
     *
     * @param text empty: the defaults
     * @param remarks gets lines to log about what is passed over
     */
    AlgorithmSuites ike(IkeVersion version, Optional<String> text, Consumer<String> remarks) throws ProposalException {
        return suites(List.of(version, text), text, hearer -> ProposalParser.ike(version.onTheWire(), hearer), remarks);
    }

    /** What {@code esp=} says, as {@link #ike}. */
    AlgorithmSuites child(
            IkeVersion version, Optional<String> text, Set<ConnectionPolicy> policies, Consumer<String> remarks)
            throws ProposalException {
        return suites(
                childQuestion(version, text, policies),
                text,
                hearer -> ProposalParser.child(
                        policies.contains(ConnectionPolicy.ENCRYPT) ? SecurityProtocol.ESP : SecurityProtocol.AH,
                        version.onTheWire(),
                        policies.contains(ConnectionPolicy.PFS),
                        kernelHas,
                        hearer),
                remarks);
    }

    private static List<Object> childQuestion(
            IkeVersion version, Optional<String> text, Set<ConnectionPolicy> policies) {
        Set<ConnectionPolicy> relevant = EnumSet.copyOf(CHILD_POLICIES);
        relevant.retainAll(policies);
        return List.of(version, text, relevant);
    }

    /** Not remembered if there were remarks: they are made to everyone who asks. */
    private AlgorithmSuites suites(
            List<Object> question,
            Optional<String> text,
            Function<Consumer<String>, ProposalParser> parser,
            Consumer<String> remarks)
            throws ProposalException {
        if (impair.on(Impairment.SEND_KEY_SIZE_CHECK)) {
            return parser.apply(remarks).withAnyKeyLength().parse(text);
        }
        AlgorithmSuites answer = suites.get(question);
        if (answer == null) {
            List<String> heard = new ArrayList<>();
            try {
                answer = parser.apply(heard::add).parse(text);
            } finally {
                heard.forEach(remarks);
            }
            if (heard.isEmpty()) {
                remember(suites, question, answer);
            }
        }
        return answer;
    }

    /** The proposals for the IKE SA of a connection that negotiates by IKEv2, as the log shows them. */
    List<String> ikeLines(ConnectionConfig config) {
        return lines(
                List.of(config.ikeProposal()),
                () -> ProposalBuilder.ike(config.ikeSuites().orElseThrow()).lines());
    }

    /** The proposals for its first Child SA, which are without groups. */
    List<String> childLines(ConnectionConfig config) {
        return lines(
                childQuestion(config.ikeVersion(), config.childProposal(), config.policies()),
                () -> ProposalBuilder.child(
                                config.childSuites().orElseThrow(),
                                new ProposalBuilder.NoGroups(),
                                new ProposalBuilder.SequenceNumbers(
                                        config.has(ConnectionPolicy.ESN_YES), config.has(ConnectionPolicy.ESN_NO)),
                                config.has(ConnectionPolicy.MSDH_DOWNGRADE))
                        .lines());
    }

    private List<String> lines(List<Object> question, Supplier<List<String>> working) {
        List<String> answer = lines.get(question);
        if (answer == null) {
            answer = working.get();
            remember(lines, question, answer);
        }
        return answer;
    }

    private static <A> void remember(Map<List<Object>, A> known, List<Object> question, A answer) {
        if (known.size() >= LIMIT) {
            known.clear();
        }
        known.put(question, answer);
    }
}
