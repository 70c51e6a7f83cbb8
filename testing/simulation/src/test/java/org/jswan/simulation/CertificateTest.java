// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jswan.base.Bytes;
import org.jswan.connection.AuthenticationMethod;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.ConnectionRequest;
import org.jswan.connection.EndOption;
import org.jswan.connection.EndRequest;
import org.jswan.connection.SendCertificate;
import org.jswan.connection.SignatureHash;
import org.jswan.control.WhackCommand;
import org.jswan.control.WhackRequest;
import org.jswan.identity.SecretStore;
import org.jswan.key.KeyDatabase;
import org.jswan.simulation.TestAuthority.Subject;
import org.junit.jupiter.api.Test;

/** Two daemons that prove their identities by certificates. */
class CertificateTest {
    private static final KeyPair ROOT_KEY = rsa();
    private static final KeyPair OTHER_KEY = rsa();
    private static final KeyPair MIDDLE_KEY = rsa();
    private static final KeyPair WEST_KEY = rsa();
    private static final KeyPair EAST_KEY = rsa();
    private static final String ROOT = "C=CA, O=Test, CN=root";
    private static final String WEST = "C=CA, O=Test, CN=west.example";
    private static final String EAST = "C=CA, O=Test, CN=east.example";

    private final SimWorld world = new SimWorld(1);
    private final Instant now = world.clock().wall();
    private final TestAuthority root = TestAuthority.root(ROOT, ROOT_KEY, now);
    private final Pair pair = new Pair(
            world,
            world.host("west", Pair.WEST, SecretStore.empty()),
            world.host("east", Pair.EAST, SecretStore.empty()));

    private static KeyPair rsa() {
        return generate("RSA", 2048);
    }

    private static KeyPair generate(String algorithm, int bits) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
            generator.initialize(bits);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static void trust(SimHost host, TestAuthority authority) {
        host.keys().add(new KeyDatabase.Certificate("ca", authority.certificate(), true));
    }

    private static void own(SimHost host, String nickname, KeyPair key, Bytes certificate) {
        host.keys().add(key);
        host.keys().add(new KeyDatabase.Certificate(nickname, certificate, false));
    }

    private void usual() {
        trust(pair.west, root);
        trust(pair.east, root);
        own(pair.west, "west", WEST_KEY, root.issue(new Subject(WEST, WEST_KEY).dns("west.example")));
        own(pair.east, "east", EAST_KEY, root.issue(new Subject(EAST, EAST_KEY).dns("east.example")));
    }

    private static EndRequest end(String address, String client, UnaryOperator<EndRequest.Builder> also) {
        EndRequest usual = Pair.end(address, "@x", client);
        return also.apply(EndRequest.builder()
                        .set(EndOption.HOST, usual.get(EndOption.HOST).orElseThrow())
                        .set(EndOption.ID, "%fromcert")
                        .set(EndOption.CLIENT, usual.get(EndOption.CLIENT).orElseThrow())
                        .set(EndOption.SEND_CERT, SendCertificate.ALWAYS))
                .build();
    }

    private static ConnectionRequest.Builder tunnel(
            UnaryOperator<EndRequest.Builder> left, UnaryOperator<EndRequest.Builder> right) {
        return Pair.tunnel()
                .left(end(Pair.WEST, Pair.WEST_CLIENT, left))
                .right(end(Pair.EAST, Pair.EAST_CLIENT, right))
                .set(ConnectionOption.AUTHENTICATION, Set.of(AuthenticationMethod.RSASIG, AuthenticationMethod.ECDSA))
                .set(ConnectionOption.SIGNATURE_HASHES, Set.of(SignatureHash.values()));
    }

    private static UnaryOperator<EndRequest.Builder> certificate(String nickname) {
        return end -> end.set(EndOption.CERT, nickname);
    }

    private static UnaryOperator<EndRequest.Builder> id(String id) {
        return end -> end.set(EndOption.ID, id);
    }

    private List<String> add(SimHost host, ConnectionRequest.Builder tunnel) {
        host.whack(WhackRequest.of(new WhackCommand.Listen()));
        SimHost.SimSession session = host.whack(WhackRequest.of(new WhackCommand.Add(tunnel.build())));
        world.runUntil(session::isFinished, Duration.ofSeconds(1));
        return session.lines();
    }

    private void usualConnections() {
        add(pair.west, tunnel(certificate("west"), UnaryOperator.identity()));
        add(pair.east, tunnel(UnaryOperator.identity(), certificate("east")));
    }

    private SimHost.SimSession initiate() {
        SimHost.SimSession session = pair.initiate(pair.west);
        world.runUntil(session::isFinished, Duration.ofSeconds(10));
        return session;
    }

    private static String mask(String line) {
        return line.replaceAll(".*authenticated peer", "authenticated peer");
    }

    private static List<String> authenticated(SimHost host) {
        return host.log().stream()
                .filter(line -> line.contains("authenticated peer"))
                .map(CertificateTest::mask)
                .toList();
    }

    @Test
    void certificatesOfOneAuthority() {
        usual();
        usualConnections();
        // IKE_SA_INIT response with CERTREQ; IKE_AUTH { IDi, CERT, CERTREQ, AUTH, ... } --> { IDr, CERT, AUTH, ... }
        initiate();
        assertThat(pair.isUp()).as(pair.trace()).isTrue();
        assertThat(authenticated(pair.west))
                .containsExactly("authenticated peer '2048-bit RSASSA-PSS with SHA2_512' digital signature using peer"
                        + " certificate '" + EAST + "' issued by CA '" + ROOT + "'");
        assertThat(authenticated(pair.east))
                .containsExactly("authenticated peer '2048-bit RSASSA-PSS with SHA2_512' digital signature using peer"
                        + " certificate '" + WEST + "' issued by CA '" + ROOT + "'");
    }
}
