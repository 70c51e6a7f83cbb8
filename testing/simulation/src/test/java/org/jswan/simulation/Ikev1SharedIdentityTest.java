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
import org.jswan.identity.IdentityException;
import org.jswan.identity.IkeId;
import org.jswan.identity.SecretEntry;
import org.jswan.identity.SecretKind;
import org.jswan.identity.SecretStore;
import org.jswan.pluto.PlutoOptions;
import org.jswan.sa.V1State;
import org.junit.jupiter.api.Test;

/** Peers of IKEv1 that share an identity ({@code uniqueids=no}), or a secret. */
class Ikev1SharedIdentityTest extends RoadScene {
    private static final PlutoOptions OPTIONS = PlutoOptions.defaults().withIkev1(Ikev1Policy.ACCEPT);

    Ikev1SharedIdentityTest() {
        super(OPTIONS.withUniqueIds(false));
    }

    private static ConnectionRequest.Builder connection(String name, HostSpec peer, String id) {
        return Ikev1Pair.ikev1(bare(name))
                .set(ConnectionOption.AUTHENTICATION, Set.of(AuthenticationMethod.PSK))
                .left(EndRequest.builder()
                        .set(EndOption.HOST, HostSpec.of(IpAddress.of(GATEWAY)))
                        .set(EndOption.ID, "@gateway")
                        .set(EndOption.CLIENT, Subnet.of("10.0.0.0/24"))
                        .build())
                .right(EndRequest.builder()
                        .set(EndOption.HOST, peer)
                        .set(EndOption.ID, id)
                        .build());
    }

    private SimHost road(String address, String id) {
        SimHost road = listening(new SimHost(
                "road" + address, world, List.of(IpAddress.of(address)), Pair.secrets(Pair.SECRET), OPTIONS));
        add(road, connection("road", HostSpec.of(IpAddress.of(address)), id).set(ConnectionOption.INITIAL_CONTACT));
        up(road);
        assertThat(Ikev1Pair.has(road, V1State.QUICK_I2)).as(trace()).isTrue();
        return road;
    }

    @Test
    void eachKeepsWhatItHas() {
        add(gateway, connection("any", HostSpec.any(), "@one"));
        road("192.0.2.1", "@one");
        road("192.0.2.2", "@one");
        assertThat(instances())
                .as(trace())
                .extracting(Connection::toString)
                .containsExactly("\"any\"[1] 192.0.2.1", "\"any\"[2] 192.0.2.2");
        assertThat(gateway.pluto().saCount()).isEqualTo(4);
        assertThat(gateway.kernel().installed()).hasSize(4);
    }

    /** "@gateway %any : PSK ...": in Main Mode unknown peers must all have the same secret. */
    @Test
    void aSecretForAnybodyServesUnknownPeers() throws IdentityException {
        SecretEntry shared = new SecretEntry(
                SecretKind.PSK,
                List.of(IkeId.fqdn("gateway"), IkeId.parse("%any", name -> List.of())),
                Secret.copyOf(Bytes.ofUtf8(Pair.SECRET)),
                Bytes.EMPTY,
                1);
        String address = "192.0.2.250";
        SimHost named = listening(
                new SimHost("named", world, List.of(IpAddress.of(address)), new SecretStore(List.of(shared)), OPTIONS));
        EndRequest here = EndRequest.builder()
                .set(EndOption.HOST, HostSpec.of(IpAddress.of(address)))
                .set(EndOption.ID, "@gateway")
                .set(EndOption.CLIENT, Subnet.of("10.0.0.0/24"))
                .build();
        add(named, connection("any", HostSpec.any(), "%any").left(here));
        for (String peer : List.of("192.0.2.1", "192.0.2.2")) {
            SimHost road = listening(
                    new SimHost("road" + peer, world, List.of(IpAddress.of(peer)), Pair.secrets(Pair.SECRET), OPTIONS));
            add(
                    road,
                    connection("road", HostSpec.of(IpAddress.of(peer)), "@" + peer)
                            .left(here));
            up(road);
            assertThat(Ikev1Pair.has(road, V1State.QUICK_I2)).as(trace()).isTrue();
        }
        assertThat(named.kernel().installed()).hasSize(4);
    }
}
