// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jswan.base.Bytes;
import org.jswan.base.Endpoint;
import org.jswan.base.IpAddress;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.ConnectionRequest;
import org.jswan.connection.TcpMode;
import org.jswan.connection.YesNoAuto;
import org.jswan.control.WhackCommand;
import org.jswan.control.WhackCommand.ActiveRedirect;
import org.jswan.control.WhackCommand.GlobalRedirect;
import org.jswan.control.WhackCommand.GlobalRedirectTo;
import org.jswan.control.WhackRequest;
import org.jswan.net.Transport;
import org.jswan.pluto.PlutoOptions;
import org.jswan.simulation.SimHost.SimSession;
import org.jswan.wire.ExchangeType;
import org.jswan.wire.IkeHeader;
import org.jswan.wire.NotifyType;
import org.jswan.wire.v2.Message;
import org.jswan.wire.v2.NotifyPayload;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Gateways send their peers elsewhere (RFC 5685). */
class RedirectTest {
    private static final String NORTH = "192.0.2.3";

    private final SimWorld world = new SimWorld(1);
    private final SimHost west = host("west", Pair.WEST);
    private final SimHost east = host("east", Pair.EAST);
    private final SimHost north = host("north", NORTH);

    private SimHost host(String name, String address) {
        PlutoOptions options = PlutoOptions.defaults().withTransports(Set.of(Transport.UDP, Transport.TCP));
        return new SimHost(name, world, List.of(IpAddress.of(address)), Pair.secrets(Pair.SECRET), options);
    }

    private static UnaryOperator<ConnectionRequest.Builder> accepting(boolean does) {
        return b -> b.set(ConnectionOption.ACCEPT_REDIRECT, does);
    }

    private void add(
            UnaryOperator<ConnectionRequest.Builder> western, UnaryOperator<ConnectionRequest.Builder> eastern) {
        for (SimHost host : List.of(west, east, north)) {
            host.whack(WhackRequest.of(new WhackCommand.Listen()));
        }
        add(west, western.apply(Pair.tunnel()));
        add(east, eastern.apply(Pair.tunnel()));
        add(north, Pair.tunnel().right(Pair.end(NORTH, "@east", Pair.EAST_CLIENT)));
        world.run(Duration.ofMillis(10));
    }

    private static void add(SimHost host, ConnectionRequest.Builder connection) {
        host.whack(WhackRequest.of(new WhackCommand.Add(connection.build())));
    }

    private List<String> ask(SimHost host, WhackCommand command) {
        return host.whack(WhackRequest.of(command)).lines();
    }

    private SimSession up() {
        SimSession session = Pair.initiate(west, "t");
        world.run(Duration.ofSeconds(3));
        return session;
    }

    private static List<String> masked(SimSession session) {
        return session.lines(
                line -> line.replaceAll(" aged [0-9.]+s", "").replaceAll("[{]cipher.*|IPsec tunnel.*", "…"));
    }

    private String trace() {
        return String.join("\n", world.trace());
    }

    private void assertWithNorth() {
        assertThat(west.ikeSas()).as(trace()).hasSize(1);
        assertThat(Pair.ike(west).remote().address()).as(trace()).isEqualTo(IpAddress.of(NORTH));
        assertThat(west.kernel().installed()).hasSize(2).allSatisfy(sa -> assertThat(List.of(
                        sa.id().source().toString(), sa.id().destination().toString()))
                .contains(NORTH));
        assertThat(east.pluto().saCount()).as(trace()).isZero();
        assertThat(east.kernel().installed()).isEmpty();
    }

    @Test
    void whoeverBeginsIsSentElsewhere() {
        add(accepting(true), accepting(false));
        assertThat(ask(east, new GlobalRedirectTo(NORTH)))
                .containsExactly("002 set global redirect target to 192.0.2.3");
        assertThat(ask(east, new GlobalRedirect(GlobalRedirect.Mode.YES)))
                .containsExactly("002 set global redirect to yes");
        SimSession session = up();
        assertThat(masked(session))
                .containsExactly(
                        "181 \"t\" #1: initiating IKEv2 connection",
                        "181 \"t\" #1: sent IKE_SA_INIT request to 192.0.2.2:500",
                        "002 \"t\" #1: initiating IKE_SA_INIT redirect to new gateway (address: 192.0.2.3)",
                        "181 \"t\" #2: initiating IKEv2 connection",
                        "002 \"t\" #1: deleting state (STATE_V2_PARENT_I1) and NOT sending notification",
                        "002 \"t\" #1: deleting IKE SA but connection is supposed to remain up; schedule"
                                + " EVENT_REVIVE_CONNS",
                        "181 \"t\" #2: sent IKE_SA_INIT request to 192.0.2.3:500",
                        "182 \"t\" #2: sent IKE_AUTH request …",
                        "003 \"t\" #2: initiator established IKE SA; authenticated peer using authby=secret and ID_FQDN"
                                + " '@east'",
                        "004 \"t\" #3: initiator established Child SA using #2; …");
        assertThat(session.isFinished()).isTrue();
        assertWithNorth();
        assertThat(ask(east, new WhackCommand.Status()))
                .contains("000 global-redirect=yes, global-redirect-to=192.0.2.3");
        assertThat(ask(east, new GlobalRedirectTo("")))
                .containsExactly("002 cleared global redirect targets and disabled global redirects");
        assertThat(ask(east, new WhackCommand.Status())).contains("000 global-redirect=no, global-redirect-to=<unset>");
    }

    @Test
    void anIkeSaThatWasMadeIsLeft() {
        add(accepting(true), b -> b.set(ConnectionOption.SEND_REDIRECT, YesNoAuto.YES)
                .set(ConnectionOption.REDIRECT_TO, NORTH));
        SimSession session = up();
        assertThat(masked(session))
                .as(trace())
                .containsExactly(
                        "181 \"t\" #1: initiating IKEv2 connection",
                        "181 \"t\" #1: sent IKE_SA_INIT request to 192.0.2.2:500",
                        "182 \"t\" #1: sent IKE_AUTH request …",
                        "003 \"t\" #1: initiator established IKE SA; authenticated peer using authby=secret and ID_FQDN"
                                + " '@east'",
                        "002 \"t\" #1: initiating IKE_AUTH redirect to new gateway (address: 192.0.2.3)",
                        "181 \"t\" #3: initiating IKEv2 connection",
                        "002 \"t\" #1: IKE SA expired (LATEST!)",
                        "002 \"t\" #1: deleting state (STATE_V2_ESTABLISHED_IKE_SA) and sending notification",
                        "002 \"t\" #1: deleting IKE SA but connection is supposed to remain up; schedule"
                                + " EVENT_REVIVE_CONNS",
                        "181 \"t\" #3: sent IKE_SA_INIT request to 192.0.2.3:500",
                        "182 \"t\" #3: sent IKE_AUTH request …",
                        "003 \"t\" #3: initiator established IKE SA; authenticated peer using authby=secret and ID_FQDN"
                                + " '@east'",
                        "004 \"t\" #4: initiator established Child SA using #3; …");
        assertThat(session.isFinished()).isTrue();
        assertWithNorth();
    }

    /** The old gateway closes its stream at once; that is no failure of the redirect. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void overStreamsTheNewGatewayIsBegunWithBeforeTheOldOneIsLeft(boolean inInit) {
        UnaryOperator<ConnectionRequest.Builder> tcp = b -> b.set(ConnectionOption.TCP, TcpMode.ONLY);
        add(b -> tcp.apply(accepting(true).apply(b)), b -> b.set(
                        ConnectionOption.SEND_REDIRECT, inInit ? YesNoAuto.NO : YesNoAuto.YES)
                .set(ConnectionOption.REDIRECT_TO, NORTH));
        if (inInit) {
            ask(east, new GlobalRedirectTo(NORTH));
            ask(east, new GlobalRedirect(GlobalRedirect.Mode.YES));
        }
        SimSession session = up();
        String next = inInit ? "#2" : "#3";
        List<String> lines = masked(session);
        assertThat(lines)
                .as(trace())
                .containsSubsequence(
                        "181 \"t\" " + next + ": initiating IKEv2 connection",
                        "002 \"t\" #1: deleting IKE SA but connection is supposed to remain up; schedule"
                                + " EVENT_REVIVE_CONNS",
                        "181 \"t\" " + next + ": sent IKE_SA_INIT request to 192.0.2.3:4500")
                .noneMatch(line -> line.contains("broke"));
        assertThat(session.isFinished()).isTrue();
        assertWithNorth();
    }

    /** There is no stream to the new gateway: the old IKE SA is left all the same, and both ends try again. */
    @Test
    void aGatewayWithoutStreamsDoesNotKeepTheOldOne() {
        SimHost south = world.host("south", "192.0.2.4", Pair.secrets(Pair.SECRET));
        add(b -> accepting(true).apply(b).set(ConnectionOption.TCP, TcpMode.ONLY), b -> b.set(
                        ConnectionOption.SEND_REDIRECT, YesNoAuto.YES)
                .set(ConnectionOption.REDIRECT_TO, "192.0.2.4"));
        south.whack(WhackRequest.of(new WhackCommand.Listen()));
        Pair.initiate(west, "t");
        world.run(Duration.ofMillis(500));
        assertThat(west.log())
                .as(trace())
                .anyMatch(line -> line.contains("\"t\" #3: TCP: connect"))
                .contains("\"t\" #1: IKE SA expired (LATEST!)");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void livingPeersAreSentElsewhere(boolean named) {
        add(accepting(true), accepting(false));
        Optional<String> name = Optional.of("t").filter(t -> named);
        String of = named ? " connection \"t\"" : "";
        assertThat(ask(east, new ActiveRedirect(name, NORTH)))
                .containsExactly("005 no active tunnels found" + (named ? " for" + of : ""));
        up();
        assertThat(Pair.ike(west).remote().address()).isEqualTo(IpAddress.of(Pair.EAST));
        assertThat(ask(east, new ActiveRedirect(name, NORTH)))
                .containsExactly("005 redirections sent for 1 tunnels" + (named ? " of" + of : ""));
        world.run(Duration.ofSeconds(3));
        assertWithNorth();
        assertThat(east.log()).contains("\"t\" #1: redirecting to: 192.0.2.3");
        assertThat(west.log())
                .contains("\"t\" #1: initiating active session redirect to new gateway (address: 192.0.2.3)");
    }

    @Test
    void aNameIsLookedUp() {
        west.names().put("north.example", List.of(IpAddress.of(NORTH)));
        add(accepting(true), accepting(false));
        ask(east, new GlobalRedirectTo("north.example"));
        ask(east, new GlobalRedirect(GlobalRedirect.Mode.YES));
        up();
        assertWithNorth();
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.3,%any,true",
        "192.0.2.3,'192.0.2.9, 192.0.2.3',true",
        "192.0.2.3,192.0.2.9,false",
        "nowhere.example,%any,false",
        "2001:db8::3,%any,false"
    })
    void onlyWhereItIsAllowed(String to, String allowed, boolean follows) {
        add(b -> accepting(true).apply(b).set(ConnectionOption.ACCEPT_REDIRECT_TO, allowed), accepting(false));
        ask(east, new GlobalRedirectTo(to));
        ask(east, new GlobalRedirect(GlobalRedirect.Mode.YES));
        up();
        assertThat(west.log().stream().anyMatch(line -> line.contains("redirect to new gateway")))
                .as(trace())
                .isEqualTo(follows);
        assertThat(west.log().stream().anyMatch(line -> line.contains("parsing of v2N_REDIRECT payload failed: ")))
                .isEqualTo(!follows);
    }

    @Test
    void whoDoesNotAcceptIsNotAnsweredAtAll() {
        add(accepting(false), accepting(false));
        ask(east, new GlobalRedirectTo(NORTH));
        ask(east, new GlobalRedirect(GlobalRedirect.Mode.YES));
        up();
        assertThat(east.pluto().saCount()).isZero();
        assertThat(west.kernel().installed()).isEmpty();
    }

    @Test
    void onlyBusyGatewaysSendAwayByThemselves() {
        add(accepting(true), accepting(false));
        assertThat(ask(east, new GlobalRedirect(GlobalRedirect.Mode.AUTO)))
                .containsExactly(
                        "003 ipsec whack: --global-redirect set to no as there are no active redirect targets");
        ask(east, new GlobalRedirectTo(NORTH));
        ask(east, new GlobalRedirect(GlobalRedirect.Mode.AUTO));
        up();
        assertThat(Pair.ike(west).remote().address()).isEqualTo(IpAddress.of(Pair.EAST));
        west.whack(WhackRequest.of(new WhackCommand.Terminate("t")));
        world.run(Duration.ofSeconds(2));
        east.whack(WhackRequest.of(new WhackCommand.Ddos(WhackCommand.Ddos.Mode.BUSY)));
        up();
        assertWithNorth();
    }

    @Test
    void nobodyElseCanSendUsAway() {
        add(accepting(true), accepting(false));
        world.pass(datagram -> false);
        Pair.initiate(west, "t");
        world.run(Duration.ofMillis(100));
        Bytes gateway = IpAddress.of(NORTH).octets();
        Bytes data = Bytes.concat(Bytes.of(1, gateway.length()), gateway, Bytes.wrap(new byte[32]));
        IkeHeader header = IkeHeader.v2(
                Pair.ike(west).initiatorSpi(),
                Pair.ike(west).responderSpi(),
                ExchangeType.IKE_SA_INIT,
                IkeHeader.FLAG_RESPONSE,
                0);
        world.inject(
                new Endpoint(IpAddress.of(Pair.EAST), 500),
                new Endpoint(IpAddress.of(Pair.WEST), 500),
                Message.of(header, List.of(NotifyPayload.of(NotifyType.REDIRECT, data)))
                        .octets());
        world.run(Duration.ofMillis(100));
        assertThat(west.log())
                .as(trace())
                .contains("\"t\" #1: warning: parsing of v2N_REDIRECT payload failed: received nonce does not match our"
                        + " expected nonce Ni (spoofed packet?)");
        world.pass(datagram -> true);
        world.run(Duration.ofSeconds(5));
        assertThat(Pair.ike(west).remote().address()).isEqualTo(IpAddress.of(Pair.EAST));
        assertThat(west.kernel().installed()).hasSize(2);
    }

    @Test
    void circlesEnd() {
        add(accepting(true), accepting(false));
        for (SimHost gateway : List.of(east, north)) {
            ask(gateway, new GlobalRedirectTo(gateway == east ? NORTH : Pair.EAST));
            ask(gateway, new GlobalRedirect(GlobalRedirect.Mode.YES));
        }
        up();
        assertThat(west.log().stream()
                        .filter(line -> line.contains("IKE_SA_INIT redirect to new gateway"))
                        .count())
                .as(trace())
                .isEqualTo(5);
        assertThat(west.log())
                .anyMatch(line -> line.endsWith(": IKE_SA_INIT redirect loop, stop initiating IKEv2 exchanges"));
    }
}
