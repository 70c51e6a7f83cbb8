// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.proposal;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jswan.crypto.Algorithm;
import org.jswan.crypto.Integ;
import org.jswan.crypto.KeGroup;
import org.jswan.crypto.Prf;
import org.jswan.wire.IkeVersion;

/** Parses {@code ike=}, {@code esp=} and {@code ah=} strings; the two versions of IKE have a syntax each. */
public final class ProposalParser {
    private final AlgorithmNames names;
    private final IkeVersion version;
    private final Optional<Boolean> pfs;
    private final Consumer<String> remarks;

    private ProposalParser(AlgorithmNames names, IkeVersion version, Optional<Boolean> pfs, Consumer<String> remarks) {
        this.names = names;
        this.version = version;
        this.pfs = pfs;
        this.remarks = remarks;
    }

    /**
     * A parser of {@code ike=}.
     *
     * @param remarks gets lines to log about what is passed over
     */
    public static ProposalParser ike(IkeVersion version, Consumer<String> remarks) {
        return new ProposalParser(
                new AlgorithmNames(SecurityProtocol.IKE, version, Algorithm::isForIke),
                version,
                Optional.empty(),
                remarks);
    }

    /**
     * A parser of {@code esp=} or {@code ah=}.
     *
     * @param protocol ESP or AH
     * @param pfs whether the connection has perfect forward secrecy; without it, groups are passed over
     * @param kernelHas whether the kernel has a cipher or integrity algorithm; {@code KernelIpsec.has} knows
     * @param remarks gets lines to log about what is passed over
     */
    public static ProposalParser child(
            SecurityProtocol protocol,
            IkeVersion version,
            boolean pfs,
            Predicate<Algorithm> kernelHas,
            Consumer<String> remarks) {
        Predicate<Algorithm> supported = a -> a instanceof KeGroup ? a.isForIke() : kernelHas.test(a);
        return new ProposalParser(new AlgorithmNames(protocol, version, supported), version, Optional.of(pfs), remarks);
    }

    /** Takes key lengths that the cipher does not have. */
    public ProposalParser withAnyKeyLength() {
        names.takeAnyKeyLength();
        return this;
    }

    /**
     * Parses.
     *
     * @param text empty to take the defaults; an empty string is an error
     * @throws ProposalException saying what is wrong
     */
    public AlgorithmSuites parse(Optional<String> text) throws ProposalException {
        ProposalDefaults defaults = names.defaults();
        String string = text.orElse(defaults.string());
        if (string.isEmpty()) {
            throw new ProposalException("%s proposal is empty".formatted(names.protocol()));
        }
        List<AlgorithmSuite> suites = new ArrayList<>();
        for (String part : string.split(",", -1)) {
            for (AlgorithmSuite suite : suites(part, defaults)) {
                check(suite);
                if (suites.stream().noneMatch(old -> covers(old, suite))) {
                    suites.add(suite);
                }
            }
        }
        return new AlgorithmSuites(names.protocol(), text.isEmpty(), pfs.isPresent() ? withPfs(suites) : suites);
    }

    private List<AlgorithmSuite> suites(String part, ProposalDefaults defaults) throws ProposalException {
        return version.major() == 2
                ? List.of(new SuiteParserV2(names, defaults, remarks).parse(part))
                : new SuiteParserV1(names, defaults).parse(part);
    }

    /** Whether {@code old} says all that {@code suite} says: an open key length covers any. */
    private static boolean covers(AlgorithmSuite old, AlgorithmSuite suite) {
        if (old.encr().size() != suite.encr().size()) {
            return false;
        }
        for (int i = 0; i < old.encr().size(); i++) {
            AlgorithmSuite.Cipher a = old.encr().get(i);
            AlgorithmSuite.Cipher b = suite.encr().get(i);
            if (a.encr() != b.encr() || (a.keyBits() != 0 && a.keyBits() != b.keyBits())) {
                return false;
            }
        }
        return old.withEncr(suite.encr()).equals(suite);
    }

    private void check(AlgorithmSuite suite) throws ProposalException {
        if (names.protocol() == SecurityProtocol.AH) {
            if (suite.integ().contains(Integ.NONE)) {
                throw new ProposalException("AH cannot have 'none' as the integrity algorithm");
            }
            return;
        }
        checkCiphersAndIntegrity(suite);
        if (names.protocol() == SecurityProtocol.IKE && suite.groups().contains(KeGroup.NONE)) {
            throw new ProposalException("IKE DH algorithm 'none' not permitted");
        }
    }

    private void checkCiphersAndIntegrity(AlgorithmSuite suite) throws ProposalException {
        boolean aead = suite.allAead();
        if (!aead && !suite.noneAead()) {
            throw new ProposalException(
                    "AEAD and non-AEAD %s encryption algorithm cannot be combined".formatted(names.protocol()));
        }
        String first = suite.encr().get(0).encr().fqn();
        if (aead && !suite.noIntegrity()) {
            throw new ProposalException("AEAD %s encryption algorithm %s must have 'NONE' as the integrity algorithm"
                    .formatted(names.protocol(), first));
        }
        if (!aead && suite.noIntegrity()) {
            throw new ProposalException(
                    "non-AEAD %s encryption algorithm %s cannot have 'NONE' as the integrity algorithm"
                            .formatted(names.protocol(), first));
        }
    }

    /** Without forward secrecy the groups go; with it, all suites name one and the same, or none does. */
    private List<AlgorithmSuite> withPfs(List<AlgorithmSuite> suites) throws ProposalException {
        if (suites.stream().allMatch(s -> s.groups().isEmpty())) {
            return suites;
        }
        if (!pfs.orElseThrow()) {
            List<AlgorithmSuite> stripped = new ArrayList<>();
            for (AlgorithmSuite suite : suites) {
                suite.groups().stream().findFirst().ifPresent(this::remarkOnGroup);
                stripped.add(suite.withGroups(List.of()));
            }
            return stripped;
        }
        if (suites.stream().anyMatch(s -> s.groups().isEmpty())) {
            throw new ProposalException("either all or no %s proposals should specify DH".formatted(names.protocol()));
        }
        List<KeGroup> used = suites.stream()
                .map(s -> s.groups().get(0))
                .filter(g -> g != KeGroup.NONE)
                .distinct()
                .toList();
        if (used.size() > 1) {
            throw new ProposalException((version.major() == 2
                            ? "more than one IKEv2 %s DH algorithm (%s, %s) requires unimplemented CHILD_SA INVALID_KE"
                            : "more than one IKEv1 %s DH algorithm (%s, %s) is not allowed in quick mode")
                    .formatted(names.protocol(), used.get(0).fqn(), used.get(1).fqn()));
        }
        return suites;
    }

    private void remarkOnGroup(KeGroup group) {
        remarks.accept(
                group == KeGroup.NONE
                        ? "ignoring redundant " + names.protocol() + " DH algorithm NONE as PFS policy is disabled"
                        : "ignoring " + names.protocol() + " DH algorithm " + group.fqn()
                                + " as PFS policy is disabled");
    }

    /** The integrity algorithm that has the hash of {@code prf}. */
    static Integ integrityOf(Prf prf) {
        return Integ.ALL.stream()
                .filter(i -> i.prf().equals(Optional.of(prf)))
                .findFirst()
                .orElseThrow();
    }
}
