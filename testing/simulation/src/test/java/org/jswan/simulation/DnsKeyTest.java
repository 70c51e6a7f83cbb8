// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.Set;
import org.jswan.base.Bytes;
import org.jswan.connection.AuthenticationMethod;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.ConnectionRequest;
import org.jswan.connection.EndOption;
import org.jswan.connection.EndRequest;
import org.jswan.control.WhackCommand;
import org.jswan.control.WhackRequest;
import org.jswan.identity.SecretStore;
import org.jswan.net.SecureDns.Kind;
import org.jswan.net.SecureDns.Security;
import org.junit.jupiter.api.Test;

/** Public keys of peers out of the DNS (RFC 4025): the initiator is known by its name, the responder by its address. */
class DnsKeyTest {
    private static final KeyPair WEST_KEY = rsa();
    private static final KeyPair EAST_KEY = rsa();
    private static final String WEST_NAME = "west.example.com.";
    private static final String EAST_REVERSE = "2.2.0.192.IN-ADDR.ARPA.";

    private static KeyPair rsa() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            return generator.generateKeyPair();
        } catch (java.security.GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /** Precedence 10, no gateway, RSA. */
    private static Bytes record(KeyPair pair) {
        return Bytes.of(10, 0, 2).plus(SimKeys.publicKey(pair).ipseckey());
    }

    private static Pair pair(long seed, boolean matchId) {
        SimWorld world = new SimWorld(seed);
        Pair pair = new Pair(
                world,
                world.host("west", Pair.WEST, SecretStore.empty()),
                world.host("east", Pair.EAST, SecretStore.empty()));
        pair.west.keys().add(WEST_KEY);
        pair.east.keys().add(EAST_KEY);
        pair.add(tunnel(matchId, true), tunnel(matchId, false));
        return pair;
    }

    private static ConnectionRequest.Builder tunnel(boolean matchId, boolean ofWest) {
        return Pair.tunnel()
                .set(
                        ConnectionOption.AUTHENTICATION,
                        Set.of(AuthenticationMethod.RSASIG, AuthenticationMethod.RSASIG_V1_5))
                .set(ConnectionOption.DNS_MATCH_ID, matchId)
                .left(end(Pair.WEST, "@west.example.com", Pair.WEST_CLIENT, WEST_KEY, ofWest))
                .right(end(Pair.EAST, Pair.EAST, Pair.EAST_CLIENT, EAST_KEY, !ofWest));
    }

    private static EndRequest end(String address, String id, String client, KeyPair pair, boolean own) {
        EndRequest usual = Pair.end(address, id, client);
        EndRequest.Builder end = EndRequest.builder()
                .set(EndOption.HOST, usual.get(EndOption.HOST).orElseThrow())
                .set(EndOption.ID, id)
                .set(EndOption.CLIENT, usual.get(EndOption.CLIENT).orElseThrow());
        return own
                ? end.set(EndOption.CKAID, SimKeys.publicKey(pair).ckaid().toString())
                        .build()
                : end.set(EndOption.DNS_KEY_ON_DEMAND, true).build();
    }

    private static void publishAll(Pair pair) {
        pair.west.dns().add(EAST_REVERSE, Kind.IPSECKEY, 3600, record(EAST_KEY));
        pair.east.dns().add(WEST_NAME, Kind.IPSECKEY, 10, record(rsa()));
        pair.east.dns().add(WEST_NAME, Kind.IPSECKEY, 10, record(WEST_KEY));
    }

    private static boolean comesUp(Pair pair) {
        SimHost.SimSession session = pair.initiate(pair.west);
        assertThat(pair.world.runUntil(session::isFinished, Duration.ofSeconds(10)))
                .as(pair.trace())
                .isTrue();
        return pair.isUp();
    }

    @Test
    void keysAreLookedUp() {
        Pair pair = pair(1, false);
        publishAll(pair);
        assertThat(comesUp(pair)).as(pair.trace()).isTrue();
        assertThat(pair.west.log()).anyMatch(line -> line.contains("using preloaded certificate '" + Pair.EAST + "'"));
        assertThat(pair.east.log()).anyMatch(line -> line.contains("using preloaded certificate '@west.example.com'"));
        assertThat(pair.west.log()).contains("| start IKEv2 DNS query -- " + EAST_REVERSE + " IN IPSECKEY --");
        assertThat(pair.west.log()).noneMatch(line -> line.contains("no effect yet"));
        // Ten seconds would not outlive a slow negotiation.
        SimHost.SimSession keys = pair.east.whack(WhackRequest.of(new WhackCommand.ListPublicKeys(true)));
        pair.world.runUntil(keys::isFinished, Duration.ofSeconds(1));
        assertThat(keys.lines())
                .filteredOn(line -> line.contains("warning (expires in"))
                .hasSize(2);
    }

    @Test
    void nothingInTheDns() {
        Pair pair = pair(2, false);
        pair.west.dns().add(EAST_REVERSE, Kind.IPSECKEY, 3600, record(EAST_KEY));
        assertThat(comesUp(pair)).isFalse();
        assertThat(pair.east.log())
                .anyMatch(line -> line.contains("IKEv2 DNS query -- west.example.com. IN IPSECKEY --"
                        + " returned NOERROR rr parse error DNS response contains no answer elapsed time"));
        assertThat(pair.west.log()).anyMatch(line -> line.contains("rejected by peer: AUTHENTICATION_FAILED"));
    }

    @Test
    void whatNobodyVouchesForIsIgnored() {
        Pair pair = pair(3, false);
        publishAll(pair);
        pair.east.dns().security(Security.INSECURE);
        assertThat(comesUp(pair)).isFalse();
        assertThat(pair.east.log())
                .anyMatch(line -> line.contains("rr parse error unbound returned INSECURE response - ignored"));
    }

    @Test
    void addressOfTheNameMustBeThePeers() {
        Pair pair = pair(4, true);
        publishAll(pair);
        pair.east.dns().add(WEST_NAME, Kind.A, 3600, Bytes.of(192, 0, 2, 77));
        assertThat(comesUp(pair)).isFalse();
        assertThat(pair.east.log())
                .anyMatch(line -> line.contains(
                        "forward address validation failed IKEv2 DNS query -- west.example.com. IN A --"));
        Pair good = pair(5, true);
        publishAll(good);
        good.east.dns().add(WEST_NAME, Kind.A, 3600, Bytes.of(192, 0, 2, 1));
        assertThat(comesUp(good)).as(good.trace()).isTrue();
    }

    @Test
    void recordsOfNoUseAreSkipped() {
        Pair pair = pair(6, false);
        publishAll(pair);
        pair.east.dns().add(WEST_NAME, Kind.IPSECKEY, 10, Bytes.of(10, 1, 2, 192, 0, 2, 1, 3));
        pair.east.dns().add(WEST_NAME, Kind.IPSECKEY, 10, Bytes.of(10, 0, 1, 3));
        assertThat(comesUp(pair)).as(pair.trace()).isTrue();
        assertThat(pair.east.log())
                .anyMatch(line -> line.endsWith("ignoring IPSECKEY RR: Gateway Type must be 0"))
                .anyMatch(line -> line.endsWith(
                        "ignoring IPSECKEY RR: Algorithm type must be 2 (RSA) 3 (ECDSA) or 4" + " (PUBKEY draft)"));
    }
}
