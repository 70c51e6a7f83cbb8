// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.proposal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jswan.base.Bytes;
import org.jswan.crypto.ChildSuite;
import org.jswan.crypto.Encr;
import org.jswan.crypto.IkeSuite;
import org.jswan.crypto.Integ;
import org.jswan.crypto.KeGroup;
import org.jswan.crypto.Prf;
import org.jswan.proposal.ProposalBuilder.ConfiguredGroups;
import org.jswan.proposal.ProposalBuilder.DefaultGroup;
import org.jswan.proposal.ProposalBuilder.NoGroups;
import org.jswan.proposal.ProposalBuilder.SequenceNumbers;
import org.jswan.wire.IkeVersion;
import org.jswan.wire.NotifyType;
import org.jswan.wire.WireAttribute;
import org.jswan.wire.WireProposal;
import org.jswan.wire.WireTransform;
import org.jswan.wire.v2.SaPayload;
import org.junit.jupiter.api.Test;

class ProposalMatcherTest {
    private static final Bytes SPI = Bytes.ofHex("0a0b0c0d");
    private static final SequenceNumbers PLAIN = new SequenceNumbers(false, true);
    private static final WireTransform GCM = new WireTransform(1, 20, WireAttribute.number(14, 256));
    private static final WireTransform SHA2 = new WireTransform(2, 5);
    private static final WireTransform MODP2048 = new WireTransform(4, 14);

    @Test
    void theChosenProposalNamesTheAlgorithms() {
        Selection.Chosen ike = chosen(
                ProposalMatcher.choose(ike("aes_gcm256-sha2;dh14"), sa(proposal(GCM, SHA2, MODP2048)), true, false));
        assertThat(ike.proposal().ikeSuite())
                .isEqualTo(new IkeSuite(Encr.AES_GCM_16, 256, Prf.HMAC_SHA2_256, Integ.NONE, KeGroup.MODP2048));

        Proposals ours =
                ProposalBuilder.child(esp("3des-sha1"), new NoGroups(), new SequenceNumbers(true, true), false);
        Selection.Chosen child = chosen(ProposalMatcher.choose(ours, ours.offer(SPI), false, true));
        assertThat(child.proposal().childSuite())
                .isEqualTo(new ChildSuite(Optional.of(Encr.TRIPLE_DES_CBC), 192, Integ.HMAC_SHA1_96));
        assertThat(child.proposal().extendedSequenceNumbers()).isTrue();
        assertThat(child.proposal().spi()).isEqualTo(SPI);
        assertThat(child.proposal().firstGroup()).isEmpty();
    }

    @Test
    void whatWasNotChosenNamesNoAlgorithms() {
        Proposal offer = ike("aes-sha2;dh14").all().get(0);
        assertThatThrownBy(offer::ikeSuite).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void saysNoneOnlyToAPeerThatSaidIt() {
        WireTransform none = new WireTransform(3, 0);
        Proposals ours = ike("aes_gcm256-sha2;dh14");
        assertThat(ours.offer(Bytes.EMPTY).proposals().get(0).transforms()).doesNotContain(none);
        Selection.Chosen said =
                chosen(ProposalMatcher.choose(ours, sa(proposal(GCM, SHA2, none, MODP2048)), true, false));
        assertThat(said.proposal().answer(Bytes.EMPTY).transforms()).contains(none);
        Selection.Chosen unsaid = chosen(ProposalMatcher.choose(ours, sa(proposal(GCM, SHA2, MODP2048)), true, false));
        assertThat(unsaid.proposal().answer(Bytes.EMPTY).transforms()).doesNotContain(none);
    }

    @Test
    void refusesATypeThatIsMissingOrTooMany() {
        Proposals ours = ike("aes_gcm256-sha2;dh14");
        assertRefused(choose(ours, proposal(GCM, MODP2048)), NotifyType.NO_PROPOSAL_CHOSEN);
        assertRefused(
                choose(ours, proposal(GCM, SHA2, MODP2048, new WireTransform(5, 0))), NotifyType.NO_PROPOSAL_CHOSEN);
        assertRefused(
                choose(ours, proposal(GCM, SHA2, MODP2048, new WireTransform(6, 0))), NotifyType.NO_PROPOSAL_CHOSEN);
    }

    @Test
    void refusesOtherKeyLengthsAndUnknownAttributes() {
        Proposals ours = ike("aes_gcm256-sha2;dh14");
        WireTransform shorter = new WireTransform(1, 20, WireAttribute.number(14, 128));
        assertRefused(choose(ours, proposal(shorter, SHA2, MODP2048)), NotifyType.NO_PROPOSAL_CHOSEN);
        WireTransform strange = new WireTransform(1, 20, WireAttribute.number(14, 256), WireAttribute.number(15, 1));
        Selection.Refused refused =
                assertRefused(choose(ours, proposal(strange, SHA2, MODP2048)), NotifyType.NO_PROPOSAL_CHOSEN);
        assertThat(refused.log())
                .containsExactly(
                        "remote proposal 1 transform 0 has unknown attribute 15 or unexpeced attribute encoding",
                        "no local proposal matches remote proposals 1:IKE:[unknown-attribute]");
    }

    @Test
    void aKeyLengthThatIsNotInItsPlaceSpoilsThePayload() {
        WireTransform odd = new WireTransform(1, 20, new WireAttribute(14, false, Bytes.EMPTY));
        Selection.Refused refused = assertRefused(
                choose(ike("aes_gcm256-sha2;dh14"), proposal(odd, SHA2, MODP2048)), NotifyType.INVALID_SYNTAX);
        assertThat(refused.log())
                .containsExactly(
                        "remote proposal 1 transform 0 contains corrupt attributeaf+type of IKEv2 Attribute"
                                + " Substructure Payload has an unknown value: 14 (0xe)",
                        "partial list of remote proposals: 1:IKE:[corrupt-attribute]");
    }

    @Test
    void refusesNoneBesideIntegrity() {
        Selection.Refused refused = assertRefused(
                choose(
                        ike("aes_gcm256-sha2;dh14"),
                        proposal(GCM, new WireTransform(3, 0), new WireTransform(3, 12), SHA2, MODP2048)),
                NotifyType.NO_PROPOSAL_CHOSEN);
        assertThat(refused.log())
                .containsExactly(
                        "remote proposal 1 transform 2 has more than 'none' integrity 0 12",
                        "no local proposal matches remote proposals "
                                + "1:IKE:ENCR=AES_GCM_C_256;INTEG=NONE;INTEG=HMAC_SHA2_256_128[mixed-integrity]");
    }

    @Test
    void skipsForeignProtocolsAndSpisOfAWrongSize() {
        Proposals ours = ike("aes_gcm256-sha2;dh14");
        WireProposal ah = new WireProposal(1, 2, Bytes.EMPTY, List.of(SHA2));
        WireProposal withSpi = new WireProposal(2, 1, SPI, List.of(GCM, SHA2, MODP2048));
        WireProposal good = new WireProposal(3, 1, Bytes.EMPTY, List.of(GCM, SHA2, MODP2048));
        Selection.Chosen chosen =
                chosen(ProposalMatcher.choose(ours, SaPayload.of(List.of(ah, withSpi, good)), true, false));
        assertThat(chosen.log())
                .containsExactly(
                        "proposal 1 has unexpected Protocol ID 2; expected IKE",
                        "proposal 2 has incorrect SPI size (4), expected 0; ignored",
                        "proposal 3:IKE=AES_GCM_C_256-HMAC_SHA2_256-MODP2048 chosen from remote proposals "
                                + "1:AH:[unexpected-protoid] 2:IKE:[spi-size] "
                                + "3:IKE:ENCR=AES_GCM_C_256;PRF=HMAC_SHA2_256;DH=MODP2048[first-match]");
    }

    @Test
    void wantsProposalsCountedFromOne() {
        WireProposal second = new WireProposal(2, 1, Bytes.EMPTY, List.of(GCM, SHA2, MODP2048));
        Selection.Refused refused = assertRefused(
                ProposalMatcher.choose(ike("aes_gcm256-sha2;dh14"), SaPayload.of(List.of(second)), true, false),
                NotifyType.INVALID_SYNTAX);
        assertThat(refused.log())
                .containsExactly(
                        "proposal number was 2 but 1 expected",
                        "partial list of remote proposals: 2:IKE:[wrong-protonum]");
    }

    @Test
    void transformTypeZeroIsBrokenSyntax() {
        assertRefused(
                choose(ike("aes_gcm256-sha2;dh14"), proposal(new WireTransform(0, 1))), NotifyType.INVALID_SYNTAX);
    }

    @Test
    void theInitiatorTakesBackOnlyWhatItOffered() {
        Proposals ours = ike("aes_gcm256-sha2;dh14,aes256-sha2;dh19");
        WireProposal first = proposal(GCM, SHA2, MODP2048);
        assertThat(ProposalMatcher.accept(ours, sa(first), true, false)).isInstanceOf(Selection.Chosen.class);
        WireProposal otherNumber = new WireProposal(2, 1, Bytes.EMPTY, List.of(GCM, SHA2, MODP2048));
        assertThat(assertRefused(
                                ProposalMatcher.accept(ours, sa(otherNumber), true, false),
                                NotifyType.NO_PROPOSAL_CHOSEN)
                        .log())
                .containsExactly("remote accepted the invalid proposal "
                        + "2:IKE:ENCR=AES_GCM_C_256;PRF=HMAC_SHA2_256;DH=MODP2048");
        WireProposal third = new WireProposal(3, 1, Bytes.EMPTY, List.of(GCM, SHA2, MODP2048));
        assertRefused(ProposalMatcher.accept(ours, sa(third), true, false), NotifyType.INVALID_SYNTAX);
        SaPayload two = SaPayload.of(List.of(first, otherNumber));
        assertRefused(ProposalMatcher.accept(ours, two, true, false), NotifyType.INVALID_SYNTAX);
    }

    @Test
    void printsUnknownNumbers() {
        Selection.Refused refused = assertRefused(
                choose(
                        ike("aes_gcm256-sha2;dh14"),
                        proposal(
                                new WireTransform(1, 99),
                                new WireTransform(2, 99),
                                new WireTransform(3, 99),
                                new WireTransform(4, 99),
                                new WireTransform(5, 9))),
                NotifyType.NO_PROPOSAL_CHOSEN);
        assertThat(refused.log())
                .containsExactly("no local proposal matches remote proposals "
                        + "1:IKE:ENCR=99??;PRF=PRF__99??;INTEG=AUTH__99??;DH=OAKLEY_GROUP__99??;ESN=ESN__9??");
    }

    @Test
    void cutsALongDescription() {
        WireTransform[] many =
                IntStream.range(0, 200).mapToObj(i -> new WireTransform(4, 14)).toArray(WireTransform[]::new);
        Selection.Refused refused =
                assertRefused(choose(ike("aes_gcm256-sha2;dh14"), proposal(many)), NotifyType.NO_PROPOSAL_CHOSEN);
        String line = refused.log().get(0);
        assertThat(line)
                .hasSize("no local proposal matches remote proposals ".length() + 1022)
                .endsWith("...");
    }

    @Test
    void childrenGetTheGroupOfTheStringOrTheDefault() {
        AlgorithmSuites without = esp("aes256-sha1");
        assertThat(ProposalBuilder.child(without, new NoGroups(), PLAIN, false))
                .hasToString("1:ESP=AES_CBC_256-HMAC_SHA1_96-NONE-DISABLED");
        assertThat(ProposalBuilder.child(without, new ConfiguredGroups(), PLAIN, false))
                .hasToString("1:ESP=AES_CBC_256-HMAC_SHA1_96-DISABLED");
        assertThat(ProposalBuilder.child(without, new DefaultGroup(KeGroup.DH19), PLAIN, false))
                .hasToString("1:ESP=AES_CBC_256-HMAC_SHA1_96-ECP_256-DISABLED");
        assertThat(ProposalBuilder.child(esp("aes256-sha1;dh20"), new DefaultGroup(KeGroup.DH19), PLAIN, false))
                .hasToString("1:ESP=AES_CBC_256-HMAC_SHA1_96-ECP_384-DISABLED");
    }

    @Test
    void downgradingRepeatsProposalsWithoutGroups() {
        assertThat(ProposalBuilder.child(esp("aes256-sha1"), new DefaultGroup(KeGroup.DH19), PLAIN, true))
                .hasToString("1:ESP=AES_CBC_256-HMAC_SHA1_96-ECP_256-DISABLED "
                        + "2:ESP=AES_CBC_256-HMAC_SHA1_96-NONE-DISABLED");
        assertThat(ProposalBuilder.child(esp("aes256-sha1"), new NoGroups(), PLAIN, true)
                        .all())
                .hasSize(1);
        assertThat(ProposalBuilder.child(esp("aes256-sha1"), new ConfiguredGroups(), PLAIN, true)
                        .all())
                .hasSize(1);
    }

    @Test
    void rekeyingOffersWhatWasChosen() {
        Proposals ours = ProposalBuilder.child(esp("aes_gcm256+aes_gcm128"), new NoGroups(), PLAIN, false);
        Proposal chosen = chosen(ProposalMatcher.choose(ours, ours.offer(SPI), false, true))
                .proposal();
        assertThat(ProposalBuilder.rekeyChild(chosen, KeGroup.DH19, false))
                .hasToString("1:ESP=AES_GCM_C_256-ECP_256-DISABLED");
        assertThat(ProposalBuilder.rekeyChild(chosen, KeGroup.DH19, true))
                .hasToString("1:ESP=AES_GCM_C_256-ECP_256-DISABLED 2:ESP=AES_GCM_C_256-NONE-DISABLED");
        assertThat(ProposalBuilder.rekeyChild(chosen, KeGroup.NONE, true))
                .hasToString("1:ESP=AES_GCM_C_256-NONE-DISABLED");
        Proposal ike = chosen(choose(ike("aes_gcm256-sha2;dh14"), proposal(GCM, SHA2, MODP2048)))
                .proposal();
        assertThat(ProposalBuilder.rekeyIke(ike)).hasToString("1:IKE=AES_GCM_C_256-HMAC_SHA2_256-MODP2048");
    }

    @Test
    void guessesTheFirstGroup() {
        Proposals ours = ike("aes-sha2;dh19+dh14");
        assertThat(ours.firstGroup()).contains(KeGroup.DH19);
        assertThat(ours.includesGroup(KeGroup.MODP2048)).isTrue();
        assertThat(ours.includesGroup(KeGroup.DH31)).isFalse();
    }

    private static Selection choose(Proposals ours, WireProposal theirs) {
        return ProposalMatcher.choose(ours, sa(theirs), true, false);
    }

    private static Selection.Chosen chosen(Selection selection) {
        assertThat(selection).isInstanceOf(Selection.Chosen.class);
        return (Selection.Chosen) selection;
    }

    private static Selection.Refused assertRefused(Selection selection, NotifyType notification) {
        assertThat(selection).isInstanceOf(Selection.Refused.class);
        assertThat(((Selection.Refused) selection).notification()).isEqualTo(notification);
        return (Selection.Refused) selection;
    }

    private static Proposals ike(String text) {
        try {
            return ProposalBuilder.ike(
                    ProposalParser.ike(IkeVersion.V2, remark -> {}).parse(Optional.of(text)));
        } catch (ProposalException e) {
            throw new AssertionError(e);
        }
    }

    private static AlgorithmSuites esp(String text) {
        try {
            return ProposalParser.child(SecurityProtocol.ESP, IkeVersion.V2, true, LinuxAlgorithms::has, remark -> {})
                    .parse(Optional.of(text));
        } catch (ProposalException e) {
            throw new AssertionError(e);
        }
    }

    private static WireProposal proposal(WireTransform... transforms) {
        return new WireProposal(1, 1, Bytes.EMPTY, List.of(transforms));
    }

    private static SaPayload sa(WireProposal proposal) {
        return SaPayload.of(List.of(proposal));
    }
}
