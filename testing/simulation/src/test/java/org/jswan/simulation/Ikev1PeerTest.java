// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jswan.base.Bytes;
import org.jswan.base.IpAddress;
import org.jswan.base.SaSerial;
import org.jswan.base.Selector;
import org.jswan.base.Subnet;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.EndOption;
import org.jswan.connection.HostSpec;
import org.jswan.control.WhackCommand;
import org.jswan.control.WhackRequest;
import org.jswan.kernel.KernelPolicy;
import org.jswan.sa.V1State;
import org.jswan.simulation.SimHost.SimSession;
import org.jswan.simulation.SimNetwork.Datagram;
import org.jswan.simulation.XauthScene.Part;
import org.jswan.wire.ExchangeType;
import org.jswan.wire.WireAttribute;
import org.jswan.wire.v1.AttributesPayload;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What IKEv1 does for some peers beside the usual: those that crashed, that want no IPsec SA, that name networks. */
class Ikev1PeerTest {
    private static final int IP4_ADDRESS = 1;
    private static final int SPLIT_INCLUDE = 28676;

    /** libreswan's words; the old SAs stay until their end, the peer has forgotten them. */
    @Test
    void aPeerThatCrashedIsNegotiatedWithAnew() {
        Pair pair = Ikev1Pair.up(1);
        SimSession session = pair.west.whack(WhackRequest.of(new WhackCommand.Crash(IpAddress.of(Pair.EAST))));
        assertThat(session.lines())
                .containsExactly(
                        "000 restarting peer 192.0.2.2", "000 peer 192.0.2.2 for connection t crashed; replacing");
        pair.world.run(Duration.ofSeconds(2));
        assertThat(pair.west.log())
                .as(pair.trace())
                .contains("\"t\" #3: initiating IKEv1 Main Mode connection to replace #1")
                .anyMatch(line -> line.startsWith("\"t\" #4: initiating Quick Mode ")
                        && line.contains(" to replace #2 {using isakmp#3 "));
        assertThat(XauthScene.states(pair.west))
                .containsExactly(V1State.MAIN_I4, V1State.QUICK_I2, V1State.MAIN_I4, V1State.QUICK_I2);
        assertThat(XauthScene.serials(pair.west)).endsWith(new SaSerial(3), new SaSerial(4));
    }

    /** A peer may want an ISAKMP SA and nothing else: as libreswan, we do not, but it stays for what may come. */
    @Test
    void anIsakmpSaLivesWithoutIpsecSas() {
        Pair pair = Ikev1Pair.listening(
                2, both -> both.set(ConnectionOption.KEYING_TRIES, 1L).set(ConnectionOption.KEEP_UP, false));
        pair.world.pass(octets -> octets.get(18) != ExchangeType.QUICK.number());
        pair.initiate(pair.west);
        pair.world.run(Duration.ofMinutes(2));
        assertThat(XauthScene.states(pair.west)).as(pair.trace()).containsExactly(V1State.MAIN_I4);
        assertThat(XauthScene.states(pair.east)).containsExactly(V1State.MAIN_R3);
        pair.world.pass(octets -> true);
        pair.initiate(pair.west);
        pair.world.run(Duration.ofSeconds(1));
        assertThat(Ikev1Pair.isUp(pair)).as(pair.trace()).isTrue();
        assertThat(pair.west.log()).anyMatch(line -> line.contains("{using isakmp#1 "));
    }

    /** As libreswan: what has waited three times dpdtimeout= when it looks, each two minutes, begins anew. */
    @Test
    void aPeerThatIsStuckIsNotWaitedForForEver() {
        Pair pair = Ikev1Pair.listening(4, both -> both.set(ConnectionOption.DPD_DELAY, Duration.ofSeconds(5))
                .set(ConnectionOption.DPD_TIMEOUT, Duration.ofSeconds(20)));
        pair.world.pass(octets -> false);
        pair.initiate(pair.west);
        pair.world.run(Duration.ofSeconds(119));
        String line = "\"t\": ISAKMP SA negotiating with 192.0.2.2 took too long -- replacing";
        assertThat(pair.west.log()).doesNotContain(line);
        pair.world.run(Duration.ofSeconds(2));
        assertThat(pair.west.log()).as(pair.trace()).contains(line);
        pair.world.pass(octets -> true);
        assertThat(pair.world.runUntil(() -> Ikev1Pair.isUp(pair), Duration.ofSeconds(90)))
                .as(pair.trace())
                .isTrue();
        pair.world.run(Duration.ofMinutes(5));
        pair.assertNothingLeftAfterDelete();
    }

    /** Several connections wait for one ISAKMP SA: that is begun anew once. */
    @Test
    void whatSeveralWaitForIsReplacedOnce() {
        Pair pair = Ikev1Pair.listening(5, both -> both.set(ConnectionOption.DPD_DELAY, Duration.ofSeconds(5))
                .set(ConnectionOption.DPD_TIMEOUT, Duration.ofSeconds(20)));
        pair.world.pass(octets -> false);
        for (int n = 0; n < 3; n++) {
            pair.west.whack(WhackRequest.of(new WhackCommand.Add(Ikev1Pair.tunnel("q" + n)
                    .set(ConnectionOption.DPD_DELAY, Duration.ofSeconds(5))
                    .set(ConnectionOption.DPD_TIMEOUT, Duration.ofSeconds(20))
                    .left(Ikev1Pair.end(Pair.WEST, "@west", "10.7." + n + ".0/24")
                            .build())
                    .build())));
        }
        pair.initiate(pair.west);
        for (int n = 0; n < 3; n++) {
            pair.west.whack(WhackRequest.of(new WhackCommand.Initiate("q" + n, Optional.empty())));
        }
        pair.world.run(Duration.ofSeconds(119));
        int before = pair.west.log().size();
        pair.world.run(Duration.ofSeconds(2));
        assertThat(pair.west.log().stream().skip(before))
                .as(pair.trace())
                .filteredOn(line -> line.contains("took too long -- replacing"))
                .hasSize(4);
        assertThat(pair.west.log().stream().skip(before))
                .filteredOn(line -> line.contains(": initiating IKEv1 Main Mode connection"))
                .hasSize(1);
    }

    /** As libreswan: what the server has behind it takes the place of what the client believed. */
    @Test
    void theNetworkThatAServerNamesIsAskedFor() {
        XauthScene scene = new XauthScene(3).pulling(both -> both);
        scene.west.whack(WhackRequest.of(new WhackCommand.Delete("t", false)));
        scene.west.whack(WhackRequest.of(new WhackCommand.Add(Ikev1Pair.tunnel("t")
                .set(ConnectionOption.MODECFG_PULL)
                .left(Ikev1Pair.end(Pair.WEST, "@west", Pair.WEST_CLIENT)
                        .unset(EndOption.CLIENT)
                        .set(EndOption.HOST, HostSpec.of(IpAddress.of(Pair.WEST)))
                        .set(EndOption.XAUTH_CLIENT)
                        .set(EndOption.MODECFG_CLIENT)
                        .set(EndOption.USERNAME, "use1")
                        .build())
                .right(Ikev1Pair.end(Pair.EAST, "@east", "0.0.0.0/0")
                        .set(EndOption.XAUTH_SERVER)
                        .set(EndOption.MODECFG_SERVER)
                        .build())
                .build())));
        scene.world.run(Duration.ofMillis(10));
        scene.initiate(Map.of());
        assertThat(scene.west.log())
                .as(scene.trace())
                .contains("\"t\" #1: Received subnet " + Pair.EAST_CLIENT)
                .noneMatch(line -> line.contains("already has an spd_route"));
        assertThat(scene.west.kernel().installed()).as(scene.trace()).hasSize(2);
        assertThat(scene.west.kernel().policies())
                .extracting(KernelPolicy::destination)
                .contains(Selector.of(Subnet.of(Pair.EAST_CLIENT)));
    }

    /** A network of CISCO_SPLIT_INC: address, mask, and six octets that nobody looks at. */
    private static Bytes network(String address, String mask) {
        return Bytes.concat(IpAddress.of(address).octets(), IpAddress.of(mask).octets(), Bytes.wrap(new byte[6]));
    }

    /** A client asks a server of Cisco's kind for its configuration, and is answered with such networks. */
    private static XauthScene answered(long seed, Bytes... splitIncludes) {
        XauthScene scene = new XauthScene(seed)
                .connection(EnumSet.of(Part.ADDRESS), end -> end, both -> both.set(ConnectionOption.MODECFG_PULL));
        IpAddress east = IpAddress.of(Pair.EAST);
        // Instead of what our server says.
        scene.world
                .network()
                .filter(datagram -> !ConfigCrafted.isModeConfig(datagram)
                        || !datagram.from().address().equals(east));
        scene.initiate(Map.of());
        Datagram question = scene.world.network().captured().stream()
                .filter(datagram -> ConfigCrafted.isModeConfig(datagram)
                        && datagram.to().address().equals(east))
                .findFirst()
                .orElseThrow();
        List<WireAttribute> attributes = new ArrayList<>();
        attributes.add(
                new WireAttribute(IP4_ADDRESS, false, IpAddress.of("10.9.0.1").octets()));
        for (Bytes value : splitIncludes) {
            attributes.add(new WireAttribute(SPLIT_INCLUDE, false, value));
        }
        scene.world.inject(
                question.to(),
                question.from(),
                ConfigCrafted.answer(
                        ConfigCrafted.isakmp(scene.east), question.octets(), AttributesPayload.REPLY, attributes));
        scene.world.run(Duration.ofMillis(400));
        return scene;
    }

    /** As libreswan: Quick Mode asks for the first; of the others the user hears. */
    @Test
    void ofSeveralNetworksTheFirstIsAskedFor() {
        XauthScene scene = answered(
                5,
                Bytes.concat(
                        network("10.1.0.0", "255.255.0.0"),
                        network("10.2.0.0", "255.255.0.0"),
                        network("10.1.0.0", "255.255.0.0")),
                network("10.2.0.0", "255.255.0.0"),
                network("198.51.100.128", "255.255.255.128"));
        assertThat(scene.west.log())
                .as(scene.trace())
                .containsSubsequence(
                        "\"t\" #1: Received subnet 10.1.0.0/16",
                        "\"t\" #1: Received subnet 10.2.0.0/16",
                        "\"t\" #1: Received subnet 10.1.0.0/16",
                        "\"t\" #1: Subnet 10.1.0.0/16 already has an spd_route - ignoring",
                        "\"t\" #1: Received subnet 10.2.0.0/16",
                        "\"t\" #1: Subnet 10.2.0.0/16 already has an spd_route - ignoring",
                        "\"t\" #1: Received subnet " + Pair.EAST_CLIENT,
                        "\"t\" #1: Subnet " + Pair.EAST_CLIENT + " already has an spd_route - ignoring");
        assertThat(scene.east.log())
                .anyMatch(line -> line.contains("the peer proposed: 10.1.0.0/16 "))
                .noneMatch(line -> line.contains("the peer proposed: 10.2.0.0/16 "));
    }

    /** As libreswan: what stands before it counts, what stands behind it does not. */
    @ParameterizedTest
    @CsvSource({"255.0.255.0", "0.0.0.255"})
    void ofWhatIsNoMaskNothingMoreIsTaken(String mask) {
        XauthScene scene = answered(
                6,
                Bytes.concat(
                        network("10.1.0.0", "255.255.0.0"),
                        network("10.2.0.0", mask),
                        network("10.3.0.0", "255.255.0.0")));
        assertThat(scene.west.log())
                .as(scene.trace())
                .containsSubsequence(
                        "\"t\" #1: Received subnet 10.1.0.0/16",
                        "\"t\" #1: ignoring malformed CISCO_SPLIT_INC subnet: invalid mask")
                .noneMatch(line -> line.contains("10.3.0.0"));
        assertThat(scene.east.log()).anyMatch(line -> line.contains("the peer proposed: 10.1.0.0/16 "));
    }

    /** libreswan's words, without a space between its own and those of its reader. */
    @Test
    void aNetworkThatIsCutShortIsNotTaken() {
        XauthScene scene = answered(
                7,
                Bytes.concat(
                        network("10.1.0.0", "255.255.0.0"),
                        network("10.2.0.0", "255.255.0.0").first(9)));
        assertThat(scene.west.log())
                .as(scene.trace())
                .containsSubsequence(
                        "\"t\" #1: Received subnet 10.1.0.0/16",
                        "\"t\" #1: ignoring malformed CISCO_SPLIT_INC payload"
                                + "not enough room in input packet for CISCO split item (remain=9, sd->size=14)")
                .noneMatch(line -> line.contains("10.2.0.0"));
        assertThat(scene.east.log()).anyMatch(line -> line.contains("the peer proposed: 10.1.0.0/16 "));
    }

    /** As libreswan: an address within the network stands for it. */
    @Test
    void bitsBehindTheMaskDoNotMatter() {
        XauthScene scene = answered(8, network("10.1.2.3", "255.255.0.0"));
        assertThat(scene.west.log()).as(scene.trace()).contains("\"t\" #1: Received subnet 10.1.0.0/16");
        assertThat(scene.east.log()).anyMatch(line -> line.contains("the peer proposed: 10.1.0.0/16 "));
    }
}
