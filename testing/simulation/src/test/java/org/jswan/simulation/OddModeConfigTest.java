// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jswan.base.Bytes;
import org.jswan.base.IpAddress;
import org.jswan.base.SaSerial;
import org.jswan.base.Selector;
import org.jswan.base.Subnet;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.EndOption;
import org.jswan.kernel.KernelPolicy;
import org.jswan.sa.V1State;
import org.jswan.simulation.XauthScene.Part;
import org.jswan.wire.WireAttribute;
import org.jswan.wire.v1.AttributesPayload;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers of Mode Config that tell a client, west, what it cannot use. */
class OddModeConfigTest {
    private static final int WINS = 4;
    private static final int SPLIT_INCLUDE = 28676;
    private static final Bytes NOT_USED = Bytes.wrap(new byte[6]);
    private static final WireAttribute GIVEN = address(Bytes.of(10, 9, 0, 1));

    private static WireAttribute address(Bytes octets) {
        return new WireAttribute(ConfigCrafted.ADDRESS, false, octets);
    }

    private static Bytes network(String address, String mask) {
        return IpAddress.of(address).octets().plus(IpAddress.of(mask).octets()).plus(NOT_USED);
    }

    private static WireAttribute split(Bytes networks) {
        return new WireAttribute(SPLIT_INCLUDE, false, networks);
    }

    /** West has asked; the server does not answer by itself. */
    private static XauthScene asking() {
        XauthScene scene = new XauthScene(1)
                .connection(EnumSet.of(Part.ADDRESS), end -> end, both -> both.set(ConnectionOption.MODECFG_PULL));
        silence(scene, () -> true);
        scene.initiate(Map.of());
        assertThat(XauthScene.states(scene.west)).as(scene.trace()).containsExactly(V1State.MODE_CFG_I1);
        return scene;
    }

    private static void silence(XauthScene scene, BooleanSupplier now) {
        scene.world
                .network()
                .filter(datagram -> !now.getAsBoolean()
                        || !ConfigCrafted.isModeConfig(datagram)
                        || datagram.from().address().equals(IpAddress.of(Pair.WEST)));
    }

    private static List<String> since(SimHost host, int before) {
        return List.copyOf(host.log().subList(before, host.log().size()));
    }

    private static List<String> answered(XauthScene scene, int type, WireAttribute... attributes) {
        int before = scene.west.log().size();
        scene.answer(scene.west, type, attributes);
        return since(scene.west, before);
    }

    private static List<String> replied(XauthScene scene, WireAttribute... attributes) {
        return answered(scene, AttributesPayload.REPLY, attributes);
    }

    @Test
    void serversOfWindowsNamesAreNotUsed() {
        XauthScene scene = asking();
        assertThat(replied(scene, GIVEN, new WireAttribute(WINS, false, Bytes.of(10, 2, 0, 1))))
                .as(scene.trace())
                .startsWith(
                        "\"t\" #1: Received IPv4 address: 10.9.0.1/32",
                        "\"t\" #1: Received and ignored obsoleted Cisco NetBEUI NS info");
        assertThat(scene.west.kernel().installed()).as(scene.trace()).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {AttributesPayload.REQUEST, AttributesPayload.SET})
    void whatIsNoAnswerIsNotTaken(int type) {
        XauthScene scene = asking();
        assertThat(answered(scene, type, GIVEN))
                .as(scene.trace())
                .containsExactly("\"t\" #1: Expecting ISAKMP_CFG_ACK or ISAKMP_CFG_REPLY, got " + type + " instead.");
        assertThat(XauthScene.states(scene.west)).containsExactly(V1State.MODE_CFG_I1);
    }

    @Test
    void anAddressThatIsCutShortEndsAll() {
        XauthScene scene = asking();
        assertThat(replied(scene, address(Bytes.of(10, 9, 0))))
                .as(scene.trace())
                .startsWith(
                        "\"t\" #1: not enough bytes left to get addr from ISAKMP ModeCfg attribute",
                        "\"t\" #1: encountered fatal error in state STATE_MODE_CFG_I1");
        assertThat(XauthScene.serials(scene.west)).as(scene.trace()).doesNotContain(new SaSerial(1));
    }

    /** As libreswan: the first that is new is what Quick Mode asks for; of the others the user hears. */
    @Test
    void ofSeveralNetworksTheFirstIsAskedFor() {
        XauthScene scene = asking();
        assertThat(replied(
                        scene,
                        GIVEN,
                        split(network("198.51.100.128", "255.255.255.128")
                                .plus(network("10.1.0.0", "255.255.0.0"))
                                .plus(network("10.3.0.0", "255.255.0.0")))))
                .as(scene.trace())
                .startsWith(
                        "\"t\" #1: Received IPv4 address: 10.9.0.1/32",
                        "\"t\" #1: Received subnet 198.51.100.128/25",
                        "\"t\" #1: Subnet 198.51.100.128/25 already has an spd_route - ignoring",
                        "\"t\" #1: Received subnet 10.1.0.0/16",
                        "\"t\" #1: Received subnet 10.3.0.0/16");
        Function<String, Selector> selector = subnet -> Selector.of(Subnet.of(subnet));
        assertThat(scene.west
                        .pluto()
                        .connections()
                        .findConfigured("t")
                        .orElseThrow()
                        .remote()
                        .client())
                .contains(selector.apply("10.1.0.0/16"));
        // East has no such network.
        assertThat(scene.west.kernel().policies())
                .extracting(KernelPolicy::destination)
                .doesNotContain(selector.apply("10.3.0.0/16"));
        assertThat(scene.west.kernel().installed()).isEmpty();
    }

    /** After XAUTH an address is set, not asked for. */
    @Test
    void onlyASetGivesAnAddressUnasked() {
        XauthScene scene = new XauthScene(2)
                .connection(EnumSet.allOf(Part.class), end -> end.set(EndOption.USERNAME, "use1"), both -> both);
        silence(scene, () -> scene.east.log().contains("\"t\"[1] 192.0.2.1 #1: Sending MODE CONFIG set"));
        scene.initiate(Map.of());
        SimNetwork.Datagram any = scene.world.network().captured().get(0);
        int before = scene.west.log().size();
        for (int type : List.of(AttributesPayload.REQUEST, AttributesPayload.SET)) {
            scene.world.inject(
                    any.to(),
                    any.from(),
                    ConfigCrafted.beginning(ConfigCrafted.isakmp(scene.east), 0x1234 + type, type, List.of(GIVEN)));
            scene.world.run(Duration.ofMillis(50));
        }
        assertThat(since(scene.west, before))
                .as(scene.trace())
                .startsWith(
                        "\"t\" #1: Expecting MODE_CFG_SET, got 1 instead.",
                        "\"t\" #1: Received IP address 10.9.0.1/32",
                        "\"t\" #1: setting ip source address to 10.9.0.1/32");
    }
}
