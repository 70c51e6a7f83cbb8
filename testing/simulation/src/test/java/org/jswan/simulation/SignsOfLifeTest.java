// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.jswan.base.Bytes;
import org.jswan.base.Endpoint;
import org.jswan.base.IpAddress;
import org.jswan.sa.IkeSa;
import org.jswan.wire.ExchangeType;
import org.jswan.wire.IkeHeader;
import org.jswan.wire.IkeSpi;
import org.jswan.wire.IkeVersion;
import org.jswan.wire.v1.Doi;
import org.jswan.wire.v1.Message;
import org.jswan.wire.v1.NotificationPayload;
import org.jswan.wire.v1.NotificationType;
import org.jswan.wire.v1.PayloadTypes;
import org.jswan.wire.v1.ProtocolId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** East is asked by a peer that counts wrongly, or says otherwise than RFC 3706 has it, whether it is alive. */
class SignsOfLifeTest {
    private static final String OLD = "\"t\" #1: DPD: received old or duplicate R_U_THERE";
    private static final String RELUCTANT =
            "\"t\" #1: DPD: received less than 3 duplicate R_U_THERE's - will reluctantly answer";
    private static final String TOO_OFTEN =
            "\"t\" #1: DPD: received 3 or more duplicate R_U_THERE's - will no longer answer";
    private static final Bytes STRANGE = Bytes.of(1, 2, 3, 4, 5, 6, 7, 8);

    private static List<String> since(SimHost host, int before) {
        return List.copyOf(host.log().subList(before, host.log().size()));
    }

    private static Bytes octets(long number) {
        return Bytes.ofHex(String.format("%08x", number));
    }

    /** The peer has an ISAKMP SA with east, which wants nothing to be watched: it answers all the same. */
    private static final class Scene {
        private final Pair pair = Ikev1Pair.up(1);
        private final IkeSa ike = pair.west.ikeSas().get(0);

        Bytes initiator() {
            return ike.initiatorSpi().octets();
        }

        Bytes responder() {
            return ike.responderSpi().octets();
        }

        /** West sends that. @return what east logs */
        List<String> told(NotificationPayload notification) {
            int before = pair.east.log().size();
            Ikev1Crafted.inform(pair.world, ike, notification);
            pair.world.run(Duration.ofMillis(100));
            return since(pair.east, before);
        }

        List<String> told(NotificationType type, Bytes cookies, Bytes data) {
            return told(new NotificationPayload(Doi.IPSEC, ProtocolId.ISAKMP, cookies, type, data));
        }

        List<String> asked(long number) {
            return told(NotificationType.R_U_THERE, initiator().plus(responder()), octets(number));
        }

        /** What west, which never asked, says of answers. */
        List<String> answers() {
            return pair.west.log().stream()
                    .filter(line -> line.contains("R_U_THERE"))
                    .toList();
        }
    }

    private static String unexpected(long number) {
        return "\"t\" #1: DPD: unexpected R_U_THERE_ACK packet with sequence number " + number;
    }

    @Test
    void aNumberThatComesAgainIsAnsweredThreeTimes() {
        Scene scene = new Scene();
        assertThat(scene.asked(0xffff_fff0L)).as(scene.pair.trace()).isEmpty();
        assertThat(scene.asked(0xffff_fff0L)).containsExactly(OLD, RELUCTANT);
        assertThat(scene.asked(9)).containsExactly(OLD, RELUCTANT);
        assertThat(scene.asked(8)).containsExactly(OLD, RELUCTANT);
        assertThat(scene.answers())
                .containsExactly(unexpected(0xffff_fff0L), unexpected(0xffff_fff0L), unexpected(9), unexpected(8));
        assertThat(scene.asked(8)).containsExactly(OLD, TOO_OFTEN);
        assertThat(scene.asked(7)).containsExactly(OLD, TOO_OFTEN);
        assertThat(scene.answers()).hasSize(4);
        // Who counts on is believed again.
        assertThat(scene.asked(10)).isEmpty();
        assertThat(scene.asked(10)).containsExactly(OLD, RELUCTANT);
        assertThat(scene.answers()).hasSize(6).endsWith(unexpected(10), unexpected(10));
        assertThat(Ikev1Pair.isUp(scene.pair)).isTrue();
    }

    /** RFC 3706 §5.3 would have them checked; as libreswan, they are told of. */
    @Test
    void wrongCookiesAreTolerated() {
        Scene scene = new Scene();
        assertThat(scene.told(NotificationType.R_U_THERE, STRANGE.plus(scene.responder()), octets(1)))
                .isEmpty();
        assertThat(scene.told(NotificationType.R_U_THERE, scene.initiator().plus(STRANGE), octets(2)))
                .isEmpty();
        assertThat(scene.told(NotificationType.R_U_THERE_ACK, STRANGE.plus(STRANGE), octets(3)))
                .containsExactly(unexpected(3));
        assertThat(scene.answers()).containsExactly(unexpected(1), unexpected(2));
        assertThat(scene.pair.trace())
                .containsSubsequence(
                        "east| DPD: R_U_THERE has invalid icookie (tolerated)",
                        "east| DPD: R_U_THERE has invalid rcookie (tolerated)",
                        "east| DPD: R_U_THERE_ACK has invalid icookie\n",
                        "east| DPD: R_U_THERE_ACK has invalid rcookie\n")
                // West's SA is no other than what east's answers say.
                .doesNotContain("west| DPD: R_U_THERE_ACK has invalid");
    }

    @ParameterizedTest
    @ValueSource(strings = {"R_U_THERE", "R_U_THERE_ACK"})
    void whatIsNotAsLongAsItShouldBeIsNotAnswered(String name) {
        Scene scene = new Scene();
        NotificationType type = name.equals("R_U_THERE") ? NotificationType.R_U_THERE : NotificationType.R_U_THERE_ACK;
        Bytes cookies = scene.initiator().plus(scene.responder());
        assertThat(scene.told(type, Bytes.EMPTY, octets(1)))
                .as(scene.pair.trace())
                .containsExactly("\"t\" #1: DPD: " + name + " has invalid SPI length (0)");
        assertThat(scene.told(type, scene.initiator(), octets(2)))
                .containsExactly("\"t\" #1: DPD: " + name + " has invalid SPI length (8)");
        assertThat(scene.told(new NotificationPayload(
                        Doi.IPSEC, ProtocolId.ISAKMP, cookies.length(), type, scene.initiator())))
                .containsExactly("\"t\" #1: DPD: " + name + " has invalid SPI length (16)");
        for (int length : List.of(0, 3, 5)) {
            assertThat(scene.told(type, cookies, Bytes.wrap(new byte[length])))
                    .containsExactly("\"t\" #1: DPD: " + name + " has invalid data length (" + length + ")");
        }
        assertThat(scene.answers()).isEmpty();
        assertThat(Ikev1Pair.isUp(scene.pair)).isTrue();
    }

    private static Bytes inClear(IkeSpi initiator, IkeSpi responder) {
        return Message.of(
                        new IkeHeader(
                                initiator,
                                responder,
                                PayloadTypes.NONE,
                                IkeVersion.V1,
                                ExchangeType.INFO,
                                0,
                                0x1234,
                                IkeHeader.LENGTH),
                        List.of(new NotificationPayload(
                                Doi.IPSEC,
                                ProtocolId.ISAKMP,
                                initiator.octets().plus(responder.octets()),
                                NotificationType.R_U_THERE,
                                octets(1))))
                .octets();
    }

    private static final Endpoint WEST = new Endpoint(IpAddress.of(Pair.WEST), 500);
    private static final Endpoint EAST = new Endpoint(IpAddress.of(Pair.EAST), 500);

    /** Anybody could ask so. */
    @Test
    void whoAsksInClearGetsNoAnswer() {
        Scene scene = new Scene();
        SimWorld world = scene.pair.world;
        int before = scene.pair.east.log().size();
        world.inject(WEST, EAST, inClear(scene.ike.initiatorSpi(), scene.ike.responderSpi()));
        world.inject(WEST, EAST, inClear(new IkeSpi(1), new IkeSpi(2)));
        world.run(Duration.ofMillis(100));
        assertThat(since(scene.pair.east, before))
                .as(scene.pair.trace())
                .containsExactlyInAnyOrder(
                        "\"t\" #1: Informational Exchange message must be encrypted",
                        "packet from 192.0.2.1:500: received bogus R_U_THERE informational message");
        assertThat(scene.answers()).isEmpty();
    }

    @Test
    void whoIsNotThereYetIsNotAsked() {
        Pair pair = Ikev1Pair.listening(2);
        pair.world.pass(octets -> false);
        pair.initiate(pair.west);
        pair.world.run(Duration.ofMillis(10));
        IkeSa ike = pair.west.ikeSas().get(0);
        int before = pair.west.log().size();
        long sent = pair.world.datagrams();
        pair.world.inject(EAST, WEST, inClear(ike.initiatorSpi(), new IkeSpi(2)));
        pair.world.run(Duration.ofMillis(100));
        assertThat(since(pair.west, before))
                .as(pair.trace())
                .containsExactly("\"t\" #1: DPD: received R_U_THERE for unestablished ISKAMP SA");
        assertThat(pair.world.datagrams()).isEqualTo(sent);
    }
}
