// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.xfrm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jswan.base.AddressFamily;
import org.jswan.base.Bytes;
import org.jswan.base.IpAddress;
import org.jswan.base.Subnet;
import org.jswan.nativesocket.Linux;
import org.jswan.net.InterfaceAddress;
import org.jswan.net.NetworkEvents;
import org.jswan.net.RouteListing;
import org.jswan.net.Whereabouts.Route;
import org.junit.jupiter.api.Test;

class RouteTableTest {
    private static final IpAddress WEST = IpAddress.of("192.0.2.1");

    private final ScriptedKernel script = new ScriptedKernel();
    private final RouteTable routes = new RouteTable(script);

    /** A message of messages.txt as an answer to request {@code sequence}. */
    private static Bytes answer(String name, int sequence) {
        Bytes message = ScriptedKernel.message(name);
        return Bytes.concat(message.first(8), ScriptedKernel.ints(sequence), message.from(12));
    }

    private ScriptedKernel dump(int sequence, Bytes... messages) {
        for (Bytes message : messages) {
            script.answer(message);
        }
        return script.answer(answer("dump-done", sequence));
    }

    private static Bytes changed(Bytes message, int at, int octet) {
        byte[] octets = message.toArray();
        octets[at] = (byte) octet;
        return Bytes.wrap(octets);
    }

    @Test
    void listsAddressesOfInterfacesThatAreUp() throws IOException {
        dump(1, answer("link", 1), changed(changed(answer("link", 1), 20, 3), 24, 0));
        dump(
                2,
                answer("address", 2),
                // on an interface that is down, and on one that is not there
                changed(answer("address", 2), 20, 3),
                changed(answer("address", 2), 20, 4));
        int flags = 18;
        int scope = 19;
        dump(
                3,
                changed(answer("address-v6", 3), flags, Rtnetlink.IFA_F_TENTATIVE),
                changed(answer("address-v6", 3), flags, Rtnetlink.IFA_F_DADFAILED),
                changed(answer("address-v6", 3), scope, Rtnetlink.RT_SCOPE_LINK),
                answer("address-v6", 3));
        assertThat(routes.interfaces().addresses())
                .containsExactly(
                        new InterfaceAddress("eth0:1", WEST),
                        new InterfaceAddress("eth0", IpAddress.of("2001:db8::1")));
    }

    @Test
    void slavesShareTheirMastersAddresses() throws IOException {
        dump(1, changed(answer("link", 1), 25, 0x18));
        dump(2, answer("address", 2));
        dump(3);
        assertThat(routes.interfaces().addresses()).isEmpty();
    }

    @Test
    void aPointToPointInterfaceHasAnOtherEnd() throws IOException {
        dump(1, changed(answer("link", 1), 24, 0x51));
        dump(2, answer("address", 2));
        assertThat(routes.interfaces().otherEnd("eth0", AddressFamily.IPV4)).contains(IpAddress.of("192.0.2.77"));
        dump(3, answer("link", 3));
        assertThat(routes.interfaces().otherEnd("eth0", AddressFamily.IPV4)).isEmpty();
    }

    @Test
    void findsInterfacesByName() throws IOException {
        dump(1, answer("link", 1));
        assertThat(routes.interfaces().index("eth0")).isEqualTo(2);
        dump(2, answer("link", 2));
        assertThat(routes.interfaces().index("eth1")).isZero();
    }

    @Test
    void theDefaultRouteWithTheLowestMetricWins() throws IOException {
        dump(1, answer("default-route", 1), answer("multipath-route", 1));
        dump(2, answer("link", 2));
        assertThat(routes.route(IpAddress.ANY_V4))
                .contains(new Route(WEST, Optional.of(IpAddress.of("192.0.2.253")), "eth0"));
    }

    @Test
    void otherTablesPrefixesAndKindsAreNoDefault() throws IOException {
        Bytes route = answer("multipath-route", 1);
        dump(
                1,
                changed(route, 17, 8),
                changed(route, 20, 200),
                changed(route, 23, Rtnetlink.RTN_LOCAL),
                answer("default-route", 1));
        dump(2, answer("link", 2));
        assertThat(routes.route(IpAddress.ANY_V4))
                .contains(new Route(WEST, Optional.of(IpAddress.of("192.0.2.254")), "eth0"));
    }

    @Test
    void onlyTheMainTableIsAskedForSourcesAndDevices() throws Exception {
        Bytes route = answer("default-route", 1);
        dump(1, changed(route, 20, 255), route);
        assertThat(routes.editor().isSource(WEST)).isTrue();
        dump(2, changed(answer("default-route", 2), 20, 255));
        assertThat(routes.editor().isSource(WEST)).as("of another table").isFalse();
        dump(3, answer("default-route", 3));
        assertThat(routes.editor().isSource(IpAddress.of("192.0.2.9"))).isFalse();
        dump(4, changed(answer("default-route", 4), 17, 8), answer("default-route", 4));
        script.answer(answer("link", 5));
        assertThat(routes.editor().deviceOf(Subnet.of("0.0.0.0/0"))).contains("eth0");
        dump(6, answer("default-route", 6));
        assertThat(routes.editor().deviceOf(Subnet.of("0.0.0.0/1"))).isEmpty();
        assertThat(script.requests().get(0).get(20)).as("rtm_table").isEqualTo(Rtnetlink.RT_TABLE_MAIN);
    }

    @Test
    void aTableThatIsNotThereHasNoRoutes() throws Exception {
        script.acknowledge(1, 2);
        assertThat(routes.editor().isSource(WEST)).isFalse();
        script.acknowledge(2, 2);
        assertThat(routes.route(IpAddress.ANY_V4)).isEmpty();
        script.acknowledge(3, 1);
        assertThatThrownBy(() -> routes.editor().isSource(WEST))
                .hasMessage("RTNETLINK answers: Operation not permitted");
    }

    @Test
    void whatWasNotFoundInATableThatChangedIsLookedForAgain() throws Exception {
        dump(1, changed(changed(answer("default-route", 1), 20, 255), 6, Netlink.NLM_F_DUMP_INTR));
        dump(2, answer("default-route", 2));
        assertThat(routes.editor().isSource(WEST)).isTrue();
        assertThat(script.requests()).hasSize(2);
    }

    @Test
    void listsRoutesWithAllThatTheKernelSays() throws IOException {
        Bytes route = answer("default-route", 1);
        dump(1, route, changed(answer("multipath-route", 1), 20, 255));
        dump(2, answer("link", 2));
        RouteListing listing = routes.routes(AddressFamily.IPV4, Optional.empty());
        assertThat(listing.octets()).isEqualTo(0x44 + 0x50 + 0x14);
        assertThat(listing.entries().get(0))
                .isEqualTo(new RouteListing.Entry(
                        List.of(
                                "RTA_TABLE=254",
                                "RTA_PRIORITY=100",
                                "RTA_GATEWAY=192.0.2.254",
                                "RTA_PREFSRC=192.0.2.1"),
                        Optional.empty(),
                        Optional.of(WEST),
                        Optional.of(IpAddress.of("192.0.2.254")),
                        Optional.empty(),
                        "eth0",
                        OptionalInt.of(100),
                        OptionalInt.empty(),
                        254,
                        ""));
        RouteListing.Entry second = listing.entries().get(1);
        assertThat(second.table()).isEqualTo(255);
        assertThat(second.gateway()).contains(IpAddress.of("192.0.2.253"));
        assertThat(second.interfaceName()).isEqualTo("eth0");
        assertThat(second.told()).contains("RTA_MULTIPATH, the first:", "RTA_GATEWAY=192.0.2.253");
    }

    @Test
    void noRouteIsNoError() throws IOException {
        script.acknowledge(1, 101);
        assertThat(routes.route(IpAddress.of("203.0.113.1"))).isEmpty();
        dump(2);
        assertThat(routes.route(IpAddress.ANY_V6)).isEmpty();
        script.acknowledge(3, 1);
        assertThatThrownBy(() -> routes.route(IpAddress.of("203.0.113.1")))
                .hasMessage("route to 203.0.113.1: Operation not permitted (errno 1)");
    }

    @Test
    void thisMachineHasALoopback() throws IOException {
        try (RouteTable real = RouteTable.open()) {
            IpAddress loopback = IpAddress.of("127.0.0.1");
            assertThat(real.interfaces().addresses()).contains(new InterfaceAddress("lo", loopback));
            assertThat(real.interfaces().index("lo")).isEqualTo(1);
            assertThat(real.route(loopback)).contains(new Route(loopback, Optional.empty(), "lo"));
        }
    }

    @Test
    void requestSocketsCanBeOpenedForXfrmAndEventsForRoutes() throws IOException {
        NetlinkSocket.forRequests(Linux.NETLINK_XFRM).close();
        try (NetlinkSocket events = RouteEvents.openSocket()) {
            assertThat(events.receive()).isNull();
        }
    }

    @Test
    void tellsOfAddressesAndOnceOfOtherChanges() throws IOException {
        List<String> seen = new ArrayList<>();
        List<String> complaints = new ArrayList<>();
        NetworkEvents recorder = new NetworkEvents() {
            @Override
            public void addressAdded(IpAddress address) {
                seen.add("+" + address);
            }

            @Override
            public void addressRemoved(IpAddress address) {
                seen.add("-" + address);
            }

            @Override
            public void changed() {
                seen.add("changed");
            }
        };
        script.answer("address")
                .answer("link")
                .answer(changed(ScriptedKernel.message("address-v6"), 4, Rtnetlink.RTM_DELADDR))
                .answer("default-route")
                .overrun()
                .answer(ScriptedKernel.message("address").first(20));
        assertThat(new RouteEvents(script, complaints::add).deliver(recorder, 100))
                .isFalse();
        assertThat(seen).containsExactly("+192.0.2.1", "-2001:db8::1", "changed");
        assertThat(complaints)
                .containsExactly(
                        "kernel: the kernel dropped messages (ENOBUFS); address changes may be lost",
                        "rtnetlink message from kernel malformed: ends 32 octets early");
    }
}
