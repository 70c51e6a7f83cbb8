// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jswan.base.IpAddress;
import org.jswan.base.Subnet;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.ConnectionRequest;
import org.jswan.connection.EndAuthentication;
import org.jswan.connection.EndOption;
import org.jswan.connection.EndRequest;
import org.jswan.connection.HostSpec;
import org.jswan.control.WhackCommand;
import org.jswan.control.WhackRequest;
import org.jswan.simulation.SimHost.SimSession;
import org.junit.jupiter.api.Test;

/** Peers whose address is not known before they come: templates and their instances. */
class InstanceTest extends RoadScene {
    private static ConnectionRequest.Builder connection(String name) {
        return bare(name).left(gatewayEnd("10.0.0.0/24").build());
    }

    private void template(String name, String peerId) {
        EndRequest.Builder peer = end(HostSpec.any());
        add(gateway, connection(name).right((peerId.isEmpty() ? peer : peer.set(EndOption.ID, peerId)).build()));
    }

    private SimHost road(String address, String id) {
        SimHost road = listening("road" + address, address);
        add(
                road,
                connection("road")
                        .right(end(HostSpec.of(IpAddress.of(address)))
                                .set(EndOption.ID, id)
                                .build()));
        return road;
    }

    /** As libreswan: an instance begins with the peer's address for its identity, so the real one makes another. */
    @Test
    void everyPeerHasAnInstanceOfItsOwn() {
        template("any", "%any");
        SimHost one = road("192.0.2.1", "@one");
        SimHost two = road("192.0.2.2", "@two");
        assertThat(up(one).lines()).as(trace()).anyMatch(line -> line.contains("initiator established Child SA"));
        assertThat(up(two).lines()).as(trace()).anyMatch(line -> line.contains("initiator established Child SA"));
        assertThat(instances())
                .extracting(Connection::toString)
                .containsExactly("\"any\"[2] 192.0.2.1", "\"any\"[4] 192.0.2.2");
        assertThat(instances()).extracting(c -> c.remote().id().toString()).containsExactly("@one", "@two");
        assertThat(gateway.log())
                .anyMatch(line -> line.startsWith("\"any\"[4] 192.0.2.2 #4: responder established Child SA"));
        down(one);
        assertThat(gateway.log())
                .contains(
                        "\"any\"[2] 192.0.2.1: deleting connection instance with peer 192.0.2.1 {isakmp=#0/ipsec=#0}");
        assertThat(instances()).extracting(Connection::toString).containsExactly("\"any\"[4] 192.0.2.2");
        down(two);
        assertThat(instances()).isEmpty();
        assertThat(gateway.kernel().policies()).isEmpty();
        assertThat(gateway.kernel().spis()).isZero();
        // The template itself is as it was.
        Connection template =
                gateway.pluto().connections().findConfigured("any").orElseThrow();
        assertThat(template.remote().address()).isEmpty();
        assertThat(up(one).lines()).anyMatch(line -> line.contains("initiator established Child SA"));
        assertThat(instances()).extracting(Connection::toString).containsExactly("\"any\"[6] 192.0.2.1");
    }

    @Test
    void whoTakesAnInstanceDownHearsThatItGoes() {
        template("any", "@one");
        up(road("192.0.2.1", "@one"));
        SimSession session = gateway.whack(WhackRequest.of(new WhackCommand.Terminate("any")));
        world.run(Duration.ofSeconds(2));
        assertThat(session.lines())
                .as(trace())
                .endsWith("002 \"any\"[1] 192.0.2.1: deleting connection instance with peer 192.0.2.1"
                        + " {isakmp=#0/ipsec=#0}");
    }

    @Test
    void theIdentityDecidesOnTheTemplate() {
        template("one", "@one");
        template("two", "@two");
        SimHost one = road("192.0.2.1", "@one");
        SimHost two = road("192.0.2.2", "@two");
        SimHost three = road("192.0.2.3", "@three");
        assertThat(up(one).lines()).as(trace()).anyMatch(line -> line.contains("initiator established Child SA"));
        assertThat(up(two).lines()).as(trace()).anyMatch(line -> line.contains("initiator established Child SA"));
        assertThat(instances()).extracting(Connection::name).containsExactly("one", "two");
        assertThat(up(three).lines())
                .contains("003 \"road\" #1: IKE SA authentication request rejected by peer: AUTHENTICATION_FAILED");
        assertThat(instances()).as(trace()).hasSize(2);
    }

    /** As libreswan: orienting puts each before those that were oriented earlier, and goes through the newest first. */
    @Test
    void theFirstLoadedBeforeListeningIsGuessedFirst() {
        SimHost late = world.host("late", "192.0.2.253", Pair.secrets(Pair.SECRET));
        for (String name : List.of("b", "a")) {
            add(
                    late,
                    connection(name)
                            .left(end(HostSpec.of(IpAddress.of("192.0.2.253"))).build())
                            .right(end(HostSpec.any()).build()));
        }
        late.whack(WhackRequest.of(new WhackCommand.Listen()));
        assertThat(late.pluto().connections().findByHosts(IpAddress.of("192.0.2.253"), Optional.empty()))
                .extracting(Connection::name)
                .containsExactly("b", "a");
    }

    /** As libreswan: who will prove how it is what it claims is not known yet, so what proves it best is guessed first. */
    @Test
    void theStrongestAuthenticationIsGuessedFirst() {
        add(
                gateway,
                connection("signs")
                        .left(end(HostSpec.of(IpAddress.of(GATEWAY)))
                                .set(EndOption.AUTH, EndAuthentication.RSASIG)
                                .set(EndOption.ID, "@gateway")
                                .set(EndOption.CLIENT, Subnet.of("10.0.0.0/24"))
                                .build())
                        .right(end(HostSpec.any())
                                .set(EndOption.AUTH, EndAuthentication.RSASIG)
                                .build()));
        template("any", "%any");
        SimSession session = up(road("192.0.2.1", "@one"));
        assertThat(session.lines()).as(trace()).anyMatch(line -> line.contains("initiator established Child SA"));
        assertThat(gateway.log())
                .filteredOn(line -> line.contains("#1: "))
                .first()
                .asString()
                .startsWith("\"signs\"[1] 192.0.2.1 #1: ");
    }

    @Test
    void whoDoesNotProveItsIdentityLeavesNothing() {
        template("any", "%any");
        SimHost liar = world.host("liar", "192.0.2.9", Pair.secrets("some other thirty-two octets long!!"));
        liar.whack(WhackRequest.of(new WhackCommand.Listen()));
        add(
                liar,
                connection("road")
                        .right(end(HostSpec.of(IpAddress.of("192.0.2.9")))
                                .set(EndOption.ID, "@one")
                                .build()));
        up(liar);
        assertThat(gateway.log()).as(trace()).anyMatch(line -> line.contains("authentication failed"));
        liar.whack(WhackRequest.of(new WhackCommand.Delete("road", false)));
        world.run(Duration.ofMinutes(5));
        assertThat(instances()).as(trace()).isEmpty();
        assertThat(gateway.pluto().saCount()).isZero();
    }

    @Test
    void aTemplateIsInitiatedTowardsTheAddressGiven() {
        template("any", "@one");
        road("192.0.2.1", "@one");
        SimSession session = gateway.whack(WhackRequest.of(new WhackCommand.Initiate("any", Optional.of("192.0.2.1"))));
        world.run(Duration.ofSeconds(2));
        assertThat(session.lines())
                .as(trace())
                .contains("002 \"any\"[1] 192.0.2.1: instantiated connection with remote IP set to 192.0.2.1")
                .anyMatch(line -> line.contains("initiator established Child SA"));
        SimSession down = gateway.whack(WhackRequest.of(new WhackCommand.Terminate("any")));
        world.run(Duration.ofSeconds(2));
        assertThat(down.lines())
                .endsWith("002 \"any\"[1] 192.0.2.1: deleting connection instance with peer 192.0.2.1"
                        + " {isakmp=#0/ipsec=#0}");
        SimSession refused = gateway.whack(WhackRequest.of(new WhackCommand.Initiate("any", Optional.empty())));
        assertThat(refused.lines()).anyMatch(line -> line.startsWith("029 \"any\": cannot initiate connection"));
    }

    @Test
    void narrowingTakesWhatBothAllow() {
        add(
                gateway,
                connection("any")
                        .right(end(HostSpec.any())
                                .set(EndOption.ID, "%any")
                                .set(EndOption.CLIENT, Subnet.of("10.1.0.0/16"))
                                .build())
                        .set(ConnectionOption.ALLOW_NARROWING));
        SimHost road = listening("road", "192.0.2.1");
        add(
                road,
                connection("road")
                        .right(end(HostSpec.of(IpAddress.of("192.0.2.1")))
                                .set(EndOption.ID, "@one")
                                .set(EndOption.CLIENT, Subnet.of("10.1.5.0/24"))
                                .build()));
        assertThat(up(road).lines())
                .as(trace())
                .anyMatch(line -> line.contains("[10.1.5.0-10.1.5.255:0-65535 0] -> [10.0.0.0-10.0.0.255:0-65535 0]"));
        // As libreswan: the instance of the IKE SA stays as it is, another one has what the Child SA carries.
        assertThat(instances())
                .extracting(c -> c.remote().client().orElseThrow().subnet())
                .containsExactly(Subnet.of("10.1.0.0/16"), Subnet.of("10.1.5.0/24"));
    }
}
