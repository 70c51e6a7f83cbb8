// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.proposal;

import java.util.ArrayList;
import java.util.List;
import org.jswan.base.Bytes;
import org.jswan.crypto.Algorithm;
import org.jswan.crypto.Encr;
import org.jswan.crypto.KeGroup;

/** Turns {@link AlgorithmSuites} and proposals once chosen into proposals of IKEv2. */
public final class ProposalBuilder {
    private static final int ESN_OFF = 0;
    private static final int ESN_ON = 1;

    private ProposalBuilder() {}

    /** Which extended sequence number transforms proposals for ESP and AH have; at least one, on before off. */
    public record SequenceNumbers(boolean extended, boolean plain) {}

    /** Which Diffie-Hellman groups proposals for a Child SA have. */
    public sealed interface ChildGroups permits NoGroups, ConfiguredGroups, DefaultGroup {}

    /** None, as in IKE_AUTH. */
    public record NoGroups() implements ChildGroups {}

    /** Those that the string names, which may be none. */
    public record ConfiguredGroups() implements ChildGroups {}

    /** Those that the string names or, where it names none, this: with perfect forward secrecy, that of the IKE SA. */
    public record DefaultGroup(KeGroup group) implements ChildGroups {}

    /** The proposals for a first IKE SA. */
    public static Proposals ike(AlgorithmSuites suites) {
        return numbered(suites.all().stream()
                .map(s -> proposal(SecurityProtocol.IKE, transforms(SecurityProtocol.IKE, s, new ConfiguredGroups())))
                .toList());
    }

    /** The proposals to replace an IKE SA: what was chosen for it. */
    public static Proposals rekeyIke(Proposal chosen) {
        return numbered(List.of(proposal(chosen.protocol(), chosen.transforms())));
    }

    /**
     * The proposals for a new Child SA.
     *
     * @param downgrade whether to repeat all proposals with groups without any (the option {@code ms-dh-downgrade})
     */
    public static Proposals child(
            AlgorithmSuites suites, ChildGroups groups, SequenceNumbers sequenceNumbers, boolean downgrade) {
        List<Proposal> proposals = new ArrayList<>();
        for (AlgorithmSuite suite : suites.all()) {
            proposals.add(child(suites.protocol(), suite, groups, sequenceNumbers));
        }
        if (downgrade && !(groups instanceof NoGroups)) {
            for (AlgorithmSuite suite : suites.all()) {
                if (!suite.groups().isEmpty() || groups instanceof DefaultGroup) {
                    proposals.add(child(suites.protocol(), suite, new NoGroups(), sequenceNumbers));
                }
            }
        }
        return numbered(proposals);
    }

    /**
     * The proposals to replace a Child SA: what was chosen for it, with {@code group} in place of its group.
     *
     * @param group {@link KeGroup#NONE} for none
     * @param downgrade whether to repeat it without a group
     */
    public static Proposals rekeyChild(Proposal chosen, KeGroup group, boolean downgrade) {
        List<Proposal> proposals = new ArrayList<>();
        proposals.add(withGroup(chosen, group));
        if (downgrade && group != KeGroup.NONE) {
            proposals.add(withGroup(chosen, KeGroup.NONE));
        }
        return numbered(proposals);
    }

    private static Proposal withGroup(Proposal chosen, KeGroup group) {
        List<Transform> transforms = new ArrayList<>();
        for (TransformType type : TransformType.values()) {
            transforms.addAll(
                    type == TransformType.DH ? List.of(Transform.of(type, group.ikev2Id())) : chosen.ofType(type));
        }
        return proposal(chosen.protocol(), transforms);
    }

    private static Proposal child(
            SecurityProtocol protocol, AlgorithmSuite suite, ChildGroups groups, SequenceNumbers sequenceNumbers) {
        List<Transform> transforms = transforms(protocol, suite, groups);
        if (sequenceNumbers.extended()) {
            transforms.add(Transform.of(TransformType.ESN, ESN_ON));
        }
        if (sequenceNumbers.plain()) {
            transforms.add(Transform.of(TransformType.ESN, ESN_OFF));
        }
        return proposal(protocol, transforms);
    }

    private static List<Transform> transforms(SecurityProtocol protocol, AlgorithmSuite suite, ChildGroups groups) {
        List<Transform> transforms = new ArrayList<>();
        for (AlgorithmSuite.Cipher cipher : suite.encr()) {
            for (int keyBits : keyBits(protocol, cipher)) {
                transforms.add(new Transform(TransformType.ENCR, cipher.encr().ikev2Id(), keyBits));
            }
        }
        add(transforms, TransformType.PRF, suite.prf());
        add(transforms, TransformType.INTEG, suite.integ());
        add(transforms, TransformType.DH, groups(suite, groups));
        return transforms;
    }

    private static List<KeGroup> groups(AlgorithmSuite suite, ChildGroups groups) {
        if (groups instanceof NoGroups) {
            return List.of(KeGroup.NONE);
        }
        if (suite.groups().isEmpty() && groups instanceof DefaultGroup preset) {
            return List.of(preset.group());
        }
        return suite.groups();
    }

    private static void add(List<Transform> transforms, TransformType type, List<? extends Algorithm> algorithms) {
        algorithms.forEach(a -> transforms.add(Transform.of(type, a.ikev2Id())));
    }

    /** The key lengths to propose where the string left them open, 0 for a transform without the attribute. */
    private static List<Integer> keyBits(SecurityProtocol protocol, AlgorithmSuite.Cipher cipher) {
        Encr encr = cipher.encr();
        if (cipher.keyBits() > 0) {
            return List.of(cipher.keyBits());
        }
        if (encr.isKeyLengthOmitted()) {
            return List.of(0);
        }
        // as libreswan: IKE likes the longest key best, ESP the default
        return protocol == SecurityProtocol.IKE
                ? List.of(encr.maxKeyBits(), encr.defaultKeyBits())
                : List.of(encr.defaultKeyBits(), encr.maxKeyBits());
    }

    private static Proposal proposal(SecurityProtocol protocol, List<Transform> transforms) {
        return new Proposal(0, protocol, Bytes.EMPTY, transforms);
    }

    private static Proposals numbered(List<Proposal> proposals) {
        List<Proposal> numbered = new ArrayList<>();
        for (Proposal proposal : proposals) {
            numbered.add(proposal.numbered(numbered.size() + 1));
        }
        return new Proposals(numbered);
    }
}
