// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.proposal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jswan.base.Bytes;
import org.jswan.crypto.Encr;
import org.jswan.crypto.Integ;
import org.jswan.crypto.KeGroup;
import org.jswan.log.RcCode;
import org.jswan.wire.WireProposal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Phase2ProposalTest {
    private static final Duration EIGHT_HOURS = Duration.ofHours(8);
    private static final Optional<KeGroup> PFS = Optional.of(KeGroup.MODP2048);
    private static final String SPI = "815586dc";
    private static final String GOOD = "12 3=14 4=1 1=1 2=28800 5=2 6=128";
    private static final String NO_PROPOSAL = "no acceptable Proposal in IPsec SA";

    @Test
    void offersByDefaultWhatLibreswanOffers() throws ProposalException {
        List<WireProposal> offer =
                Phase2Offer.of(esp("default"), EncapsulationMode.TUNNEL, PFS, protocol -> Bytes.ofHex(SPI));
        assertThat(Ikev1Proposals.wire(offer))
                .isEqualTo(Bytes.ofHex("0000000100000001 0000004800030402 815586dc"
                        + "03000020000c00008003000e800400018001000180027080800500028006 0080"
                        + "0000001c010300008003000e80040001800100018002708080050002"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "aes256-sha2_512|12 4=1 1=1 2=28800 5=7 6=256|",
                "aes-sha1|12 4=1 1=1 2=28800 5=2 6=128|12 4=1 1=1 2=28800 5=2 6=256",
                "3des-md5|3 4=1 1=1 2=28800 5=1|",
                "aes_gcm256-null|20 4=1 1=1 2=28800 6=256|",
                "null-sha1|11 4=1 1=1 2=28800 5=2|",
                "camellia192-sha1|22 4=1 1=1 2=28800 5=2 6=192|"
            })
    void offersWhatIsConfigured(String esp, String first, String second) throws ProposalException {
        String[] transforms = second == null ? new String[] {first} : new String[] {first, second};
        assertThat(Phase2Offer.of(esp(esp), EncapsulationMode.TUNNEL, Optional.empty(), Phase2ProposalTest::ownSpi))
                .containsExactly(Ikev1Proposals.phase2(0, 3, "0300cafe", transforms));
    }

    @Test
    void offersAh() throws ProposalException {
        assertThat(Phase2Offer.of(ah("default"), EncapsulationMode.TRANSPORT, PFS, Phase2ProposalTest::ownSpi))
                .containsExactly(Ikev1Proposals.phase2(0, 2, "0200cafe", "3 3=14 4=2 1=1 2=28800 5=2"));
        assertThat(Phase2Offer.of(
                        ah("sha2_256,md5"), EncapsulationMode.UDP_TUNNEL, Optional.empty(), Phase2ProposalTest::ownSpi))
                .containsExactly(
                        Ikev1Proposals.phase2(0, 2, "0200cafe", "5 4=3 1=1 2=28800 5=5", "2 4=3 1=1 2=28800 5=1"));
    }

    @Test
    void offersCompressionAlongWithEsp() throws ProposalException {
        Phase2Policy policy = compressing(Duration.ofDays(1));
        assertThat(Phase2Offer.of(policy, EncapsulationMode.UDP_TUNNEL_DRAFTS, PFS, Phase2ProposalTest::ownSpi))
                .containsExactly(
                        Ikev1Proposals.phase2(
                                0,
                                3,
                                "0300cafe",
                                "12 3=14 4=61443 1=1 2:00015180 5=2 6=128",
                                "3 3=14 4=61443 1=1 2:00015180 5=2"),
                        Ikev1Proposals.phase2(0, 4, "4444", "2 4=61443 1=1 2:00015180"));
        assertThat(Phase2Offer.of(policy, EncapsulationMode.TRANSPORT, PFS, Phase2ProposalTest::ownSpi))
                .contains(Ikev1Proposals.phase2(0, 4, "4444", "2 1=1 2:00015180"));
    }

    @Test
    void takesTheGroupOfTheStringOrThatOfPhase1() throws ProposalException {
        assertThat(Phase2Offer.pfsGroup(Ikev1Proposals.esp("aes-sha1;modp4096"), KeGroup.MODP2048))
                .isEqualTo(KeGroup.MODP4096);
        assertThat(Phase2Offer.pfsGroup(Ikev1Proposals.esp("aes-sha1"), KeGroup.MODP2048))
                .isEqualTo(KeGroup.MODP2048);
        assertThat(Phase2Offer.pfsGroup(Ikev1Proposals.esp("default"), KeGroup.DH19))
                .isEqualTo(KeGroup.DH19);
    }

    @ParameterizedTest
    @CsvSource({"true,NONE,1", "false,NONE,2", "true,RFC,3", "false,RFC,4", "true,DRAFTS,61443", "false,DRAFTS,61444"})
    void numbersEncapsulationModes(boolean tunnel, EncapsulationMode.Udp udp, int number) {
        assertThat(EncapsulationMode.of(tunnel, udp).number()).isEqualTo(number);
    }

    @Test
    void answersWithTheTransformAsItCame() throws ProposalException {
        Phase2Choice choice = chosen(
                esp("3des-sha1"),
                Phase2Offer.of(esp("default"), EncapsulationMode.TUNNEL, PFS, Phase2ProposalTest::ownSpi));
        assertThat(choice.pfsGroup()).isEqualTo(PFS);
        assertThat(choice.isTunnel()).isTrue();
        assertThat(choice.life()).isEqualTo(EIGHT_HOURS);
        Phase2Sa esp = choice.esp().orElseThrow();
        assertThat(esp.spi()).isEqualTo(Bytes.ofHex("0300cafe"));
        assertThat(esp.suite().transformName()).isEqualTo("3DES_CBC-HMAC_SHA1_96");
        assertThat(esp.suite().encrKeyLength()).isEqualTo(24);
        assertThat(Ikev1Proposals.wire(choice.answer(protocol -> Bytes.ofHex(SPI))))
                .isEqualTo(Bytes.ofHex("0000000100000001 0000002800030401 815586dc"
                        + "0000001c010300008003000e80040001800100018002708080050002"));
    }

    @Test
    void passesOverWhatTheKernelLacks() throws ProposalException {
        List<WireProposal> offered = List.of(
                Ikev1Proposals.phase2(1, 3, SPI, "20 4=1 6=128"),
                Ikev1Proposals.phase2(2, 3, SPI, "12 4=1 5=5 6=128"),
                Ikev1Proposals.phase2(3, 3, SPI, "12 4=1 5=2 6=128"));
        Ikev1Selection<Phase2Choice> selection = Phase2Chooser.choose(
                esp("default"),
                algorithm -> algorithm != Encr.AES_GCM_16 && algorithm != Integ.HMAC_SHA2_256_128,
                offered);
        assertThat(((Ikev1Selection.Chosen<Phase2Choice>) selection)
                        .choice()
                        .esp()
                        .orElseThrow()
                        .suite()
                        .transformName())
                .isEqualTo("AES_CBC_128-HMAC_SHA1_96");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "default|12 4=1 5=2 6=256|AES_CBC_256-HMAC_SHA1_96|true|28800",
                "default|12 4=2 1=1 2=28801 5=5 6=128|AES_CBC_128-HMAC_SHA2_256_128|false|28801",
                "default|12 4=4 1=1 2=60 1=2 2=9 5=5 6=128|AES_CBC_128-HMAC_SHA2_256_128|false|60",
                "default|12 4=61443 1=2 2=9 1=1 2:70 5=5 6=128|AES_CBC_128-HMAC_SHA2_256_128|true|112",
                "default|20 4=1 6=128|AES_GCM_16_128-NONE|true|28800",
                "aes-sha1|12 4=1 5=2 6=256|AES_CBC_256-HMAC_SHA1_96|true|28800",
                "null-sha1|11 4=1 5=2|NULL-HMAC_SHA1_96|true|28800"
            })
    void acceptsWhatIsConfigured(String esp, String transform, String suite, boolean tunnel, long life)
            throws ProposalException {
        Phase2Choice choice = chosen(esp(esp), List.of(Ikev1Proposals.phase2(1, 3, SPI, transform)));
        assertThat(choice.esp().orElseThrow().suite().transformName()).isEqualTo(suite);
        assertThat(choice.isTunnel()).isEqualTo(tunnel);
        assertThat(choice.life()).isEqualTo(Duration.ofSeconds(life));
        assertThat(choice.pfsGroup()).isEmpty();
    }

    @Test
    void grantsTheMaximumWhereMoreIsAskedFor() throws ProposalException {
        assertThat(chosen(esp("default"), List.of(Ikev1Proposals.phase2(0, 3, SPI, "12 4=1 1=1 2:00015181 5=2 6=128")))
                        .life())
                .isEqualTo(Duration.ofDays(1));
        assertThat(chosen(esp("default"), List.of(Ikev1Proposals.phase2(0, 3, SPI, "12 4=1 1=1 2:0001517f 5=2 6=128")))
                        .life())
                .isEqualTo(Duration.ofDays(1).minusSeconds(1));
    }

    @Test
    void acceptsAh() throws ProposalException {
        Phase2Choice choice = chosen(ah("md5,sha2_512"), List.of(Ikev1Proposals.phase2(0, 2, SPI, "7 4=2 5=7")));
        assertThat(choice.ah().orElseThrow().suite().transformName()).isEqualTo("HMAC_SHA2_512_256");
        assertThat(choice.esp()).isEmpty();
        assertThat(choice.isTunnel()).isFalse();
    }

    @Test
    void comparesOnlyTheFirstTransformOfAh() throws ProposalException {
        Ikev1Selection.Refused<Phase2Choice> refused =
                refused(ah("md5"), List.of(Ikev1Proposals.phase2(0, 2, SPI, "3 4=2 5=2", "2 4=2 5=1")));
        assertThat(refused.log())
                .containsExactly(
                        LogLine.plain("AH IPsec Transform refused: HMAC_SHA1_96"), LogLine.serious(NO_PROPOSAL));
    }

    @Test
    void acceptsAhAndEspTogether() throws ProposalException {
        Phase2Policy both =
                new Phase2Policy(Ikev1Proposals.esp("default"), true, true, false, EIGHT_HOURS, "\"t\"", "192.0.2.1");
        Phase2Choice choice = chosen(
                both,
                List.of(
                        Ikev1Proposals.phase2(7, 2, SPI, "3 4=1 5=2"),
                        Ikev1Proposals.phase2(7, 3, "00001234", "3 4=2 5=2", "3 4=1")));
        assertThat(choice.ah().orElseThrow().spi()).isEqualTo(Bytes.ofHex(SPI));
        assertThat(choice.esp().orElseThrow().suite().transformName()).isEqualTo("3DES_CBC-NONE");
        assertThat(choice.answer(Phase2ProposalTest::ownSpi))
                .containsExactly(
                        Ikev1Proposals.phase2(7, 2, "0200cafe", "3 4=1 5=2"),
                        new WireProposal(
                                7, 3, Bytes.ofHex("0300cafe"), List.of(Ikev1Proposals.transform(1, 3, "4=1"))));
    }

    /** No connection can want both, as with libreswan: what is not installed must not be agreed on. */
    @Test
    void refusesAhAlongWithEspWhereEspIsWanted() throws ProposalException {
        Ikev1Selection<Phase2Choice> selection = Phase2Chooser.choose(
                esp("default"),
                LinuxAlgorithms::has,
                List.of(
                        Ikev1Proposals.phase2(7, 2, SPI, "3 4=1 5=2"),
                        Ikev1Proposals.phase2(7, 3, "00001234", "12 4=1 5=2 6=128")));
        assertThat(((Ikev1Selection.Refused<Phase2Choice>) selection).log())
                .containsExactly(LogLine.serious(NO_PROPOSAL));
    }

    @Test
    void acceptsCompressionAlongWithEsp() throws ProposalException {
        List<WireProposal> offered = new ArrayList<>();
        offered.add(Ikev1Proposals.phase2(1, 3, SPI, GOOD));
        offered.add(Ikev1Proposals.phase2(1, 4, "00000002", "3 4=1", "2 3=14 4=1 1=1 2=60"));
        Ikev1Selection<Phase2Choice> selection =
                Phase2Chooser.choose(compressing(EIGHT_HOURS), LinuxAlgorithms::has, offered);
        Phase2Choice choice = ((Ikev1Selection.Chosen<Phase2Choice>) selection).choice();
        Phase2Compression compression = choice.compression().orElseThrow();
        assertThat(compression.cpi()).isEqualTo(Bytes.ofHex("0002"));
        assertThat(compression.mode()).isEqualTo(EncapsulationMode.TUNNEL);
        assertThat(choice.life()).isEqualTo(Duration.ofMinutes(1));
        assertThat(((Ikev1Selection.Chosen<Phase2Choice>) selection).log())
                .containsExactly(new LogLine(
                        RcCode.COMMENT,
                        "IPCA (IPcomp SA) contains GROUP_DESCRIPTION.  Ignoring inappropriate attribute."));
        assertThat(choice.answer(Phase2ProposalTest::ownSpi))
                .containsExactly(
                        Ikev1Proposals.phase2(1, 3, "0300cafe", GOOD),
                        new WireProposal(
                                1,
                                4,
                                Bytes.ofHex("4444"),
                                List.of(Ikev1Proposals.transform(1, 2, "3=14 4=1 1=1 2=60"))));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0002|3|15|illegal proposal: bare IPCOMP used with well-known CPI DEFLATE",
                "0001|3|11|IPsec Proposal contains CPI from non-negotiated range (0x1)",
                "f000|3|11|IPsec Proposal contains CPI from non-negotiated range (0xf000)",
                "00010100|3|11|"
            })
    void refusesCpis(String cpi, int protocol, int notification, String line) throws ProposalException {
        Phase2Policy bare =
                new Phase2Policy(Ikev1Proposals.esp("default"), false, false, true, EIGHT_HOURS, "\"t\"", "192.0.2.1");
        Ikev1Selection.Refused<Phase2Choice> refused = refused(bare, List.of(Ikev1Proposals.phase2(0, 4, cpi, "2")));
        assertThat(refused.notification().number()).isEqualTo(notification);
        assertThat(Ikev1Proposals.texts(refused.log())).isEqualTo(line == null ? List.of() : List.of(line));
    }

    @Test
    void refusesCompressionThatIsNotWanted() throws ProposalException {
        Ikev1Selection.Refused<Phase2Choice> refused = refused(
                esp("default"),
                List.of(Ikev1Proposals.phase2(0, 3, SPI, GOOD), Ikev1Proposals.phase2(0, 4, "1234", "2")));
        assertThat(refused.notification().number()).isEqualTo(15);
        assertThat(refused.log())
                .containsExactly(LogLine.plain("compression proposed by 192.0.2.1, but policy for \"t\" forbids it"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "3des-sha1|12 4=1 5=2 6=256|",
                "aes256-sha1|12 4=1 5=2 6=128|",
                "default|12 4=1 6=128|",
                "default|24 4=1 5=2 6=128|",
                "default|12 4=1 5=2|IPsec encryption transform AES_CBC did not specify required KEY_LENGTH attribute",
                "default|12 4=1 5=8 6=128|IKEv1 ESP integrity algorithm AH_RIPEMD not supported"
            })
    void passesOverWhatWillNotDo(String esp, String transform, String line) throws ProposalException {
        Ikev1Selection.Refused<Phase2Choice> refused =
                refused(esp(esp), List.of(Ikev1Proposals.phase2(0, 3, SPI, transform)));
        assertThat(refused.notification().number()).isEqualTo(14);
        assertThat(Ikev1Proposals.texts(refused.log()))
                .isEqualTo(line == null ? List.of(NO_PROPOSAL) : List.of(line, NO_PROPOSAL));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "12 4=1 4=1|repeated ENCAPSULATION_MODE attribute in IPsec Transform 0",
                "12 2=5|SA_LIFE_DURATION IPsec attribute not preceded by SA_LIFE_TYPE attribute",
                "12 1=3 2=5|invalid value 3 for attribute SA_LIFE_TYPE in IPsec Transform",
                "12 1=1 2=5 1=1|attribute SA_LIFE_TYPE value SA_LIFE_TYPE_SECONDS repeated in message",
                "12 4=5|invalid value 5 for attribute ENCAPSULATION_MODE in IPsec Transform",
                "12 5=14|invalid value 14 for attribute AUTH_ALGORITHM in IPsec Transform",
                "12 3=33|invalid value 33 for attribute GROUP_DESCRIPTION in IPsec Transform",
                "12 3=2|OAKLEY_GROUP 2 not supported for PFS",
                "12 6=100|IKEv1 key-length attribute without encryption algorithm",
                "24 6=100|IKEv1 key-length attribute without encryption algorithm",
                "12 7=1|unsupported IPsec attribute KEY_ROUNDS",
                "12 11=1|unsupported IPsec attribute ESN_64BIT_SEQNUM",
                "12 9:01|unsupported IPsec attribute COMPRESS_PRIVATE_ALG (variable length)",
                "12 32001:01010005613a733000|received IPsec Security Label on connection not configured with labeled ipsec",
                "12 32001:01010006613a733000|IPsec Security Label length mismatch (length=6; packet space = 5)",
                "12 32001:01010005613a733030|IPsec security label is missing the NUL terminator",
                "12 5=2 6=128|IPsec Transform must specify ENCAPSULATION_MODE"
            })
    void refusesTheWholePayload(String transform, String line) throws ProposalException {
        Ikev1Selection.Refused<Phase2Choice> refused = refused(
                esp("default"),
                List.of(Ikev1Proposals.phase2(0, 3, SPI, transform), Ikev1Proposals.phase2(1, 3, SPI, GOOD)));
        assertThat(refused.notification().number()).isEqualTo(15);
        assertThat(refused.log()).containsExactly(LogLine.serious(line));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "3 4=1|AUTH_ALGORITHM attribute missing in AH Transform",
                "3 4=1 5=1|HMAC_MD5_96 attribute inappropriate in AH_SHA Transform"
            })
    void refusesAh(String transform, String line) throws ProposalException {
        assertThat(refused(ah("default"), List.of(Ikev1Proposals.phase2(0, 2, SPI, transform)))
                        .log())
                .containsExactly(LogLine.serious(line));
    }

    @Test
    void refusesWhatCompressionCannotHave() throws ProposalException {
        assertThat(refused(
                                compressing(EIGHT_HOURS),
                                List.of(
                                        Ikev1Proposals.phase2(0, 3, SPI, GOOD),
                                        Ikev1Proposals.phase2(0, 4, "1234", "2 5=2")))
                        .log())
                .containsExactly(LogLine.serious("IPsec attribute AUTH_ALGORITHM inappropriate for IPCOMP"));
    }

    @Test
    void wantsOneProtocolAfterTheOther() throws ProposalException {
        List<WireProposal> ahThenEsp = List.of(
                Ikev1Proposals.phase2(0, 2, SPI, "3 4=1 5=2"), Ikev1Proposals.phase2(1, 3, SPI, "12 4=1 5=2 6=128"));
        assertThat(chosen(esp("default"), ahThenEsp).ah()).isEmpty();
        assertThat(chosen(ah("default"), ahThenEsp).esp()).isEmpty();
    }

    @Test
    void wantsTheSameGroupInAllTransforms() throws ProposalException {
        List<WireProposal> offered =
                List.of(Ikev1Proposals.phase2(0, 3, SPI, "3 3=14 4=1 5=2", "12 3=15 4=1 5=2 6=128"));
        assertThat(refused(esp("aes-sha1"), offered).log())
                .containsExactly(LogLine.serious(
                        "GROUP_DESCRIPTION inconsistent with that of a previous Transform in IPsec SA"));
    }

    @Test
    void checksTheGroupOfAnAnswer() throws ProposalException {
        List<WireProposal> answer = List.of(Ikev1Proposals.phase2(0, 3, SPI, GOOD));
        assertThat(Phase2Chooser.accept(esp("default"), LinuxAlgorithms::has, PFS, answer))
                .isInstanceOf(Ikev1Selection.Chosen.class);
        Ikev1Selection<Phase2Choice> other =
                Phase2Chooser.accept(esp("default"), LinuxAlgorithms::has, Optional.empty(), answer);
        assertThat(((Ikev1Selection.Refused<Phase2Choice>) other).log())
                .containsExactly(
                        LogLine.serious("GROUP_DESCRIPTION inconsistent with that of the Proposal in IPsec SA"));
    }

    private static Bytes ownSpi(int protocol) {
        return Bytes.ofHex(protocol == 4 ? "4444" : "0" + protocol + "00cafe");
    }

    private static Phase2Policy esp(String esp) throws ProposalException {
        return new Phase2Policy(Ikev1Proposals.esp(esp), true, false, false, EIGHT_HOURS, "\"t\"", "192.0.2.1");
    }

    private static Phase2Policy ah(String ah) throws ProposalException {
        return new Phase2Policy(Ikev1Proposals.ah(ah), false, true, false, EIGHT_HOURS, "\"t\"", "192.0.2.1");
    }

    private static Phase2Policy compressing(Duration life) throws ProposalException {
        return new Phase2Policy(Ikev1Proposals.esp("default"), true, false, true, life, "\"t\"", "192.0.2.1");
    }

    private static Phase2Choice chosen(Phase2Policy policy, List<WireProposal> offered) {
        Ikev1Selection<Phase2Choice> selection = Phase2Chooser.choose(policy, LinuxAlgorithms::has, offered);
        assertThat(selection).isInstanceOf(Ikev1Selection.Chosen.class);
        return ((Ikev1Selection.Chosen<Phase2Choice>) selection).choice();
    }

    private static Ikev1Selection.Refused<Phase2Choice> refused(Phase2Policy policy, List<WireProposal> offered) {
        Ikev1Selection<Phase2Choice> selection = Phase2Chooser.choose(policy, LinuxAlgorithms::has, offered);
        assertThat(selection).isInstanceOf(Ikev1Selection.Refused.class);
        return (Ikev1Selection.Refused<Phase2Choice>) selection;
    }
}
