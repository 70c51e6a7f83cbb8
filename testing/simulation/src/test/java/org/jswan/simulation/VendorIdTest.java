// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jswan.base.Bytes;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.ConnectionRequest;
import org.jswan.simulation.SimNetwork.Datagram;
import org.jswan.wire.IkeHeader;
import org.jswan.wire.KnownVendorId;
import org.jswan.wire.WireException;
import org.jswan.wire.v1.Message;
import org.jswan.wire.v1.PeerFeatures;
import org.jswan.wire.v1.VendorIdPayload;
import org.junit.jupiter.api.Test;

/** What peers tell of themselves in their first messages (RFC 2408 §3.16). */
class VendorIdTest {
    /** The vendor IDs of one message, those of NAT traversal left out. */
    private static List<Bytes> sent(Datagram datagram) throws WireException {
        IkeHeader header = IkeHeader.decode(datagram.octets());
        return Message.read(header, header.nextPayload(), datagram.octets().from(IkeHeader.LENGTH))
                .all(VendorIdPayload.class)
                .stream()
                .map(VendorIdPayload::data)
                .filter(octets -> !KnownVendorId.find(octets)
                        .filter(known -> known.name().startsWith("draft") || known.equals(KnownVendorId.NAT_T_RFC))
                        .isPresent())
                .toList();
    }

    private static void bothSend(Pair pair, Bytes... expected) throws WireException {
        List<Datagram> captured = pair.world.network().captured();
        assertThat(sent(captured.get(0))).containsExactly(expected);
        assertThat(sent(captured.get(1))).containsExactly(expected);
    }

    @Test
    void fragmentationAndDeadPeerDetectionAreTold() throws WireException {
        Pair pair = Ikev1Pair.up(1);
        bothSend(pair, KnownVendorId.FRAGMENTATION.octets(), KnownVendorId.DPD.octets());
        for (SimHost host : List.of(pair.west, pair.east)) {
            PeerFeatures peer = host.ikeSas().get(0).phase1().peer();
            assertThat(peer.takesFragments()).isTrue();
            assertThat(peer.detectsDeadPeers()).isTrue();
            assertThat(peer.knowsXauth()).isFalse();
        }
        assertThat(pair.trace())
                .contains("received Vendor ID payload [Dead Peer Detection]")
                .contains("peer supports DPD")
                .contains("peer supports fragmentation")
                .doesNotContain("DPD is configured locally");
    }

    @Test
    void whatIsWantedIsToldInLibreswansOrder() throws WireException {
        UnaryOperator<ConnectionRequest.Builder> both = c -> c.set(ConnectionOption.SEND_VENDOR_ID, true)
                .set(ConnectionOption.CISCO_UNITY, true)
                .set(ConnectionOption.FAKE_STRONGSWAN, true);
        Pair pair = Ikev1Pair.up(2, both);
        bothSend(
                pair,
                Bytes.ofUtf8("OE-Libreswan-4.11"),
                KnownVendorId.CISCO_UNITY.octets(),
                KnownVendorId.STRONGSWAN.octets(),
                KnownVendorId.FRAGMENTATION.octets(),
                KnownVendorId.DPD.octets());
        assertThat(pair.east.ikeSas().get(0).phase1().peer().isPulled()).isTrue();
    }

    /** RFC 7296 §3.12: in IKE_SA_INIT. */
    @Test
    void withIkev2TheyAreToldOnDemand() throws WireException {
        Pair pair = Pair.listening(
                3, c -> c.set(ConnectionOption.SEND_VENDOR_ID, true).set(ConnectionOption.FAKE_STRONGSWAN, true));
        pair.initiate(pair.west);
        pair.world.run(Duration.ofSeconds(1));
        for (Datagram datagram : pair.world.network().captured().subList(0, 2)) {
            assertThat(org.jswan.wire.v2.Message.decode(datagram.octets()).all(org.jswan.wire.v2.VendorIdPayload.class))
                    .extracting(org.jswan.wire.v2.VendorIdPayload::data)
                    .containsExactly(Bytes.ofUtf8("OE-Libreswan-4.11"), KnownVendorId.STRONGSWAN.octets());
        }
    }

    /** Of an initiator with another vendor ID than ours, whose first letters are those of an old libreswan. */
    @Test
    void withIkev2TheRespondersLogTellsThem() {
        Pair pair = Pair.listening(
                4, c -> c.set(ConnectionOption.SEND_VENDOR_ID, true).set(ConnectionOption.FAKE_STRONGSWAN, true));
        SimNetwork network = pair.world.network();
        Bytes ours = Bytes.ofUtf8("OE-Libreswan-4.11");
        network.filter(datagram -> {
            String text = datagram.octets().hex();
            String strange = text.replace(ours.hex(), "01" + ours.hex().substring(2));
            if (text.equals(strange) || network.captured().size() > 1) {
                return true;
            }
            network.deliverLater(new Datagram(datagram.from(), datagram.to(), Bytes.ofHex(strange)));
            return false;
        });
        pair.initiate(pair.west);
        pair.world.run(Duration.ofSeconds(1));
        assertThat(pair.east.log())
                .as(pair.trace())
                .contains(
                        "\"t\" #1: ignoring unknown Vendor ID payload [01 45 2d 4c  69 62 72 65  73 77 61 6e  2d 34 2e"
                                + " 31  31]");
        assertThat(pair.trace()).contains("ignoring Vendor ID payload [strongSwan]");
        assertThat(pair.west.log()).noneMatch(line -> line.contains("Vendor ID"));
    }
}
