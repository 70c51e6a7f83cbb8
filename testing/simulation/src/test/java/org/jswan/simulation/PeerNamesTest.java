// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jswan.base.IpAddress;
import org.jswan.base.SaSerial;
import org.jswan.base.Subnet;
import org.jswan.connection.EndAuthentication;
import org.jswan.connection.EndOption;
import org.jswan.connection.EndRequest;
import org.jswan.connection.HostSpec;
import org.jswan.control.WhackCommand;
import org.jswan.control.WhackRequest;
import org.jswan.simulation.SimHost.SimSession;
import org.junit.jupiter.api.Test;

/** Peers known by name, and commands about a peer: {@code --ddns}, {@code --crash}, {@code --deleteid}. */
class PeerNamesTest {
    private static final String NAME = "east.example";
    private static final String WAITING = "029 \"t\": cannot initiate connection without resolved dynamic peer IP"
            + " address, will keep retrying (kind=CK_TEMPLATE)";

    /** West knows east's name; nobody else does yet. */
    private static Pair nameless() {
        EndRequest named = EndRequest.builder()
                .set(EndOption.HOST, HostSpec.name(NAME))
                .set(EndOption.ID, "@east")
                .set(EndOption.AUTH, EndAuthentication.PSK)
                .set(EndOption.CLIENT, Subnet.of(Pair.EAST_CLIENT))
                .build();
        return Pair.listening(1, Pair.SECRET, Pair.SECRET, b -> b.right(named), UnaryOperator.identity());
    }

    private static void publish(Pair pair) {
        pair.west.names().put(NAME, List.of(IpAddress.of("2001:db8::2"), IpAddress.of(Pair.EAST)));
    }

    private static SimSession ask(Pair pair, WhackCommand command) {
        SimSession session = pair.west.whack(WhackRequest.of(command));
        pair.world.run(Duration.ofMillis(100));
        return session;
    }

    private static String routing(Pair pair) {
        return ask(pair, new WhackCommand.Status()).lines().stream()
                .filter(line -> line.contains("==="))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aNameIsLookedUpWhenAsked() {
        Pair pair = nameless();
        assertThat(routing(pair)).contains("...%dns<east.example>[@east,+S?C]===");
        assertThat(ask(pair, new WhackCommand.Ddns()).lines()).containsExactly("002 updating pending dns lookups");
        assertThat(routing(pair)).contains("...%dns<east.example>[@east,+S?C]===");
        publish(pair);
        assertThat(ask(pair, new WhackCommand.Ddns()).isFinished()).isTrue();
        assertThat(routing(pair)).contains("...192.0.2.2<east.example>[@east,+S?C]===");
        assertThat(pair.west.pluto().saCount()).as("nobody wants it up").isZero();
        pair.initiate(pair.west);
        assertThat(pair.world.runUntil(pair::isUp, Duration.ofSeconds(5)))
                .as(pair.trace())
                .isTrue();
    }

    @Test
    void whatIsToBeUpComesUpWithinAMinute() {
        Pair pair = nameless();
        assertThat(ask(pair, new WhackCommand.Initiate("t", Optional.empty())).lines())
                .containsExactly(WAITING);
        publish(pair);
        assertThat(pair.world.runUntil(pair::isUp, Duration.ofSeconds(61)))
                .as(pair.trace())
                .isTrue();
        pair.world.run(Duration.ofSeconds(2));
        pair.terminate(pair.west);
        pair.world.run(Duration.ofSeconds(2));
        pair.assertNothingLeftAfterDelete();
    }

    @Test
    void whatIsBroughtUpIsLookedUpAtOnce() {
        Pair pair = nameless();
        publish(pair);
        assertThat(ask(pair, new WhackCommand.Initiate("t", Optional.empty())).lines())
                .containsExactly(WAITING);
        assertThat(pair.world.runUntil(pair::isUp, Duration.ofSeconds(5)))
                .as(pair.trace())
                .isTrue();
    }

    @Test
    void aPeerThatCrashedIsNegotiatedWithAnew() {
        Pair pair = Pair.up(2);
        assertThat(ask(pair, new WhackCommand.Crash(IpAddress.of(Pair.EAST))).lines())
                .containsExactly(
                        "000 restarting peer 192.0.2.2", "000 peer 192.0.2.2 for connection t crashed; replacing");
        pair.world.run(Duration.ofSeconds(5));
        assertThat(pair.isUp()).as(pair.trace()).isTrue();
        assertThat(Pair.ike(pair.west).serial()).isEqualTo(new SaSerial(3));
        assertThat(ask(pair, new WhackCommand.Crash(IpAddress.of("192.0.2.77"))).lines())
                .containsExactly("000 restarting peer 192.0.2.77");
        assertThat(Pair.ike(pair.west).serial()).isEqualTo(new SaSerial(3));
    }

    @Test
    void aPeerIsLeftByItsIdentity() {
        Pair pair = Pair.up(3);
        pair.west.whack(WhackRequest.of(new WhackCommand.DeleteId("@nobody")));
        pair.world.run(Duration.ofSeconds(1));
        assertThat(pair.isUp()).isTrue();
        pair.east.whack(WhackRequest.of(new WhackCommand.DeleteUser("nobody")));
        assertThat(pair.isUp()).isTrue();
        pair.east.whack(WhackRequest.of(new WhackCommand.DeleteId("@west")));
        assertThat(pair.east.pluto().saCount()).as(pair.trace()).isZero();
        assertThat(pair.east.log())
                .contains(
                        "received whack to delete connection by user nobody",
                        "received whack to delete connection by id @west");
    }
}
