// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.auto;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.jswan.base.IpAddress;
import org.jswan.base.Subnet;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.ConnectionRequest;
import org.jswan.connection.DpdAction;
import org.jswan.connection.EndOption;
import org.jswan.connection.HostSpec;
import org.jswan.control.WhackCommand;
import org.jswan.control.WhackRequest;
import org.jswan.net.InterfaceAddress;
import org.jswan.net.Whereabouts;
import org.junit.jupiter.api.Test;

class CommandRunnerTest {
    private static final String WEST =
            """
            conn west
            	left=192.0.2.1
            	right=192.0.2.2
            	authby=secret
            """;

    private final Bench bench = new Bench();

    private void conf(String text) {
        bench.files.put("/etc/ipsec.conf", text);
    }

    private List<String> commands() {
        return bench.asked.stream()
                .flatMap(request -> request.commands().stream())
                .map(CommandRunnerTest::shown)
                .toList();
    }

    private static String shown(WhackCommand command) {
        if (command instanceof WhackCommand.Add add) {
            return "add " + add.connection().name();
        } else if (command instanceof WhackCommand.Delete delete) {
            return (delete.replacing() ? "replace " : "delete ") + delete.name();
        } else if (command instanceof WhackCommand.Initiate initiate) {
            return "initiate " + initiate.name();
        } else if (command instanceof WhackCommand.Route route) {
            return "route " + route.name();
        }
        return command.getClass().getSimpleName();
    }

    private List<ConnectionRequest> connections() {
        return bench.asked.stream()
                .flatMap(request -> request.find(WhackCommand.Add.class).stream())
                .map(WhackCommand.Add::connection)
                .toList();
    }

    private ConnectionRequest load(String text) {
        conf(text);
        assertThat(bench.run("addconn", "west")).isZero();
        assertThat(connections()).hasSize(1);
        return connections().get(0);
    }

    // ---- auto ----

    @Test
    void addReplacesTheConnectionAndShowsTheReplyAtATerminal() {
        conf(WEST);
        bench.daemon = (request, session) -> {
            session.line(2, "\"west\": added IKEv2 connection");
            session.finish();
        };
        assertThat(bench.run("auto", "--add", "west")).isZero();
        assertThat(commands()).containsExactly("replace west", "add west");
        assertThat(bench.out).hasToString("002 \"west\": added IKEv2 connection\n");
    }

    @Test
    void withoutATerminalAddSaysNothing() {
        conf(WEST);
        bench.terminal = false;
        bench.daemon = (request, session) -> {
            session.line(36, "no");
            session.finish();
        };
        assertThat(bench.run("auto", "--add", "west")).isEqualTo(36);
        assertThat(bench.out).isEmpty();
    }

    @Test
    void upIsWhacksWithItsStatus() {
        bench.terminal = false;
        bench.daemon = (request, session) -> {
            session.line(21, "no connection or alias named \"west\"'");
            session.finish();
        };
        assertThat(bench.run("auto", "--up", "west")).isEqualTo(21);
        assertThat(commands()).containsExactly("initiate west");
        assertThat(bench.out).hasToString("021 no connection or alias named \"west\"'\n");
    }

    @Test
    void upMayNameThePeer() {
        bench.run("auto", "--asynchronous", "--remote-host", "192.0.2.9", "--up", "west");
        WhackRequest request = bench.asked.get(0);
        assertThat(request.asynchronous()).isTrue();
        assertThat(request.commands()).containsExactly(new WhackCommand.Initiate("west", Optional.of("192.0.2.9")));
    }

    @Test
    void startAddsAndThenInitiatesEvenIfAddingFailed() {
        conf(WEST);
        assertThat(bench.run("auto", "--start", "east")).isZero();
        assertThat(commands()).containsExactly("initiate east");
        assertThat(bench.err).hasToString("conn 'east': not found (tried aliases)\n");
        assertThat(bench.run("auto", "--start", "west")).isZero();
        assertThat(commands()).containsExactly("initiate east", "replace west", "add west", "initiate west");
    }

    @Test
    void statusIsZeroWhateverIsListed() {
        bench.daemon = (request, session) -> {
            session.line(36, "x");
            session.finish();
        };
        assertThat(bench.run("auto", "--status")).isZero();
    }

    @Test
    void showOnlyRunsNothing() {
        assertThat(bench.run("auto", "--showonly", "--replace", "west")).isZero();
        assertThat(bench.asked).isEmpty();
        assertThat(bench.out)
                .hasToString(
                        """
                        ipsec whack --ctlsocket /run/pluto/pluto.ctl --name west --delete
                        ipsec addconn --ctlsocket /run/pluto/pluto.ctl west
                        """);
    }

    @Test
    void withoutADaemonEachSaysSoInItsOwnWords() {
        conf(WEST);
        bench.running = false;
        assertThat(bench.run("auto", "--up", "west")).isEqualTo(33);
        assertThat(bench.err).hasToString("whack: Pluto is not running (no \"/run/pluto/pluto.ctl\")\n");
        bench.err.setLength(0);
        assertThat(bench.run("auto", "--add", "west")).isEqualTo(255);
        assertThat(bench.err).hasToString("connect(pluto_ctl) failed: No such file or directory\n");
    }

    // ---- addconn ----

    @Test
    void autoallAddsListensRoutesAndInitiates() {
        conf(
                """
                conn %default
                	left=192.0.2.1
                	right=192.0.2.2
                conn a
                	auto=ignore
                conn b
                	auto=add
                conn c
                	auto=ondemand
                conn d
                	auto=start
                conn e
                	auto=keep
                """);
        assertThat(bench.run("addconn", "--autoall")).isZero();
        assertThat(commands())
                .containsExactly(
                        "replace b",
                        "add b",
                        "replace c",
                        "add c",
                        "replace d",
                        "add d",
                        "replace e",
                        "add e",
                        "Listen",
                        "route c",
                        "initiate d");
        assertThat(connections().get(3).is(ConnectionOption.KEEP_UP)).isTrue();
        assertThat(bench.asked.get(bench.asked.size() - 1).asynchronous()).isTrue();
    }

    @Test
    void aThousandConnsAreNoDepth() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 20_000; i++) {
            text.append("conn c").append(i).append("\n\tleft=192.0.2.1\n\tright=192.0.2.2\n\tauto=add\n");
        }
        conf(text.toString());
        assertThat(bench.run("addconn", "--autoall")).isZero();
        assertThat(connections()).hasSize(20_000);
    }

    @Test
    void statusesOfSeveralNamesAddUpAsTheOraclesDo() {
        conf(WEST);
        assertThat(bench.run("addconn", "nope", "nada")).isEqualTo(42);
        assertThat(bench.run("addconn", "nope", "west")).isZero();
        assertThat(bench.run("addconn", "west", "west")).isZero();
        assertThat(bench.err.toString()).endsWith("\n\nconn west already added\n");
    }

    @Test
    void aConnWithErrorsIsNotAdded() {
        conf(WEST + "\tleftsubnet=10.0.0.0\n");
        assertThat(bench.run("addconn", "west")).isZero();
        assertThat(bench.asked).isEmpty();
        assertThat(bench.err)
                .hasToString("while loading 'west': bad subnet leftsubnet=10.0.0.0 [no / in subnet specification]\n"
                        + "addconn, in config '/etc/ipsec.conf', bad subnet leftsubnet=10.0.0.0"
                        + " [no / in subnet specification]\n\nconn west did not load properly\n");
    }

    @Test
    void aMissingOrBrokenFileIsStatus3() {
        assertThat(bench.run("addconn", "west")).isEqualTo(3);
        assertThat(bench.err).hasToString("cannot load config '/etc/ipsec.conf': can't load file '/etc/ipsec.conf'\n");
        conf("conn west\n\tnosuch=1\n");
        assertThat(bench.run("addconn", "--checkconfig")).isEqualTo(3);
        assertThat(bench.err.toString())
                .endsWith("cannot load config '/etc/ipsec.conf': /etc/ipsec.conf:2: syntax error [nosuch]\n");
        conf("conn west\n\tauto=perhaps\n");
        assertThat(bench.run("addconn", "--checkconfig")).isEqualTo(1);
    }

    @Test
    void listsConnsByWhatTheyWant() {
        conf("conn a\n\tauto=add\nconn b\n\tauto=start\nconn c\n\tauto=route\nconn d\n\tx-y=z\n");
        bench.run("addconn", "--listadd", "--listroute", "--liststart", "--listignore");
        assertThat(bench.out).hasToString("a b c d \n");
        bench.out.setLength(0);
        bench.run("addconn", "--listall");
        assertThat(bench.out).hasToString("a b c d \n");
        bench.out.setLength(0);
        bench.run("addconn", "--liststart");
        assertThat(bench.out).hasToString("b ");
        bench.out.setLength(0);
        bench.run("addconn", "--liststack");
        assertThat(bench.out).hasToString("xfrm\n");
    }

    @Test
    void writesTheSetupForAShell() {
        conf("config setup\n\tlogfile=/tmp/x\n\tuniqueids=no\n\tnhelpers=4\n");
        assertThat(bench.run("addconn", "--configsetup", "--varprefix", "IPSEC", "--noexport"))
                .isZero();
        assertThat(bench.out.toString())
                .startsWith(
                        """
                         IPSECconfreadstatus=''
                         configfile='/etc/ipsec.conf'
                         ctlsocket='/run/pluto/pluto.ctl'
                        """)
                .contains(" IPSEClogfile='/tmp/x'\n", " IPSECuniqueids='no'\n", " IPSECnhelpers='4'\n");
    }

    @Test
    void theDatabaseIsWhereTheInstallationHasIt() {
        conf("");
        System.setProperty("jswan.nssdir", "/srv/nss");
        try {
            assertThat(bench.run("addconn", "--configsetup")).isZero();
        } finally {
            System.clearProperty("jswan.nssdir");
        }
        assertThat(bench.out.toString()).contains("nssdir='/srv/nss'\n");
    }

    @Test
    void wrongOptionsAreStatus10() {
        assertThat(bench.run("addconn")).isEqualTo(10);
        assertThat(bench.run("addconn", "--nosuch")).isEqualTo(10);
        assertThat(bench.err.toString()).contains("addconn: unrecognized option '--nosuch'\nUsage: addconn ");
        assertThat(bench.run("addconn", "--help")).isEqualTo(10);
    }

    @Test
    void findsAConnByAlias() {
        conf(WEST + "\tconnalias=\"one two\"\n");
        bench.run("addconn", "two");
        assertThat(commands()).containsExactly("replace west", "add west");
        assertThat(connections().get(0).get(ConnectionOption.ALIASES)).hasValue("one two");
    }

    @Test
    void anEndWithoutHostIsNoConnection() {
        conf("conn west\n\tleft=192.0.2.1\n");
        assertThat(bench.run("addconn", "west")).isEqualTo(255);
        assertThat(bench.out).hasToString("Failed to load connection right= is not set\n");
    }

    // ---- what becomes of a conn ----

    @Test
    void anAddressIsAnIdentityToo() {
        ConnectionRequest request = load(WEST);
        assertThat(request.left().get(EndOption.ID)).hasValue("192.0.2.1");
        assertThat(request.left().get(EndOption.HOST)).hasValue(HostSpec.of(IpAddress.of("192.0.2.1")));
        assertThat(request.is(ConnectionOption.TUNNEL)).isTrue();
        assertThat(request.value(ConnectionOption.DPD_ACTION)).isEqualTo(DpdAction.HOLD);
    }

    @Test
    void defaultRoutesAreResolvedByThePeersWay() {
        IpAddress gateway = IpAddress.of("192.0.2.254");
        Whereabouts.Route way = new Whereabouts.Route(IpAddress.of("192.0.2.7"), Optional.of(gateway), "eth0");
        bench.routes.put("0.0.0.0", way);
        bench.routes.put("192.0.2.254", way);
        ConnectionRequest request = load("conn west\n\tleft=%defaultroute\n\tright=198.51.100.1\n");
        assertThat(request.left().get(EndOption.HOST)).hasValue(HostSpec.of(IpAddress.of("192.0.2.7")));
        assertThat(request.left().get(EndOption.NEXTHOP)).hasValue(gateway);
        assertThat(request.left().get(EndOption.ID)).isEmpty();
    }

    @Test
    void theSearchForDefaultRoutesIsToldToWhoWantsToKnow() {
        IpAddress gateway = IpAddress.of("192.0.2.254");
        Whereabouts.Route way = new Whereabouts.Route(IpAddress.of("192.0.2.7"), Optional.of(gateway), "eth0");
        bench.routes.put("0.0.0.0", way);
        bench.routes.put("192.0.2.254", way);
        conf("conn west\n\tleft=%defaultroute\n\tright=%any\n");
        assertThat(bench.run("addconn", "--verbose", "west")).isZero();
        String using = "      using src=<unset-address> prefsrc=192.0.2.7 gateway=192.0.2.254 dst=%s dev='eth0'"
                + " priority=-1 pref=-1 table=254";
        assertThat(bench.err.toString().lines())
                .containsSequence(
                        "resolving family=IPv4 src=<defaultroute> gateway=<defaultroute> peer <any>",
                        "  seeking GATEWAY",
                        "    query GETROUTE+REQUEST+ROOT+MATCH",
                        "    query returned 0 bytes",
                        "  processing response",
                        "    parsing route entry (RTA payloads)",
                        String.format(using, "<unset-address>"),
                        "    found gateway(host_nexthop): 192.0.2.254",
                        "  please-call-again: src=<defaultroute> gateway=192.0.2.254",
                        "resolving family=IPv4 src=<defaultroute> gateway=192.0.2.254 peer <any>",
                        "  seeking PREFSRC",
                        "    query GETROUTE+REQUEST",
                        "    add RTA_DST 192.0.2.254 (host->nexthop)",
                        "    query returned 0 bytes",
                        "  processing response",
                        "    parsing route entry (RTA payloads)",
                        String.format(using, "192.0.2.254"),
                        "    found prefsrc(host_addr): 192.0.2.7",
                        "  success: src=192.0.2.7 gateway=192.0.2.254",
                        "resolving family=IPv4 src=<any> gateway=<not-set> peer 192.0.2.7",
                        "  seeking NOTHING");
    }

    @Test
    void onALinkWithTwoEndsTheOtherEndIsTheGateway() {
        IpAddress other = IpAddress.of("198.51.100.9");
        Whereabouts.Route way = new Whereabouts.Route(IpAddress.of("192.0.2.7"), Optional.empty(), "ppp0");
        bench.routes.put("0.0.0.0", way);
        bench.routes.put("198.51.100.9", way);
        bench.otherEnds.put("ppp0", other);
        ConnectionRequest request = load("conn west\n\tleft=%defaultroute\n\tright=198.51.100.1\n");
        assertThat(request.left().get(EndOption.HOST)).hasValue(HostSpec.of(IpAddress.of("192.0.2.7")));
        assertThat(request.left().get(EndOption.NEXTHOP)).hasValue(other);
    }

    @Test
    void anUnresolvedDefaultRouteStays() {
        ConnectionRequest request = load("conn west\n\tleft=%defaultroute\n\tright=198.51.100.1\n");
        assertThat(request.left().get(EndOption.HOST).map(HostSpec::kind)).hasValue(HostSpec.Kind.DEFAULT_ROUTE);
    }

    @Test
    void anInterfaceStandsForItsAddress() {
        bench.interfaces.add(new InterfaceAddress("eth1", IpAddress.of("192.0.2.77")));
        ConnectionRequest request = load("conn west\n\tleft=%eth1\n\tright=198.51.100.1\n");
        assertThat(request.left().get(EndOption.HOST))
                .hasValue(HostSpec.ofInterface("eth1").resolved(IpAddress.of("192.0.2.77")));
    }

    @Test
    void subnetsMultiplyAConn() {
        conf(WEST + "\tleftsubnet=10.0.0.0/24\n\tleftsubnets={10.0.1.0/24, 10.0.2.0/24}\n\trightsubnets=10.9.0.0/16\n");
        assertThat(bench.run("addconn", "west")).isZero();
        assertThat(connections().stream().map(ConnectionRequest::name))
                .containsExactly("west/0x1", "west/1x1", "west/2x1");
        assertThat(connections().get(2).left().get(EndOption.CLIENT)).hasValue(Subnet.of("10.0.2.0/24"));
        assertThat(connections().get(2).get(ConnectionOption.ALIASES)).hasValue("west");
    }

    @Test
    void aMalformedMemberEndsTheFamily() {
        conf(WEST + "\tleftsubnets={10.0.1.0/24 10.0.2.0}\n\trightsubnet=10.9.0.0/16\n");
        assertThat(bench.run("addconn", "west")).isZero();
        assertThat(connections()).hasSize(1);
        assertThat(bench.err)
                .hasToString("conn: \"west\" warning '10.0.2.0' is not a subnet declaration. (leftsubnets):"
                        + " no / in subnet specification\n");
    }

    @Test
    void warnsOfLivenessSettingsThatDoNotCount() {
        load(WEST + "\tdpdaction=restart\n\tdpdtimeout=30\n\trekey=no\n\treqid=20000\n");
        assertThat(bench.err)
                .hasToString(
                        """
                        Ignoring reqid value - range must be 1-16383
                        conn: "west" warning IKEv2 liveness setting dpdaction= is ignored unless dpddelay= is set
                        conn: "west" warning IKEv2 liveness uses retransmit-timeout=, dpdtimeout= ignored
                        conn: "west" warning dpdaction cannot be 'restart'  when rekey=no - defaulting to 'hold'
                        """);
    }

    @Test
    void ofNflogSixteenBitsCount() {
        assertThat(load(WEST + "\tnflog=70000\n").value(ConnectionOption.NFLOG_GROUP))
                .isEqualTo(4464L);
    }

    @Test
    void keysOfTheConfigurationFollowTheConnection() {
        conf(WEST + "\tleftid=@west\n\tleftrsasigkey=0sAQID\n\trightid=@east\n\trightrsasigkey=0sbad\n");
        assertThat(bench.run("addconn", "west")).isZero();
        assertThat(bench.asked).hasSize(1);
        assertThat(bench.err)
                .hasToString("conn west: rightrsasigkey malformed [input ends in mid-byte, perhaps truncated]\n");
        conf(WEST + "\tleftid=@west\n\tleftrsasigkey=0sAQID\n");
        assertThat(bench.run("addconn", "west")).isZero();
        assertThat(bench.asked.get(2).commands().get(0)).isInstanceOf(WhackCommand.Key.class);
    }

    @Test
    void verboseTellsWhatIsDone() {
        conf(WEST + "\tike=aes\n");
        assertThat(bench.run("addconn", "--verbose", "west")).isZero();
        assertThat(bench.out).hasToString("opening file: /etc/ipsec.conf\nloading named conns: west\n");
        assertThat(bench.err.toString())
                .startsWith("debugging mode enabled\nend of file /etc/ipsec.conf\nLoading conn west\n")
                .contains(
                        "resolving family=IPv4 src=192.0.2.1 gateway=<not-set> peer 192.0.2.2\n  seeking NOTHING\n",
                        "conn: \"west\" esp=<unset>\nconn: \"west\" ike=aes\n");
    }
}
