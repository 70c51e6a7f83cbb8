// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.proposal;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jswan.base.Bytes;
import org.jswan.crypto.Algorithm;
import org.jswan.crypto.Compression;
import org.jswan.crypto.Integ;
import org.jswan.crypto.KeGroup;
import org.jswan.wire.WireProposal;
import org.jswan.wire.WireTransform;
import org.jswan.wire.v1.NotificationType;
import org.jswan.wire.v1.ProtocolId;

/**
 * Looks through what a peer proposes in Quick Mode, or says that it chose. Proposals of the same number go together, each for
 * its own protocol; of these groups the first that is acceptable is taken, and in it of each protocol the first transform. As
 * libreswan, an answer need only be acceptable, not one of what was offered.
 */
public final class Phase2Chooser {
    private static final int CPI_OCTETS = 2;
    private static final int FIRST_CPI = 256;
    private static final int LAST_CPI = 61439;
    private static final int WELL_KNOWN_DEFLATE = 2;

    private final Phase2Policy policy;
    private final Predicate<Algorithm> kernelHas;
    private final boolean answer;
    private final List<LogLine> log = new ArrayList<>();
    private boolean groupKnown;
    /** What all transforms must agree upon, once it is known. */
    private Optional<KeGroup> pfsGroup;

    private Phase2Chooser(
            Phase2Policy policy, Predicate<Algorithm> kernelHas, boolean answer, Optional<KeGroup> pfsGroup) {
        this.policy = policy;
        this.kernelHas = kernelHas;
        this.answer = answer;
        this.groupKnown = answer;
        this.pfsGroup = pfsGroup;
    }

    /**
     * The responder's choice.
     *
     * @param kernelHas whether the kernel has a cipher or integrity algorithm
     */
    public static Ikev1Selection<Phase2Choice> choose(
            Phase2Policy policy, Predicate<Algorithm> kernelHas, List<WireProposal> offered) {
        return new Phase2Chooser(policy, kernelHas, false, Optional.empty()).select(offered);
    }

    /**
     * The initiator's check of the answer.
     *
     * @param kernelHas as for {@link #choose}
     * @param pfsGroup which it offered, if any
     */
    public static Ikev1Selection<Phase2Choice> accept(
            Phase2Policy policy,
            Predicate<Algorithm> kernelHas,
            Optional<KeGroup> pfsGroup,
            List<WireProposal> answer) {
        return new Phase2Chooser(policy, kernelHas, true, pfsGroup).select(answer);
    }

    private Ikev1Selection<Phase2Choice> select(List<WireProposal> proposals) {
        try {
            for (List<WireProposal> together : grouped(proposals)) {
                Optional<Phase2Choice> choice = acceptable(together);
                if (choice.isPresent()) {
                    return new Ikev1Selection.Chosen<>(choice.get(), log);
                }
            }
            log.add(LogLine.serious("no acceptable Proposal in IPsec SA"));
            return new Ikev1Selection.Refused<>(NotificationType.NO_PROPOSAL_CHOSEN, log);
        } catch (SaRefused refusal) {
            refusal.line().ifPresent(log::add);
            return new Ikev1Selection.Refused<>(refusal.notification(), log);
        }
    }

    private static List<List<WireProposal>> grouped(List<WireProposal> proposals) {
        List<List<WireProposal>> groups = new ArrayList<>();
        for (WireProposal proposal : proposals) {
            if (groups.isEmpty() || last(groups).get(0).number() != proposal.number()) {
                groups.add(new ArrayList<>());
            }
            last(groups).add(proposal);
        }
        return groups;
    }

    private static <T> T last(List<T> list) {
        return list.get(list.size() - 1);
    }

    private static Optional<WireProposal> of(List<WireProposal> together, int protocol) {
        return together.stream().filter(p -> p.protocol() == protocol).findFirst();
    }

    private Optional<Phase2Choice> acceptable(List<WireProposal> together) throws SaRefused {
        Optional<WireProposal> ipcomp = of(together, ProtocolId.IPCOMP);
        Optional<Bytes> cpi = ipcomp.isPresent() ? Optional.of(cpi(ipcomp.get())) : Optional.empty();
        Optional<WireProposal> ahProposal = of(together, ProtocolId.AH);
        Optional<Phase2Sa> ah = Optional.empty();
        if (ahProposal.isPresent()) {
            ah = ah(ahProposal.get());
            if (ah.isEmpty()) {
                return Optional.empty();
            }
        }
        Optional<WireProposal> espProposal = of(together, ProtocolId.ESP);
        Optional<Phase2Sa> esp = Optional.empty();
        if (espProposal.isPresent()) {
            esp = esp(espProposal.get(), ah);
            if (esp.isEmpty()) {
                return Optional.empty();
            }
        } else if (policy.encrypt() || (policy.authenticate() && ah.isEmpty())) {
            return Optional.empty();
        }
        Optional<Phase2Compression> compression = Optional.empty();
        if (ipcomp.isPresent()) {
            compression = compression(ipcomp.get(), cpi.orElseThrow(), ah.isPresent() || esp.isPresent());
            if (compression.isEmpty()) {
                return Optional.empty();
            }
        }
        return Optional.of(new Phase2Choice(ah, esp, compression, pfsGroup));
    }

    private Phase2Transform read(WireTransform transform, int protocol) throws SaRefused {
        Phase2Transform read = Phase2Transform.read(transform, protocol, policy.labels(), log);
        // An IPCOMP SA ought not to have a group; if it does, it shall be the same.
        if (protocol != ProtocolId.IPCOMP || read.group().isPresent()) {
            if (!groupKnown) {
                groupKnown = true;
                pfsGroup = read.group();
            }
            if (!pfsGroup.equals(read.group())) {
                throw SaRefused.badSyntax("GROUP_DESCRIPTION inconsistent with that of "
                        + (answer ? "the Proposal" : "a previous Transform") + " in IPsec SA");
            }
        }
        return read;
    }

    /** As libreswan, the first transform with a known algorithm is the only one that is compared. */
    private Optional<Phase2Sa> ah(WireProposal proposal) throws SaRefused {
        for (WireTransform transform : proposal.transforms()) {
            Phase2Transform read = read(transform, ProtocolId.AH);
            if (read.integ().isEmpty()) {
                continue;
            }
            Integ integ = read.integ().get();
            if (integ.ikev1AhTransform().orElse(0) != transform.id()) {
                throw SaRefused.badSyntax(integ.fqn() + " attribute inappropriate in "
                        + Ikev1Names.AH.longName(transform.id()) + " Transform");
            }
            return isConfigured(integ) ? Optional.of(sa(proposal, read)) : Optional.empty();
        }
        return Optional.empty();
    }

    private boolean isConfigured(Integ integ) {
        if (!policy.authenticate()) {
            return false;
        }
        if (policy.suites().defaulted() && kernelHas.test(integ)
                || policy.suites().all().stream().anyMatch(s -> s.integ().get(0) == integ)) {
            return true;
        }
        log.add(LogLine.plain("AH IPsec Transform refused: " + integ.fqn()));
        return false;
    }

    private Optional<Phase2Sa> esp(WireProposal proposal, Optional<Phase2Sa> ah) throws SaRefused {
        for (WireTransform transform : proposal.transforms()) {
            Phase2Transform read = read(transform, ProtocolId.ESP);
            if (!isConfigured(read) || (isNakedCipher(read) && ah.isEmpty())) {
                continue;
            }
            if (ah.isPresent() && ah.get().mode().isTunnel() != read.mode().isTunnel()) {
                log.add(LogLine.serious("Skipped bogus proposal where AH and ESP transforms disagree about mode"));
                continue;
            }
            return Optional.of(sa(proposal, read));
        }
        return Optional.empty();
    }

    private boolean isConfigured(Phase2Transform read) {
        if (!policy.encrypt() || read.encr().isEmpty() || read.integ().isEmpty()) {
            return false;
        }
        if (!kernelHas.test(read.encr().get()) || !kernelHas.test(read.integ().get())) {
            return false;
        }
        return policy.suites().defaulted() || policy.suites().all().stream().anyMatch(suite -> matches(suite, read));
    }

    private static boolean matches(AlgorithmSuite suite, Phase2Transform read) {
        AlgorithmSuite.Cipher cipher = suite.encr().get(0);
        return cipher.encr() == read.encr().orElseThrow()
                && (cipher.keyBits() == 0 || read.keyBits() == 0 || cipher.keyBits() == read.keyBits())
                && suite.integ().get(0) == read.integ().orElseThrow();
    }

    /** Whether nothing would protect what it encrypts from being changed. */
    private static boolean isNakedCipher(Phase2Transform read) {
        return read.integ().orElseThrow() == Integ.NONE
                && !read.encr().orElseThrow().isAead();
    }

    private static Phase2Sa sa(WireProposal proposal, Phase2Transform read) {
        return new Phase2Sa(proposal.spi(), read.suite(), read.mode(), read.life(), only(proposal, read), read.label());
    }

    private static WireProposal only(WireProposal proposal, Phase2Transform chosen) {
        return new WireProposal(proposal.number(), proposal.protocol(), proposal.spi(), List.of(chosen.wire()));
    }

    /** The CPI of two octets, which some put at the end of four. */
    private static Bytes cpi(WireProposal proposal) throws SaRefused {
        int unused = proposal.spi().length() - CPI_OCTETS;
        if (!proposal.spi().first(unused).equals(Bytes.wrap(new byte[unused]))) {
            throw new SaRefused(NotificationType.INVALID_SPI, Optional.empty());
        }
        Bytes cpi = proposal.spi().from(unused);
        int number = number(cpi);
        if (number != WELL_KNOWN_DEFLATE && (number < FIRST_CPI || number > LAST_CPI)) {
            throw new SaRefused(
                    NotificationType.INVALID_SPI,
                    Optional.of(LogLine.serious("IPsec Proposal contains CPI from non-negotiated range (0x"
                            + Integer.toHexString(number) + ")")));
        }
        return cpi;
    }

    private static int number(Bytes cpi) {
        return cpi.get(0) << Byte.SIZE | cpi.get(1);
    }

    private Optional<Phase2Compression> compression(WireProposal proposal, Bytes cpi, boolean accompanied)
            throws SaRefused {
        boolean wellKnown = number(cpi) == WELL_KNOWN_DEFLATE;
        if (!policy.compress()) {
            throw plain("compression proposed by " + policy.peer() + ", but policy for " + policy.connection()
                    + " forbids it");
        }
        if (wellKnown && !accompanied) {
            throw plain("illegal proposal: bare IPCOMP used with well-known CPI " + Compression.DEFLATE.fqn());
        }
        for (WireTransform transform : proposal.transforms()) {
            Phase2Transform read = read(transform, ProtocolId.IPCOMP);
            if (read.isDeflate()) {
                return Optional.of(new Phase2Compression(cpi, read.mode(), read.life(), only(proposal, read)));
            }
        }
        return Optional.empty();
    }

    private SaRefused plain(String text) {
        return new SaRefused(NotificationType.BAD_PROPOSAL_SYNTAX, Optional.of(LogLine.plain(text)));
    }
}
