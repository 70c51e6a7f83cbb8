// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jswan.base.Bytes;
import org.jswan.base.IpAddress;
import org.jswan.base.Selector;
import org.jswan.base.Subnet;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.EndOption;
import org.jswan.sa.ChildSa;
import org.jswan.sa.Sa;
import org.jswan.sa.V1State;
import org.jswan.simulation.SimNetwork.Datagram;
import org.jswan.wire.Payload;
import org.jswan.wire.WireException;
import org.jswan.wire.v1.IdPayload;
import org.jswan.wire.v1.KePayload;
import org.jswan.wire.v1.NatOriginalAddressPayload;
import org.jswan.wire.v1.PayloadTypes;
import org.jswan.wire.v1.SaPayload;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What becomes of a Quick Mode whose messages, authentic as they are, say something odd. */
class QuickPayloadsTest {
    private static final String INSIDE = "10.0.0.1";
    private static final String OUTSIDE = "203.0.113.1";
    private static final int EXCHANGE_AT = 18;
    private static final int QUICK = 32;
    private static final String ALLOWED = "Allowing questionable (microsoft) proposal anyway";

    private static Pair transportBehindNat() {
        SimWorld world = new SimWorld(1);
        world.translate(INSIDE, OUTSIDE);
        return Ikev1Pair.at(
                world,
                both -> both.unset(ConnectionOption.TUNNEL),
                end -> end.unset(EndOption.CLIENT),
                INSIDE,
                Pair.EAST,
                Pair.EAST,
                OUTSIDE);
    }

    private static ChildSa child(SimHost host) {
        for (Sa sa : host.pluto().sas()) {
            if (sa instanceof ChildSa child) {
                return child;
            }
        }
        throw new AssertionError("no IPsec SA");
    }

    /** Runs until the sender has sent its message of Quick Mode, which gets lost. */
    private static Datagram caught(Pair pair, SimHost sender, V1State state) {
        assertThat(pair.world.runUntil(() -> Ikev1Pair.has(sender, state), Duration.ofSeconds(5)))
                .as(pair.trace())
                .isTrue();
        pair.world.run(Duration.ofMillis(50));
        List<Datagram> all = pair.world.network().captured();
        Datagram last = all.get(all.size() - 1);
        assertThat(last.octets().get(EXCHANGE_AT)).as(pair.trace()).isEqualTo(QUICK);
        return last;
    }

    private static boolean isQuick(Bytes octets) {
        return octets.length() > EXCHANGE_AT && octets.get(EXCHANGE_AT) == QUICK;
    }

    /** West's first message comes with other payloads; what is said to that gets lost. */
    private static void proposed(Pair pair, UnaryOperator<List<Payload>> change) throws WireException {
        pair.world.pass(octets -> !isQuick(octets));
        pair.initiate(pair.west);
        Datagram first = caught(pair, pair.west, V1State.QUICK_I1);
        Datagram changed = Ikev1Crafted.first(child(pair.west), first, change);
        pair.world.inject(changed.from(), changed.to(), changed.octets());
        pair.world.run(Duration.ofMillis(100));
    }

    /** East's answer comes with other payloads. */
    private static void answered(Pair pair, UnaryOperator<List<Payload>> change) throws WireException {
        pair.world.pass(octets -> !isQuick(octets) || !Ikev1Pair.has(pair.east, V1State.QUICK_R1));
        pair.initiate(pair.west);
        Datagram answer = caught(pair, pair.east, V1State.QUICK_R1);
        Datagram first = pair.world.network().captured().stream()
                .filter(datagram -> isQuick(datagram.octets()))
                .findFirst()
                .orElseThrow();
        Datagram changed = Ikev1Crafted.second(child(pair.east), first, answer, change);
        pair.world.inject(changed.from(), changed.to(), changed.octets());
        pair.world.run(Duration.ofMillis(100));
    }

    /** The same with one of the two identities replaced. */
    private static UnaryOperator<List<Payload>> with(boolean initiators, IdPayload id) {
        return payloads -> {
            List<Payload> changed = new ArrayList<>(payloads);
            int at = indexOf(payloads, IdPayload.class) + (initiators ? 0 : 1);
            changed.set(at, id);
            return changed;
        };
    }

    private static int indexOf(List<Payload> payloads, Class<? extends Payload> kind) {
        int at = 0;
        while (!kind.isInstance(payloads.get(at))) {
            at++;
        }
        return at;
    }

    private static List<Payload> without(List<Payload> payloads, Class<? extends Payload> kind) {
        return payloads.stream().filter(payload -> !kind.isInstance(payload)).toList();
    }

    private static IdPayload subnet(String hex, int protocol, int port) {
        return new IdPayload(IdPayload.IPV4_ADDR_SUBNET, protocol, port, Bytes.ofHex(hex));
    }

    private static void says(SimHost host, String... lines) {
        for (String line : lines) {
            assertThat(host.log()).anyMatch(logged -> logged.endsWith(line));
        }
    }

    @Test
    void anAnswerWithoutClientsIsRefusedWhereTheyAreNotTheHosts() throws WireException {
        Pair pair = Ikev1Pair.listening(2);
        answered(pair, payloads -> without(payloads, IdPayload.class));
        says(
                pair.west,
                "#2: IDci, IDcr payloads missing in message but default does not match proposal",
                "#2: sending encrypted notification INVALID_ID_INFORMATION to 192.0.2.2:500");
        assertThat(pair.west.kernel().installed()).isEmpty();
    }

    /** As libreswan, other clients are overlooked; what the kernel gets is what was proposed. */
    @ParameterizedTest
    @CsvSource({"true, our client, 198.51.100.0/25", "false, peer client, 198.51.100.128/25"})
    void anAnswerWithOtherSubnetsIsTaken(boolean initiators, String which, String ours) throws WireException {
        Pair pair = Ikev1Pair.listening(3);
        answered(pair, with(initiators, subnet("0a000000ff000000", 0, 0)));
        says(
                pair.west,
                "#2: " + which + " subnet returned doesn't match my proposal - us: " + ours + " vs them: 10.0.0.0/8",
                "#2: " + ALLOWED);
        assertThat(Ikev1Pair.has(pair.west, V1State.QUICK_I2)).as(pair.trace()).isTrue();
        assertThat(pair.west.kernel().policies())
                .allMatch(policy -> policy.toString().contains("198.51.100."))
                .noneMatch(policy -> policy.toString().contains("10.0.0.0"));
    }

    @Test
    void anAnswerWithAnotherProtocolIsTaken() throws WireException {
        Pair pair = Ikev1Pair.listening(4);
        answered(pair, with(true, subnet("c6336400ffffff80", 6, 0)));
        says(
                pair.west,
                "#2: our client peer returned protocol id does not match my proposal - us: 0 vs them: 6",
                "#2: " + ALLOWED + "]");
        assertThat(Ikev1Pair.has(pair.west, V1State.QUICK_I2)).as(pair.trace()).isTrue();
    }

    @Test
    void anAnswerWithAPortWhereAllWereProposedIsRefused() throws WireException {
        Pair pair = Ikev1Pair.listening(5);
        answered(pair, with(false, subnet("c6336480ffffff80", 0, 80)));
        says(
                pair.west,
                "#2: peer client peer returned port doesn't match my proposal - us: 0 vs them: 80",
                "#2: sending encrypted notification INVALID_ID_INFORMATION to 192.0.2.2:500");
        assertThat(Ikev1Pair.has(pair.west, V1State.QUICK_I2)).isFalse();
    }

    /** Windows names itself. */
    @Test
    void anAnswerMayNameAHost() throws WireException {
        Pair pair = transportBehindNat();
        IdPayload name = new IdPayload(IdPayload.FQDN, 0, 0, Bytes.ofUtf8("east.example"));
        answered(pair, with(false, name));
        says(
                pair.west,
                "#2: peer client type is FQDN",
                "#2: peer client subnet returned doesn't match my proposal - us: 192.0.2.2/32 vs them: <unset-subnet>");
        assertThat(Ikev1Pair.has(pair.west, V1State.QUICK_I2)).as(pair.trace()).isTrue();
    }

    /** A responder behind a NAT names itself, and tells an address. */
    private static Pair named(boolean tunnel) throws WireException {
        SimWorld world = new SimWorld(6);
        world.translate(INSIDE, OUTSIDE).forward(500).forward(4500);
        Pair pair = Ikev1Pair.at(
                world,
                both -> both.set(ConnectionOption.TUNNEL, tunnel),
                end -> end.set(EndOption.CLIENT, Subnet.host(IpAddress.of(OUTSIDE))),
                Pair.WEST,
                OUTSIDE,
                INSIDE,
                Pair.WEST);
        answered(pair, payloads -> {
            IdPayload name = new IdPayload(IdPayload.FQDN, 0, 0, Bytes.ofUtf8("east.example"));
            List<Payload> changed = new ArrayList<>(with(false, name).apply(payloads));
            changed.add(new NatOriginalAddressPayload(PayloadTypes.NATOA_RFC, 1, Bytes.ofHex("08080808")));
            return changed;
        });
        assertThat(Ikev1Pair.has(pair.west, V1State.QUICK_I2)).as(pair.trace()).isTrue();
        assertThat(pair.west.kernel().policies()).isNotEmpty().noneMatch(policy -> policy.toString()
                .contains("8.8.8.8"));
        assertThat(child(pair.west).connection().remote().client())
                .contains(Selector.of(Subnet.host(IpAddress.of(OUTSIDE))));
        return pair;
    }

    /** What of ours goes there is not for it to choose. */
    @Test
    void aResponderChoosesNoOtherClient() throws WireException {
        assertThat(named(true).west.log()).noneMatch(line -> line.contains("IDcr was FQDN"));
        says(named(false).west, "#2: IDcr was FQDN: @#0x656173742e6578616d706c65, using NAT_OA=8.8.8.8/32 as IDcr");
    }

    /** The same as initiator: behind a NAT its address is in the NAT-OA payload. */
    @Test
    void aProposalMayNameAHost() throws WireException {
        Pair pair = transportBehindNat();
        proposed(pair, with(true, new IdPayload(IdPayload.FQDN, 0, 0, Bytes.ofUtf8("west.example"))));
        says(
                pair.east,
                "#1: peer client type is FQDN",
                "#1: Applying workaround for MS-818043 NAT-T bug",
                ", using NAT_OA=10.0.0.1/32 as IDci",
                "#1: the peer proposed: 192.0.2.2/32 -<all>-> 10.0.0.1/32");
        assertThat(Ikev1Pair.has(pair.east, V1State.QUICK_R1)).as(pair.trace()).isTrue();
    }

    /** And if it does not tell that, what it is seen at. */
    @Test
    void aNameWithoutAnOriginalAddressIsWhereItComesFrom() throws WireException {
        Pair pair = transportBehindNat();
        IdPayload name = new IdPayload(IdPayload.FQDN, 0, 0, Bytes.ofUtf8("west.example"));
        proposed(pair, payloads -> without(with(true, name).apply(payloads), NatOriginalAddressPayload.class));
        says(pair.east, "#1: the peer proposed: 192.0.2.2/32 -<all>-> 203.0.113.1/32");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "3|0a000001|NAT-Traversal: invalid ID Type (3) in NAT-OA - ignored",
                "1|0a0000|not enough bytes left to get NAT-Traversal: NAT-OA IP from ISAKMP NAT-OA Payload",
                "5|0a000001|not enough bytes left to get NAT-Traversal: NAT-OA IP from ISAKMP NAT-OA Payload",
                "1|00000000|NAT-Traversal: received 0.0.0.0 NAT-OA..."
            })
    void anOddOriginalAddressIsIgnored(int type, String address, String line) throws WireException {
        Pair pair = transportBehindNat();
        proposed(pair, payloads -> {
            List<Payload> changed = new ArrayList<>(without(payloads, NatOriginalAddressPayload.class));
            changed.add(new NatOriginalAddressPayload(PayloadTypes.NATOA_RFC, type, Bytes.ofHex(address)));
            return changed;
        });
        says(pair.east, "#1: " + line);
        assertThat(Ikev1Pair.has(pair.east, V1State.QUICK_R1)).as(pair.trace()).isTrue();
        assertThat(child(pair.east).phase2().originalAddress()).isEmpty();
    }

    @Test
    void ofSeveralOriginalAddressesTheFirstCounts() throws WireException {
        Pair pair = transportBehindNat();
        proposed(pair, UnaryOperator.identity());
        says(pair.east, "#1: NAT-Traversal: received 2 NAT-OA. Using first; ignoring others");
        assertThat(child(pair.east).phase2().originalAddress()).contains(IpAddress.of(INSIDE));
    }

    /** East is behind no NAT: it has nothing to tell. */
    @Test
    void anOriginalAddressOfAnEndWithoutNatIsIgnored() throws WireException {
        Pair pair = transportBehindNat();
        answered(pair, payloads -> {
            List<Payload> changed = new ArrayList<>(payloads);
            changed.add(new NatOriginalAddressPayload(PayloadTypes.NATOA_RFC, 1, Bytes.ofHex("0a000009")));
            return changed;
        });
        says(pair.west, "#2: NAT-Traversal: received 1 NAT-OA. Ignored because peer is not NATed");
        assertThat(Ikev1Pair.has(pair.west, V1State.QUICK_I2)).as(pair.trace()).isTrue();
    }

    /** Perfect forward secrecy is not given up for a peer that does without. */
    @Test
    void aProposalWithoutPerfectForwardSecrecyIsRefusedWhereItIsWanted() {
        Pair pair = Ikev1Pair.listening(8, west -> west.unset(ConnectionOption.PFS), east -> east);
        pair.initiate(pair.west);
        pair.world.run(Duration.ofMillis(300));
        says(
                pair.east,
                "#2: we require PFS but Quick I1 SA specifies no GROUP_DESCRIPTION",
                "#2: sending encrypted notification NO_PROPOSAL_CHOSEN to 192.0.2.1:500");
        assertThat(pair.east.pluto().saCount()).as(pair.trace()).isOne();
        assertThat(pair.east.kernel().spis()).isZero();
        says(pair.west, "#1: received and ignored notification payload: NO_PROPOSAL_CHOSEN");
    }

    /** And who does without takes a peer that does not. */
    @Test
    void perfectForwardSecrecyIsTakenWhereItIsNotWanted() {
        Pair pair = Ikev1Pair.listening(9, west -> west, east -> east.unset(ConnectionOption.PFS));
        pair.initiate(pair.west);
        assertThat(pair.world.runUntil(() -> Ikev1Pair.isUp(pair), Duration.ofSeconds(2)))
                .as(pair.trace())
                .isTrue();
    }

    /** In which way the public value of a message is not what its proposal says. */
    private enum Misfit {
        MISSING,
        TWICE,
        SHORT,
        UNEXPECTED;

        List<Payload> of(List<Payload> payloads) {
            List<Payload> changed = new ArrayList<>(without(payloads, KePayload.class));
            switch (this) {
                case MISSING -> {}
                case TWICE -> {
                    changed.add(2, payloads.get(indexOf(payloads, KePayload.class)));
                    changed.add(2, payloads.get(indexOf(payloads, KePayload.class)));
                }
                case SHORT, UNEXPECTED -> changed.add(2, new KePayload(Bytes.of(1, 2, 3, 4, 5)));
            }
            return changed;
        }
    }

    private static Pair forMisfit(Misfit misfit) {
        boolean pfs = misfit != Misfit.UNEXPECTED;
        return Ikev1Pair.listening(10, both -> both.set(ConnectionOption.IKE, "aes128-sha1;modp2048")
                .set(ConnectionOption.PFS, pfs));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "MISSING|missing KE payload in Quick Mode I1 message",
                "TWICE|Quick Mode I1 message contains several KE payloads; we accept at most one",
                "SHORT|KE has 5 byte DH public value; 256 required",
                "UNEXPECTED|Quick Mode I1 message KE payload requires a GROUP_DESCRIPTION attribute in SA"
            })
    void aProposalWithoutTheRightPublicValueIsRefused(Misfit misfit, String line) throws WireException {
        Pair pair = forMisfit(misfit);
        proposed(pair, misfit::of);
        says(pair.east, "#2: " + line, "#2: sending encrypted notification INVALID_KEY_INFORMATION to 192.0.2.1:500");
        assertThat(pair.east.pluto().saCount()).as(pair.trace()).isOne();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "MISSING|missing KE payload in Quick Mode R1 message",
                "TWICE|Quick Mode R1 message contains several KE payloads; we accept at most one",
                "SHORT|KE has 5 byte DH public value; 256 required",
                "UNEXPECTED|Quick Mode R1 message KE payload requires a GROUP_DESCRIPTION attribute in SA"
            })
    void anAnswerWithoutTheRightPublicValueIsRefused(Misfit misfit, String line) throws WireException {
        Pair pair = forMisfit(misfit);
        answered(pair, misfit::of);
        says(pair.west, "#2: " + line, "#2: sending encrypted notification INVALID_KEY_INFORMATION to 192.0.2.2:500");
        assertThat(pair.west.kernel().installed()).as(pair.trace()).isEmpty();
    }

    /** As libreswan: a public value that nobody asked for is told of before what is missing. */
    @Test
    void aPublicValueWithoutAGroupIsToldOfFirst() throws WireException {
        Pair pair = Ikev1Pair.listening(11, west -> west.unset(ConnectionOption.PFS), east -> east);
        proposed(pair, Misfit.UNEXPECTED::of);
        says(pair.east, "#2: Quick Mode I1 message KE payload requires a GROUP_DESCRIPTION attribute in SA");
        assertThat(pair.east.log()).noneMatch(line -> line.contains("we require PFS"));
    }

    private static void refusedForItsOrder(UnaryOperator<List<Payload>> change, String why) throws WireException {
        Pair pair = Ikev1Pair.listening(7);
        proposed(pair, change);
        says(pair.east, "#1: malformed Quick Mode message: " + why);
        assertThat(pair.east.pluto().saCount()).as(pair.trace()).isEqualTo(1);
    }

    @Test
    void theSaStandsSecond() throws WireException {
        refusedForItsOrder(
                payloads -> {
                    List<Payload> changed = new ArrayList<>(payloads);
                    changed.add(changed.remove(indexOf(payloads, SaPayload.class)));
                    return changed;
                },
                "SA payload is in wrong position");
    }

    @Test
    void thereAreTwoClientsOrNone() throws WireException {
        refusedForItsOrder(
                payloads -> payloads.subList(0, indexOf(payloads, IdPayload.class) + 1),
                "if any ID payload is present, there must be exactly two");
    }

    @Test
    void theClientsStandTogether() throws WireException {
        refusedForItsOrder(
                payloads -> {
                    List<Payload> changed = new ArrayList<>(payloads);
                    changed.add(2, changed.remove(indexOf(payloads, IdPayload.class)));
                    return changed;
                },
                "the ID payloads are not adjacent");
    }
}
