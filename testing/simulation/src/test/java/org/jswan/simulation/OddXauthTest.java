// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import org.jswan.base.IpAddress;
import org.jswan.base.SaSerial;
import org.jswan.connection.ConnectionOption;
import org.jswan.impair.Impairment;
import org.jswan.sa.V1State;
import org.jswan.simulation.XauthScene.Part;
import org.jswan.wire.WireAttribute;
import org.jswan.wire.v1.AttributesPayload;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** XAUTH with an end that answers, or asks, what it should not. */
class OddXauthTest {
    private static final WireAttribute NAME = ConfigCrafted.attribute(ConfigCrafted.USER_NAME, "use1");
    private static final WireAttribute PASSWORD = password("pass1");

    private static WireAttribute password(String text) {
        return ConfigCrafted.attribute(ConfigCrafted.USER_PASSWORD, text);
    }

    private static List<String> since(SimHost host, int before) {
        return List.copyOf(host.log().subList(before, host.log().size()));
    }

    @Nested
    class Clients {
        private static final String EAST = "\"t\"[1] 192.0.2.1 #1: ";
        private static final String REFUSAL =
                EAST + "sending encrypted notification NO_PROPOSAL_CHOSEN to 192.0.2.1:500";
        private static final String ADMITTED = EAST + "XAUTH: User use1: Authentication Successful";

        private final XauthScene scene = XauthScene.asked(1);

        private List<String> told(int type, WireAttribute... attributes) {
            int before = scene.east.log().size();
            scene.answer(scene.east, type, attributes);
            return since(scene.east, before);
        }

        private List<String> answered(WireAttribute... attributes) {
            return told(AttributesPayload.REPLY, attributes);
        }

        /** What was refused is as if it never came. */
        private void mayStillComeIn() {
            assertThat(XauthScene.states(scene.east)).as(scene.trace()).containsExactly(V1State.XAUTH_R0);
            assertThat(answered(NAME, PASSWORD)).as(scene.trace()).contains(ADMITTED);
        }

        @Test
        void twoPasswords() {
            assertThat(answered(NAME, PASSWORD, PASSWORD))
                    .as(scene.trace())
                    .containsExactly(EAST + "XAUTH: two User Passwords!  Rejected", REFUSAL);
            mayStillComeIn();
        }

        @Test
        void twoNames() {
            assertThat(answered(NAME, NAME, PASSWORD)).as(scene.trace()).containsExactly(REFUSAL);
            mayStillComeIn();
        }

        @Test
        void aPasswordWithAnOctetZero() {
            assertThat(answered(NAME, password("pa\0ss1")))
                    .as(scene.trace())
                    .containsExactly(EAST + "XAUTH User Password contains NUL character: rejected", REFUSAL);
            mayStillComeIn();
        }

        @Test
        void aPasswordThatEndsWithAnOctetZero() {
            assertThat(answered(NAME, password("pass1\0")))
                    .as(scene.trace())
                    .containsSubsequence(
                            EAST + "Ignoring NUL at end of XAUTH User Password (Android Issue 36879?)", ADMITTED);
        }

        @Test
        void anotherWayThanNameAndPassword() {
            assertThat(answered(WireAttribute.number(ConfigCrafted.XAUTH_TYPE, 1), NAME, PASSWORD))
                    .as(scene.trace())
                    .containsExactly(REFUSAL);
            assertThat(answered(WireAttribute.number(ConfigCrafted.XAUTH_TYPE, 0), NAME, PASSWORD))
                    .as(scene.trace())
                    .contains(ADMITTED);
        }

        @ParameterizedTest
        @ValueSource(ints = {AttributesPayload.REQUEST, AttributesPayload.SET})
        void whatIsNoAnswer(int type) {
            String name = type == AttributesPayload.SET ? "ISAKMP_CFG_SET" : "ISAKMP_CFG_REQUEST";
            assertThat(told(type, NAME, PASSWORD))
                    .as(scene.trace())
                    .containsExactly(EAST + "Expecting MODE_CFG_REPLY; got " + name + " instead.");
            mayStillComeIn();
        }

        /** As Cisco's clients answer. */
        @Test
        void anAcknowledgementInPlaceOfAnAnswer() {
            assertThat(told(AttributesPayload.ACK, NAME, PASSWORD))
                    .as(scene.trace())
                    .contains(ADMITTED);
        }

        private void doesNotHear() {
            scene.world.network().filter(datagram -> datagram.from().address().equals(IpAddress.of(Pair.WEST)));
        }

        private static String asksAgain() {
            return EAST + "XAUTH: Sending Username/Password request (XAUTH_R0->XAUTH_R0)";
        }

        @Test
        void thatLeaveThePasswordOutAreAskedThreeTimesMore() {
            doesNotHear();
            String missing = EAST + "Expected MODE_CFG_REPLY is missing password attribute";
            for (int retry = 1; retry <= 3; retry++) {
                assertThat(answered(NAME))
                        .as(scene.trace())
                        .startsWith(
                                missing,
                                asksAgain(),
                                EAST + "XAUTH: User use1: Authentication Failed (retry " + retry + ")");
            }
            assertThat(answered(NAME))
                    .as(scene.trace())
                    .containsExactly(missing, EAST + "XAUTH: User use1: Authentication Failed (Retried 4 times)");
            scene.world.run(Duration.ofMinutes(2));
            assertThat(scene.east.pluto().saCount()).as(scene.trace()).isZero();
        }

        @Test
        void thatAnswerNothing() {
            doesNotHear();
            assertThat(answered(password("pass1")))
                    .as(scene.trace())
                    .containsExactly(
                            EAST + "Expected MODE_CFG_REPLY is missing username attribute",
                            asksAgain(),
                            EAST + "XAUTH: User <unknown>: Authentication Failed (retry 1)");
            assertThat(answered())
                    .as(scene.trace())
                    .containsExactly(
                            EAST + "Expected MODE_CFG_REPLY is missing username and password attribute",
                            asksAgain(),
                            EAST + "XAUTH: User <unknown>: Authentication Failed (retry 2)");
            mayStillComeIn();
        }
    }

    @Nested
    class Servers {
        private final XauthScene scene = new XauthScene(2).pulling(UnaryOperator.identity());
        private long messageId = 0x1234;

        Servers() {
            scene.east.ports().impair().set(Impairment.SEND_NO_XAUTH_R0, "yes", OptionalLong.empty());
            scene.initiate(Map.of());
        }

        /** The server begins an exchange. @return what the client logs */
        private List<String> told(int type, WireAttribute... attributes) {
            return toldBy(scene, messageId++, type, attributes);
        }

        @Test
        void thatAskForNothing() {
            assertThat(told(AttributesPayload.REQUEST))
                    .as(scene.trace())
                    .containsExactly("\"t\" #1: XAUTH: No username or password request was received.");
            answers();
        }

        private void answers() {
            assertThat(told(AttributesPayload.REQUEST, NAME, PASSWORD))
                    .as(scene.trace())
                    .contains("\"t\" #1: XAUTH: Answering XAUTH challenge with user='use1'");
        }

        @Test
        void thatWantAnotherWayThanNameAndPassword() {
            assertThat(told(AttributesPayload.REQUEST, WireAttribute.number(ConfigCrafted.XAUTH_TYPE, 2), NAME))
                    .as(scene.trace())
                    .containsExactly("\"t\" #1: XAUTH: Unsupported type: 2");
            answers();
        }

        @Test
        void thatAnswer() {
            assertThat(told(AttributesPayload.REPLY, NAME, PASSWORD))
                    .as(scene.trace())
                    .containsExactly("\"t\" #1: Expecting ISAKMP_CFG_REQUEST or ISAKMP_CFG_SET, got ISAKMP_CFG_REPLY"
                            + " instead (ignored).");
            answers();
        }

        /** As libreswan, which means to send CERTIFICATE_UNAVAILABLE, but forgets it. */
        @Test
        void thatDoNotSayHowItWent() {
            long sent = scene.world.datagrams();
            assertThat(told(AttributesPayload.SET, ConfigCrafted.attribute(ConfigCrafted.MESSAGE, "hello")))
                    .as(scene.trace())
                    .containsExactly("\"t\" #1: XAUTH Message: hello");
            assertThat(scene.world.datagrams()).as(scene.trace()).isEqualTo(sent);
            answers();
        }

        @Test
        void thatSayItWentInAWayThatNobodyKnows() {
            assertThat(told(AttributesPayload.SET, WireAttribute.number(ConfigCrafted.STATUS, 7)))
                    .as(scene.trace())
                    .containsSubsequence(
                            "\"t\" #1: invalid XAUTH_STATUS value 7",
                            "\"t\" #1: xauth: xauth_client_ackstatus() returned STF_OK",
                            "\"t\" #1: XAUTH: aborting entire IKE Exchange");
            assertThat(XauthScene.serials(scene.west)).as(scene.trace()).doesNotContain(new SaSerial(1));
        }
    }

    private static List<String> toldBy(XauthScene scene, long messageId, int type, WireAttribute... attributes) {
        SimNetwork.Datagram any = scene.world.network().captured().get(0);
        int before = scene.west.log().size();
        scene.world.inject(
                any.to(),
                any.from(),
                ConfigCrafted.beginning(ConfigCrafted.isakmp(scene.east), messageId, type, List.of(attributes)));
        scene.world.run(Duration.ofMillis(400));
        return since(scene.west, before);
    }

    /** It tells nobody a name or a password, and that is all: there is no line. */
    @Test
    void whoIsNoClientIsNotAsked() {
        XauthScene scene = new XauthScene(3)
                .connection(EnumSet.of(Part.ADDRESS), end -> end, both -> both.set(ConnectionOption.MODECFG_PULL))
                .up();
        long sent = scene.world.datagrams();
        assertThat(toldBy(scene, 0x1234, AttributesPayload.REQUEST, NAME, PASSWORD))
                .as(scene.trace())
                .containsExactly("\"t\" #1: Expecting ISAKMP_CFG_ACK or ISAKMP_CFG_REPLY, got 1 instead.");
        assertThat(scene.world.datagrams()).isEqualTo(sent);
        assertThat(scene.west.kernel().installed()).hasSize(2);
    }
}
