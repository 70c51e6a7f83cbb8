// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.ConnectionRequest;
import org.jswan.connection.RemotePeerType;
import org.jswan.sa.V1State;
import org.jswan.simulation.XauthScene.Part;
import org.junit.jupiter.api.Test;

/** Mode Config in both roles (draft-ietf-ipsec-isakmp-mode-cfg-05). */
class ModeConfigTest {
    private static ConnectionRequest.Builder pull(ConnectionRequest.Builder both) {
        return both.set(ConnectionOption.MODECFG_PULL);
    }

    @Test
    void anAddressIsGivenUnaskedAfterXauth() {
        XauthScene scene = new XauthScene(1)
                .connection(
                        EnumSet.allOf(Part.class),
                        end -> end.set(org.jswan.connection.EndOption.USERNAME, "use1"),
                        both -> both)
                .up();
        assertThat(scene.west.log())
                .containsSubsequence(
                        "\"t\" #1: XAUTH: Successfully Authenticated",
                        "\"t\" #1: Received IP address 10.9.0.1/32",
                        "\"t\" #1: setting ip source address to 10.9.0.1/32");
        assertThat(scene.east.log()).contains("\"t\"[1] 192.0.2.1 #1: Sending MODE CONFIG set");
        // As libreswan: Quick Mode brings the ISAKMP SA back to where it was.
        assertThat(XauthScene.states(scene.east)).containsExactly(V1State.MAIN_R3, V1State.QUICK_R2);
    }

    @Test
    void anAddressIsAskedForWithoutXauth() {
        XauthScene scene = new XauthScene(2)
                .connection(EnumSet.of(Part.ADDRESS), end -> end, ModeConfigTest::pull)
                .up();
        assertThat(scene.west.log()).contains("\"t\" #1: Received IPv4 address: 10.9.0.1/32");
        assertThat(XauthScene.states(scene.east)).containsExactly(V1State.MODE_CFG_R1, V1State.QUICK_R2);
    }

    /** As libreswan, whose client then waits for ever, and its server gives up. */
    @Test
    void anAddressThatIsGivenUnaskedWithoutXauthIsNotTaken() {
        XauthScene scene = new XauthScene(3).connection(EnumSet.of(Part.ADDRESS), end -> end, both -> both);
        scene.initiate(Map.of());
        assertThat(scene.west.log())
                .as(scene.trace())
                .contains("\"t\" #1: Expecting ISAKMP_CFG_ACK or ISAKMP_CFG_REPLY, got 3 instead.");
        scene.world.run(Duration.ofMinutes(2));
        scene.assertNothingLeft();
    }

    @Test
    void theServerTellsWhomToAskForNames() {
        XauthScene scene = new XauthScene(4)
                .pulling(both -> both.set(ConnectionOption.MODECFG_DNS, "10.2.0.53, 10.2.0.54")
                        .set(ConnectionOption.MODECFG_DOMAINS, "example.org")
                        .set(ConnectionOption.MODECFG_BANNER, "hello 'there'"))
                .up();
        assertThat(scene.west.log())
                .containsSubsequence(
                        "\"t\" #1: Received IPv4 address: 10.9.0.1/32",
                        "\"t\" #1: Received DNS server 10.2.0.53",
                        "\"t\" #1: Received DNS server 10.2.0.54",
                        "\"t\" #1: Received Domain: example.org",
                        "\"t\" #1: Received Banner: hello ?there?");
        assertThat(scene.west.environments()).allSatisfy(env -> assertThat(env)
                .containsEntry("PLUTO_PEER_DNS_INFO", "10.2.0.53 10.2.0.54")
                .containsEntry("PLUTO_PEER_DOMAIN_INFO", "example.org")
                .containsEntry("PLUTO_PEER_BANNER", "hello ?there?"));
    }

    @Test
    void whoFindsNoFreeAddressGetsNone() {
        XauthScene scene = new XauthScene(5).pulling(UnaryOperator.identity());
        scene.east.logins().setFile("use1:*pass1:t:10.8.0.77\n");
        XauthScene.lease(scene.east, "10.8.0.77");
        scene.initiate(Map.of());
        assertThat(scene.east.log())
                .as(scene.trace())
                .contains("\"t\"[1] 192.0.2.1 #1: lease_an_address failure no free address in addresspool");
        assertThat(scene.east.kernel().installed()).isEmpty();
    }

    @Test
    void serversOfCiscosAreAskedOnce() {
        XauthScene scene = new XauthScene(6)
                .pulling(both -> both.set(ConnectionOption.REMOTE_PEER_TYPE, RemotePeerType.CISCO)
                        .set(ConnectionOption.IKE_LIFETIME, Duration.ofMinutes(20)))
                .up();
        scene.west.log().clear();
        assertThat(scene.world.runUntil(
                        () -> scene.west.log().stream()
                                .anyMatch(line -> line.startsWith("\"t\" #3: IKE SA established")),
                        Duration.ofMinutes(21)))
                .as(scene.trace())
                .isTrue();
        // This server is none of Cisco's: after a minute without an answer it would end the ISAKMP SA.
        scene.world.run(Duration.ofSeconds(30));
        assertThat(scene.west.log())
                .as(scene.trace())
                .noneMatch(line -> line.contains("XAUTH: Answering") || line.contains("modecfg:"));
    }

    @Test
    void aLeaseIsGivenBackWithTheConnection() {
        XauthScene scene = new XauthScene(7).pulling(UnaryOperator.identity()).up();
        assertThat(scene.east.pluto().connections().pools().all().get(0).inUse())
                .isOne();
        scene.assertNothingLeft();
        assertThat(scene.east.pluto().connections().pools().all()).isEmpty();
    }
}
