// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.proposal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jswan.base.Bytes;
import org.jswan.crypto.Encr;
import org.jswan.crypto.IkeSuite;
import org.jswan.crypto.Integ;
import org.jswan.crypto.KeGroup;
import org.jswan.crypto.Prf;
import org.jswan.log.RcCode;
import org.jswan.wire.WireProposal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Phase1ProposalTest {
    private static final Duration EIGHT_HOURS = Duration.ofHours(8);
    private static final String GOOD = "11=1 12=28800 1=7 2=4 3=1 4=14 14=256";
    private static final String NO_TRANSFORM = "no acceptable Oakley Transform";

    /** What libreswan 4.10 sends for a connection with {@code authby=secret} that says nothing about algorithms. */
    private static final Bytes DEFAULT_OFFER = Bytes.ofHex("0000000100000001 0000027800010012"
            + "0300002400010000800b0001800c70808001000780020004800300018004000e800e0100"
            + "0300002401010000800b0001800c70808001000780020004800300018004000e800e0080"
            + "0300002402010000800b0001800c70808001000780020006800300018004000e800e0100"
            + "0300002403010000800b0001800c70808001000780020006800300018004000e800e0080"
            + "0300002404010000800b0001800c70808001000780020002800300018004000e800e0100"
            + "0300002405010000800b0001800c70808001000780020002800300018004000e800e0080"
            + "0300002406010000800b0001800c708080010007800200048003000180040005800e0100"
            + "0300002407010000800b0001800c708080010007800200048003000180040005800e0080"
            + "0300002408010000800b0001800c708080010007800200068003000180040005800e0100"
            + "0300002409010000800b0001800c708080010007800200068003000180040005800e0080"
            + "030000240a010000800b0001800c708080010007800200028003000180040005800e0100"
            + "030000240b010000800b0001800c708080010007800200028003000180040005800e0080"
            + "030000200c010000800b0001800c70808001000580020004800300018004000e"
            + "030000200d010000800b0001800c70808001000580020006800300018004000e"
            + "030000200e010000800b0001800c70808001000580020002800300018004000e"
            + "030000200f010000800b0001800c7080800100058002000480030001800400 05"
            + "0300002010010000800b0001800c7080800100058002000680030001800400 05"
            + "0000002011010000800b0001800c7080800100058002000280030001800400 05");

    @Test
    void offersByDefaultWhatLibreswanOffers() throws ProposalException {
        Phase1Offer offer = Phase1Offer.mainMode(Ikev1Proposals.ike("default"), 1, EIGHT_HOURS);
        assertThat(Ikev1Proposals.wire(List.of(offer.proposal()))).isEqualTo(DEFAULT_OFFER);
        assertThat(offer.log()).isEmpty();
    }

    @Test
    void answersWithTheTransformAsItCame() throws ProposalException {
        WireProposal offered = Phase1Offer.mainMode(Ikev1Proposals.ike("default"), 1, EIGHT_HOURS)
                .proposal();
        Phase1Choice choice = chosen(responder("aes128-sha1;modp1536"), offered);
        assertThat(choice.suite())
                .isEqualTo(new IkeSuite(Encr.AES_CBC, 128, Prf.HMAC_SHA1, Integ.NONE, KeGroup.MODP1536));
        assertThat(choice.auth()).isEqualTo(Phase1Auth.PRESHARED_KEY);
        assertThat(choice.details())
                .isEqualTo("{auth=PRESHARED_KEY cipher=AES_CBC_128 integ=HMAC_SHA1 group=MODP1536}");
        assertThat(choice.life()).isEqualTo(EIGHT_HOURS);
        assertThat(Ikev1Proposals.wire(List.of(choice.answer())))
                .isEqualTo(Bytes.ofHex("0000000100000001 0000002c00010001"
                        + "000000240b010000800b0001800c708080010007800200028003000180040005800e0080"));
    }

    @Test
    void writesALongLifeInFourOctets() throws ProposalException {
        Phase1Offer offer = Phase1Offer.mainMode(Ikev1Proposals.ike("3des-md5;modp1536"), 3, Duration.ofDays(1));
        assertThat(offer.proposal().transforms())
                .containsExactly(Ikev1Proposals.transform(0, 1, "11=1 12:00015180 1=5 2=1 3=3 4=5"));
    }

    @ParameterizedTest
    @CsvSource({
        "PRESHARED_KEY,NONE,1", "PRESHARED_KEY,INITIATOR,65001", "PRESHARED_KEY,RESPONDER,65002",
        "RSA_SIG,NONE,3", "RSA_SIG,INITIATOR,65005", "RSA_SIG,RESPONDER,65006"
    })
    void numbersAuthenticationMethods(Phase1Auth auth, Phase1Auth.Xauth xauth, int method) {
        assertThat(auth.method(xauth)).isEqualTo(method);
    }

    @Test
    void offersOneGroupInAggressiveMode() throws ProposalException {
        Phase1Offer offer =
                Phase1Offer.aggressiveMode(Ikev1Proposals.ike("aes256-sha1;modp2048,aes-md5;modp2048"), 1, EIGHT_HOURS);
        assertThat(offer.proposal().transforms()).hasSize(3);
        assertThat(offer.first())
                .isEqualTo(new IkeSuite(Encr.AES_CBC, 256, Prf.HMAC_SHA1, Integ.NONE, KeGroup.MODP2048));
        assertThat(offer.log()).isEmpty();
    }

    @Test
    void keepsGroup5InAggressiveMode() throws ProposalException {
        Phase1Offer offer = Phase1Offer.aggressiveMode(
                Ikev1Proposals.ike("aes128-sha1;modp1536,aes256-sha2;modp2048,3des-md5;modp3072"), 1, EIGHT_HOURS);
        assertThat(offer.proposal().transforms())
                .containsExactly(Ikev1Proposals.transform(0, 1, "11=1 12=28800 1=7 2=2 3=1 4=5 14=128"));
        assertThat(offer.log())
                .containsExactly(
                        LogLine.serious("multiple DH groups were set in aggressive mode. Only first one used."),
                        LogLine.serious("transform (OAKLEY_AES_CBC,OAKLEY_SHA2_256,MODP2048 keylen 256) ignored."),
                        LogLine.serious("transform (OAKLEY_3DES_CBC,OAKLEY_MD5,MODP3072 keylen 0) ignored."));
    }

    @Test
    void takesTheLastGroupInAggressiveModeUnlessGroup5CameBefore() throws ProposalException {
        Phase1Offer offer = Phase1Offer.aggressiveMode(
                Ikev1Proposals.ike("aes128-sha1;modp2048,aes128-sha1;modp3072"), 1, EIGHT_HOURS);
        assertThat(offer.proposal().transforms())
                .containsExactly(Ikev1Proposals.transform(0, 1, "11=1 12=28800 1=7 2=2 3=1 4=15 14=128"));
        assertThat(Ikev1Proposals.texts(offer.log()))
                .containsExactly(
                        "multiple DH groups in aggressive mode can cause interop failure",
                        "Deleting previous proposal in the hopes of selecting DH 2 or DH 5");
    }

    @Test
    void seesWhatAnInitiatorOffersToProveItselfBy() {
        assertThat(OfferedAuthentication.of(Ikev1Proposals.phase1("1=7 3=65001", "3=3")))
                .isEqualTo(new OfferedAuthentication(true, true, true));
        assertThat(OfferedAuthentication.of(Ikev1Proposals.phase1("3=65005")))
                .isEqualTo(new OfferedAuthentication(false, true, true));
        assertThat(OfferedAuthentication.of(Ikev1Proposals.phase1("3=65002", "3=64221", "1=1")))
                .isEqualTo(new OfferedAuthentication(false, false, false));
    }

    @Test
    void takesTheFirstTransformOfThePeerThatWillDo() throws ProposalException {
        Phase1Choice choice = chosen(
                responder("aes128-sha1;modp2048,aes256-sha2_256;modp2048"),
                Ikev1Proposals.phase1(GOOD, "1=7 2=2 3=1 4=14 14=128"));
        assertThat(choice.suite().encrKeyBits()).isEqualTo(256);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // without a string, any algorithm that there is; without a key length, the default; without a life,
                // eight hours
                "default|1=7 2=5 3=1 4=21|AES_CBC_128-HMAC_SHA2_384-DH21|28800",
                "default|1=8 2=1 3=1 4=5 14=192|CAMELLIA_CBC_192-HMAC_MD5-MODP1536|28800",
                "aes-sha2;modp2048|1=7 14=192 2=4 3=1 4=14 11=1 12=60|AES_CBC_192-HMAC_SHA2_256-MODP2048|60",
                "default|1=7 2=4 3=1 4=14 11=2 12=5 11=1 12:0000000E10|AES_CBC_128-HMAC_SHA2_256-MODP2048|3600",
                "default|1=7 2=4 3=1 4=14 11=1 12=7 11=2 12:01020304050607|AES_CBC_128-HMAC_SHA2_256-MODP2048|7"
            })
    void acceptsWhatIsConfigured(String ike, String attributes, String suite, long life) throws ProposalException {
        Phase1Choice choice = chosen(responder(ike), Ikev1Proposals.phase1(attributes));
        assertThat(choice.suite().statusName()).isEqualTo(suite);
        assertThat(choice.life()).isEqualTo(Duration.ofSeconds(life));
    }

    @Test
    void capsALongLife() throws ProposalException {
        WireProposal offered = Ikev1Proposals.phase1("1=7 2=4 3=1 4=14 11=1 12:000000000100000000");
        Ikev1Selection.Chosen<Phase1Choice> chosen =
                (Ikev1Selection.Chosen<Phase1Choice>) Phase1Chooser.select(responder("default"), offered);
        assertThat(chosen.choice().life()).isEqualTo(Duration.ofDays(1));
        assertThat(chosen.log())
                .containsExactly(LogLine.plain("warning: peer requested IKE lifetime of 4294967295 seconds"
                        + " which we capped at our limit of 86400 seconds"));
    }

    @Test
    void remarksOnAShortKey() throws ProposalException {
        Phase1Policy policy = policy("default", false, Optional.of(Phase1Auth.PRESHARED_KEY), OptionalInt.of(15));
        Ikev1Selection.Chosen<Phase1Choice> chosen =
                (Ikev1Selection.Chosen<Phase1Choice>) Phase1Chooser.select(policy, Ikev1Proposals.phase1(GOOD));
        assertThat(chosen.log())
                .containsExactly(LogLine.plain("WARNING: connection t PSK length of 15 bytes is too short for"
                        + " HMAC_SHA2_256 PRF in FIPS mode (16 bytes required)"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1=1 2=4 3=1 4=14|OAKLEY_DES_CBC(UNUSED) is not supported.  Attribute OAKLEY_ENCRYPTION_ALGORITHM",
                "1=9 2=4 3=1 4=14|UNUSED_9 is not supported.  Attribute OAKLEY_ENCRYPTION_ALGORITHM",
                "1=20 2=4 3=1 4=14|OAKLEY_AES_GCM_C is not supported.  Attribute OAKLEY_ENCRYPTION_ALGORITHM",
                "1=7 2=9 3=1 4=14|9?? is not supported.  Attribute OAKLEY_HASH_ALGORITHM",
                "1=7 2=4 3=1 4=2|OAKLEY_GROUP 2 not supported.  Attribute OAKLEY_GROUP_DESCRIPTION",
                "3=64221|Pluto does not support HybridInitRSA authentication.  Attribute OAKLEY_AUTHENTICATION_METHOD",
                "3=3|policy does not allow OAKLEY_RSA_SIG authentication.  Attribute OAKLEY_AUTHENTICATION_METHOD",
                "3=65001|policy does not allow Extended Authentication (XAUTH) of initiator (we are responder)."
                        + "  Attribute OAKLEY_AUTHENTICATION_METHOD",
                "3=65006|policy does not allow Extended Authentication (XAUTH) with RSA of responder (we are responder)."
                        + "  Attribute OAKLEY_AUTHENTICATION_METHOD",
                "11=3|unknown value 3??.  Attribute OAKLEY_LIFE_TYPE",
                "12=3|OAKLEY_LIFE_DURATION attribute not preceded by OAKLEY_LIFE_TYPE attribute."
                        + "  Attribute OAKLEY_LIFE_DURATION",
                "12:03|OAKLEY_LIFE_DURATION attribute not preceded by OAKLEY_LIFE_TYPE attribute."
                        + "  Attribute OAKLEY_LIFE_DURATION (variable length)",
                "14=256 1=7|OAKLEY_KEY_LENGTH attribute not preceded by OAKLEY_ENCRYPTION_ALGORITHM attribute."
                        + "  Attribute OAKLEY_KEY_LENGTH",
                "1=7 14=129|peer proposed key_len not valid for encrypt algo setup specified.  Attribute OAKLEY_KEY_LENGTH",
                "13=1|unsupported OAKLEY attribute.  Attribute OAKLEY_PRF",
                "6:01|unsupported OAKLEY attribute.  Attribute OAKLEY_GROUP_PRIME (variable length)",
                "2=4 3=1 4=14|OAKLEY proposal refused: missing encryption",
                "1=7 3=1 4=14|OAKLEY proposal refused: missing PRF",
                "1=7 2=4 3=1|OAKLEY proposal refused: missing DH"
            })
    void passesOverTransformsThatWillNotDo(String attributes, String line) throws ProposalException {
        Ikev1Selection.Refused<Phase1Choice> refused = refused(responder("default"), Ikev1Proposals.phase1(attributes));
        assertThat(refused.notification().number()).isEqualTo(14);
        assertThat(refused.log()).containsExactly(LogLine.serious(line), LogLine.serious(NO_TRANSFORM));
    }

    @Test
    void passesOverWhatIsNotConfigured() throws ProposalException {
        Ikev1Selection.Refused<Phase1Choice> refused = refused(
                responder("aes128-sha1;modp1536"),
                Ikev1Proposals.phase1(GOOD, "1=7 2=2 3=1 4=5 14=256", "1=7 2=2 3=1 4=14", "1=5 2=2 3=1 4=5"));
        assertThat(refused.log())
                .containsExactly(
                        LogLine.plain("Oakley Transform [AES_CBC (256), HMAC_SHA2_256, MODP2048] refused"),
                        LogLine.plain("Oakley Transform [AES_CBC (256), HMAC_SHA1, MODP1536] refused"),
                        LogLine.plain("Oakley Transform [AES_CBC (128), HMAC_SHA1, MODP2048] refused"),
                        LogLine.plain("Oakley Transform [3DES_CBC (192), HMAC_SHA1, MODP1536] refused"),
                        LogLine.serious(NO_TRANSFORM));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1=7 1=7|repeated OAKLEY_ENCRYPTION_ALGORITHM attribute in Oakley Transform 0",
                "11=1 12=5 11=1|attribute OAKLEY_LIFE_TYPE value OAKLEY_LIFE_SECONDS repeated",
                "11=2 11=1|repeated OAKLEY_LIFE_TYPE attribute in Oakley Transform 0",
                "1=7 2=4 4=14|missing mandatory attribute(s) OAKLEY_AUTHENTICATION_METHOD in Oakley Transform 0"
            })
    void refusesTheWholePayload(String attributes, String line) throws ProposalException {
        Ikev1Selection.Refused<Phase1Choice> refused =
                refused(responder("default"), Ikev1Proposals.phase1(attributes, GOOD));
        assertThat(refused.notification().number()).isEqualTo(15);
        assertThat(refused.log()).containsExactly(LogLine.serious(line));
    }

    @Test
    void namesTheKeyLengthOf3des() throws ProposalException {
        assertThat(chosen(responder("default"), Ikev1Proposals.phase1("1=5 2=2 3=1 4=14"))
                        .details())
                .isEqualTo("{auth=PRESHARED_KEY cipher=3DES_CBC_192 integ=HMAC_SHA1 group=MODP2048}");
    }

    @Test
    void demandsOneTransformInAnAnswer() throws ProposalException {
        Phase1Policy initiator = policy("default", true, Optional.of(Phase1Auth.PRESHARED_KEY), OptionalInt.of(32));
        assertThat(chosen(initiator, Ikev1Proposals.phase1(GOOD)).suite().encrKeyBits())
                .isEqualTo(256);
        Ikev1Selection.Refused<Phase1Choice> refused = refused(initiator, Ikev1Proposals.phase1(GOOD, GOOD));
        assertThat(refused.notification().number()).isEqualTo(15);
        assertThat(refused.log())
                .containsExactly(
                        LogLine.serious("a single Transform is required in a selecting Oakley Proposal; found 2"));
    }

    @Test
    void needsAPresharedKey() throws ProposalException {
        Phase1Policy policy = policy("default", false, Optional.of(Phase1Auth.PRESHARED_KEY), OptionalInt.empty());
        assertThat(refused(policy, Ikev1Proposals.phase1(GOOD)).log())
                .contains(LogLine.serious("Can't authenticate: no preshared key found for `@west' and `%any'."
                        + "  Attribute OAKLEY_AUTHENTICATION_METHOD"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "false|false|true|65001|",
                "true|true|false|65001|",
                "false|true|false|65002|",
                "false|false|true|1|policy mandates Extended Authentication (XAUTH) with PSK of initiator (we are responder)",
                "true|false|true|1|policy mandates Extended Authentication (XAUTH) with PSK of responder (we are initiator)",
                "true|false|true|65001|policy does not allow Extended Authentication (XAUTH) of initiator (we are initiator)"
            })
    void wantsXauthWhereItIsConfigured(boolean initiator, boolean client, boolean server, int method, String flaw)
            throws ProposalException {
        Phase1Policy plain = policy("default", initiator, Optional.of(Phase1Auth.PRESHARED_KEY), OptionalInt.of(32));
        Phase1Policy policy = new Phase1Policy(plain.suites(), initiator, plain.auth(), client, server, plain.key());
        WireProposal proposal = Ikev1Proposals.phase1("1=7 2=4 3=" + method + " 4=14");
        if (flaw == null) {
            assertThat(chosen(policy, proposal).xauth()).isTrue();
        } else {
            assertThat(refused(policy, proposal).log())
                    .contains(new LogLine(RcCode.LOG_SERIOUS, flaw + ".  Attribute OAKLEY_AUTHENTICATION_METHOD"));
        }
    }

    private static Phase1Policy responder(String ike) throws ProposalException {
        return policy(ike, false, Optional.of(Phase1Auth.PRESHARED_KEY), OptionalInt.of(32));
    }

    private static Phase1Policy policy(String ike, boolean initiator, Optional<Phase1Auth> auth, OptionalInt keyLength)
            throws ProposalException {
        return new Phase1Policy(
                Ikev1Proposals.ike(ike),
                initiator,
                auth,
                false,
                false,
                new Phase1Policy.PresharedKey("t", keyLength, "@west", "%any"));
    }

    private static Phase1Choice chosen(Phase1Policy policy, WireProposal proposal) {
        Ikev1Selection<Phase1Choice> selection = Phase1Chooser.select(policy, proposal);
        assertThat(selection).isInstanceOf(Ikev1Selection.Chosen.class);
        return ((Ikev1Selection.Chosen<Phase1Choice>) selection).choice();
    }

    private static Ikev1Selection.Refused<Phase1Choice> refused(Phase1Policy policy, WireProposal proposal) {
        Ikev1Selection<Phase1Choice> selection = Phase1Chooser.select(policy, proposal);
        assertThat(selection).isInstanceOf(Ikev1Selection.Refused.class);
        return (Ikev1Selection.Refused<Phase1Choice>) selection;
    }
}
