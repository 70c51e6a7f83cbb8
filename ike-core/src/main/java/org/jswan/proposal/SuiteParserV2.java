// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.proposal;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jswan.crypto.Algorithm;
import org.jswan.crypto.Integ;

/**
 * The syntax of IKEv2: lists joined by {@code +}, their kinds separated by {@code -} or, before groups, by {@code ;}.
 *
 * <pre>
 * ike: encr[-prf[-dh]] or encr-integ[-prf[-dh]];  esp: encr[-integ[-dh]];  ah: integ[-dh]
 * </pre>
 */
final class SuiteParserV2 {
    private final AlgorithmNames names;
    private final ProposalDefaults defaults;
    private final Consumer<String> remarks;

    SuiteParserV2(AlgorithmNames names, ProposalDefaults defaults, Consumer<String> remarks) {
        this.names = names;
        this.defaults = defaults;
        this.remarks = remarks;
    }

    /** What finds an algorithm by its name. */
    private interface Lookup<A> {
        A find(String name) throws ProposalException;
    }

    AlgorithmSuite parse(String text) throws ProposalException {
        Tokens tokens = new Tokens(text, "-;+");
        AlgorithmSuite suite = AlgorithmSuite.EMPTY;
        if (names.protocol() != SecurityProtocol.AH) {
            suite = suite.withEncr(ciphers(tokens));
        }
        suite = names.protocol() == SecurityProtocol.IKE ? prfOrInteg(tokens, suite) : integ(tokens, suite);
        if (tokens.more()) {
            suite = suite.withGroups(list(tokens, "DH", names::group));
        }
        if (tokens.more()) {
            throw new ProposalException(
                    "%s proposal contains unexpected '%s'".formatted(names.protocol(), tokens.word()));
        }
        return withDefaults(suite);
    }

    private List<AlgorithmSuite.Cipher> ciphers(Tokens tokens) throws ProposalException {
        List<AlgorithmSuite.Cipher> ciphers = new ArrayList<>();
        do {
            ciphers.add(names.cipher(tokens));
        } while (tokens.before() == '+');
        return withoutDuplicates(
                ciphers,
                "encryption",
                (a, b) -> a.encr() == b.encr() && (a.keyBits() == 0 || a.keyBits() == b.keyBits()),
                AlgorithmSuite.Cipher::toString);
    }

    /** A word behind the cipher is a PRF if it can be, else an integrity algorithm with a PRF behind it. */
    private AlgorithmSuite prfOrInteg(Tokens tokens, AlgorithmSuite suite) throws ProposalException {
        if (!listFollows(tokens)) {
            return suite;
        }
        int start = tokens.place();
        try {
            return suite.withPrf(list(tokens, "PRF", names::prf));
        } catch (ProposalException noPrf) {
            tokens.returnTo(start);
            return integThenPrf(tokens, suite, noPrf);
        }
    }

    private AlgorithmSuite integThenPrf(Tokens tokens, AlgorithmSuite suite, ProposalException noPrf)
            throws ProposalException {
        AlgorithmSuite withInteg;
        try {
            withInteg = integ(tokens, suite);
        } catch (ProposalException noInteg) {
            // neither: what was said of the PRF is what the user will understand
            noPrf.addSuppressed(noInteg);
            throw noPrf;
        }
        return listFollows(tokens) ? withInteg.withPrf(list(tokens, "PRF", names::prf)) : withInteg;
    }

    private AlgorithmSuite integ(Tokens tokens, AlgorithmSuite suite) throws ProposalException {
        return listFollows(tokens) ? suite.withInteg(list(tokens, "integrity", names::integ)) : suite;
    }

    private static boolean listFollows(Tokens tokens) {
        return tokens.more() && tokens.before() != ';';
    }

    private <A extends Algorithm> List<A> list(Tokens tokens, String kind, Lookup<A> lookup) throws ProposalException {
        List<A> found = new ArrayList<>();
        try {
            do {
                if (tokens.word().isEmpty()) {
                    throw new ProposalException("%s %s algorithm is empty".formatted(names.protocol(), kind));
                }
                found.add(lookup.find(tokens.word()));
                tokens.advance();
            } while (tokens.before() == '+');
        } catch (ProposalException e) {
            // as libreswan: remarks on what came before the mistake
            distinct(found, kind);
            throw e;
        }
        return distinct(found, kind);
    }

    private <A extends Algorithm> List<A> distinct(List<A> found, String kind) {
        return withoutDuplicates(found, kind, (a, b) -> a == b, Algorithm::fqn);
    }

    private <T> List<T> withoutDuplicates(
            List<T> all, String kind, BiPredicate<T, T> repeats, Function<T, String> name) {
        List<T> kept = new ArrayList<>();
        List<T> left = new ArrayList<>(all);
        while (!left.isEmpty()) {
            T first = left.remove(0);
            kept.add(first);
            left.removeIf(other -> {
                boolean repeated = repeats.test(first, other);
                if (repeated) {
                    remarks.accept("discarding duplicate " + names.protocol() + " " + kind + " algorithm "
                            + name.apply(other));
                }
                return repeated;
            });
        }
        return kept;
    }

    private AlgorithmSuite withDefaults(AlgorithmSuite parsed) {
        AlgorithmSuite suite = parsed;
        if (suite.prf().isEmpty()) {
            suite = suite.withPrf(defaults.prf());
        }
        if (suite.integ().isEmpty()) {
            suite = suite.withInteg(defaultIntegrity(suite));
        }
        return suite.groups().isEmpty() ? suite.withGroups(defaults.groups()) : suite;
    }

    private List<Integ> defaultIntegrity(AlgorithmSuite suite) {
        if (suite.allAead()) {
            return List.of(Integ.NONE);
        }
        if (!defaults.integ().isEmpty()) {
            return defaults.integ();
        }
        return suite.noneAead()
                ? suite.prf().stream().map(ProposalParser::integrityOf).toList()
                : List.of();
    }
}
