// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jswan.base.Subnet;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionKind;
import org.jswan.connection.ConnectionRequest;
import org.jswan.connection.EndOption;
import org.jswan.connection.EndRequest;
import org.jswan.connection.HostSpec;
import org.jswan.connection.ProtocolPort;
import org.jswan.control.WhackCommand;
import org.jswan.control.WhackRequest;
import org.jswan.sa.ChildSa;
import org.jswan.sa.Sa;
import org.junit.jupiter.api.Test;

/** Which of several connections between the same ends a Quick Mode is for. */
class QuickConnectionTest {
    private static final String FIRST = "10.1.1.0/24";
    private static final String SECOND = "10.1.2.0/24";

    private final Pair pair = Ikev1Pair.listening(1);

    QuickConnectionTest() {
        for (SimHost host : List.of(pair.west, pair.east)) {
            host.whack(WhackRequest.of(new WhackCommand.Delete("t", false)));
        }
    }

    private void add(SimHost host, ConnectionRequest.Builder connection) {
        host.whack(WhackRequest.of(new WhackCommand.Add(connection.build())));
        pair.world.run(Duration.ofMillis(10));
    }

    private static ConnectionRequest.Builder between(
            String name, UnaryOperator<EndRequest.Builder> west, UnaryOperator<EndRequest.Builder> east) {
        return Ikev1Pair.tunnel(name)
                .left(west.apply(Ikev1Pair.end(Pair.WEST, "@west", Pair.WEST_CLIENT))
                        .build())
                .right(east.apply(Ikev1Pair.end(Pair.EAST, "@east", Pair.EAST_CLIENT))
                        .build());
    }

    private static ConnectionRequest.Builder forClient(String name, String client) {
        return between(name, end -> end.set(EndOption.CLIENT, Subnet.of(client)), UnaryOperator.identity());
    }

    /** For peers wherever they are. */
    private static ConnectionRequest.Builder template(String name, String id, String client) {
        return between(
                name,
                end -> end.set(EndOption.HOST, HostSpec.any())
                        .set(EndOption.ID, id)
                        .set(EndOption.CLIENT, Subnet.of(client)),
                UnaryOperator.identity());
    }

    private static ConnectionRequest.Builder forProtocol(String name, int protocol, int port) {
        return between(
                name,
                UnaryOperator.identity(),
                end -> end.set(EndOption.PROTOCOL_PORT, new ProtocolPort(protocol, port, false)));
    }

    private void up(String name) {
        Pair.initiate(pair.west, name);
        pair.world.run(Duration.ofSeconds(2));
    }

    /** The connections of east that have an IPsec SA, in the order in which they got it. */
    private List<Connection> chosen() {
        List<Connection> chosen = new ArrayList<>();
        for (Sa sa : pair.east.pluto().sas()) {
            if (sa instanceof ChildSa child) {
                chosen.add(child.connection());
            }
        }
        return chosen;
    }

    private List<String> names() {
        return chosen().stream().map(Connection::name).toList();
    }

    @Test
    void theClientsDecide() {
        for (SimHost host : List.of(pair.west, pair.east)) {
            add(host, forClient("first", FIRST));
            add(host, forClient("second", SECOND));
        }
        up("second");
        up("first");
        assertThat(names()).as(pair.trace()).containsExactly("second", "first");
    }

    @Test
    void protocolAndPortDecide() {
        for (SimHost host : List.of(pair.west, pair.east)) {
            add(host, forProtocol("tcp", 6, 0));
            add(host, forProtocol("web", 6, 80));
            add(host, forProtocol("udp", 17, 0));
        }
        up("udp");
        up("web");
        up("tcp");
        assertThat(names()).as(pair.trace()).containsExactly("udp", "web", "tcp");
    }

    /** Phase 1 found the one template; what is proposed fits another one for the same peer. */
    @Test
    void anotherTemplateForTheSamePeerGetsAnInstance() {
        add(pair.east, template("first", "@west", FIRST));
        add(pair.east, template("second", "@west", SECOND));
        add(pair.west, forClient("first", FIRST));
        add(pair.west, forClient("second", SECOND));
        up("first");
        up("second");
        assertThat(names()).as(pair.trace()).containsExactly("first", "second");
        assertThat(chosen())
                .allMatch(c -> c.kind() == ConnectionKind.INSTANCE)
                .allMatch(c -> c.remote().id().toString().equals("@west"));
        assertThat(pair.east.ikeSas()).hasSize(1);
    }

    @Test
    void aTemplateForAnotherPeerGetsNone() {
        add(pair.east, template("first", "@west", FIRST));
        add(pair.east, template("second", "@north", SECOND));
        add(pair.west, forClient("second", SECOND));
        up("second");
        assertThat(names()).isEmpty();
        assertThat(pair.east.log())
                .as(pair.trace())
                .anyMatch(line -> line.contains("cannot respond to IPsec SA request because no connection is known for"
                        + " 198.51.100.128/25===192.0.2.2[@east"));
    }

    /** Both fit; traffic for the one is waited for already. */
    @Test
    void whatIsRoutedComesFirst() {
        for (String name : List.of("a", "b", "c")) {
            add(pair.east, forClient(name, FIRST));
        }
        add(pair.east, forClient("main", SECOND));
        pair.east.whack(WhackRequest.of(new WhackCommand.Route("b")));
        pair.world.run(Duration.ofSeconds(1));
        add(pair.west, forClient("main", SECOND));
        add(pair.west, forClient("first", FIRST));
        up("main");
        up("first");
        assertThat(names()).as(pair.trace()).containsExactly("main", "b");
    }

    @Test
    void whatAPeerMayNotChooseIsSaid() {
        add(
                pair.east,
                between(
                        "open",
                        end -> end.set(EndOption.HOST, HostSpec.any())
                                .unset(EndOption.CLIENT)
                                .set(EndOption.VIRTUAL, "vhost:%no"),
                        UnaryOperator.identity()));
        add(pair.west, forClient("open", FIRST));
        up("open");
        assertThat(names()).isEmpty();
        assertThat(pair.east.log())
                .as(pair.trace())
                .anyMatch(line -> line.contains("peer proposal was rejected in a virtual connection policy: "));
    }
}
