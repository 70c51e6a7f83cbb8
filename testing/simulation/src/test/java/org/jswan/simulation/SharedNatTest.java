// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jswan.base.AddressRange;
import org.jswan.base.IpAddress;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.ConnectionRequest;
import org.jswan.connection.EndOption;
import org.jswan.connection.EndRequest;
import org.jswan.connection.HostSpec;
import org.jswan.kernel.KernelSa;
import org.jswan.kernel.KernelSa.Encapsulation;
import org.junit.jupiter.api.Test;

/** Several peers behind one NAT, so that a gateway sees one address. */
class SharedNatTest extends RoadScene {
    private static final String FIRST = "10.0.0.1";
    private static final String SECOND = "10.0.0.2";
    private static final String OUTSIDE = "203.0.113.1";

    SharedNatTest() {
        world.translate(FIRST, OUTSIDE).alsoFor(SECOND);
    }

    /** What the gateway has for whoever comes; {@code peer} and {@code more} make the rest of it. */
    private void template(UnaryOperator<EndRequest.Builder> peer, UnaryOperator<ConnectionRequest.Builder> more) {
        EndRequest.Builder any = end(HostSpec.any()).set(EndOption.ID, "%any");
        add(gateway, more.apply(bare("any").left(us()).right(peer.apply(any).build())));
    }

    private static EndRequest us() {
        return end(HostSpec.of(IpAddress.of(GATEWAY)))
                .set(EndOption.ID, "@gateway")
                .build();
    }

    private SimHost road(
            String address, String id, boolean wantsAddress, UnaryOperator<ConnectionRequest.Builder> more) {
        SimHost road = listening("road" + address + id, address);
        EndRequest.Builder end = end(HostSpec.of(IpAddress.of(address))).set(EndOption.ID, id);
        add(
                road,
                more.apply(bare("road")
                        .left(us())
                        .right((wantsAddress ? end.set(EndOption.MODECFG_CLIENT) : end).build())));
        return road;
    }

    private void pool() {
        AddressRange addresses = new AddressRange(IpAddress.of("192.0.3.1"), IpAddress.of("192.0.3.9"));
        template(peer -> peer.set(EndOption.ADDRESS_POOL, addresses), UnaryOperator.identity());
    }

    private List<String> clients() {
        return instances().stream()
                .map(c -> c.remote().client().orElseThrow().subnet().toString())
                .toList();
    }

    /** The peers' ports in the SAs that the gateway sends by. */
    private List<Integer> ports() {
        return gateway.kernel().installed().stream()
                .filter(sa -> !sa.inbound())
                .map(KernelSa::encapsulation)
                .flatMap(Optional::stream)
                .map(Encapsulation::destinationPort)
                .toList();
    }

    @Test
    void eachHasItsInstanceItsAddressAndItsPort() {
        pool();
        SimHost one = road(FIRST, "@one", true, UnaryOperator.identity());
        SimHost two = road(SECOND, "@two", true, UnaryOperator.identity());
        assertThat(up(one).lines()).as(trace()).anyMatch(line -> line.contains("initiator established Child SA"));
        assertThat(up(two).lines()).as(trace()).anyMatch(line -> line.contains("initiator established Child SA"));
        assertThat(instances())
                .extracting(Connection::toString)
                .containsExactly("\"any\"[2] " + OUTSIDE, "\"any\"[3] " + OUTSIDE);
        assertThat(clients()).containsExactly("192.0.3.1/32", "192.0.3.2/32");
        assertThat(ports()).doesNotHaveDuplicates().hasSize(2);
        down(one);
        assertThat(clients()).containsExactly("192.0.3.2/32");
        assertThat(two.ikeSas()).hasSize(1);
        assertThat(ports()).hasSize(1);
    }

    /** As libreswan, for which they are one: the newer one's SAs are used, unless it is the first to go. */
    @Test
    void twoOfOneIdentityShareInstanceAndAddress() {
        pool();
        SimHost first = road(FIRST, "@one", true, UnaryOperator.identity());
        up(first);
        SimHost second = road(SECOND, "@one", true, UnaryOperator.identity());
        up(second);
        assertThat(clients()).as(trace()).containsExactly("192.0.3.1/32");
        assertThat(ports()).hasSize(2);
        down(first);
        down(second);
        assertThat(instances()).isEmpty();
        assertThat(gateway.kernel().policies()).isEmpty();
    }

    /** As libreswan: the gateway knows the address outside, and the peer names the one inside. */
    @Test
    void transportModeDoesNotPass() {
        UnaryOperator<ConnectionRequest.Builder> transport = c -> c.set(ConnectionOption.TUNNEL, false);
        template(UnaryOperator.identity(), transport);
        assertThat(up(road(FIRST, "@one", false, transport)).lines())
                .as(trace())
                .contains("003 \"road\" #2: IKE_AUTH response rejected Child SA with TS_UNACCEPTABLE");
        assertThat(gateway.kernel().installed()).isEmpty();
    }
}
