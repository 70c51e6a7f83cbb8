// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jswan.base.IpAddress;
import org.jswan.base.IpProtocol;
import org.jswan.base.SecurityLabel;
import org.jswan.base.Selector;
import org.jswan.base.Subnet;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.ConnectionRequest;
import org.jswan.connection.Ikev1Policy;
import org.jswan.control.WhackCommand;
import org.jswan.control.WhackRequest;
import org.jswan.kernel.KernelPolicy.Direction;
import org.jswan.pluto.PlutoOptions;
import org.jswan.simulation.SimKernel.Fate;
import org.junit.jupiter.api.Test;

/** Connections whose packets have security labels: each label has a Child SA of its own. */
class LabelTest {
    private static final String RANGE = "system_u:object_r:ipsec_spd_t:s0";
    private static final SecurityLabel PING = SecurityLabel.of("system_u:system_r:ping_t:s0:c1.c256");
    private static final SecurityLabel OTHER = SecurityLabel.of("system_u:system_r:netutils_t:s0");
    private static final Selector WEST = new Selector(Subnet.of("198.51.100.7/32"), IpProtocol.ICMP, 8);
    private static final Selector EAST = new Selector(Subnet.of("198.51.100.200/32"), IpProtocol.ICMP, 0);

    private static ConnectionRequest.Builder labelled(ConnectionRequest.Builder request) {
        return request.set(ConnectionOption.SECURITY_LABEL, RANGE);
    }

    private static Pair pair() {
        return Pair.listening(91, LabelTest::labelled);
    }

    private static List<String> route(SimHost host) {
        return host.whack(WhackRequest.of(new WhackCommand.Route("t"))).lines();
    }

    private static Fate packet(SimHost host, SecurityLabel label) {
        return host.kernel().packet(WEST, EAST, Optional.of(label));
    }

    private static void run(Pair pair) {
        pair.world.run(Duration.ofSeconds(2));
    }

    @Test
    void aRouteIsPoliciesWithTheLabelInBothDirections() {
        Pair pair = pair();
        assertThat(route(pair.west)).isEmpty();
        run(pair);
        assertThat(pair.west.kernel().policies())
                .hasSize(3)
                .allSatisfy(policy -> {
                    assertThat(policy.label()).contains(SecurityLabel.of(RANGE));
                    assertThat(policy.templates()).singleElement().satisfies(template -> assertThat(
                                    template.requestId())
                            .isEqualTo(16389));
                })
                .extracting(policy -> policy.direction())
                .containsExactlyInAnyOrder(Direction.OUT, Direction.IN, Direction.FORWARD);
        pair.west.whack(WhackRequest.of(new WhackCommand.Unroute("t")));
        run(pair);
        assertThat(pair.west.kernel().policies()).isEmpty();
        assertThat(pair.west.log())
                .anyMatch(line -> line.endsWith("for flow %discard(discard) (in) encountered unexpected policy"));
    }

    @Test
    void upIsAnIkeSaAlone() {
        Pair pair = pair();
        pair.initiate(pair.west);
        run(pair);
        assertThat(pair.west.log())
                .anyMatch(line -> line.endsWith("\"t\" #1: omitting CHILD SA payloads"))
                .anyMatch(line -> line.contains("initiator established IKE SA"));
        assertThat(pair.east.log())
                .anyMatch(line -> line.endsWith("IKE_AUTH request does not propose a Child SA; creating childless SA"));
        for (SimHost host : List.of(pair.west, pair.east)) {
            assertThat(host.kernel().installed()).isEmpty();
            assertThat(host.kernel().policies()).as(pair.trace()).hasSize(3);
        }
    }

    @Test
    void eachLabelHasAChildSa() {
        Pair pair = pair();
        route(pair.west);
        run(pair);
        assertThat(packet(pair.west, PING)).isEqualTo(Fate.HELD);
        run(pair);
        assertThat(pair.west.log())
                .anyMatch(line -> line.endsWith("initiate on-demand for packet 198.51.100.7:8-ICMP->198.51.100.200:0"
                        + " sec_label=system_u:system_r:ping_t:s0:c1.c256"))
                .anyMatch(line -> line.contains("\"t\"[1] 192.0.2.2 #2: initiator established Child SA"));
        assertThat(packet(pair.west, PING)).as(pair.trace()).isEqualTo(Fate.PROTECTED);
        assertThat(packet(pair.west, OTHER)).isEqualTo(Fate.HELD);
        run(pair);
        assertThat(packet(pair.west, OTHER)).as(pair.trace()).isEqualTo(Fate.PROTECTED);
        for (SimHost host : List.of(pair.west, pair.east)) {
            assertThat(host.kernel().policies()).hasSize(3);
            assertThat(host.kernel().installed())
                    .hasSize(4)
                    .allMatch(sa -> sa.requestId() == 16389)
                    .extracting(sa -> sa.features().label().orElseThrow())
                    .containsOnly(PING, OTHER);
            assertThat(host.whack(WhackRequest.of(new WhackCommand.Status())).lines())
                    .anyMatch(line -> line.contains("\"t\":   sec_label:" + RANGE))
                    .contains("000 \"t\"[1]:   sec_label:system_u:system_r:ping_t:s0:c1.c256");
        }
        pair.west.whack(WhackRequest.of(new WhackCommand.Terminate("t")));
        run(pair);
        for (SimHost host : List.of(pair.west, pair.east)) {
            assertThat(host.kernel().installed()).isEmpty();
            assertThat(host.kernel().policies()).hasSize(3);
            assertThat(host.whack(WhackRequest.of(new WhackCommand.Status())).lines())
                    .noneMatch(line -> line.contains("\"t\"[1]"));
        }
        assertThat(packet(pair.west, PING)).isEqualTo(Fate.HELD);
    }

    @Test
    void aPacketWithoutLabelIsForOtherConnections() {
        Pair pair = pair();
        route(pair.west);
        run(pair);
        assertThat(pair.west.kernel().packet(WEST, EAST)).isEqualTo(Fate.CLEAR);
    }

    @Test
    void whatTheSecurityModuleDeniesIsNotBegun() {
        Pair pair = pair();
        route(pair.west);
        run(pair);
        pair.west.security().deny("polmatch", PING.text());
        packet(pair.west, PING);
        run(pair);
        assertThat(pair.west.log())
                .anyMatch(line -> line.endsWith("selinux denied { polmatch } acquire scontext=" + PING
                        + " connection tcontext=" + RANGE + " tclass=association: Permission denied (errno 13)"))
                .anyMatch(line -> line.endsWith("sec_label=" + PING + ": no routed template covers this pair"));
        pair.west.security().deny("setcontext", "system_u:system_r:ipsec_t:s0");
        packet(pair.west, OTHER);
        run(pair);
        assertThat(pair.west.log())
                .anyMatch(line -> line.endsWith("selinux denied { setcontext } Pluto's SELinux domain scontext="
                        + "system_u:system_r:ipsec_t:s0 acquire tcontext=" + OTHER
                        + " tclass=association: Permission denied (errno 13)"));
        assertThat(pair.west.ikeSas()).isEmpty();
    }

    @Test
    void theResponderRefusesLabelsThatItsPolicyDenies() {
        Pair pair = pair();
        route(pair.west);
        run(pair);
        pair.east.security().deny("polmatch", PING.text());
        packet(pair.west, PING);
        run(pair);
        assertThat(pair.east.log())
                .anyMatch(line -> line.contains("selinux denied { polmatch } Traffic Selector scontext=" + PING))
                .anyMatch(line -> line.endsWith("No IKEv2 connection found with compatible Traffic Selectors"));
        assertThat(pair.west.log())
                .anyMatch(line -> line.endsWith("IKE_AUTH response rejected Child SA with" + " TS_UNACCEPTABLE"));
        assertThat(pair.west.kernel().installed()).isEmpty();
        assertThat(pair.west.whack(WhackRequest.of(new WhackCommand.Status())).lines())
                .noneMatch(line -> line.contains("\"t\"[1]"));
    }

    @Test
    void oneEndAloneWithLabelsHasNoChildSa() {
        Pair pair = Pair.listening(92, Pair.SECRET, Pair.SECRET, LabelTest::labelled, UnaryOperator.identity());
        route(pair.west);
        run(pair);
        packet(pair.west, PING);
        run(pair);
        assertThat(pair.east.log())
                .anyMatch(line -> line.endsWith("No IKEv2 connection found with compatible Traffic Selectors"));
        assertThat(pair.east.kernel().installed()).isEmpty();
    }

    @Test
    void packetsThatWaitForASilentPeerLeaveNothing() {
        Pair pair = pair();
        route(pair.west);
        run(pair);
        pair.world.network().filter(datagram -> false);
        packet(pair.west, PING);
        run(pair);
        packet(pair.west, OTHER);
        run(pair);
        assertThat(pair.west.log()).anyMatch(line -> line.contains("queue Child SA; waiting on IKE SA \"t\" #1"));
        pair.west.whack(WhackRequest.of(new WhackCommand.Delete("t", false)));
        run(pair);
        assertThat(pair.west.whack(WhackRequest.of(new WhackCommand.Status())).lines())
                .noneMatch(line -> line.contains("\"t\""));
        assertThat(pair.west.kernel().policies()).isEmpty();
    }

    @Test
    void ikev1LabelsBothSasAsTheConnectionSays() {
        Pair pair = Ikev1Pair.listening(93, LabelTest::labelled);
        pair.initiate(pair.west);
        run(pair);
        for (SimHost host : List.of(pair.west, pair.east)) {
            assertThat(host.kernel().installed()).as(pair.trace()).hasSize(2).allMatch(sa -> sa.features()
                    .label()
                    .equals(Optional.of(SecurityLabel.of(RANGE))));
            assertThat(host.kernel().policies()).hasSize(3).allMatch(policy -> policy.label()
                    .equals(Optional.of(SecurityLabel.of(RANGE))));
        }
    }

    @Test
    void ikev1LabelsAsThePacketThatWantsTheSa() {
        Pair pair = Ikev1Pair.listening(94, LabelTest::labelled);
        route(pair.west);
        run(pair);
        packet(pair.west, PING);
        run(pair);
        for (SimHost host : List.of(pair.west, pair.east)) {
            assertThat(host.kernel().installed()).as(pair.trace()).hasSize(2).allMatch(sa -> sa.features()
                    .label()
                    .equals(Optional.of(PING)));
        }
    }

    @Test
    void ikev1RefusesLabelsThatItsPolicyDenies() {
        Pair pair = Ikev1Pair.listening(95, LabelTest::labelled);
        pair.east.security().deny("polmatch", RANGE);
        pair.initiate(pair.west);
        run(pair);
        assertThat(pair.east.log())
                .anyMatch(line -> line.contains("selinux denied { polmatch } remote scontext=" + RANGE))
                .anyMatch(line -> line.endsWith("received IPsec Security Label '" + RANGE
                        + "' not within range of our configured security label '" + RANGE + "'"));
        assertThat(pair.east.kernel().installed()).isEmpty();
    }

    @Test
    void ikev1RefusesLabelsThatItDoesNotWant() {
        Pair pair = Ikev1Pair.listening(96, LabelTest::labelled, UnaryOperator.identity());
        pair.initiate(pair.west);
        run(pair);
        assertThat(pair.east.log())
                .anyMatch(line ->
                        line.endsWith("received IPsec Security Label on connection not configured with labeled ipsec"));
        assertThat(pair.east.kernel().installed()).isEmpty();
    }

    /** West brings a labelled SA up, with those numbers of the attribute in which labels go. */
    private static Pair numbered(int western, int eastern) {
        SimWorld world = new SimWorld(97);
        PlutoOptions options = PlutoOptions.defaults().withIkev1(Ikev1Policy.ACCEPT);
        Pair pair = new Pair(
                world,
                new SimHost(
                        "west",
                        world,
                        List.of(IpAddress.of(Pair.WEST)),
                        Pair.secrets(Pair.SECRET),
                        options.withLabelAttribute(western)),
                new SimHost(
                        "east",
                        world,
                        List.of(IpAddress.of(Pair.EAST)),
                        Pair.secrets(Pair.SECRET),
                        options.withLabelAttribute(eastern)));
        pair.add(labelled(Ikev1Pair.tunnel("t")), labelled(Ikev1Pair.tunnel("t")));
        pair.initiate(pair.west);
        run(pair);
        return pair;
    }

    @Test
    void ikev1LabelsGoInTheAttributeThatIsConfigured() {
        assertThat(numbered(10, 10).east.kernel().installed()).hasSize(2);
        assertThat(numbered(32001, 10).east.kernel().installed()).hasSize(2);
        Pair pair = numbered(10, 32001);
        assertThat(pair.east.kernel().installed()).isEmpty();
        assertThat(pair.east.log()).anyMatch(line -> line.endsWith("unsupported IPsec attribute NULL"));
    }

    @Test
    void theStatusTellsOfSelinuxAndTheAttribute() {
        Pair pair = numbered(10, 32001);
        pair.east.security().deny("polmatch", RANGE);
        assertThat(status(pair.west)).contains("000 SElinux=disabled", "000 secctx-attr-type=10");
        assertThat(status(pair.east)).contains("000 SElinux=enabled", "000 secctx-attr-type=32001");
    }

    private static List<String> status(SimHost host) {
        return host.whack(WhackRequest.of(new WhackCommand.Status())).lines();
    }

    @Test
    void whatIsNoLabelIsRefused() {
        Pair pair = pair();
        assertThat(pair.west
                        .whack(WhackRequest.of(new WhackCommand.Add(Pair.tunnel("e")
                                .set(ConnectionOption.SECURITY_LABEL, "")
                                .build())))
                        .lines())
                .containsExactly("003 \"e\": failed to add connection: security label is empty: policy-label=");
        String tooLong = "x".repeat(4096);
        assertThat(pair.west
                        .whack(WhackRequest.of(new WhackCommand.Add(Pair.tunnel("e")
                                .set(ConnectionOption.SECURITY_LABEL, tooLong)
                                .build())))
                        .lines())
                .containsExactly(
                        "003 \"e\": failed to add connection: security label is too long: policy-label=" + tooLong);
    }
}
