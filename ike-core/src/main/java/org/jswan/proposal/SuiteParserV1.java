// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.proposal;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jswan.crypto.Integ;
import org.jswan.crypto.KeGroup;
import org.jswan.crypto.Prf;

/**
 * The syntax of IKEv1: one algorithm of each kind, separated by {@code -} or, before a group, by {@code ;}. Where defaults
 * leave a choice, each combination becomes a suite, as IKEv1 proposes them.
 *
 * <pre>
 * ike: encr[-prf[-dh]];  esp: encr[-integ[-dh]];  ah: integ[-dh]
 * </pre>
 */
final class SuiteParserV1 {
    private final AlgorithmNames names;
    private final ProposalDefaults defaults;

    SuiteParserV1(AlgorithmNames names, ProposalDefaults defaults) {
        this.names = names;
        this.defaults = defaults;
    }

    List<AlgorithmSuite> parse(String text) throws ProposalException {
        Tokens tokens = new Tokens(text, "-;");
        List<AlgorithmSuite.Cipher> cipher =
                names.protocol() == SecurityProtocol.AH ? List.of() : List.of(names.cipher(tokens));
        Optional<Prf> prf = Optional.empty();
        Optional<Integ> integ = Optional.empty();
        if (tokens.more() && tokens.before() != ';') {
            if (names.protocol() == SecurityProtocol.IKE) {
                prf = Optional.of(names.prf(tokens.word()));
            } else {
                integ = Optional.of(names.integ(tokens.word()));
            }
            tokens.advance();
        }
        Optional<KeGroup> group = Optional.empty();
        if (tokens.more()) {
            group = Optional.of(names.group(tokens.word()));
            tokens.advance();
        }
        if (tokens.more()) {
            throw new ProposalException(
                    "%s proposals contain unexpected '%s'".formatted(names.protocol(), tokens.word()));
        }
        return combinations(cipher, prf, integ, group);
    }

    /** Groups change slowest, then PRFs: the order in which they are proposed. */
    private List<AlgorithmSuite> combinations(
            List<AlgorithmSuite.Cipher> cipher, Optional<Prf> prf, Optional<Integ> integ, Optional<KeGroup> group) {
        List<AlgorithmSuite> suites = new ArrayList<>();
        for (List<KeGroup> groups : choices(group, defaults.groups())) {
            for (List<Prf> prfs : choices(prf, defaults.prf())) {
                AlgorithmSuite suite = new AlgorithmSuite(cipher, prfs, List.of(), groups);
                for (List<Integ> integs : choices(integ, defaultIntegrity(suite))) {
                    suites.add(suite.withInteg(integs));
                }
            }
        }
        return suites;
    }

    private List<Integ> defaultIntegrity(AlgorithmSuite suite) {
        if (suite.allAead()) {
            return List.of(Integ.NONE);
        }
        return defaults.integ().isEmpty()
                ? suite.prf().stream().map(ProposalParser::integrityOf).toList()
                : defaults.integ();
    }

    /** Lists of one: the one that was named or else each default; one empty list if there is neither. */
    private static <A> List<List<A>> choices(Optional<A> named, List<A> otherwise) {
        if (named.isPresent()) {
            return List.of(List.of(named.get()));
        }
        return otherwise.isEmpty()
                ? List.of(List.of())
                : otherwise.stream().map(List::of).toList();
    }
}
