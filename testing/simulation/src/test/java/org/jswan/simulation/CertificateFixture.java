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
import org.jswan.base.IpAddress;
import org.jswan.connection.AuthenticationMethod;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.ConnectionRequest;
import org.jswan.connection.EndOption;
import org.jswan.connection.EndRequest;
import org.jswan.connection.Ikev1Policy;
import org.jswan.connection.SendCertificate;
import org.jswan.connection.SignatureHash;
import org.jswan.control.WhackCommand;
import org.jswan.control.WhackRequest;
import org.jswan.identity.SecretStore;
import org.jswan.key.KeyDatabase;
import org.jswan.pluto.PlutoOptions;
import org.jswan.revocation.RevocationSetting;
import org.jswan.simulation.TestAuthority.Subject;

/** Two daemons with certificates of an authority. */
class CertificateFixture {
    static final KeyPair ROOT_KEY = rsa();
    static final KeyPair OTHER_KEY = rsa();
    static final KeyPair MIDDLE_KEY = rsa();
    static final KeyPair WEST_KEY = rsa();
    static final KeyPair EAST_KEY = rsa();
    static final String ROOT = "C=CA, O=Test, CN=root";
    static final String WEST = "C=CA, O=Test, CN=west.example";
    static final String EAST = "C=CA, O=Test, CN=east.example";

    final SimWorld world;
    final Instant now;
    final TestAuthority root;
    final Pair pair;

    /** @param east how east finds out whether certificates were revoked */
    CertificateFixture(RevocationSetting east) {
        this(1, east);
    }

    CertificateFixture(long seed, RevocationSetting east) {
        this(seed, east, Ikev1Policy.DROP);
    }

    CertificateFixture(long seed, RevocationSetting east, Ikev1Policy ikev1) {
        world = new SimWorld(seed);
        now = world.clock().wall();
        root = TestAuthority.root(ROOT, ROOT_KEY, now);
        pair = new Pair(
                world,
                new SimHost(
                        "west",
                        world,
                        List.of(IpAddress.of(Pair.WEST)),
                        SecretStore.empty(),
                        PlutoOptions.defaults().withIkev1(ikev1)),
                new SimHost(
                        "east",
                        world,
                        List.of(IpAddress.of(Pair.EAST)),
                        SecretStore.empty(),
                        PlutoOptions.defaults().withIkev1(ikev1).withRevocation(east)));
    }

    static KeyPair rsa() {
        return generate("RSA", 2048);
    }

    static KeyPair generate(String algorithm, int bits) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
            generator.initialize(bits);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    static void trust(SimHost host, TestAuthority authority) {
        host.keys().add(new KeyDatabase.Certificate("ca", authority.certificate(), KeyDatabase.Trust.AUTHORITY));
    }

    static void own(SimHost host, String nickname, KeyPair key, Bytes certificate) {
        host.keys().add(key);
        host.keys().add(new KeyDatabase.Certificate(nickname, certificate, KeyDatabase.Trust.NONE));
    }

    void usual() {
        trust(pair.west, root);
        trust(pair.east, root);
        own(pair.west, "west", WEST_KEY, root.issue(new Subject(WEST, WEST_KEY).dns("west.example")));
        own(pair.east, "east", EAST_KEY, root.issue(new Subject(EAST, EAST_KEY).dns("east.example")));
    }

    static EndRequest end(String address, String client, UnaryOperator<EndRequest.Builder> also) {
        EndRequest usual = Pair.end(address, "@x", client);
        return also.apply(EndRequest.builder()
                        .set(EndOption.HOST, usual.get(EndOption.HOST).orElseThrow())
                        .set(EndOption.ID, "%fromcert")
                        .set(EndOption.CLIENT, usual.get(EndOption.CLIENT).orElseThrow())
                        .set(EndOption.SEND_CERT, SendCertificate.ALWAYS))
                .build();
    }

    static ConnectionRequest.Builder tunnel(
            UnaryOperator<EndRequest.Builder> left, UnaryOperator<EndRequest.Builder> right) {
        return Pair.tunnel()
                .left(end(Pair.WEST, Pair.WEST_CLIENT, left))
                .right(end(Pair.EAST, Pair.EAST_CLIENT, right))
                .set(ConnectionOption.AUTHENTICATION, Set.of(AuthenticationMethod.RSASIG, AuthenticationMethod.ECDSA))
                .set(ConnectionOption.SIGNATURE_HASHES, Set.of(SignatureHash.values()));
    }

    static UnaryOperator<EndRequest.Builder> certificate(String nickname) {
        return end -> end.set(EndOption.CERT, nickname);
    }

    static UnaryOperator<EndRequest.Builder> id(String id) {
        return end -> end.set(EndOption.ID, id);
    }

    List<String> add(SimHost host, ConnectionRequest.Builder tunnel) {
        host.whack(WhackRequest.of(new WhackCommand.Listen()));
        SimHost.SimSession session = host.whack(WhackRequest.of(new WhackCommand.Add(tunnel.build())));
        world.runUntil(session::isFinished, Duration.ofSeconds(1));
        return session.lines();
    }

    void usualConnections() {
        add(pair.west, tunnel(certificate("west"), UnaryOperator.identity()));
        add(pair.east, tunnel(UnaryOperator.identity(), certificate("east")));
    }

    SimHost.SimSession initiate() {
        SimHost.SimSession session = pair.initiate(pair.west);
        world.runUntil(session::isFinished, Duration.ofSeconds(10));
        return session;
    }

    static String mask(String line) {
        return line.replaceAll(".*authenticated peer", "authenticated peer");
    }

    static List<String> authenticated(SimHost host) {
        return host.log().stream()
                .filter(line -> line.contains("authenticated peer"))
                .map(CertificateFixture::mask)
                .toList();
    }

    static List<String> said(SimHost host, String part) {
        return host.log().stream().filter(line -> line.contains(part)).toList();
    }

    /** East rejects west's certificate, and so west. */
    void refuses(String line) {
        SimHost.SimSession session = initiate();
        assertThat(said(pair.east, line)).as(pair.trace()).hasSize(1);
        assertThat(session.lines())
                .contains("003 \"t\" #1: IKE SA authentication request rejected by peer: AUTHENTICATION_FAILED");
        assertThat(authenticated(pair.east)).isEmpty();
    }

    List<String> ask(SimHost host, WhackCommand command) {
        SimHost.SimSession session = host.whack(WhackRequest.of(command));
        world.runUntil(session::isFinished, Duration.ofSeconds(1));
        return session.lines();
    }
}
