// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jswan.base.IpAddress;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.ConnectionRequest;
import org.jswan.connection.TcpMode;
import org.jswan.connection.YesNoAuto;
import org.jswan.control.WhackCommand;
import org.jswan.control.WhackRequest;
import org.jswan.crypto.Encr;
import org.jswan.crypto.Integ;
import org.jswan.kernel.KernelAbilities;
import org.jswan.kernel.KernelAbility;
import org.jswan.kernel.KernelSa;
import org.junit.jupiter.api.Test;

/** What connections ask of the kernel beside keys. */
class KernelWishesTest {
    private static List<KernelSa> installed(UnaryOperator<ConnectionRequest.Builder> both) {
        Pair pair = Pair.listening(41, both);
        pair.initiate(pair.west);
        pair.world.run(Duration.ofSeconds(2));
        assertThat(pair.isUp()).as(pair.trace()).isTrue();
        assertThat(pair.west.log()).noneMatch(line -> line.contains("no effect yet"));
        return pair.west.kernel().installed();
    }

    @Test
    void sha2IsCutTooShortForOldKernels() {
        assertThat(installed(request ->
                        request.set(ConnectionOption.SHA2_TRUNCATION_BUG).set(ConnectionOption.ESP, "aes128-sha2_256")))
                .hasSize(2)
                .allMatch(sa -> sa.integ() == Integ.HMAC_SHA2_256_TRUNCBUG);
        assertThat(installed(request -> request.set(ConnectionOption.ESP, "aes128-sha2_256")))
                .allMatch(sa -> sa.integ() == Integ.HMAC_SHA2_256_128);
    }

    @Test
    void theDeviceEncryptsIfItMust() {
        assertThat(installed(request -> request.set(ConnectionOption.NIC_OFFLOAD, YesNoAuto.YES)))
                .hasSize(2)
                .allMatch(sa -> sa.features().offload().equals(Optional.of(new KernelSa.Offload("eth0", false))));
        assertThat(installed(request -> request.set(ConnectionOption.NIC_OFFLOAD, YesNoAuto.AUTO)))
                .hasSize(2)
                .allMatch(sa -> sa.features().offload().isEmpty());
        assertThat(installed(request -> request.set(ConnectionOption.NIC_OFFLOAD, YesNoAuto.YES)
                        .set(ConnectionOption.ENCRYPT, false)
                        .set(ConnectionOption.AUTHENTICATE)
                        .set(ConnectionOption.ESP, "sha2_256")))
                .as("AH")
                .hasSize(2)
                .allMatch(sa -> sa.features().offload().isEmpty());
    }

    /** West has those devices, and speaks with east before the connection is up. */
    private static Pair withDevices(SimDevices devices, UnaryOperator<ConnectionRequest.Builder> western) {
        SimWorld world = new SimWorld(43);
        Pair pair = new Pair(
                world,
                world.host("west", Pair.WEST, Pair.secrets(Pair.SECRET)),
                world.host("east", Pair.EAST, Pair.secrets(Pair.SECRET)));
        pair.west.kernel().setDevices(devices);
        pair.add(western.apply(Pair.tunnel()), Pair.tunnel());
        return pair;
    }

    private static List<KernelSa> up(Pair pair) {
        pair.initiate(pair.west);
        pair.world.run(Duration.ofSeconds(2));
        assertThat(pair.isUp()).as(pair.trace()).isTrue();
        assertThat(pair.west.kernel().installed()).hasSize(2);
        return pair.west.kernel().installed();
    }

    @Test
    void theDeviceEncryptsIfItCan() {
        SimDevices able = new SimDevices("tx-checksum", "esp-hw-offload");
        able.activate("eth0");
        Pair pair = withDevices(able, request -> request);
        assertThat(pair.west.log())
                .containsSubsequence(
                        "listening for IKE messages",
                        "Kernel supports NIC esp-hw-offload",
                        "adding UDP interface eth0 192.0.2.1:500");
        assertThat(up(pair))
                .allMatch(sa -> sa.features().offload().equals(Optional.of(new KernelSa.Offload("eth0", true))));
        assertThat(up(withDevices(able, request -> request.set(ConnectionOption.NIC_OFFLOAD, YesNoAuto.NO))))
                .allMatch(sa -> sa.features().offload().isEmpty());
        assertThat(up(withDevices(new SimDevices("esp-hw-offload"), request -> request)))
                .as("known, but off")
                .allMatch(sa -> sa.features().offload().isEmpty());
    }

    @Test
    void theKernelEncryptsWhatTheDeviceRefuses() {
        SimDevices able = new SimDevices("esp-hw-offload");
        able.activate("eth0");
        Pair pair = withDevices(able, request -> request);
        pair.west.kernel().refuseOffload();
        assertThat(up(pair)).allMatch(sa -> sa.features().offload().isEmpty());
        assertThat(pair.west.log())
                .filteredOn(line -> line.startsWith("ERROR: ") && line.contains("no room in the device"))
                .hasSize(2);

        Pair insisting = withDevices(able, request -> request.set(ConnectionOption.NIC_OFFLOAD, YesNoAuto.YES));
        insisting.west.kernel().refuseOffload();
        insisting.initiate(insisting.west);
        insisting.world.run(Duration.ofSeconds(2));
        assertThat(insisting.west.kernel().installed()).isEmpty();
        assertThat(insisting.west.log()).anyMatch(line -> line.contains("setup_half_ipsec_sa() hit fail:"));
    }

    @Test
    void theLogSaysOnceWhatTheKernelKnowsOfOffload() {
        Pair unknown = withDevices(new SimDevices("tx-checksum"), request -> request);
        unknown.west.renumber(IpAddress.of(Pair.WEST), IpAddress.of("192.0.2.7"));
        unknown.west.whack(WhackRequest.of(new WhackCommand.Listen()));
        unknown.world.run(Duration.ofSeconds(1));
        assertThat(unknown.west.log())
                .contains("adding UDP interface eth0 192.0.2.7:500")
                .filteredOn(line -> line.contains("NIC"))
                .containsExactly("Kernel does not support NIC esp-hw-offload");
        assertThat(withDevices(new SimDevices(), request -> request).west.log())
                .filteredOn(line -> line.contains("NIC") || line.contains("SIOCETHTOOL"))
                .containsExactly("Kernel does not support NIC esp-hw-offload (ETHTOOL_GSSET_INFO failed)");
    }

    @Test
    void replayWindowSequenceNumbersAndMore() {
        assertThat(installed(request -> request.set(ConnectionOption.REPLAY_WINDOW, 0L)
                        .set(ConnectionOption.ESN_YES, false)
                        .set(ConnectionOption.TFC, 1200L)
                        .set(ConnectionOption.DECAP_DSCP)
                        .set(ConnectionOption.NO_PMTU_DISCOVERY)))
                .allSatisfy(sa -> {
                    assertThat(sa.replayWindow()).isZero();
                    assertThat(sa.extendedSequenceNumbers()).isFalse();
                    assertThat(sa.features().tfcPadding()).isEqualTo(sa.inbound() ? 0 : 1200);
                    assertThat(sa.features().decapsulateDscp()).isTrue();
                    assertThat(sa.features().noPathMtuDiscovery()).isTrue();
                });
        assertThat(installed(request -> request.set(ConnectionOption.REPLAY_WINDOW, 4096L)))
                .allMatch(sa -> sa.replayWindow() == 4096 && sa.extendedSequenceNumbers());
    }

    private static List<String> added(SimHost host, ConnectionRequest.Builder request) {
        return host.whack(WhackRequest.of(new WhackCommand.Add(request.build())))
                .lines();
    }

    @Test
    void whatTheKernelsInterfaceIsNotAbleToDoIsRefusedOrLeftOut() {
        Pair pair = Pair.listening(42);
        SimHost west = pair.west;
        west.kernel()
                .restrict(
                        new KernelAbilities(Set.of(KernelAbility.EXTENDED_SEQUENCE_NUMBERS), 255),
                        algorithm -> algorithm != Encr.AES_GCM_16 && algorithm != Integ.HMAC_SHA2_256_128);
        assertThat(added(west, Pair.tunnel("moving").set(ConnectionOption.MOBIKE)))
                .containsExactly("036 \"moving\": failed to add connection: MOBIKE not supported by xfrm interface");
        assertThat(added(west, Pair.tunnel("marked").set(ConnectionOption.MARK, "5/0xff")))
                .containsExactly("036 \"marked\": failed to add connection: mark= not supported by xfrm interface");
        assertThat(added(west, Pair.tunnel("device").set(ConnectionOption.IPSEC_INTERFACE, 7L)))
                .containsExactly(
                        "036 \"device\": failed to add connection: ipsec-interface= not supported by xfrm interface");
        assertThat(added(west, Pair.tunnel("padded").set(ConnectionOption.TFC, 1200L)))
                .containsExactly("036 \"padded\": failed to add connection: tfc= not supported by xfrm interface");
        assertThat(added(west, Pair.tunnel("card").set(ConnectionOption.NIC_OFFLOAD, YesNoAuto.YES)))
                .containsExactly(
                        "036 \"card\": failed to add connection: nic-offload=yes not supported by xfrm interface");
        assertThat(added(west, Pair.tunnel("auto").set(ConnectionOption.NIC_OFFLOAD, YesNoAuto.AUTO)))
                .noneMatch(line -> line.contains("failed"));
        assertThat(added(
                        west,
                        Pair.tunnel("stream")
                                .set(ConnectionOption.TCP, TcpMode.ONLY)
                                .set(ConnectionOption.TCP_REMOTE_PORT, 4500L)))
                .containsExactly(
                        "036 \"stream\": failed to add connection: enable-tcp=yes not supported by xfrm interface");
        assertThat(added(west, Pair.tunnel("label").set(ConnectionOption.SECURITY_LABEL, "a:b:c:s0")))
                .containsExactly("036 \"label\": failed to add connection: sec-label= not supported by xfrm interface");
        assertThat(added(west, Pair.tunnel("wide").set(ConnectionOption.REPLAY_WINDOW, 256L)))
                .containsExactly("036 \"wide\": failed to add connection: replay-window=256 exceeds xfrm limit of 255");
        assertThat(added(west, Pair.tunnel("gcm").set(ConnectionOption.ESP, "aes_gcm256")))
                .singleElement()
                .asString()
                .endsWith("ESP encryption algorithm 'aes_gcm256' is not supported");
        west.kernel().restrict(new KernelAbilities(Set.of(), 255), algorithm -> algorithm != Encr.AES_GCM_16);
        assertThat(added(west, Pair.tunnel("plain").set(ConnectionOption.REPLAY_WINDOW, 256L)))
                .contains("002 \"plain\": kernel interface does not support ESN so disabling")
                .noneMatch(line -> line.contains("failed"));
        assertThat(west.whack(WhackRequest.of(new WhackCommand.Status())).lines())
                .anyMatch(line -> line.contains("algorithm ESP encrypt: name=AES_CBC"))
                .noneMatch(line -> line.contains("algorithm ESP encrypt: name=AES_GCM_16"));
        pair.east.whack(WhackRequest.of(new WhackCommand.Delete("t", false)));
        added(pair.east, Pair.tunnel("plain"));
        Pair.initiate(west, "plain");
        pair.world.run(Duration.ofSeconds(2));
        assertThat(west.kernel().installed())
                .hasSize(2)
                .allMatch(sa -> sa.encr().equals(Optional.of(Encr.AES_CBC)) && !sa.extendedSequenceNumbers());
    }
}
