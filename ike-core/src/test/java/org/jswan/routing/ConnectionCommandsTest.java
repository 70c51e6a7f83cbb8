// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jswan.base.IpAddress;
import org.jswan.base.Selector;
import org.jswan.base.Subnet;
import org.jswan.certificate.HeldCertificates;
import org.jswan.connection.Asker;
import org.jswan.connection.AuthenticationMethod;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionKind;
import org.jswan.connection.ConnectionLoader;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.connection.ConnectionRequest;
import org.jswan.connection.EndOption;
import org.jswan.connection.EndRequest;
import org.jswan.connection.GroupTarget;
import org.jswan.connection.HostSpec;
import org.jswan.connection.Ikev1Policy;
import org.jswan.connection.KeyMaterial;
import org.jswan.connection.PolicyText;
import org.jswan.connection.RoutingState;
import org.jswan.connection.Shunt;
import org.jswan.connection.Topology;
import org.jswan.helper.Helpers;
import org.jswan.identity.PublicKeyStore;
import org.jswan.impair.Impairments;
import org.jswan.key.KeyDatabase;
import org.jswan.key.PrivateKeyRing;
import org.jswan.log.Logger;
import org.jswan.net.NameResolver;
import org.jswan.time.Clock;
import org.junit.jupiter.api.Test;

class ConnectionCommandsTest {
    private final World world = new World("192.0.2.1");
    private final World.Whack whack = new World.Whack();
    private final List<String> ended = new ArrayList<>();
    private final List<String> done = new ArrayList<>();
    private final Deque<Runnable> jobs = new ArrayDeque<>();
    private final Map<String, List<IpAddress>> names = Map.of("east.example", List.of(IpAddress.of("192.0.2.2")));
    private final Clock clock = new Clock() {
        @Override
        public long nanos() {
            return 0;
        }

        @Override
        public Instant wall() {
            return Instant.EPOCH;
        }
    };
    private final ConnectionCommands commands = new ConnectionCommands(
            world.connections,
            new ConnectionLoader(
                    world.connections,
                    world.orientation,
                    world,
                    world.routing.interfaces()::missing,
                    helpers(),
                    (NameResolver) name -> names.getOrDefault(name, List.of()),
                    new KeyMaterial(
                            new PrivateKeyRing(helpers(), KeyDatabase.EMPTY),
                            new PublicKeyStore(),
                            new HeldCertificates(helpers(), KeyDatabase.EMPTY, clock),
                            clock),
                    Ikev1Policy.DROP,
                    (connection, session) -> ended.add(connection.name()),
                    new Impairments()),
            world.routing,
            () -> true,
            (connection, session) -> ended.add(connection.name()));

    private Helpers helpers() {
        return new Helpers() {
            @Override
            public <T> Runnable submit(Callable<T> job, Consumer<Outcome<T>> then) {
                jobs.add(() -> {
                    try {
                        then.accept(new Outcome<>(job.call(), null));
                    } catch (Exception e) {
                        then.accept(new Outcome<>(null, e));
                    }
                });
                return () -> {};
            }
        };
    }

    private Asker asker() {
        Logger logger = new Logger(world, "");
        logger.attach(whack);
        return new Asker(logger, whack);
    }

    private static ConnectionRequest.Builder request(String name, HostSpec right) {
        return ConnectionRequest.builder(name)
                .set(ConnectionOption.ENCRYPT)
                .set(ConnectionOption.TUNNEL)
                .set(ConnectionOption.AUTHENTICATION, Set.of(AuthenticationMethod.PSK))
                .left(EndRequest.builder()
                        .set(EndOption.HOST, HostSpec.of(IpAddress.of("192.0.2.1")))
                        .set(EndOption.CLIENT, Subnet.of("10.0.1.0/24"))
                        .build())
                .right(EndRequest.builder()
                        .set(EndOption.HOST, right)
                        .set(EndOption.CLIENT, Subnet.of("10.0.2.0/24"))
                        .build());
    }

    private void add(ConnectionRequest.Builder request) {
        commands.add(request.build(), asker(), () -> done.add("add"));
    }

    private static HostSpec east() {
        return HostSpec.of(IpAddress.of("192.0.2.2"));
    }

    @Test
    void addTells() {
        add(request("a", east()));
        assertThat(whack.lines).containsExactly("002 \"a\": added IKEv2 connection");
        assertThat(done).containsExactly("add");
        assertThat(world.log)
                .contains("\"a\": IKE SA proposals (connection add):")
                .anyMatch(line -> line.startsWith("\"a\":   1:IKE="))
                .anyMatch(line -> line.startsWith("\"a\":   1:ESP="));
    }

    @Test
    void whatHasNoEffectYetIsTold() {
        add(request("a", east())
                .set(ConnectionOption.NFLOG_GROUP, 5L)
                .set(ConnectionOption.VTI_INTERFACE, "vti0")
                .set(ConnectionOption.CISCO_UNITY)
                .left(EndRequest.builder()
                        .set(EndOption.HOST, HostSpec.of(IpAddress.of("192.0.2.1")))
                        .set(EndOption.CLIENT, Subnet.of("10.0.1.0/24"))
                        .set(EndOption.GROUPS, "staff")
                        .set(EndOption.XAUTH_SERVER, true)
                        .build()));
        assertThat(whack.lines)
                .containsExactly(
                        "002 \"a\": warning: --groups of left is accepted but has no effect yet",
                        "002 \"a\": added IKEv2 connection");
    }

    @Test
    void aNameIsTakenOnce() {
        add(request("a", east()));
        add(request("a", east()));
        assertThat(whack.lines).endsWith("020 attempt to redefine connection \"a\"");
        assertThat(world.connections.size()).isEqualTo(1);
    }

    @Test
    void aRefusedConnectionUsesUpItsSerial() {
        add(request("a", east()).unset(ConnectionOption.ENCRYPT));
        add(request("b", east()));
        assertThat(whack.lines)
                .containsExactly(
                        "036 \"a\": failed to add connection: non-shunt connection must have AH or ESP",
                        "002 \"b\": added IKEv2 connection");
        assertThat(world.connections.findConfigured("b").orElseThrow().serial()).hasToString("$2");
    }

    @Test
    void namesAreLookedUpByAHelper() {
        add(request("a", HostSpec.name("east.example")));
        assertThat(whack.lines).isEmpty();
        assertThat(world.routing.isIdle()).isFalse();
        jobs.remove().run();
        assertThat(whack.lines).containsExactly("002 \"a\": added IKEv2 connection");
        assertThat(world.connections.findConfigured("a").orElseThrow().remote().address())
                .contains(IpAddress.of("192.0.2.2"));
    }

    @Test
    void anUnknownNameLeavesATemplate() {
        add(request("a", HostSpec.name("nowhere.example")));
        jobs.remove().run();
        assertThat(whack.lines)
                .containsExactly(
                        "000 \"a\": failed to convert 'nowhere.example' at load time: not a numeric IPv4 or IPv6"
                                + " address and name lookup failed (no validation performed)",
                        "002 \"a\": added IKEv2 connection");
        assertThat(world.connections.findConfigured("a").orElseThrow().kind()).isEqualTo(ConnectionKind.TEMPLATE);
    }

    @Test
    void deleteUnroutes() {
        add(request("a", east()));
        commands.route("a", asker(), () -> done.add("route"));
        world.runScripts();
        world.takeEvents();
        commands.delete("a", asker(), () -> done.add("delete"));
        world.runScripts();
        assertThat(world.takeEvents()).endsWith("unroute-client");
        assertThat(ended).containsExactly("a");
        assertThat(whack.lines).endsWith("002 \"a\": terminating SAs using this connection");
        assertThat(done).containsExactly("add", "route", "delete");
        assertThat(world.connections.size()).isZero();
    }

    @Test
    void replaceWaitsForUpdownOfTheOldOne() {
        add(request("a", east()));
        commands.route("a", asker(), () -> done.add("route"));
        commands.delete("a", asker(), () -> done.add("delete"));
        add(request("a", HostSpec.of(IpAddress.of("192.0.2.3"))));
        assertThat(done).containsExactly("add");
        world.runScripts();
        assertThat(done).containsExactly("add", "route", "delete", "add");
        assertThat(world.connections.findConfigured("a").orElseThrow().remote().address())
                .contains(IpAddress.of("192.0.2.3"));
    }

    @Test
    void deletingNothingIsNoError() {
        commands.delete("a", asker(), () -> done.add("delete"));
        assertThat(whack.lines).isEmpty();
        assertThat(done).containsExactly("delete");
    }

    @Test
    void routeTellsWhyNot() {
        commands.route("a", asker(), () -> done.add("route"));
        add(request("b", east())
                .left(EndRequest.builder()
                        .set(EndOption.HOST, HostSpec.of(IpAddress.of("198.51.100.1")))
                        .set(EndOption.CLIENT, Subnet.of("10.0.1.0/24"))
                        .build()));
        commands.route("b", asker(), () -> done.add("route"));
        assertThat(whack.lines)
                .containsExactly(
                        "025 no connection or alias 'a'",
                        "002 \"b\": added IKEv2 connection",
                        "022 \"b\": we cannot identify ourselves with either end of this connection");
        assertThat(done).containsExactly("route", "add", "route");
    }

    @Test
    void aliasesAreDeletedTogether() {
        add(request("a", east()).set(ConnectionOption.ALIASES, "group x"));
        add(request("b", HostSpec.of(IpAddress.of("192.0.2.3"))).set(ConnectionOption.ALIASES, "group"));
        commands.delete("group", asker(), () -> done.add("delete"));
        assertThat(world.connections.size()).isZero();
        assertThat(whack.lines)
                .endsWith(
                        "002 \"b\": terminating SAs using this connection",
                        "002 \"a\": terminating SAs using this connection",
                        "000 terminated 2 connections from aliased connection \"group\"");
    }

    private Connection member(Connection group, String net) {
        return world.connections
                .addMember(group, GroupTarget.of(Subnet.of(net)))
                .orElseThrow();
    }

    private static ConnectionRequest.Builder group(String name, HostSpec.Kind kind) {
        return ConnectionRequest.builder(name)
                .set(ConnectionOption.ENCRYPT)
                .set(ConnectionOption.TUNNEL)
                .set(ConnectionOption.KEYING_TRIES, 0L)
                .set(ConnectionOption.AUTHENTICATION, Set.of(AuthenticationMethod.NULL))
                .left(EndRequest.builder()
                        .set(EndOption.HOST, HostSpec.of(IpAddress.of("192.0.2.1")))
                        .build())
                .right(EndRequest.builder()
                        .set(EndOption.HOST, HostSpec.special(kind))
                        .build());
    }

    private static ConnectionRequest.Builder clear() {
        return group("clear", HostSpec.Kind.GROUP)
                .unset(ConnectionOption.ENCRYPT)
                .set(ConnectionOption.PROSPECTIVE_SHUNT, Shunt.PASS)
                .set(ConnectionOption.AUTHENTICATION, Set.of(AuthenticationMethod.NEVER));
    }

    @Test
    void aMemberIsATemplateOfItsOwn() {
        add(group("private", HostSpec.Kind.OPPORTUNISTIC_GROUP));
        assertThat(whack.lines)
                .containsExactly(
                        "002 \"private\": the connection is Opportunistic, but used keyingtries=0."
                                + " The specified value was changed to 1",
                        "002 \"private\": added IKEv2 connection");
        Connection group = world.connections.findConfigured("private").orElseThrow();
        assertThat(group.kind()).isEqualTo(ConnectionKind.GROUP);
        Connection member = member(group, "198.51.100.0/24");
        assertThat(member).hasToString("\"private#198.51.100.0/24\"");
        assertThat(member.kind()).isEqualTo(ConnectionKind.TEMPLATE);
        assertThat(member.serial()).hasToString("$2");
        assertThat(member.template()).contains(group.serial());
        assertThat(member.foodGroup()).contains("private");
        assertThat(member.requestId()).isEqualTo(group.requestId() + 4);
        assertThat(member.keyingTries()).isEqualTo(1);
        assertThat(member.prefixLengths()).containsExactly(32, 0);
        assertThat(Topology.of(member)).isEqualTo("192.0.2.1[+S?C]...%opportunistic[+S?C]===198.51.100.0/24");
        assertThat(Topology.of(group)).isEqualTo("192.0.2.1[+S?C]...%opportunisticgroup[+S?C]");
        assertThat(PolicyText.of(member)).isEqualTo("IKEv2+AUTH_NULL+ENCRYPT+TUNNEL+OPPORTUNISTIC+GROUPINSTANCE");
        assertThat(PolicyText.of(group)).isEqualTo("IKEv2+AUTH_NULL+ENCRYPT+TUNNEL+OPPORTUNISTIC+GROUP");
    }

    /** whack asks for tunnel mode and keys from the DNS wherever it is told of a group; ipsec.conf says it otherwise. */
    @Test
    void aGroupMayHaveTransportModeAndNoKeysFromTheDns() {
        add(group("private", HostSpec.Kind.OPPORTUNISTIC_GROUP).unset(ConnectionOption.TUNNEL));
        Connection group = world.connections.findConfigured("private").orElseThrow();
        assertThat(group.has(ConnectionPolicy.TUNNEL)).isFalse();
        assertThat(group.remote().config().certificate().keyFromDns()).isFalse();
    }

    @Test
    void aMembersNameIsTakenOnce() {
        add(group("private", HostSpec.Kind.OPPORTUNISTIC_GROUP));
        Connection group = world.connections.findConfigured("private").orElseThrow();
        GroupTarget target = new GroupTarget(Subnet.of("198.51.100.0/24"), 6, 0, 7);
        Connection member = world.connections.addMember(group, target).orElseThrow();
        assertThat(member.name()).isEqualTo("private#198.51.100.0/24-(0--6--7)");
        assertThat(member.local().client()).contains(new Selector(Subnet.of("192.0.2.1/32"), 6, 0));
        assertThat(member.remote().client()).contains(new Selector(Subnet.of("198.51.100.0/24"), 6, 7));
        assertThat(world.connections.addMember(group, target)).isEmpty();
        assertThat(world.log)
                .endsWith("\"private\": group name + target yields duplicate name"
                        + " \"private#198.51.100.0/24-(0--6--7)\"");
    }

    @Test
    void whatNeverNegotiatesIsAnInstanceWithoutNumber() {
        add(clear());
        Connection member = member(world.connections.findConfigured("clear").orElseThrow(), "198.51.100.0/24");
        assertThat(member.kind()).isEqualTo(ConnectionKind.INSTANCE);
        assertThat(member.instanceNumber()).isZero();
        assertThat(PolicyText.of(member)).isEqualTo("IKEv2+AUTH_NEVER+TUNNEL+GROUPINSTANCE+PASS+NEVER_NEGOTIATE");
    }

    @Test
    void routingAGroupRoutesItsMembers() {
        add(clear());
        Connection group = world.connections.findConfigured("clear").orElseThrow();
        Connection one = member(group, "198.51.100.0/24");
        Connection two = member(group, "203.0.113.7/32");
        commands.route("clear", asker(), () -> done.add("route"));
        world.runScripts();
        assertThat(group.routing()).isEqualTo(RoutingState.UNROUTED);
        assertThat(group.has(ConnectionPolicy.GROUTED)).isTrue();
        assertThat(one.routing()).isEqualTo(RoutingState.ROUTED_PROSPECTIVE);
        assertThat(one.has(ConnectionPolicy.GROUTED)).isFalse();
        assertThat(two.routing()).isEqualTo(RoutingState.ROUTED_PROSPECTIVE);
        commands.unroute("clear", asker(), () -> done.add("unroute"));
        world.runScripts();
        assertThat(group.has(ConnectionPolicy.GROUTED)).isFalse();
        assertThat(one.routing()).isEqualTo(RoutingState.UNROUTED);
        assertThat(done).containsExactly("add", "route", "unroute");
    }

    @Test
    void membersGoWithTheirGroup() {
        add(clear());
        member(world.connections.findConfigured("clear").orElseThrow(), "198.51.100.0/24");
        commands.delete("clear", asker(), () -> done.add("delete"));
        assertThat(world.connections.all()).isEmpty();
        assertThat(whack.lines)
                .endsWith("002 \"clear#198.51.100.0/24\" 0.0.0.0: deleting connection instance with peer 0.0.0.0"
                        + " {isakmp=#0/ipsec=#0}");
    }

    @Test
    void bothEndsOursIsTold() {
        add(request("a", HostSpec.of(IpAddress.of("192.0.2.1"))));
        assertThat(whack.lines).containsExactly("003 \"a\": both sides of \"a\" are our interface eth0!");
        assertThat(world.log).endsWith("\"a\": added IKEv2 connection");
        assertThat(ended).containsExactly("a");
    }
}
