// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.jswan.base.Bytes;
import org.jswan.base.IpAddress;
import org.jswan.base.Secret;
import org.jswan.base.Subnet;
import org.jswan.connection.AuthenticationMethod;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.ConnectionRequest;
import org.jswan.connection.EndOption;
import org.jswan.connection.EndRequest;
import org.jswan.connection.HostSpec;
import org.jswan.connection.Ikev1Policy;
import org.jswan.identity.IkeId;
import org.jswan.identity.SecretEntry;
import org.jswan.identity.SecretKind;
import org.jswan.identity.SecretStore;
import org.jswan.pluto.PlutoOptions;
import org.jswan.sa.V1State;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who peers of Main Mode are, and which connection is for them, where they prove it by a shared secret. */
class Phase1IdentityTest extends RoadScene {
    private static final PlutoOptions OPTIONS = PlutoOptions.defaults().withIkev1(Ikev1Policy.ACCEPT);

    Phase1IdentityTest() {
        super(OPTIONS);
    }

    private static ConnectionRequest.Builder connection(String name) {
        return Ikev1Pair.ikev1(bare(name))
                .set(ConnectionOption.AUTHENTICATION, Set.of(AuthenticationMethod.PSK))
                .left(EndRequest.builder()
                        .set(EndOption.HOST, HostSpec.of(IpAddress.of(GATEWAY)))
                        .set(EndOption.ID, "@gateway")
                        .set(EndOption.CLIENT, Subnet.of("10.0.0.0/24"))
                        .build());
    }

    private static EndRequest.Builder peer(HostSpec host) {
        return EndRequest.builder().set(EndOption.HOST, host);
    }

    private void template(String name, String peerId) {
        add(
                gateway,
                connection(name)
                        .right(peer(HostSpec.any()).set(EndOption.ID, peerId).build()));
    }

    private SimHost road(String address, String id, SecretStore secrets) {
        SimHost road =
                listening(new SimHost("road" + address, world, List.of(IpAddress.of(address)), secrets, OPTIONS));
        add(
                road,
                connection("road")
                        .right(peer(HostSpec.of(IpAddress.of(address)))
                                .set(EndOption.ID, id)
                                .build()));
        return road;
    }

    private SimHost road(String address, String id) {
        return road(address, id, Pair.secrets(Pair.SECRET));
    }

    private boolean comesUp(SimHost road) {
        up(road);
        return Ikev1Pair.has(road, V1State.QUICK_I2);
    }

    private List<String> said(String text) {
        return gateway.log().stream().filter(line -> line.contains(text)).toList();
    }

    /** As libreswan: an instance begins with the peer's address for its identity, so the real one makes another. */
    @Test
    void everyPeerHasAnInstanceOfItsOwn() {
        template("any", "%any");
        assertThat(comesUp(road("192.0.2.1", "@one"))).as(trace()).isTrue();
        assertThat(comesUp(road("192.0.2.2", "@two"))).as(trace()).isTrue();
        assertThat(said("responding to Main Mode from unknown peer 192.0.2.1:500"))
                .containsExactly("\"any\"[1] 192.0.2.1 #1: responding to Main Mode from unknown peer 192.0.2.1:500");
        assertThat(said("switched to"))
                .containsExactly(
                        "\"any\"[1] 192.0.2.1 #1: switched to \"any\"[2] 192.0.2.1",
                        "\"any\"[3] 192.0.2.2 #3: switched to \"any\"[4] 192.0.2.2");
        assertThat(instances()).extracting(c -> c.remote().id().toString()).containsExactly("@one", "@two");
    }

    @Test
    void theIdentityDecidesOnTheTemplate() {
        template("one", "@one");
        template("two", "@two");
        assertThat(comesUp(road("192.0.2.1", "@one"))).as(trace()).isTrue();
        assertThat(comesUp(road("192.0.2.2", "@two"))).as(trace()).isTrue();
        assertThat(instances()).extracting(Connection::name).containsExactly("one", "two");
        SimHost third = road("192.0.2.3", "@three");
        assertThat(comesUp(third)).isFalse();
        assertThat(said("Peer ID '@three' mismatched on first found connection and no better connection found"))
                .isNotEmpty();
        assertThat(said("sending encrypted notification INVALID_ID_INFORMATION to 192.0.2.3:500"))
                .isNotEmpty();
        // Phase 1 is not over: nothing but the message ID goes into the vector, at either end.
        assertThat(third.log()).anyMatch(line -> line.contains("ignored notification payload: INVALID_ID_INFORMATION"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"192.0.2.7", "@one.example", "someone@one.example", "@[key]", "C=CA, CN=one"})
    void identitiesOfEveryKind(String id) {
        template("one", id);
        assertThat(comesUp(road("192.0.2.1", id))).as(trace()).isTrue();
    }

    /** In Main Mode the secret is needed before the peer has said who it is. */
    @Test
    void unknownPeersShareOneSecret() {
        SimHost named = listening(
                new SimHost("named", world, List.of(IpAddress.of("192.0.2.250")), secret("gateway", "one"), OPTIONS));
        add(
                named,
                Ikev1Pair.ikev1(bare("any"))
                        .set(ConnectionOption.AUTHENTICATION, Set.of(AuthenticationMethod.PSK))
                        .left(peer(HostSpec.of(IpAddress.of("192.0.2.250")))
                                .set(EndOption.ID, "@gateway")
                                .set(EndOption.CLIENT, Subnet.of("10.0.0.0/24"))
                                .build())
                        .right(peer(HostSpec.any()).set(EndOption.ID, "%any").build()));
        SimHost road = listening(
                new SimHost("road", world, List.of(IpAddress.of("192.0.2.1")), Pair.secrets(Pair.SECRET), OPTIONS));
        add(
                road,
                Ikev1Pair.ikev1(bare("road"))
                        .set(ConnectionOption.AUTHENTICATION, Set.of(AuthenticationMethod.PSK))
                        .left(peer(HostSpec.of(IpAddress.of("192.0.2.250")))
                                .set(EndOption.ID, "@gateway")
                                .set(EndOption.CLIENT, Subnet.of("10.0.0.0/24"))
                                .build())
                        .right(peer(HostSpec.of(IpAddress.of("192.0.2.1")))
                                .set(EndOption.ID, "@one")
                                .build()));
        up(road);
        assertThat(named.log())
                .as(trace())
                .contains("\"any\"[1] 192.0.2.1 #1: Can't authenticate: no preshared key found for `@gateway' and"
                        + " `192.0.2.1'.  Attribute OAKLEY_AUTHENTICATION_METHOD");
    }

    private static SecretStore secret(String one, String other) {
        return new SecretStore(List.of(entry(one, other, Pair.SECRET)));
    }

    private static SecretEntry entry(String one, String other, String secret) {
        return new SecretEntry(
                SecretKind.PSK,
                List.of(IkeId.fqdn(one), IkeId.fqdn(other)),
                Secret.copyOf(Bytes.ofUtf8(secret)),
                Bytes.EMPTY,
                1);
    }

    /** Who has the one peer's secret does not become the other. */
    @Test
    void aPeerIsNobodyWhoseSecretItDoesNotHave() {
        String others = "the other one's secret, of some length too";
        SimHost named = listening(new SimHost(
                "named",
                world,
                List.of(IpAddress.of("192.0.2.250")),
                new SecretStore(List.of(entry("gateway", "one", Pair.SECRET), entry("gateway", "two", others))),
                OPTIONS));
        for (String name : List.of("two", "one")) {
            add(
                    named,
                    named(name)
                            .right(peer(HostSpec.any())
                                    .set(EndOption.ID, "@" + name)
                                    .build()));
        }
        SimHost road = listening(
                new SimHost("road", world, List.of(IpAddress.of("192.0.2.1")), Pair.secrets(Pair.SECRET), OPTIONS));
        add(
                road,
                named("road")
                        .right(peer(HostSpec.of(IpAddress.of("192.0.2.1")))
                                .set(EndOption.ID, "@two")
                                .build()));
        assertThat(comesUp(road)).as(trace()).isFalse();
        assertThat(named.log())
                .as(trace())
                .noneMatch(line -> line.contains("IKE SA established"))
                .anyMatch(line -> line.contains("Peer ID '@two' mismatched on first found connection"));
    }

    private static ConnectionRequest.Builder named(String name) {
        return Ikev1Pair.ikev1(bare(name))
                .set(ConnectionOption.AUTHENTICATION, Set.of(AuthenticationMethod.PSK))
                .left(peer(HostSpec.of(IpAddress.of("192.0.2.250")))
                        .set(EndOption.ID, "@gateway")
                        .set(EndOption.CLIENT, Subnet.of("10.0.0.0/24"))
                        .build());
    }

    @Test
    void aPeerThatComesFromElsewhereEndsWhatItHad() {
        template("one", "@one");
        assertThat(comesUp(road("192.0.2.1", "@one"))).as(trace()).isTrue();
        assertThat(comesUp(road("192.0.2.2", "@one"))).as(trace()).isTrue();
        assertThat(instances()).extracting(Connection::toString).as(trace()).containsExactly("\"one\"[2] 192.0.2.2");
        assertThat(gateway.pluto().saCount()).isEqualTo(2);
        assertThat(said("\"one\"[1] 192.0.2.1 #"))
                .filteredOn(line -> line.contains("deleting state"))
                .hasSize(2)
                .allMatch(line -> line.endsWith("and NOT sending notification"))
                .first()
                .asString()
                .contains("STATE_QUICK_R2");
    }

    @Test
    void initialContactIsSaidWhereItIsWanted() {
        template("one", "@one");
        SimHost road = listening(
                new SimHost("road", world, List.of(IpAddress.of("192.0.2.1")), Pair.secrets(Pair.SECRET), OPTIONS));
        add(
                road,
                connection("road")
                        .set(ConnectionOption.INITIAL_CONTACT)
                        .right(peer(HostSpec.of(IpAddress.of("192.0.2.1")))
                                .set(EndOption.ID, "@one")
                                .build()));
        assertThat(comesUp(road)).as(trace()).isTrue();
        assertThat(road.log()).contains("\"road\" #1: sending INITIAL_CONTACT");
        assertThat(said("ignoring informational payload IPSEC_INITIAL_CONTACT, msgid=00000000, length=28"))
                .hasSize(1);
    }
}
