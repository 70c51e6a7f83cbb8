// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jswan.base.Bytes;
import org.jswan.base.IpAddress;
import org.jswan.connection.ConnectionRequest;
import org.jswan.connection.Ikev1Policy;
import org.jswan.control.WhackCommand;
import org.jswan.control.WhackRequest;
import org.jswan.kernel.SaId;
import org.jswan.pluto.PlutoOptions;
import org.jswan.sa.ChildSa;
import org.jswan.sa.IkeSa;
import org.jswan.sa.Sa;
import org.jswan.sa.V1State;
import org.jswan.wire.v1.DeletePayload;
import org.jswan.wire.v1.ProtocolId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which SAs a peer of IKEv1 may delete: its own. */
class Ikev1DeletesTest {
    private static final String NORTH = "192.0.2.3";
    private static final int DOI = 1;

    private static List<String> sas(SimHost host) {
        List<String> lines = new ArrayList<>();
        for (Sa sa : host.pluto().sas()) {
            lines.add(sa.serial() + " " + sa.state());
        }
        return lines;
    }

    private static ChildSa child(SimHost host) {
        ChildSa newest = null;
        for (Sa sa : host.pluto().sas()) {
            newest = sa instanceof ChildSa child ? child : newest;
        }
        return newest;
    }

    private static Bytes spi(SaId of) {
        return ChildSa.spiOctets(of.spi());
    }

    private static DeletePayload esp(Bytes... spis) {
        return new DeletePayload(DOI, ProtocolId.ESP, Integer.BYTES, List.of(spis));
    }

    private static DeletePayload isakmp(IkeSa ike) {
        Bytes cookies = Bytes.ofHex(String.format(
                "%016x%016x", ike.initiatorSpi().bits(), ike.responderSpi().bits()));
        return new DeletePayload(DOI, ProtocolId.ISAKMP, cookies.length(), List.of(cookies));
    }

    /** West's ISAKMP SA brings it to east; what either says to that gets lost. */
    private static void delete(Pair pair, DeletePayload... payloads) {
        Ikev1Crafted.inform(pair.world, pair.west.ikeSas().get(0), payloads);
        pair.world.pass(octets -> false);
        pair.world.run(Duration.ofMillis(100));
    }

    private static String spiText(SaId of) {
        return String.format("0x%08x", of.spi());
    }

    /** North has an ISAKMP SA with east, too, and knows west's cookies and SPIs. */
    @Test
    void aPeerDeletesNothingOfAnother() {
        Pair pair = Ikev1Pair.up(1);
        ConnectionRequest northern = Ikev1Pair.tunnel("n")
                .left(Ikev1Pair.end(NORTH, "@north", "203.0.113.0/24").build())
                .build();
        SimHost north = new SimHost(
                "north",
                pair.world,
                List.of(IpAddress.of(NORTH)),
                Pair.secrets(Pair.SECRET),
                PlutoOptions.defaults().withIkev1(Ikev1Policy.ACCEPT));
        north.whack(WhackRequest.of(new WhackCommand.Listen()));
        north.whack(WhackRequest.of(new WhackCommand.Add(northern)));
        pair.east.whack(WhackRequest.of(new WhackCommand.Add(northern)));
        Pair.initiate(north, "n");
        assertThat(pair.world.runUntil(() -> Ikev1Pair.has(north, V1State.QUICK_I2), Duration.ofSeconds(5)))
                .as(pair.trace())
                .isTrue();
        pair.world.run(Duration.ofMillis(100));
        List<String> east = sas(pair.east);
        SaId inbound = child(pair.west).inbound().orElseThrow();
        SaId outbound = child(pair.west).outbound().orElseThrow();
        Ikev1Crafted.inform(
                pair.world, north.ikeSas().get(0), isakmp(pair.west.ikeSas().get(0)), esp(spi(inbound), spi(outbound)));
        pair.world.run(Duration.ofMillis(100));
        assertThat(pair.east.log())
                .contains(
                        "\"n\" #3: ignoring Delete SA payload: ISAKMP SA used to convey Delete has different IDs from"
                                + " ISAKMP SA it deletes",
                        "\"n\" #3: ignoring Delete SA payload: PROTO_IPSEC_ESP SA(" + spiText(inbound)
                                + ") not found (maybe expired)",
                        "\"n\" #3: ignoring Delete SA payload: PROTO_IPSEC_ESP SA(" + spiText(outbound)
                                + ") not found (maybe expired)");
        assertThat(sas(pair.east)).isEqualTo(east);
        assertThat(pair.east.kernel().installed()).hasSize(4);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "3|8|1|0011223344556677|bad SPI size (8) for PROTO_IPSEC_ESP",
                "2|16|1|00112233445566778899aabbccddeeff|bad SPI size (16) for PROTO_IPSEC_AH",
                "1|4|1|00112233|bad SPI size (4) for PROTO_ISAKMP",
                "1|16|1|00112233445566778899aabbccddeeff|ISAKMP SA not found (maybe expired)",
                "3|4|0|00112233|no SPI",
                "3|4|2|00112233|invalid payload size",
                "3|4|1|0011223344|invalid payload size",
                "2|4|1|00112233|PROTO_IPSEC_AH SA(0x00112233) not found (maybe expired)"
            })
    void whatCannotBeDeletedIsIgnored(int protocol, int size, int count, String spis, String why) {
        Pair pair = Ikev1Pair.up(2);
        List<String> east = sas(pair.east);
        delete(pair, new DeletePayload(DOI, protocol, size, count, Bytes.ofHex(spis)));
        assertThat(pair.east.log()).as(pair.trace()).contains("\"t\" #1: ignoring Delete SA payload: " + why);
        assertThat(sas(pair.east)).isEqualTo(east);
    }

    /** IPCOMP goes with what it is bundled with. */
    @Test
    void aDeleteOfCompressionChangesNothing() {
        Pair pair = Ikev1Pair.up(3);
        List<String> east = sas(pair.east);
        delete(pair, new DeletePayload(DOI, ProtocolId.IPCOMP, 2, List.of(Bytes.ofHex("1234"))));
        assertThat(pair.east.log()).as(pair.trace()).noneMatch(line -> line.contains("Delete SA payload"));
        assertThat(sas(pair.east)).isEqualTo(east);
    }

    @Test
    void whoNamesOurOwnSpiIsObeyed() {
        Pair pair = Ikev1Pair.up(4);
        SaId own = child(pair.west).outbound().orElseThrow();
        delete(pair, esp(spi(own)));
        assertThat(pair.east.log())
                .as(pair.trace())
                .contains(
                        "\"t\" #1: warning: Delete SA payload: PROTO_IPSEC_ESP SA(" + spiText(own)
                                + ") is our own SPI (bogus implementation) - deleting anyway",
                        "\"t\" #1: received Delete SA(" + spiText(own) + ") payload: deleting IPsec State #2");
    }

    /** What is not there yet has no SPI of the peer's, and our own does not count. */
    @Test
    void whatIsStillNegotiatedIsNotDeleted() {
        Pair pair = Ikev1Pair.up(5);
        pair.world.pass(octets -> octets.get(18) != 32);
        pair.west.whack(WhackRequest.of(new WhackCommand.RekeyIpsec("2")));
        pair.world.run(Duration.ofMillis(100));
        assertThat(child(pair.west).state()).isEqualTo(V1State.QUICK_I1);
        SaId reserved = child(pair.west).inbound().orElseThrow();
        Ikev1Crafted.inform(pair.world, pair.east.ikeSas().get(0), esp(spi(reserved)));
        pair.world.run(Duration.ofMillis(100));
        assertThat(pair.west.log())
                .contains("\"t\" #1: ignoring Delete SA payload: PROTO_IPSEC_ESP SA(" + spiText(reserved)
                        + ") not found (maybe expired)");
        assertThat(child(pair.west).state()).as(pair.trace()).isEqualTo(V1State.QUICK_I1);
    }

    /** One message, several SAs: with the last one the ISAKMP SA of who only answers goes, too. */
    @Test
    void severalSasAreDeletedAtOnce() {
        Pair pair = Ikev1Pair.up(6);
        ChildSa older = child(pair.west);
        pair.west.whack(WhackRequest.of(new WhackCommand.RekeyIpsec("2")));
        pair.world.run(Duration.ofSeconds(1));
        ChildSa newer = child(pair.west);
        assertThat(newer.serial().value()).isEqualTo(3);
        delete(pair, esp(spi(older.inbound().orElseThrow()), spi(newer.inbound().orElseThrow())));
        assertThat(pair.east.log())
                .as(pair.trace())
                .anyMatch(line -> line.endsWith("payload: deleting IPsec State #2"))
                .anyMatch(line -> line.endsWith("payload: deleting IPsec State #3"));
        assertThat(sas(pair.east)).isEmpty();
    }

    @Test
    void anotherIsakmpSaOfThePeersIsDeleted() {
        Pair pair = Ikev1Pair.up(7);
        pair.west.whack(WhackRequest.of(new WhackCommand.RekeyIke("1")));
        pair.world.run(Duration.ofSeconds(1));
        assertThat(pair.east.ikeSas()).hasSize(2);
        delete(pair, isakmp(pair.west.ikeSas().get(1)));
        assertThat(pair.east.log())
                .as(pair.trace())
                .contains("\"t\" #1: received Delete SA payload: deleting ISAKMP State #3");
        assertThat(sas(pair.east)).containsExactly("#1 MAIN_R3", "#2 QUICK_R2");
    }

    /** What somebody asked for is brought up again at once. */
    @Test
    void whatIsToStayUpIsReplaced() {
        Pair pair = Ikev1Pair.up(8);
        pair.east.whack(WhackRequest.of(new WhackCommand.DeleteState(2)));
        pair.world.run(Duration.ofSeconds(1));
        assertThat(pair.west.log())
                .as(pair.trace())
                .containsSubsequence(
                        "\"t\" #1: received Delete SA payload: replace IPsec State #2 now",
                        "\"t\" #2: ESP traffic information: in=0B out=0B")
                .anyMatch(line -> line.contains("\"t\" #3: IPsec SA established tunnel mode"));
        assertThat(sas(pair.west)).containsExactly("#1 MAIN_I4", "#3 QUICK_I2");
    }

    /** A message can name thousands: the log gets some of them and how many more there were. */
    @Test
    void whoNamesThousandsFillsNoLog() {
        Pair pair = Ikev1Pair.up(17);
        SaId known = child(pair.west).inbound().orElseThrow();
        Bytes[] many = new Bytes[2000];
        for (int n = 0; n < many.length; n++) {
            many[n] = Bytes.ofHex(String.format("%08x", 0x7000_0000 + n));
        }
        many[many.length - 1] = spi(known);
        delete(pair, esp(many));
        assertThat(pair.east.log())
                .filteredOn(line -> line.contains("ignoring Delete SA payload"))
                .hasSize(33)
                .last()
                .asString()
                .endsWith(": ignoring Delete SA payload: 1967 more SAs not found (maybe expired)");
        assertThat(pair.east.log()).anyMatch(line -> line.contains("received Delete SA"));
    }
}
