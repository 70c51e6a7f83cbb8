// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.jswan.base.Bytes;
import org.jswan.sa.IkeSa;
import org.jswan.simulation.SimNetwork.Datagram;
import org.jswan.wire.ExchangeType;
import org.jswan.wire.IkeHeader;
import org.jswan.wire.Payload;
import org.jswan.wire.WireException;
import org.jswan.wire.sk.DecodedMessage;
import org.jswan.wire.sk.EncryptedMessage;
import org.jswan.wire.v2.Message;

/** An initiator whose daemon agrees on keys; from then on the test speaks for it, and may say what no daemon would. */
final class SpokenFor {
    private final Pair pair;
    private final SimWorld world;
    private IkeSa sa;
    private long nextId = 1;

    /** @param pair of which west is spoken for, without fragments */
    SpokenFor(Pair pair) {
        this.pair = pair;
        this.world = pair.world;
    }

    IkeSa sa() {
        return sa;
    }

    /** West's daemon begins; its IKE_AUTH request is taken away and tells what it wanted to say. */
    List<Payload> begin() throws WireException {
        world.pass(octets -> !isAuth(octets));
        pair.initiate(pair.west);
        assertThat(world.runUntil(() -> captured().size() == 1, Duration.ofSeconds(5)))
                .as(pair.trace())
                .isTrue();
        sa = Pair.ike(pair.west);
        return open(captured().get(0), true);
    }

    private static boolean isAuth(Bytes octets) {
        try {
            return IkeHeader.decode(octets).exchange().equals(ExchangeType.IKE_AUTH);
        } catch (WireException malformed) {
            throw new AssertionError(malformed);
        }
    }

    private List<Bytes> captured() {
        return world.network().captured().stream()
                .map(Datagram::octets)
                .filter(SpokenFor::isAuth)
                .toList();
    }

    private List<Payload> open(Bytes message, boolean ofWest) throws WireException {
        return ((DecodedMessage) EncryptedMessage.open(Message.decode(message), ofWest ? sa.outbound() : sa.inbound()))
                .inner();
    }

    /** Sends a request to east. */
    void tell(ExchangeType exchange, List<Payload> payloads) {
        Bytes request = EncryptedMessage.seal(
                IkeHeader.v2(sa.initiatorSpi(), sa.responderSpi(), exchange, IkeHeader.FLAG_INITIATOR, nextId++),
                payloads,
                sa.outbound(),
                new SeededRandom(nextId));
        world.inject(sa.socket().local(), sa.remote(), request);
        world.run(Duration.ofMillis(100));
    }

    /** Sends an IKE_AUTH request to east, and returns what the answer says. */
    List<Payload> ask(List<Payload> payloads) throws WireException {
        int before = captured().size();
        tell(ExchangeType.IKE_AUTH, payloads);
        assertThat(world.runUntil(() -> captured().size() > before, Duration.ofSeconds(2)))
                .as(pair.trace())
                .isTrue();
        return open(captured().get(before), false);
    }

    static <P extends Payload> P only(List<Payload> payloads, Class<P> type) {
        return payloads.stream()
                .filter(type::isInstance)
                .map(type::cast)
                .findFirst()
                .orElseThrow();
    }
}
