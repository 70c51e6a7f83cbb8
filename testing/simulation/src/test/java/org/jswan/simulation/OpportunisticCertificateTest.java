// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.KeyPair;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jswan.base.Bytes;
import org.jswan.base.IpAddress;
import org.jswan.base.Selector;
import org.jswan.base.Subnet;
import org.jswan.connection.AuthenticationMethod;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionKind;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.ConnectionRequest;
import org.jswan.connection.EndAuthentication;
import org.jswan.connection.EndOption;
import org.jswan.connection.EndRequest;
import org.jswan.connection.GroupTarget;
import org.jswan.connection.HostSpec;
import org.jswan.connection.ProtocolPort;
import org.jswan.connection.SendCertificate;
import org.jswan.connection.Shunt;
import org.jswan.connection.SignatureHash;
import org.jswan.control.WhackCommand;
import org.jswan.control.WhackRequest;
import org.jswan.net.SecureDns;
import org.jswan.revocation.RevocationSetting;
import org.jswan.simulation.SimKernel.Fate;
import org.junit.jupiter.api.Test;

/** Opportunistic encryption with peers that prove who they are by certificates, both of them or the server only. */
class OpportunisticCertificateTest extends CertificateFixture {
    private static final Set<AuthenticationMethod> SIGNATURE = EnumSet.of(AuthenticationMethod.RSASIG);
    private static final Set<AuthenticationMethod> SIGNATURE_OR_NOTHING =
            EnumSet.of(AuthenticationMethod.RSASIG, AuthenticationMethod.NULL);
    private static final HostSpec ANYBODY = HostSpec.special(HostSpec.Kind.OPPORTUNISTIC);

    OpportunisticCertificateTest() {
        super(RevocationSetting.DEFAULT);
        usual();
    }

    private static EndRequest.Builder certified(HostSpec host) {
        return EndRequest.builder()
                .set(EndOption.HOST, host)
                .set(EndOption.ID, "%fromcert")
                .set(EndOption.SEND_CERT, SendCertificate.ALWAYS);
    }

    private static EndRequest.Builder nobody(HostSpec host) {
        return EndRequest.builder().set(EndOption.HOST, host).set(EndOption.ID, "%null");
    }

    private static HostSpec host(String address) {
        return HostSpec.of(IpAddress.of(address));
    }

    private static ConnectionRequest.Builder opportunistic(EndRequest.Builder us, EndRequest.Builder them) {
        return RoadScene.bare("oe")
                .left(us.build())
                .right(them.build())
                .set(ConnectionOption.SIGNATURE_HASHES, Set.of(SignatureHash.values()));
    }

    private static ConnectionRequest.Builder opportunistic(
            String address, String nickname, Set<AuthenticationMethod> methods) {
        return opportunistic(certified(host(address)).set(EndOption.CERT, nickname), certified(ANYBODY))
                .set(ConnectionOption.AUTHENTICATION, methods);
    }

    /** A packet from west to east. */
    private void packet() {
        pair.west.whack(WhackRequest.of(new WhackCommand.Route("oe")));
        world.run(Duration.ofSeconds(1));
        pair.west.whack(WhackRequest.of(
                new WhackCommand.OpportunisticInitiate(IpAddress.of(Pair.WEST), 8, IpAddress.of(Pair.EAST), 0, 1)));
        world.run(Duration.ofSeconds(3));
    }

    private void assertUp(SimHost host, String instance, String authenticated) {
        assertThat(host.log())
                .as(pair.trace())
                .anyMatch(line -> line.startsWith(instance + " #1: ")
                        && line.contains("established IKE SA; authenticated peer ")
                        && line.contains(authenticated))
                .anyMatch(line -> line.startsWith(instance + " #2: ") && line.contains("established Child SA"));
    }

    @Test
    void bothEndsHaveCertificates() {
        add(pair.west, opportunistic(Pair.WEST, "west", SIGNATURE));
        add(pair.east, opportunistic(Pair.EAST, "east", SIGNATURE));
        packet();
        assertUp(pair.west, "\"oe\"[1] ...192.0.2.2", EAST);
        assertUp(pair.east, "\"oe\"[1] ...192.0.2.1", WEST);
    }

    @Test
    void theServerAloneProvesWhoItIs() {
        add(
                pair.west,
                opportunistic(
                        nobody(host(Pair.WEST)).set(EndOption.AUTH, EndAuthentication.NULL),
                        certified(ANYBODY).set(EndOption.AUTH, EndAuthentication.RSASIG)));
        add(
                pair.east,
                opportunistic(
                        certified(host(Pair.EAST))
                                .set(EndOption.CERT, "east")
                                .set(EndOption.AUTH, EndAuthentication.RSASIG),
                        nobody(ANYBODY).set(EndOption.AUTH, EndAuthentication.NULL)));
        packet();
        assertUp(pair.west, "\"oe\"[1] ...192.0.2.2", EAST);
        assertUp(pair.east, "\"oe\"[1] ...192.0.2.1", "using authby=null and ID_NULL 'ID_NULL'");
    }

    /** Who may prove who it is, does; the peer may want no more than nothing. */
    @Test
    void aSignatureIsBetterThanNothing() {
        add(pair.west, opportunistic(Pair.WEST, "west", SIGNATURE_OR_NOTHING));
        add(pair.east, opportunistic(Pair.EAST, "east", SIGNATURE_OR_NOTHING));
        packet();
        assertUp(pair.west, "\"oe\"[1] ...192.0.2.2", EAST);
        assertUp(pair.east, "\"oe\"[1] ...192.0.2.1", WEST);
    }

    /** As libreswan: what another member of the group protects becomes the instance's. */
    @Test
    void anotherMemberOfTheGroupServesOtherPorts() {
        add(
                pair.west,
                RoadScene.bare("t")
                        .left(certified(host(Pair.WEST))
                                .set(EndOption.CERT, "west")
                                .set(EndOption.PROTOCOL_PORT, new ProtocolPort(6, 0, false))
                                .build())
                        .right(certified(host(Pair.EAST))
                                .set(EndOption.PROTOCOL_PORT, new ProtocolPort(6, 7, false))
                                .build())
                        .set(ConnectionOption.AUTHENTICATION, SIGNATURE)
                        .set(ConnectionOption.SIGNATURE_HASHES, Set.of(SignatureHash.values())));
        add(
                pair.east,
                opportunistic(
                                certified(host(Pair.EAST)).set(EndOption.CERT, "east"),
                                certified(HostSpec.special(HostSpec.Kind.OPPORTUNISTIC_GROUP)))
                        .set(ConnectionOption.AUTHENTICATION, SIGNATURE));
        Connection group = pair.east.pluto().connections().findConfigured("oe").orElseThrow();
        for (int port : new int[] {7, 0}) {
            assertThat(pair.east
                            .pluto()
                            .connections()
                            .addMember(group, new GroupTarget(Subnet.of("192.0.2.1/32"), 6, port, 0)))
                    .isPresent();
        }
        pair.initiate(pair.west);
        world.run(Duration.ofSeconds(3));
        assertUp(pair.east, "\"oe#192.0.2.1/32-(0--6--0)\"[1] ...192.0.2.1", WEST);
        assertThat(pair.east.pluto().connections().all())
                .filteredOn(c -> c.kind() == ConnectionKind.INSTANCE)
                .hasSize(1)
                .allMatch(c -> c.local().client().orElseThrow().port() == 7);
    }

    /** The server's key is where anybody finds it by its address. */
    @Test
    void theServersKeyIsInTheDns() {
        publish(pair.west, "2.2.0.192.IN-ADDR.ARPA.", EAST_KEY);
        add(pair.west, whoeverHasAKey(ANYBODY));
        add(pair.east, server(ANYBODY));
        packet();
        assertUp(pair.west, "\"oe\"[1] ...192.0.2.2", "using preloaded certificate '192.0.2.2'");
        assertThat(pair.trace())
                .as("as libreswan's cases look for it")
                .contains("| DNS QUESTION 2.2.0.192.IN-ADDR.ARPA.\\tIN\\tIPSECKEY\\n");
    }

    private static void publish(SimHost to, String name, KeyPair key) {
        to.dns()
                .add(
                        name,
                        SecureDns.Kind.IPSECKEY,
                        3600,
                        Bytes.of(10, 0, 2).plus(SimKeys.publicKey(key).ipseckey()));
    }

    private static ConnectionRequest.Builder whoeverHasAKey(HostSpec peers) {
        return opportunistic(
                nobody(host(Pair.WEST)).set(EndOption.AUTH, EndAuthentication.NULL),
                EndRequest.builder()
                        .set(EndOption.HOST, peers)
                        .set(EndOption.DNS_KEY_ON_DEMAND)
                        .set(EndOption.AUTH, EndAuthentication.RSASIG));
    }

    private static ConnectionRequest.Builder server(HostSpec peers) {
        return opportunistic(
                EndRequest.builder()
                        .set(EndOption.HOST, host(Pair.EAST))
                        .set(
                                EndOption.CKAID,
                                SimKeys.publicKey(EAST_KEY).ckaid().toString())
                        .set(EndOption.AUTH, EndAuthentication.RSASIG),
                nobody(peers).set(EndOption.AUTH, EndAuthentication.NULL));
    }

    /** A group whose peers have keys in the DNS: of several, the one that the peer has the private half of is found. */
    @Test
    void aGroupsPeersHaveKeysInTheDns() {
        publish(pair.west, "2.2.0.192.IN-ADDR.ARPA.", WEST_KEY);
        publish(pair.west, "2.2.0.192.IN-ADDR.ARPA.", EAST_KEY);
        routeGroups();
        assertThat(ping()).as(pair.trace()).isEqualTo(Fate.PROTECTED);
        assertUp(pair.west, "\"oe#192.0.2.0/24\"[1] ...192.0.2.2", "using preloaded certificate '192.0.2.2'");
        assertUp(pair.east, "\"oe#192.0.2.0/24\"[1] ...192.0.2.1", "using authby=null");
    }

    /** The DNS has no key of the peer: that is a failure as others are. */
    @Test
    void whoseKeyIsNotInTheDnsMeetsTheFailureShunt() {
        routeGroups();
        assertThat(ping()).as(pair.trace()).isEqualTo(Fate.BLOCKED);
        assertThat(pair.west.log()).anyMatch(line -> line.contains("DNS response contains no answer"));
        assertThat(pair.west.ikeSas()).as(pair.trace()).isEmpty();
    }

    private void routeGroups() {
        HostSpec group = HostSpec.special(HostSpec.Kind.OPPORTUNISTIC_GROUP);
        add(pair.west, whoeverHasAKey(group).set(ConnectionOption.FAILURE_SHUNT, Shunt.DROP));
        add(pair.east, server(group));
        for (SimHost end : List.of(pair.west, pair.east)) {
            end.setGroup("oe", "192.0.2.0/24\n");
            end.whack(WhackRequest.of(new WhackCommand.Listen()));
        }
        world.run(Duration.ofSeconds(1));
        pair.west.whack(WhackRequest.of(new WhackCommand.Route("oe")));
        world.run(Duration.ofSeconds(1));
        assertThat(ping()).isEqualTo(Fate.HELD);
        world.run(Duration.ofSeconds(3));
    }

    private Fate ping() {
        return pair.west
                .kernel()
                .packet(
                        new Selector(Subnet.of(Pair.WEST + "/32"), 1, 8),
                        new Selector(Subnet.of(Pair.EAST + "/32"), 1, 0));
    }

    /** Who wants no more than nothing takes that, though the peer has a signature for others (NULL_AUTH). */
    @Test
    void whoWantsNothingIsProvenNothing() {
        add(
                pair.west,
                opportunistic(
                                EndRequest.builder()
                                        .set(EndOption.HOST, host(Pair.WEST))
                                        .set(EndOption.CERT, "west"),
                                EndRequest.builder().set(EndOption.HOST, ANYBODY))
                        .set(ConnectionOption.AUTHENTICATION, SIGNATURE_OR_NOTHING));
        add(
                pair.east,
                opportunistic(
                                EndRequest.builder().set(EndOption.HOST, host(Pair.EAST)),
                                EndRequest.builder().set(EndOption.HOST, ANYBODY))
                        .set(ConnectionOption.AUTHENTICATION, EnumSet.of(AuthenticationMethod.NULL)));
        packet();
        assertUp(pair.east, "\"oe\"[1] ...192.0.2.1", "using authby=null");
        assertUp(pair.west, "\"oe\"[1] ...192.0.2.2", "using authby=null");
    }
}
