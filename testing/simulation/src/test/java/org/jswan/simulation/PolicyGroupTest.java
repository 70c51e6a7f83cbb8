// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jswan.base.IpAddress;
import org.jswan.connection.AuthenticationMethod;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.ConnectionRequest;
import org.jswan.connection.EndOption;
import org.jswan.connection.EndRequest;
import org.jswan.connection.HostSpec;
import org.jswan.connection.RoutingState;
import org.jswan.connection.Shunt;
import org.jswan.control.WhackCommand;
import org.jswan.control.WhackRequest;
import org.jswan.identity.SecretStore;
import org.jswan.kernel.KernelPolicy.Action;
import org.junit.jupiter.api.Test;

/** The files of policy groups, and what becomes of their lines. */
class PolicyGroupTest {
    private static final String DIRECTORY = "/etc/ipsec.d/policies/";

    private final SimWorld world = new SimWorld(5);
    private final SimHost host = world.host("host", "192.0.2.1", SecretStore.empty());

    private List<String> whack(WhackCommand command) {
        SimHost.SimSession session = host.whack(WhackRequest.of(command));
        world.run(Duration.ofSeconds(20));
        assertThat(session.isFinished()).isTrue();
        return session.lines();
    }

    private static ConnectionRequest group(String name, Shunt shunt) {
        return ConnectionRequest.builder(name)
                .set(ConnectionOption.TUNNEL)
                .set(ConnectionOption.PROSPECTIVE_SHUNT, shunt)
                .set(ConnectionOption.AUTHENTICATION, Set.of(AuthenticationMethod.NEVER))
                .left(EndRequest.builder()
                        .set(EndOption.HOST, HostSpec.of(IpAddress.of("192.0.2.1")))
                        .build())
                .right(EndRequest.builder()
                        .set(EndOption.HOST, HostSpec.special(HostSpec.Kind.GROUP))
                        .build())
                .build();
    }

    private void load(String... names) {
        whack(new WhackCommand.Listen());
        for (String name : names) {
            whack(new WhackCommand.Add(group(name, name.equals("block") ? Shunt.DROP : Shunt.PASS)));
        }
    }

    private List<String> members() {
        List<String> members = new ArrayList<>();
        for (Connection connection : host.pluto().connections().all()) {
            if (connection.foodGroup().isPresent()) {
                members.add(connection.name() + " " + connection.serial());
            }
        }
        return members;
    }

    @Test
    void membersAreMadeOfTheLinesThatWereReadLast() {
        load("clear", "block");
        host.setGroup("clear", "198.51.100.0/24\n203.0.113.7\n");
        host.setGroup("block", "203.0.113.0/24\n");
        assertThat(whack(new WhackCommand.Listen()))
                .endsWith(
                        "002 loading group \"" + DIRECTORY + "block\"", "002 loading group \"" + DIRECTORY + "clear\"");
        assertThat(members())
                .containsExactly("clear#203.0.113.7/32 $3", "clear#198.51.100.0/24 $4", "block#203.0.113.0/24 $5");
        assertThat(whack(new WhackCommand.Status())).contains("000 Total IPsec connections: loaded 5, active 0");
        assertThat(whack(new WhackCommand.ListGroups()))
                .contains("000 policy group \"clear\": 2 members", "000 policy group \"block\": 1 members");
    }

    @Test
    void portsOfOneNetComeInTheirOrder() {
        load("clear");
        host.setGroup("clear", "10.0.0.0/8 6 0 7\n10.0.0.0/8 6 7 0\n10.0.0.0/8 6 0 7\n192.0.2.2\n");
        assertThat(whack(new WhackCommand.RereadGroups()))
                .containsExactly(
                        "002 loading group \"" + DIRECTORY + "clear\"",
                        "003 subnet \"10.0.0.0/8\", proto 6, sport 0 dport 7, source 192.0.2.1/32, already \"clear\"");
        assertThat(members())
                .containsExactly(
                        "clear#192.0.2.2/32 $2", "clear#10.0.0.0/8-(0--6--7) $3", "clear#10.0.0.0/8-(7--6--0) $4");
    }

    @Test
    void whatNobodyExpectedIsNotToldOverPfkey() {
        host.kernel().tellLess();
        load("clear");
        host.setGroup("clear", "203.0.113.7\n");
        whack(new WhackCommand.RereadGroups());
        whack(new WhackCommand.Route("clear"));
        host.setGroup("clear", "");
        assertThat(whack(new WhackCommand.RereadGroups()))
                .anyMatch(line -> line.contains("deleting connection instance"))
                .noneMatch(line -> line.contains("unexpected policy"));
    }

    @Test
    void whatStaysInAFileIsLeftAlone() {
        load("clear");
        host.setGroup("clear", "198.51.100.0/24\n203.0.113.7\n");
        whack(new WhackCommand.RereadGroups());
        whack(new WhackCommand.Route("clear"));
        host.setGroup("clear", "203.0.113.8\n198.51.100.0/24\n198.51.100.0/24\n");
        assertThat(whack(new WhackCommand.RereadGroups()))
                .containsExactly(
                        "002 loading group \"" + DIRECTORY + "clear\"",
                        "003 subnet \"198.51.100.0/24\", proto 0, sport 0 dport 0, source 192.0.2.1/32, already"
                                + " \"clear\"",
                        "002 \"clear#203.0.113.7/32\" 0.0.0.0: deleting connection instance with peer 0.0.0.0"
                                + " {isakmp=#0/ipsec=#0}",
                        "002 \"clear#203.0.113.7/32\" 0.0.0.0: kernel: xfrm XFRM_MSG_DELPOLICY for flow"
                                + " %discard(discard) (in) encountered unexpected policy");
        assertThat(members()).containsExactly("clear#198.51.100.0/24 $3", "clear#203.0.113.8/32 $4");
        assertThat(host.pluto()
                        .connections()
                        .findByName("clear#203.0.113.8/32")
                        .get(0)
                        .routing())
                .isEqualTo(RoutingState.ROUTED_PROSPECTIVE);
    }

    @Test
    void aDuplicateFurtherBackHasNoOtherName() {
        load("clear");
        host.setGroup("clear", "198.51.100.0/24\n203.0.113.7\n198.51.100.0/24\n");
        assertThat(whack(new WhackCommand.RereadGroups()))
                .endsWith("020 \"clear\": group name + target yields duplicate name \"clear#198.51.100.0/24\"");
        assertThat(members()).hasSize(2);
    }

    @Test
    void membersOfARoutedGroupPassAndDropBothWays() {
        load("clear", "block");
        host.setGroup("clear", "203.0.113.7\n");
        host.setGroup("block", "203.0.113.0/24\n");
        whack(new WhackCommand.Route("clear"));
        whack(new WhackCommand.Route("block"));
        whack(new WhackCommand.Listen());
        assertThat(host.kernel().policies())
                .extracting(policy -> policy.direction() + " " + policy.action() + " " + policy.priority() + " "
                        + policy.templates().size())
                .containsExactlyInAnyOrder(
                        "OUT ALLOW 2801856 0",
                        "IN ALLOW 2801856 0",
                        "FORWARD ALLOW 2801856 0",
                        "OUT BLOCK 2801872 1",
                        "IN BLOCK 2801872 1",
                        "FORWARD BLOCK 2801872 1");
        assertThat(host.kernel().policies()).anyMatch(policy -> policy.action() == Action.BLOCK);
        whack(new WhackCommand.Delete("clear", false));
        whack(new WhackCommand.Delete("block", false));
        assertThat(host.kernel().policies()).isEmpty();
        assertThat(host.pluto().connections().all()).isEmpty();
    }

    /** The address is known when updown runs for the last time, and what it did is undone once. */
    @Test
    void membersLeaveWithTheirAddress() {
        load("clear");
        host.setGroup("clear", "203.0.113.7\n");
        whack(new WhackCommand.Route("clear"));
        whack(new WhackCommand.Listen());
        host.renumber(IpAddress.of("192.0.2.77"));
        whack(new WhackCommand.Listen());
        assertThat(host.kernel().policies()).isEmpty();
        assertThat(host.log()).noneMatch(line -> line.contains("no longer oriented"));
        assertThat(host.environments())
                .filteredOn(variables -> "unroute-host".equals(variables.get("PLUTO_VERB")))
                .extracting(variables -> variables.get("PLUTO_ME"))
                .containsExactly("192.0.2.1");
    }

    @Test
    void aTargetOfAnotherFamilyIsNotRouted() {
        load("clear");
        host.setGroup("clear", "2001:db8::1\n");
        whack(new WhackCommand.RereadGroups());
        assertThat(whack(new WhackCommand.Route("clear"))).containsExactly("025 \"clear\": could not route");
        assertThat(host.kernel().policies()).isEmpty();
    }

    @Test
    void aGroupWithoutFileHasNoMembers() {
        load("clear");
        assertThat(whack(new WhackCommand.RereadGroups())).isEmpty();
        host.setGroup("clear", "203.0.113.7\n");
        whack(new WhackCommand.RereadGroups());
        assertThat(members()).hasSize(1);
    }

    @Test
    void aFaultOfAHelperLeavesMembersAlone() {
        load("clear");
        host.setGroup("clear", "203.0.113.7\n");
        whack(new WhackCommand.RereadGroups());
        host.setHelpersFail(true);
        SimHost.SimSession session = host.whack(WhackRequest.of(new WhackCommand.RereadGroups()));
        assertThatThrownBy(() -> world.run(Duration.ofSeconds(1))).hasMessage("a helper failed");
        assertThat(session.isFinished()).isTrue();
        assertThat(members()).hasSize(1);
    }

    /** Nobody is let through because a disk fails. */
    @Test
    void whatCannotBeReadStaysAsItWas() {
        load("block");
        host.setGroup("block", "203.0.113.7\n203.0.113.8\n");
        whack(new WhackCommand.RereadGroups());
        List<String> before = members();
        host.breakGroup("block");
        assertThat(whack(new WhackCommand.RereadGroups()))
                .containsExactly("003 ERROR: could not open \"" + DIRECTORY + "block\": Permission denied (errno 13)");
        assertThat(members()).isEqualTo(before).hasSize(2);
        host.setGroup("block", "203.0.113.8\n");
        whack(new WhackCommand.RereadGroups());
        assertThat(members()).hasSize(1);
    }
}
