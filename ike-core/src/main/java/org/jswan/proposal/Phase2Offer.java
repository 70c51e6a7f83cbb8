// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.proposal;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import org.jswan.base.Bytes;
import org.jswan.crypto.Algorithm;
import org.jswan.crypto.Compression;
import org.jswan.crypto.Encr;
import org.jswan.crypto.Integ;
import org.jswan.crypto.KeGroup;
import org.jswan.crypto.NumberSpace;
import org.jswan.wire.WireAttribute;
import org.jswan.wire.WireProposal;
import org.jswan.wire.WireTransform;
import org.jswan.wire.v1.ProtocolId;

/** What an initiator of Quick Mode proposes: one proposal for each protocol, all of them together. */
public final class Phase2Offer {
    private final Phase2Policy policy;
    private final EncapsulationMode mode;
    private final Optional<KeGroup> pfsGroup;

    private Phase2Offer(Phase2Policy policy, EncapsulationMode mode, Optional<KeGroup> pfsGroup) {
        this.policy = policy;
        this.mode = mode;
        this.pfsGroup = pfsGroup;
    }

    /**
     * The group of perfect forward secrecy: the one that {@code esp=} or {@code ah=} names first, or that of phase 1.
     *
     * @param suites of the connection
     */
    public static KeGroup pfsGroup(AlgorithmSuites suites, KeGroup phase1Group) {
        return suites.defaulted()
                ? phase1Group
                : suites.all().get(0).groups().stream().findFirst().orElse(phase1Group);
    }

    /**
     * The proposals, each with its own SPI.
     *
     * @param mode as the connection has it and what is known about NATs
     * @param pfsGroup empty without perfect forward secrecy
     * @param ownSpi gives this end's SPI of a protocol (RFC 2407 §4.4.1), four octets, or for IPCOMP its CPI of two; called
     *     once for each
     */
    public static List<WireProposal> of(
            Phase2Policy policy, EncapsulationMode mode, Optional<KeGroup> pfsGroup, IntFunction<Bytes> ownSpi) {
        return new Phase2Offer(policy, mode, pfsGroup).proposals(ownSpi);
    }

    private List<WireProposal> proposals(IntFunction<Bytes> ownSpi) {
        List<WireProposal> proposals = new ArrayList<>();
        int protocol = policy.encrypt() ? ProtocolId.ESP : ProtocolId.AH;
        proposals.add(new WireProposal(
                0, protocol, ownSpi.apply(protocol), policy.encrypt() ? espTransforms() : ahTransforms()));
        if (policy.compress()) {
            proposals.add(
                    new WireProposal(0, ProtocolId.IPCOMP, ownSpi.apply(ProtocolId.IPCOMP), List.of(compression())));
        }
        return proposals;
    }

    private List<WireTransform> espTransforms() {
        List<WireTransform> transforms = new ArrayList<>();
        if (policy.suites().defaulted()) {
            // as libreswan: without a string, other than what the status of the connection says
            addEsp(transforms, new AlgorithmSuite.Cipher(Encr.AES_CBC, 128), Integ.HMAC_SHA1_96);
            addEsp(transforms, new AlgorithmSuite.Cipher(Encr.TRIPLE_DES_CBC, 0), Integ.HMAC_SHA1_96);
        } else {
            for (AlgorithmSuite suite : policy.suites().all()) {
                addEsp(transforms, suite.encr().get(0), suite.integ().get(0));
            }
        }
        return transforms;
    }

    /** One transform, or two where the string leaves the key length open: the default and the longest. */
    private void addEsp(List<WireTransform> transforms, AlgorithmSuite.Cipher cipher, Integ integ) {
        Encr encr = cipher.encr();
        List<Integer> keyBits = cipher.keyBits() > 0 || encr.isKeyLengthOmitted()
                ? List.of(cipher.keyBits())
                : List.of(encr.defaultKeyBits(), encr.maxKeyBits());
        for (int bits : keyBits.stream().distinct().toList()) {
            List<WireAttribute> attributes = common();
            if (integ != Integ.NONE) {
                attributes.add(Ikev1Attribute.of(Ikev1Attribute.AUTH_ALGORITHM, ipsec(integ)));
            }
            if (bits > 0) {
                attributes.add(Ikev1Attribute.of(Ikev1Attribute.KEY_LENGTH, bits));
            }
            transforms.add(new WireTransform(transforms.size(), ipsec(encr), attributes));
        }
    }

    private List<WireTransform> ahTransforms() {
        List<Integ> algorithms = policy.suites().defaulted()
                ? List.of(Integ.HMAC_SHA1_96)
                : policy.suites().all().stream()
                        .map(suite -> suite.integ().get(0))
                        .toList();
        List<WireTransform> transforms = new ArrayList<>();
        for (Integ integ : algorithms) {
            List<WireAttribute> attributes = common();
            attributes.add(Ikev1Attribute.of(Ikev1Attribute.AUTH_ALGORITHM, ipsec(integ)));
            transforms.add(new WireTransform(
                    transforms.size(), integ.ikev1AhTransform().orElseThrow(), attributes));
        }
        return transforms;
    }

    private List<WireAttribute> common() {
        List<WireAttribute> attributes = new ArrayList<>();
        pfsGroup.ifPresent(group -> attributes.add(Ikev1Attribute.of(Ikev1Attribute.GROUP_DESCRIPTION, oakley(group))));
        attributes.add(Ikev1Attribute.of(Ikev1Attribute.ENCAPSULATION_MODE, mode.number()));
        attributes.addAll(life());
        return attributes;
    }

    /** Transport mode is what IPCOMP has where nothing is said, and its group goes without saying, too. */
    private WireTransform compression() {
        List<WireAttribute> attributes = new ArrayList<>();
        if (mode.isTunnel()) {
            attributes.add(Ikev1Attribute.of(Ikev1Attribute.ENCAPSULATION_MODE, mode.number()));
        }
        attributes.addAll(life());
        return new WireTransform(0, ipsec(Compression.DEFLATE), attributes);
    }

    /** As libreswan: behind them the label, of which they say nothing. */
    private List<WireAttribute> life() {
        List<WireAttribute> attributes = new ArrayList<>(
                Ikev1Attribute.life(Ikev1Attribute.SA_LIFE_TYPE, Ikev1Attribute.SA_LIFE_DURATION, policy.life()));
        policy.labels().attribute().ifPresent(attributes::add);
        return attributes;
    }

    private static int ipsec(Algorithm algorithm) {
        return algorithm.ids().in(NumberSpace.IKEV1_IPSEC).orElseThrow();
    }

    private static int oakley(KeGroup group) {
        return group.ids().in(NumberSpace.IKEV1_OAKLEY).orElseThrow();
    }
}
