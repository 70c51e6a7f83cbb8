// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jswan.connection.AuthenticationMethod;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.ConnectionRequest;
import org.jswan.connection.EndAuthentication;
import org.jswan.connection.EndOption;
import org.jswan.connection.EndRequest;
import org.jswan.connection.SignatureHash;
import org.jswan.control.WhackCommand;
import org.jswan.control.WhackRequest;
import org.jswan.identity.SecretStore;
import org.jswan.key.KeyType;
import org.jswan.key.PublicKey;
import org.jswan.wire.KnownVendorId;
import org.jswan.wire.WireException;
import org.jswan.wire.v2.Message;
import org.jswan.wire.v2.VendorIdPayload;
import org.junit.jupiter.api.Test;

/** Two daemons that prove their identities by signatures, or not at all. */
class SignatureTest {
    private static final KeyPair WEST_RSA = rsa(2048);
    private static final KeyPair EAST_RSA = rsa(3072);
    private static final KeyPair WEST_EC = ecdsa("secp256r1");
    private static final KeyPair EAST_EC = ecdsa("secp521r1");
    private static final Set<AuthenticationMethod> ANY_SIGNATURE =
            Set.of(AuthenticationMethod.RSASIG, AuthenticationMethod.RSASIG_V1_5, AuthenticationMethod.ECDSA);
    private static final Set<SignatureHash> ALL_HASHES = Set.of(SignatureHash.values());

    private static KeyPair rsa(int bits) {
        return generate("RSA", generator -> generator.initialize(bits));
    }

    private static KeyPair ecdsa(String curve) {
        return generate("EC", generator -> generator.initialize(new ECGenParameterSpec(curve)));
    }

    private interface Setting {
        void on(KeyPairGenerator generator) throws GeneralSecurityException;
    }

    private static KeyPair generate(String algorithm, Setting setting) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
            setting.on(generator);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /** How a machine proves who it is, and what it takes from the other. */
    private record Policy(Set<AuthenticationMethod> methods, Set<SignatureHash> hashes) {
        ConnectionRequest.Builder applyTo(ConnectionRequest.Builder tunnel) {
            return tunnel.set(ConnectionOption.AUTHENTICATION, methods).set(ConnectionOption.SIGNATURE_HASHES, hashes);
        }
    }

    private static Pair listening(long seed, KeyPair western, KeyPair eastern, Policy west, Policy east) {
        return listening(
                seed,
                western,
                eastern,
                west.applyTo(tunnel(western, eastern, UnaryOperator.identity())),
                east.applyTo(tunnel(western, eastern, UnaryOperator.identity())));
    }

    private static Pair listening(
            long seed,
            KeyPair western,
            KeyPair eastern,
            ConnectionRequest.Builder west,
            ConnectionRequest.Builder east) {
        SimWorld world = new SimWorld(seed);
        Pair pair = new Pair(
                world,
                world.host("west", Pair.WEST, SecretStore.empty()),
                world.host("east", Pair.EAST, SecretStore.empty()));
        pair.west.keys().add(western);
        pair.east.keys().add(eastern);
        pair.add(west, east);
        for (SimHost host : List.of(pair.west, pair.east)) {
            host.whack(know("@west", western));
            host.whack(know("@east", eastern));
        }
        world.run(Duration.ofMillis(10));
        return pair;
    }

    private static WhackRequest know(String id, KeyPair pair) {
        PublicKey key = SimKeys.publicKey(pair);
        return WhackRequest.of(new WhackCommand.Key(
                id,
                false,
                Optional.of(new WhackCommand.Key.PublicKey(
                        key.type() == KeyType.RSA ? WhackCommand.Key.Algorithm.RSA : WhackCommand.Key.Algorithm.ECDSA,
                        key.ipseckey()))));
    }

    private static ConnectionRequest.Builder tunnel(
            KeyPair western, KeyPair eastern, UnaryOperator<EndRequest.Builder> each) {
        return Pair.tunnel()
                .left(each.apply(end(Pair.WEST, "@west", Pair.WEST_CLIENT, western))
                        .build())
                .right(each.apply(end(Pair.EAST, "@east", Pair.EAST_CLIENT, eastern))
                        .build());
    }

    private static EndRequest.Builder end(String address, String id, String client, KeyPair pair) {
        EndRequest.Builder end = EndRequest.builder();
        EndRequest usual = Pair.end(address, id, client);
        end.set(EndOption.HOST, usual.get(EndOption.HOST).orElseThrow());
        end.set(EndOption.ID, id);
        end.set(EndOption.CLIENT, usual.get(EndOption.CLIENT).orElseThrow());
        return end.set(EndOption.CKAID, SimKeys.publicKey(pair).ckaid().toString());
    }

    private static SimHost.SimSession initiate(Pair pair) {
        SimHost.SimSession session = pair.initiate(pair.west);
        pair.world.runUntil(session::isFinished, Duration.ofSeconds(10));
        return session;
    }

    private static String authenticated(SimHost host) {
        return host.log().stream()
                .filter(line -> line.contains("authenticated peer"))
                .map(line -> line.replaceAll(".*authenticated peer ", ""))
                .findFirst()
                .orElse("nobody");
    }

    private static void assertBothAuthenticated(Pair pair, String ofEast, String ofWest) {
        assertThat(pair.isUp()).as(pair.trace()).isTrue();
        assertThat(authenticated(pair.west)).isEqualTo(ofEast);
        assertThat(authenticated(pair.east)).isEqualTo(ofWest);
        pair.terminate(pair.west);
        pair.world.run(Duration.ofSeconds(1));
        pair.assertNothingLeftAfterDelete();
    }

    @Test
    void digitalSignaturesByRsa() {
        Policy policy = new Policy(ANY_SIGNATURE, ALL_HASHES);
        Pair pair = listening(1, WEST_RSA, EAST_RSA, policy, policy);
        initiate(pair);
        assertBothAuthenticated(
                pair,
                "'3072-bit RSASSA-PSS with SHA2_512' digital signature using preloaded certificate '@east'",
                "'2048-bit RSASSA-PSS with SHA2_512' digital signature using preloaded certificate '@west'");
    }

    @Test
    void hashThatBothAllow() {
        Policy two = new Policy(ANY_SIGNATURE, Set.of(SignatureHash.SHA2_256, SignatureHash.SHA2_384));
        Policy one = new Policy(ANY_SIGNATURE, Set.of(SignatureHash.SHA2_256));
        Pair pair = listening(2, WEST_RSA, EAST_RSA, two, one);
        initiate(pair);
        assertBothAuthenticated(
                pair,
                "'3072-bit RSASSA-PSS with SHA2_256' digital signature using preloaded certificate '@east'",
                "'2048-bit RSASSA-PSS with SHA2_256' digital signature using preloaded certificate '@west'");
    }

    @Test
    void digitalSignaturesByEcdsa() {
        Policy policy = new Policy(Set.of(AuthenticationMethod.ECDSA), ALL_HASHES);
        Pair pair = listening(3, WEST_EC, EAST_EC, policy, policy);
        initiate(pair);
        assertBothAuthenticated(
                pair,
                "'P-521 ECDSA with SHA2_512' digital signature using preloaded certificate '@east'",
                "'P-256 ECDSA with SHA2_512' digital signature using preloaded certificate '@west'");
    }

    @Test
    void olderRsaWhereNoHashesAreAllowed() {
        Policy policy = new Policy(Set.of(AuthenticationMethod.RSASIG_V1_5), Set.of());
        Pair pair = listening(4, WEST_RSA, EAST_RSA, policy, policy);
        initiate(pair);
        assertBothAuthenticated(
                pair,
                "'3072-bit PKCS#1 1.5 RSA with SHA1' signature using preloaded certificate '@east'",
                "'2048-bit PKCS#1 1.5 RSA with SHA1' signature using preloaded certificate '@west'");
    }

    @Test
    void noHashInCommon() {
        Policy west = new Policy(Set.of(AuthenticationMethod.RSASIG), Set.of(SignatureHash.SHA2_256));
        Policy east = new Policy(Set.of(AuthenticationMethod.RSASIG), Set.of(SignatureHash.SHA2_512));
        Pair pair = listening(5, WEST_RSA, EAST_RSA, west, east);
        assertThat(initiate(pair).lines())
                .contains(
                        "003 \"t\" #1: local policy does not allow legacy RSA-SHA1 but connection allows no other hash"
                                + " policy",
                        "002 \"t\" #1: authentication method IKEv2_AUTH_RESERVED not supported",
                        "036 \"t\" #1: encountered fatal error in state STATE_V2_PARENT_I1");
    }

    @Test
    void signatureByAnotherKey() {
        Policy policy = new Policy(ANY_SIGNATURE, ALL_HASHES);
        Pair pair = listening(6, WEST_RSA, EAST_RSA, policy, policy);
        pair.east.whack(know("@west", EAST_RSA));
        assertThat(initiate(pair).lines())
                .contains("003 \"t\" #1: IKE SA authentication request rejected by peer: AUTHENTICATION_FAILED");
        assertThat(pair.east.log())
                .contains(
                        "\"t\" #1: authentication failed: using RSASSA-PSS with SHA2_512 for '@west' tried preloaded: *"
                                + SimKeys.publicKey(EAST_RSA).keyId());
        assertThat(pair.east.pluto().saCount()).isZero();
    }

    @Test
    void responderThatTheInitiatorDoesNotBelieve() {
        Policy policy = new Policy(ANY_SIGNATURE, ALL_HASHES);
        Pair pair = listening(7, WEST_RSA, EAST_RSA, policy, policy);
        pair.west.whack(WhackRequest.of(new WhackCommand.Key("@east", false, Optional.empty())));
        pair.west.whack(WhackRequest.of(new WhackCommand.Terminate("t")));
        assertThat(initiate(pair).lines())
                .contains("003 \"t\" #1: authentication failed: no certificate matched RSASSA-PSS with SHA2_512 and"
                        + " '@east'");
        pair.world.run(Duration.ofSeconds(1));
        assertThat(pair.east.pluto().saCount()).as(pair.trace()).isZero();
    }

    @Test
    void privateKeyIsMissing() {
        Policy policy = new Policy(ANY_SIGNATURE, ALL_HASHES);
        for (boolean western : new boolean[] {true, false}) {
            Pair pair = listening(8, WEST_RSA, EAST_RSA, policy, policy);
            SimHost without = western ? pair.west : pair.east;
            KeyPair missing = western ? WEST_RSA : EAST_RSA;
            without.keys().remove(missing);
            without.whack(WhackRequest.of(new WhackCommand.RereadSecrets()));
            SimHost.SimSession session = initiate(pair);
            assertThat(without.log())
                    .contains("\"t\" #1: private key matching CKAID '"
                            + SimKeys.publicKey(missing).ckaid()
                            + "' not found: can't find the private key matching the NSS CKAID");
            assertThat(session.lines())
                    .contains(
                            western
                                    ? "036 \"t\" #1: encountered fatal error in state STATE_V2_PARENT_I1"
                                    : "003 \"t\" #1: IKE SA authentication request rejected by peer:"
                                            + " AUTHENTICATION_FAILED");
            if (!western) {
                assertThat(without.log()).contains("\"t\" #1: encountered fatal error in state STATE_V2_PARENT_R1");
                assertThat(pair.east.ikeSas()).as(pair.trace()).isEmpty();
                assertThat(pair.east.kernel().installed()).isEmpty();
            }
        }
    }

    @Test
    void signatureOneWayAndNothingTheOther() throws WireException {
        ConnectionRequest.Builder anonymousWest = tunnel(WEST_RSA, EAST_RSA, UnaryOperator.identity())
                .left(end(Pair.WEST, "%null", Pair.WEST_CLIENT, WEST_RSA)
                        .set(EndOption.AUTH, EndAuthentication.NULL)
                        .build())
                .right(end(Pair.EAST, "@east", Pair.EAST_CLIENT, EAST_RSA)
                        .set(EndOption.AUTH, EndAuthentication.RSASIG)
                        .build());
        Pair pair = listening(9, WEST_RSA, EAST_RSA, anonymousWest, anonymousWest);
        initiate(pair);
        assertThat(pair.west
                        .whack(WhackRequest.of(new WhackCommand.BriefStatus()))
                        .lines())
                .contains("000 IKE SAs: total(1), half-open(0), open(0), authenticated(1), anonymous(0)");
        assertThat(pair.east
                        .whack(WhackRequest.of(new WhackCommand.BriefStatus()))
                        .lines())
                .contains(
                        "000 IKE SAs: total(1), half-open(0), open(0), authenticated(0), anonymous(1)",
                        "000 IPsec SAs: total(1), authenticated(0), anonymous(1)");
        assertBothAuthenticated(
                pair,
                "'3072-bit RSASSA-PSS with SHA2_512' digital signature using preloaded certificate '@east'",
                "using authby=null and ID_NULL 'ID_NULL'");
        for (SimNetwork.Datagram first : pair.world.network().captured().subList(0, 2)) {
            assertThat(Message.decode(first.octets()).all(VendorIdPayload.class))
                    .containsExactly(new VendorIdPayload(KnownVendorId.OPPORTUNISTIC.octets()));
        }
    }

    @Test
    void keysAreListed() {
        Policy policy = new Policy(ANY_SIGNATURE, ALL_HASHES);
        Pair pair = listening(12, WEST_RSA, EAST_EC, policy, policy);
        SimHost.SimSession session = pair.west.whack(WhackRequest.of(new WhackCommand.ListPublicKeys(true)));
        pair.world.run(Duration.ofMillis(10));
        assertThat(session.lines(line -> line.replaceAll("[A-Z][a-z]{2} [0-9]{2} [0-9:]{8} UTC [0-9]{4}, ", "DATE, ")))
                .containsExactly(
                        "000  ",
                        "000 List of Public Keys:",
                        "000  ",
                        "000 DATE,  521 ECDSA Key " + SimKeys.publicKey(EAST_EC).keyId()
                                + " (no private key), until --- -- --:--:-- UTC ---- ok (expires never)",
                        "000        ID_FQDN '@east'",
                        "000 DATE, 2048 RSA Key " + SimKeys.publicKey(WEST_RSA).keyId()
                                + " (has private key), until --- -- --:--:-- UTC ---- ok (expires never)",
                        "000        ID_FQDN '@west'");
        pair.west.whack(WhackRequest.of(new WhackCommand.Key("@east", true, Optional.empty())));
        pair.west.whack(WhackRequest.of(new WhackCommand.Key("@west", false, Optional.empty())));
        pair.world.run(Duration.ofMillis(10));
        session = pair.west.whack(WhackRequest.of(new WhackCommand.CheckPublicKeys(false)));
        pair.world.run(Duration.ofMillis(10));
        assertThat(session.lines()).hasSize(2).contains("000        ID_FQDN '@east'");
    }

    /** The responder cannot tell from IKE_SA_INIT which of its connections is meant. */
    @Test
    void connectionForTheMethodAndIdentityIsFound() {
        Policy rsa = new Policy(ANY_SIGNATURE, ALL_HASHES);
        Pair pair = listening(11, WEST_RSA, EAST_RSA, rsa, rsa);
        pair.east.keys().add(EAST_EC);
        pair.west.keys().add(WEST_EC);
        for (SimHost host : List.of(pair.west, pair.east)) {
            Policy ecdsa = new Policy(Set.of(AuthenticationMethod.ECDSA), ALL_HASHES);
            host.whack(WhackRequest.of(new WhackCommand.Add(ecdsa.applyTo(Pair.tunnel("other"))
                    .left(end(Pair.WEST, "@west-ec", Pair.WEST_CLIENT, WEST_EC).build())
                    .right(end(Pair.EAST, "@east-ec", Pair.EAST_CLIENT, EAST_EC).build())
                    .build())));
            host.whack(know("@west-ec", WEST_EC));
            host.whack(know("@east-ec", EAST_EC));
        }
        // Of two that fit, the responder begins with the one that was added last.
        initiate(pair);
        assertThat(pair.isUp()).as(pair.trace()).isTrue();
        assertThat(authenticated(pair.west)).contains("'3072-bit RSASSA-PSS with SHA2_512'", "'@east'");
        assertThat(authenticated(pair.east)).contains("'2048-bit RSASSA-PSS with SHA2_512'", "'@west'");
        assertThat(pair.east.log()).anyMatch(line -> line.contains("switched to \"t\""));
    }

    @Test
    void nobodyMayClaimToBeNobody() {
        ConnectionRequest.Builder anonymous = new Policy(Set.of(AuthenticationMethod.NULL), ALL_HASHES)
                .applyTo(tunnel(WEST_RSA, EAST_RSA, UnaryOperator.identity()));
        ConnectionRequest.Builder strict =
                new Policy(ANY_SIGNATURE, ALL_HASHES).applyTo(tunnel(WEST_RSA, EAST_RSA, UnaryOperator.identity()));
        Pair pair = listening(10, WEST_RSA, EAST_RSA, anonymous, strict);
        initiate(pair);
        assertThat(pair.east.log())
                .contains("\"t\" #1: authentication failed: peer attempted NULL authentication but we want rsasig");
    }

    @Test
    void tunnelComesUpInAnyWeather() {
        Policy policy = new Policy(ANY_SIGNATURE, ALL_HASHES);
        for (int seed = 0; seed < 40; seed++) {
            Pair pair = listening(seed, WEST_RSA, WEST_RSA, policy, policy);
            pair.world.weather(Weather.FOUL);
            pair.initiate(pair.west);
            assertThat(pair.world.runUntil(pair::isCarrying, Duration.ofMinutes(30)))
                    .as("seed " + seed + "\n" + pair.trace())
                    .isTrue();
            pair.terminate(pair.west);
            pair.terminate(pair.east);
            pair.world.run(Duration.ofMinutes(10));
            pair.assertNothingLeftAfterDelete();
        }
    }
}
