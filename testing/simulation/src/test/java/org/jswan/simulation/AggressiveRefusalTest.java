// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import org.jswan.base.Bytes;
import org.jswan.base.IpAddress;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.ConnectionRequest;
import org.jswan.connection.Ikev1Policy;
import org.jswan.identity.SecretStore;
import org.jswan.pluto.PlutoOptions;
import org.jswan.sa.V1State;
import org.jswan.simulation.SimNetwork.Datagram;
import org.junit.jupiter.api.Test;

/** What the ends of Aggressive Mode do not take from each other, all of it in the clear and unproven. */
class AggressiveRefusalTest {
    private static final String IKE = "aes256-sha2_256;modp2048";
    /** The situation in the SA payload, which is the first one. */
    private static final int SITUATION = 39;

    private static UnaryOperator<ConnectionRequest.Builder> aggressive(String ike) {
        return c -> c.set(ConnectionOption.AGGRESSIVE, true).set(ConnectionOption.IKE, ike);
    }

    private static List<String> begin(Pair pair) {
        SimHost.SimSession session = pair.initiate(pair.west);
        pair.world.run(Duration.ofMillis(300));
        return session.lines();
    }

    /** East said so, and forgot about it. */
    private static void refusedByEast(Pair pair, String why, String notification) {
        assertThat(pair.east.log())
                .as(pair.trace())
                .anyMatch(line -> line.contains(why))
                .anyMatch(line -> line.endsWith("sending notification " + notification + " to 192.0.2.1:500"));
        assertThat(pair.east.pluto().saCount()).isZero();
        assertThat(Ikev1Pair.has(pair.west, V1State.AGGR_I1)).isTrue();
    }

    /** The first message reaches east otherwise than west sent it. */
    private static void forge(Pair pair, UnaryOperator<Bytes> change) {
        SimNetwork network = pair.world.network();
        network.filter(datagram -> {
            if (network.captured().size() > 1) {
                return true;
            }
            network.deliverLater(new Datagram(datagram.from(), datagram.to(), change.apply(datagram.octets())));
            return false;
        });
    }

    private static Bytes with(Bytes octets, int at, int value) {
        byte[] changed = octets.toArray();
        changed[at] = (byte) value;
        return Bytes.copyOf(changed);
    }

    @Test
    void aProposalThatTheResponderDoesNotTake() {
        Pair pair = Ikev1Pair.listening(1, aggressive(IKE), aggressive("aes128-sha1;modp2048"));
        List<String> told = begin(pair);
        refusedByEast(pair, "no acceptable Oakley Transform", "NO_PROPOSAL_CHOSEN");
        assertThat(told).contains("003 \"t\" #1: received and ignored notification payload: NO_PROPOSAL_CHOSEN");
    }

    @Test
    void aPublicValueOfAnotherLength() {
        Pair pair = Ikev1Pair.listening(2, aggressive(IKE));
        ImpairedNegotiationTest.impair(pair.west, "ke-payload", "empty", OptionalLong.empty());
        begin(pair);
        refusedByEast(pair, "KE has 0 byte DH public value; 256 required", "INVALID_KEY_INFORMATION");
    }

    @Test
    void aSubnetIsNobodysIdentity() {
        Pair pair = Ikev1Pair.listening(3, aggressive(IKE));
        Bytes west = Bytes.ofHex("02000000").plus(Bytes.ofUtf8("west"));
        forge(pair, octets -> {
            for (int at = 0; at + west.length() <= octets.length(); at++) {
                if (octets.slice(at, west.length()).equals(west)) {
                    return with(octets, at, 4);
                }
            }
            throw new AssertionError("west does not say who it is");
        });
        begin(pair);
        refusedByEast(
                pair,
                "initial Aggressive Mode packet claiming to be from @west on 192.0.2.1:500 but no matching connection has"
                        + " been authorized",
                "INVALID_ID_INFORMATION");
    }

    @Test
    void aProposalThatCannotBeRead() {
        Pair pair = Ikev1Pair.listening(4, aggressive(IKE));
        forge(pair, octets -> with(octets, SITUATION, 2));
        begin(pair);
        assertThat(pair.east.log())
                .as(pair.trace())
                .anyMatch(line -> line.startsWith(
                        "packet from 192.0.2.1:500: initial Aggressive Mode message has corrupt SA payload: "));
        assertThat(pair.east.pluto().saCount()).isZero();
    }

    @Test
    void aPeerWhoseSecretNobodyKnows() {
        SimWorld world = new SimWorld(5);
        PlutoOptions options = PlutoOptions.defaults().withIkev1(Ikev1Policy.ACCEPT);
        Pair pair = new Pair(
                world,
                new SimHost("west", world, List.of(IpAddress.of(Pair.WEST)), Pair.secrets(Pair.SECRET), options),
                new SimHost("east", world, List.of(IpAddress.of(Pair.EAST)), SecretStore.empty(), options));
        pair.add(aggressive(IKE).apply(Ikev1Pair.tunnel("t")), aggressive(IKE).apply(Ikev1Pair.tunnel("t")));
        begin(pair);
        refusedByEast(pair, "Can't authenticate: no preshared key found for `@east' and `@west'", "NO_PROPOSAL_CHOSEN");
    }

    /** The initiator goes on waiting for the one that it meant. */
    @Test
    void aResponderThatIsSomebodyElse() {
        Pair pair = Ikev1Pair.listening(6, aggressive(IKE), c -> aggressive(IKE)
                .apply(c)
                .right(Ikev1Pair.end(Pair.EAST, "@other", Pair.EAST_CLIENT).build()));
        assertThat(begin(pair))
                .as(pair.trace())
                .contains(
                        "002 \"t\" #1: Peer ID is ID_FQDN: '@other'",
                        "003 \"t\" #1: Peer ID '@other' mismatched on first found connection and no better connection"
                                + " found",
                        "003 \"t\" #1: initial Aggressive Mode packet claiming to be from @east on 192.0.2.2:500 but no"
                                + " connection has been authorized",
                        "218 \"t\" #1: sending notification INVALID_ID_INFORMATION to 192.0.2.2:500");
        assertThat(Ikev1Pair.has(pair.west, V1State.AGGR_I1)).isTrue();
        assertThat(Ikev1Pair.has(pair.east, V1State.AGGR_R1)).isTrue();
    }

    @Test
    void anAnswerThatIsDroppedOnDemand() {
        Pair pair = Ikev1Pair.listening(7, aggressive(IKE));
        ImpairedNegotiationTest.impair(pair.west, "drop-i2", "yes", OptionalLong.empty());
        begin(pair);
        assertThat(pair.trace()).contains("dropping Aggressive Mode I2 packet as per impair");
        assertThat(Ikev1Pair.has(pair.west, V1State.AGGR_I1)).isTrue();
    }
}
