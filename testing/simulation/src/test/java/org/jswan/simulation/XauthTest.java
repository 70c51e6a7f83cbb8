// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jswan.base.IpAddress;
import org.jswan.base.SaSerial;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.EndOption;
import org.jswan.connection.XauthFailure;
import org.jswan.connection.XauthMethod;
import org.jswan.control.WhackCommand;
import org.jswan.control.WhackRequest;
import org.jswan.impair.Impairment;
import org.jswan.sa.State;
import org.jswan.sa.V1State;
import org.jswan.simulation.SimHost.SimSession;
import org.jswan.simulation.XauthScene.Part;
import org.jswan.wire.v1.AttributesPayload;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** XAUTH in both roles (draft-ietf-ipsec-isakmp-xauth-06). */
class XauthTest {
    private static final int EXCHANGE_AT = 18;
    private static final int MODE_CONFIG = 6;

    @Test
    void aUserOfThePasswordFileGetsAnAddress() {
        XauthScene scene = new XauthScene(1).pulling(UnaryOperator.identity());
        SimSession session = scene.initiate(Map.of());
        assertThat(session.lines(line -> line.replaceAll("0x\\w+", "SPI").replaceAll("\\{auth=.*", "{…}")))
                .as(scene.trace())
                .containsSubsequence(
                        "004 \"t\" #1: IKE SA established {…}",
                        "002 \"t\" #1: XAUTH: Answering XAUTH challenge with user='use1'",
                        "004 \"t\" #1: XAUTH client - possibly awaiting CFG_set {…}",
                        "002 \"t\" #1: XAUTH: Successfully Authenticated",
                        "004 \"t\" #1: XAUTH client - possibly awaiting CFG_set {…}",
                        "002 \"t\" #1: modecfg: Sending IP request (MODECFG_I1)",
                        "005 \"t\" #1: Received IPv4 address: 10.9.0.1/32",
                        "005 \"t\" #1: Received subnet 198.51.100.128/25",
                        "005 \"t\" #1: Subnet 198.51.100.128/25 already has an spd_route - ignoring",
                        "004 \"t\" #1: IKE SA established {…}",
                        "004 \"t\" #2: IPsec SA established tunnel mode {ESP=>SPI <SPI xfrm=AES_CBC_128-HMAC_SHA1_96"
                                + " DPD=passive username=use1}");
        assertThat(scene.east.log())
                .containsSubsequence(
                        "\"t\"[1] 192.0.2.1 #1: XAUTH: Sending Username/Password request (MAIN_R3->XAUTH_R0)",
                        "\"t\"[1] 192.0.2.1 #1: XAUTH: password file authentication method requested to authenticate user"
                                + " 'use1'",
                        "\"t\"[1] 192.0.2.1 #1: XAUTH: User use1: Authentication Successful",
                        "\"t\"[1] 192.0.2.1 #1: XAUTH: xauth_inR1(STF_OK)",
                        "\"t\"[1] 192.0.2.1 #1: modecfg_inR0(STF_OK)");
        assertThat(scene.west.environments())
                .allSatisfy(env -> assertThat(env).containsEntry("PLUTO_USERNAME", "use1"));
    }

    @Test
    void itFollowsAggressiveModeToo() {
        XauthScene scene = new XauthScene(13)
                .pulling(
                        both -> both.set(ConnectionOption.AGGRESSIVE).set(ConnectionOption.IKE, "aes128-sha1;modp2048"))
                .up();
        assertThat(scene.east.log())
                .contains("\"t\"[1] 192.0.2.1 #1: XAUTH: Sending Username/Password request (AGGR_R2->XAUTH_R0)");
        scene = new XauthScene(14)
                .connection(EnumSet.of(Part.XAUTH), end -> end.set(EndOption.USERNAME, "use1"), both -> both.set(
                                ConnectionOption.AGGRESSIVE)
                        .set(ConnectionOption.IKE, "aes128-sha1;modp2048"))
                .up();
        assertThat(XauthScene.states(scene.west)).containsExactly(V1State.AGGR_I2, V1State.QUICK_I2);
    }

    /** It counts as a wrong password. */
    @Test
    void aFaultWhileAPasswordIsCheckedIsARefusal() {
        XauthScene scene = new XauthScene(3).pulling(UnaryOperator.identity());
        scene.west.whack(WhackRequest.of(new WhackCommand.Initiate("t", Optional.empty())));
        assertThat(scene.world.runUntil(() -> Ikev1Pair.has(scene.west, V1State.XAUTH_I1), Duration.ofSeconds(2)))
                .as(scene.trace())
                .isTrue();
        scene.east.setHelpersFail(true);
        assertThatThrownBy(() -> scene.world.run(Duration.ofSeconds(1))).hasMessage("a helper failed");
        scene.east.setHelpersFail(false);
        scene.world.run(Duration.ofSeconds(1));
        assertThat(scene.east.log())
                .as(scene.trace())
                .anyMatch(line -> line.contains("User use1: Authentication Failed"));
        assertThat(scene.west.log()).contains("\"t\" #1: XAUTH: aborting entire IKE Exchange");
    }

    @Test
    void aWrongPasswordEndsAll() {
        XauthScene scene = new XauthScene(2).pulling(UnaryOperator.identity());
        scene.east.logins().setFile("use1:*other\n");
        SimSession session = scene.initiate(Map.of());
        assertThat(session.lines())
                .as(scene.trace())
                .contains(
                        "002 \"t\" #1: Received Cisco XAUTH status: FAIL",
                        "002 \"t\" #1: XAUTH: aborting entire IKE Exchange",
                        "036 \"t\" #1: encountered fatal error in state STATE_XAUTH_I1")
                .endsWith("036 \"t\" #1: encountered fatal error in state STATE_XAUTH_I1")
                .noneMatch(line -> line.contains("IPsec SA established"));
        assertThat(session.isFinished()).isTrue();
        assertThat(scene.east.log())
                .contains("\"t\"[1] 192.0.2.1 #1: XAUTH: User use1: Authentication Failed:"
                        + " Incorrect Username or Password");
        assertThat(scene.west.pluto().saCount()).isZero();
        assertThat(scene.east.pluto().saCount()).isZero();
    }

    @Test
    void whoFailsSoftlyIsLetInAndUpdownIsTold() {
        XauthScene scene = new XauthScene(3).pulling(both -> both.set(ConnectionOption.XAUTH_FAIL, XauthFailure.SOFT));
        scene.east.logins().setFile("use1:*other\n");
        scene.up();
        assertThat(scene.east.environments()).allSatisfy(env -> assertThat(env).containsEntry("XAUTH_FAILED", "1"));
    }

    @Test
    void theUserIsAskedForNameAndPassword() {
        XauthScene scene = new XauthScene(4).connection(EnumSet.of(Part.XAUTH), end -> end, both -> both);
        scene.east.logins().setFile("use2:*pass2\n");
        SimSession session = scene.initiate(Map.of(41, "use2", 40, "pass2"));
        assertThat(session.lines())
                .as(scene.trace())
                .containsSubsequence(
                        "041 \"t\" #1: t prompt for Username:",
                        "040 \"t\" #1: t prompt for Password:",
                        "002 \"t\" #1: XAUTH: Answering XAUTH challenge with user='use2'",
                        "002 \"t\" #1: XAUTH: Successfully Authenticated",
                        "002 \"t\" #1: XAUTH completed; ModeCFG skipped as per configuration")
                .anyMatch(line -> line.contains("IPsec SA established") && line.endsWith("username=use2}"));
        assertThat(XauthScene.states(scene.west)).contains(V1State.MAIN_I4, V1State.QUICK_I2);
        assertThat(XauthScene.states(scene.east)).contains(V1State.MAIN_R3, V1State.QUICK_R2);
    }

    @Test
    void aUserWhoGoesAwayEndsTheNegotiation() {
        XauthScene scene = new XauthScene(5).connection(EnumSet.of(Part.XAUTH), end -> end, both -> both);
        SimSession session = scene.initiate(Map.of());
        assertThat(session.lines())
                .as(scene.trace())
                .contains(
                        "003 \"t\" #1: XAUTH username prompt failed.",
                        "036 \"t\" #1: encountered fatal error in state STATE_MAIN_I4");
        assertThat(scene.west.pluto().saCount()).isZero();
        assertThat(scene.east.pluto().saCount()).isZero();
    }

    @Test
    void pamMayTakeItsTime() {
        XauthScene scene = new XauthScene(6).pulling(both -> both.set(ConnectionOption.XAUTH_BY, XauthMethod.PAM));
        scene.east.logins().setPam(Duration.ofSeconds(20), question -> Optional.empty());
        scene.initiate(Map.of());
        assertThat(XauthScene.states(scene.east)).containsExactly(V1State.XAUTH_R0);
        scene.world.run(Duration.ofSeconds(20));
        assertThat(scene.east.kernel().installed()).as(scene.trace()).hasSize(2);
    }

    @Test
    void pamIsGivenUpWithTheClient() {
        XauthScene scene = new XauthScene(7).pulling(both -> both.set(ConnectionOption.XAUTH_BY, XauthMethod.PAM));
        scene.east.logins().setPam(Duration.ofSeconds(20), question -> Optional.empty());
        scene.initiate(Map.of());
        scene.west.whack(WhackRequest.of(new WhackCommand.Terminate("t")));
        scene.world.run(Duration.ofSeconds(1));
        assertThat(scene.east.pluto().saCount()).as(scene.trace()).isZero();
        assertThat(scene.east.log())
                .anyMatch(line -> line.contains("PAM: authentication of user 'use1' ABORTED (deleting state) after"));
        scene.assertNothingLeft();
    }

    private static void impair(SimHost host, Impairment what) {
        host.ports().impair().set(what, "yes", OptionalLong.empty());
    }

    @Test
    void nobodyComesInWhoLeavesXauthOut() {
        XauthScene scene = new XauthScene(8).connection(EnumSet.of(Part.XAUTH), end -> end, both -> both);
        impair(scene.west, Impairment.DROP_XAUTH_R0);
        scene.initiate(Map.of());
        assertThat(scene.west.log()).contains("\"t\" #1: IMPAIR: drop XAUTH R0 message ");
        assertThat(XauthScene.states(scene.east)).containsExactly(V1State.XAUTH_R0);
        // The ISAKMP SA looks established: a client that believes so begins Quick Mode.
        scene.initiate(Map.of());
        assertThat(XauthScene.states(scene.west)).as(scene.trace()).contains(V1State.QUICK_I1);
        assertThat(XauthScene.states(scene.east)).containsExactly(V1State.XAUTH_R0);
        assertThat(scene.east.kernel().installed()).isEmpty();
    }

    @Test
    void whatIsNotAskedEndsAfterAMinute() {
        XauthScene scene = new XauthScene(9).pulling(UnaryOperator.identity());
        impair(scene.east, Impairment.SEND_NO_XAUTH_R0);
        scene.initiate(Map.of());
        assertThat(scene.east.log())
                .as(scene.trace())
                .contains("\"t\"[1] 192.0.2.1 #1: IMPAIR: Skipped sending XAUTH user/pass packet");
        scene.world.run(Duration.ofSeconds(62));
        // The SA counts as up: the client hears of its end, and begins anew.
        assertThat(scene.east.log())
                .as(scene.trace())
                .anyMatch(line ->
                        line.matches(".* #1: deleting state \\(STATE_XAUTH_R0\\) aged .* and sending notification"));
        assertThat(scene.west.log()).contains("\"t\" #1: received Delete SA payload: self-deleting ISAKMP State #1");
    }

    @Test
    void theUserIsKnownAsLongAsTheSaLives() {
        XauthScene scene = new XauthScene(10).pulling(UnaryOperator.identity()).up();
        assertThat(scene.east
                        .whack(WhackRequest.of(new WhackCommand.TrafficStatus(Optional.empty())))
                        .lines())
                .singleElement()
                .asString()
                .contains("\"t\"[1] 192.0.2.1, username=use1, type=ESP, ")
                .endsWith(", lease=10.9.0.1/32")
                .doesNotContain("id=");
        assertThat(scene.east
                        .whack(WhackRequest.of(new WhackCommand.ShowStates()))
                        .lines())
                .anyMatch(line -> line.endsWith("ESPmax=2^63B username=use1"));
        scene.east.whack(WhackRequest.of(new WhackCommand.DeleteUser("use2")));
        assertThat(scene.east.pluto().saCount()).isEqualTo(2);
        scene.east.whack(WhackRequest.of(new WhackCommand.DeleteUser("use1")));
        scene.world.run(Duration.ofSeconds(1));
        assertThat(XauthScene.serials(scene.east)).as(scene.trace()).doesNotContain(new SaSerial(1), new SaSerial(2));
        assertThat(scene.east.log())
                .anyMatch(line -> line.endsWith("ESP traffic information: in=0B out=0B XAUTHuser=use1"));
    }

    @Test
    void theAddressesOfThePasswordFileCount() {
        XauthScene scene = new XauthScene(11).pulling(UnaryOperator.identity());
        scene.east.logins().setFile("use1:*pass1:t:10.8.0.77\n");
        scene.up();
        assertThat(scene.west.log()).contains("\"t\" #1: Received IPv4 address: 10.8.0.77/32");
    }

    @Test
    void itComesUpInFoulWeatherOrEndsWithoutRest() {
        for (int seed = 0; seed < 12; seed++) {
            XauthScene scene = new XauthScene(seed).pulling(UnaryOperator.identity());
            scene.world.weather(Weather.FOUL);
            scene.initiate(Map.of());
            assertThat(scene.world.runUntil(
                            () -> scene.west.kernel().installed().size() == 2
                                    && scene.east.kernel().installed().size() >= 2,
                            Duration.ofMinutes(30)))
                    .as("seed " + seed + "\n" + scene.trace())
                    .isTrue();
            scene.assertNothingLeft();
        }
    }

    @Test
    void aNameWithAnOctetZeroIsRefused() {
        XauthScene scene = new XauthScene(12)
                .connection(Set.of(Part.XAUTH), end -> end.set(EndOption.USERNAME, "a\0b"), both -> both);
        scene.initiate(Map.of(40, "pass"));
        assertThat(scene.east.log())
                .as(scene.trace())
                .contains("\"t\"[1] 192.0.2.1 #1: XAUTH User Name contains NUL character: rejected");
    }

    @ParameterizedTest
    @CsvSource({"127, true", "128, false"})
    void aNameEndsSomewhere(int octets, boolean taken) {
        XauthScene scene = new XauthScene(15)
                .connection(
                        Set.of(Part.XAUTH),
                        end -> end.set(EndOption.USERNAME, "u".repeat(octets)),
                        both -> both.set(ConnectionOption.XAUTH_BY, XauthMethod.ALWAYS_OK));
        scene.initiate(Map.of(40, "pass"));
        String refusal = "\"t\"[1] 192.0.2.1 #1: XAUTH User Name has more than 127 octets: rejected";
        assertThat(scene.east.log().contains(refusal)).as(scene.trace()).isEqualTo(!taken);
        assertThat(scene.east.kernel().installed().isEmpty()).as(scene.trace()).isEqualTo(!taken);
    }

    /** Whoever recorded what the gateway said cannot say it again. */
    @Test
    void whatWasSaidOnceDoesNotCountAgain() {
        XauthScene scene = new XauthScene(21).pulling(UnaryOperator.identity()).up();
        List<State> states = XauthScene.states(scene.west);
        List<SimNetwork.Datagram> recorded = scene.world.network().captured().stream()
                .filter(datagram -> datagram.octets().get(EXCHANGE_AT) == MODE_CONFIG)
                .toList();
        assertThat(recorded).hasSizeGreaterThan(3);
        for (SimNetwork.Datagram datagram : recorded) {
            scene.world.inject(datagram.from(), datagram.to(), datagram.octets());
            scene.world.run(Duration.ofSeconds(1));
        }
        scene.world.run(Duration.ofMinutes(3));
        assertThat(XauthScene.states(scene.west)).as(scene.trace()).isEqualTo(states);
    }

    /** Nobody tries passwords until one fits: with the fourth wrong one the ISAKMP SA ends. */
    @Test
    void passwordsAreNotGuessedWithoutEnd() {
        XauthScene scene = XauthScene.asked(31);
        // West itself would end at the first refusal.
        scene.world.network().filter(datagram -> datagram.from().address().equals(IpAddress.of(Pair.WEST)));
        int guesses = 0;
        while (scene.east.pluto().saCount() > 0 && guesses < 20) {
            scene.answer(
                    scene.east,
                    AttributesPayload.REPLY,
                    ConfigCrafted.attribute(ConfigCrafted.USER_NAME, "use1"),
                    ConfigCrafted.attribute(ConfigCrafted.USER_PASSWORD, "guess" + guesses++));
        }
        assertThat(guesses).as(scene.trace()).isEqualTo(4);
        assertThat(scene.east.log()).anyMatch(line -> line.endsWith("XAUTH: User use1: too many wrong passwords"));
    }

    /** An address is for users who have proven who they are. */
    @Test
    void beforeXauthIsDoneThereAreNoAddresses() {
        XauthScene scene = XauthScene.asked(32);
        SimNetwork.Datagram question = scene.last(scene.east);
        scene.world.inject(
                question.to(),
                question.from(),
                ConfigCrafted.beginning(
                        ConfigCrafted.isakmp(scene.west),
                        0x1234,
                        AttributesPayload.REQUEST,
                        List.of(ConfigCrafted.attribute(ConfigCrafted.ADDRESS, ""))));
        scene.world.run(Duration.ofMillis(400));
        assertThat(XauthScene.states(scene.east)).containsExactly(V1State.XAUTH_R0);
        assertThat(scene.east.log()).noneMatch(line -> line.contains("modecfg_inR0"));
        assertThat(scene.east
                        .whack(WhackRequest.of(new WhackCommand.AddressPoolStatus()))
                        .lines())
                .as(scene.trace())
                .noneMatch(line -> line.contains("lease 10.9.0.1"));
    }

    /** A peer writes nothing into logs and terminals that does something there. */
    @Test
    void whatPeersWriteHasNoControlCharacters() {
        XauthScene scene = new XauthScene(33)
                .connection(
                        EnumSet.of(Part.XAUTH),
                        end -> end.set(EndOption.USERNAME, "use\033[31m\n1"),
                        both -> both.set(ConnectionOption.XAUTH_BY, XauthMethod.ALWAYS_OK));
        scene.initiate(Map.of(40, "pass"));
        assertThat(scene.east.log())
                .as(scene.trace())
                .contains("\"t\"[1] 192.0.2.1 #1: XAUTH: User use\\033[31m\\0121: Authentication Successful")
                .noneMatch(line -> line.chars().anyMatch(Character::isISOControl));
    }

    @Test
    void whatServersWriteHasNoControlCharacters() {
        XauthScene scene = new XauthScene(34).pulling(UnaryOperator.identity());
        impair(scene.east, Impairment.SEND_NO_XAUTH_R0);
        scene.initiate(Map.of());
        SimNetwork.Datagram any = scene.world.network().captured().get(0);
        scene.world.inject(
                any.to(),
                any.from(),
                ConfigCrafted.beginning(
                        ConfigCrafted.isakmp(scene.east),
                        0x1234,
                        AttributesPayload.REQUEST,
                        List.of(
                                ConfigCrafted.attribute(ConfigCrafted.MESSAGE, "\033]0;owned\007"),
                                ConfigCrafted.attribute(ConfigCrafted.USER_NAME, ""))));
        scene.world.run(Duration.ofMillis(400));
        assertThat(scene.west.log()).as(scene.trace()).contains("\"t\" #1: XAUTH Message: \\033]0;owned\\007");
    }
}
