// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jswan.base.Bytes;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.ConnectionRequest;
import org.jswan.control.WhackCommand;
import org.jswan.control.WhackRequest;
import org.jswan.sa.IkeRole;
import org.jswan.sa.IkeSa;
import org.jswan.sa.Sa;
import org.jswan.sa.V2State;
import org.jswan.simulation.SimHost.SimSession;
import org.jswan.simulation.SimNetwork.Datagram;
import org.jswan.wire.ExchangeType;
import org.jswan.wire.IkeHeader;
import org.jswan.wire.NotifyType;
import org.jswan.wire.Payload;
import org.jswan.wire.WireException;
import org.jswan.wire.sk.EncryptedMessage;
import org.jswan.wire.v2.NotifyPayload;
import org.junit.jupiter.api.Test;

/** However a CREATE_CHILD_SA exchange that we began ends, whoever asked for it hears that it is over. */
class RekeyRefusedTest {
    private static final WhackCommand REKEY_CHILD = new WhackCommand.RekeyIpsec("t");
    private static final WhackCommand REKEY_IKE = new WhackCommand.RekeyIke("1");
    private static final WhackCommand NEW_CHILD = new WhackCommand.Initiate("u", Optional.empty());
    private static final List<WhackCommand> BEGINNINGS = List.of(REKEY_CHILD, REKEY_IKE, NEW_CHILD);

    /** Longer than an exchange takes. */
    private static final Duration EXCHANGE = Duration.ofSeconds(5);
    /** Longer than a silent peer is waited for, and one that is to delete what it replaced. */
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    /** Both ends of "t" are up, and "u" is there, too. */
    private static Pair up(long seed) {
        Pair pair = Pair.listening(seed, RekeyRefusedTest::quick);
        pair.addSecond(RekeyRefusedTest::quick);
        pair.initiate(pair.west);
        assertThat(pair.world.runUntil(pair::isUp, EXCHANGE)).as(pair.trace()).isTrue();
        pair.world.run(Duration.ofMillis(100));
        return pair;
    }

    private static ConnectionRequest.Builder quick(ConnectionRequest.Builder both) {
        return both.set(ConnectionOption.IKE, "aes_gcm256-sha2_256-dh31").set(ConnectionOption.ESP, "aes_gcm256");
    }

    private static SimSession ask(SimHost host, WhackCommand command) {
        return host.whack(WhackRequest.of(command));
    }

    /** East answers all CREATE_CHILD_SA requests of west's with these payloads from now on, and does not do as they ask. */
    private static void refuse(Pair pair, List<Payload> payloads) {
        IkeSa east = Pair.ike(pair.east);
        pair.world.network().filter(datagram -> {
            if (!datagram.from().equals(east.remote())) {
                return true;
            }
            IkeHeader header = header(datagram);
            if (!header.exchange().equals(ExchangeType.CREATE_CHILD_SA) || header.isResponse()) {
                return true;
            }
            Bytes response = EncryptedMessage.seal(
                    IkeHeader.v2(
                            east.initiatorSpi(),
                            east.responderSpi(),
                            ExchangeType.CREATE_CHILD_SA,
                            IkeHeader.FLAG_RESPONSE | (east.role() == IkeRole.INITIATOR ? IkeHeader.FLAG_INITIATOR : 0),
                            header.messageId()),
                    payloads,
                    east.outbound(),
                    new SeededRandom(header.messageId()));
            pair.world.network().deliverLater(new Datagram(datagram.to(), datagram.from(), response));
            return false;
        });
    }

    private static IkeHeader header(Datagram datagram) {
        try {
            return IkeHeader.decode(datagram.octets());
        } catch (WireException notIke) {
            throw new IllegalArgumentException(notIke);
        }
    }

    private static void assertFinished(Pair pair, Object told, SimSession... sessions) {
        for (SimSession session : sessions) {
            assertThat(session.isFinished())
                    .as(told + "\n" + session.lines() + "\n" + pair.trace())
                    .isTrue();
        }
    }

    @Test
    void aRefusalReleasesWhoeverAsked() {
        Bytes curve25519 = Bytes.of(0, 31);
        Bytes modp2048 = Bytes.of(0, 14);
        List<List<Payload>> refusals = List.of(
                List.of(NotifyPayload.of(NotifyType.NO_PROPOSAL_CHOSEN)),
                List.of(NotifyPayload.of(NotifyType.TEMPORARY_FAILURE)),
                List.of(NotifyPayload.of(NotifyType.NO_ADDITIONAL_SAS)),
                List.of(NotifyPayload.of(NotifyType.CHILD_SA_NOT_FOUND)),
                List.of(NotifyPayload.of(NotifyType.TS_UNACCEPTABLE)),
                List.of(NotifyPayload.of(NotifyType.INVALID_SYNTAX)),
                List.of(NotifyPayload.of(NotifyType.INVALID_KE_PAYLOAD, curve25519)),
                List.of(NotifyPayload.of(NotifyType.INVALID_KE_PAYLOAD, modp2048)),
                List.of(NotifyPayload.of(NotifyType.IKEV2_FRAGMENTATION_SUPPORTED)),
                List.of());
        for (WhackCommand command : BEGINNINGS) {
            for (List<Payload> refusal : refusals) {
                Pair pair = up(1);
                refuse(pair, refusal);
                SimSession session = ask(pair.west, command);
                pair.world.run(EXCHANGE);
                assertFinished(pair, command + " " + refusal, session);
                assertThat(larvae(pair.west)).as(command + " " + refusal).isZero();
            }
        }
    }

    private static long larvae(SimHost host) {
        long larvae = 0;
        for (Sa sa : host.pluto().sas()) {
            boolean done = sa.state() == V2State.ESTABLISHED_IKE_SA || sa.state() == V2State.ESTABLISHED_CHILD_SA;
            larvae += done ? 0 : 1;
        }
        return larvae;
    }

    @Test
    void silenceReleasesWhoeverAsked() {
        for (WhackCommand command : BEGINNINGS) {
            Pair pair = up(2);
            pair.world.network().filter(datagram -> false);
            SimSession session = ask(pair.west, command);
            pair.world.run(PATIENCE);
            assertFinished(pair, command, session);
        }
    }

    @Test
    void whateverHappensMeanwhileReleasesWhoeverAsked() {
        List<WhackCommand> events = List.of(
                new WhackCommand.Terminate("t"),
                new WhackCommand.Delete("t", false),
                new WhackCommand.DeleteState(1),
                new WhackCommand.DeleteState(2),
                new WhackCommand.DeleteState(3),
                REKEY_IKE,
                REKEY_CHILD);
        for (WhackCommand command : BEGINNINGS) {
            for (WhackCommand event : events) {
                for (int after = 0; after <= 45; after += 5) {
                    for (boolean atWest : new boolean[] {true, false}) {
                        Pair pair = up(3);
                        SimSession session = ask(pair.west, command);
                        pair.world.run(Duration.ofMillis(after));
                        SimSession other = ask(atWest ? pair.west : pair.east, event);
                        pair.world.run(PATIENCE);
                        String told = command + ", after " + after + " ms " + event + (atWest ? " here" : " there");
                        assertFinished(pair, told, session, other);
                    }
                }
            }
        }
    }

    @Test
    void aPeerThatIsBusyIsAskedForTheChildSaAgain() {
        Pair pair = up(4);
        refuse(pair, List.of(NotifyPayload.of(NotifyType.TEMPORARY_FAILURE)));
        SimSession session = ask(pair.west, NEW_CHILD);
        pair.world.run(Duration.ofSeconds(1));
        assertFinished(pair, "", session);
        // East never saw that request: its window is where it was.
        Pair.ike(pair.east).window().requestAnswered(List.of());
        pair.world.network().filter(datagram -> true);
        pair.world.run(Duration.ofSeconds(15));
        assertThat(pair.west.log())
                .as(pair.trace())
                .anyMatch(line -> line.contains("\"u\" #4: initiator established Child SA"));
    }
}
