// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.ConnectionRequest;
import org.jswan.control.WhackCommand;
import org.jswan.control.WhackRequest;
import org.jswan.kernel.IpsecMode;
import org.jswan.kernel.IpsecProtocol;
import org.jswan.kernel.KernelPolicy;
import org.jswan.kernel.KernelSa;
import org.jswan.kernel.SaId;
import org.junit.jupiter.api.Test;

/** {@code compress=yes}: IPCOMP inside ESP. */
class CompressionTest {
    private static ConnectionRequest.Builder yes(ConnectionRequest.Builder request) {
        return request.set(ConnectionOption.COMPRESS);
    }

    private static SimHost.SimSession up(Pair pair) {
        SimHost.SimSession session = pair.initiate(pair.west);
        pair.world.run(Duration.ofSeconds(2));
        assertThat(session.isFinished()).isTrue();
        return session;
    }

    private static List<SaId> ids(SimHost host) {
        return host.kernel().installed().stream().map(KernelSa::id).toList();
    }

    @Test
    void packetsAreCompressedBeforeTheyAreEncrypted() {
        Pair pair = Pair.listening(71, CompressionTest::yes);
        SimHost.SimSession session = up(pair);
        assertThat(session.lines())
                .last()
                .asString()
                .matches("004 .* [{]ESP/ESN=>0x[0-9a-f]{8} <0x[0-9a-f]{8} xfrm=AES_GCM_16_256-NONE"
                        + " IPCOMP=>0x0000[0-9a-f]{4} <0x0000[0-9a-f]{4} DPD=passive[}]");
        for (SimHost host : List.of(pair.west, pair.east)) {
            List<KernelSa> sas = host.kernel().installed();
            assertThat(sas)
                    .filteredOn(sa -> sa.id().protocol() == IpsecProtocol.IPCOMP)
                    .hasSize(2)
                    .allMatch(sa -> sa.mode() == IpsecMode.TUNNEL);
            assertThat(sas)
                    .filteredOn(sa -> sa.id().protocol() == IpsecProtocol.ESP)
                    .hasSize(2)
                    .allMatch(sa ->
                            sa.mode() == IpsecMode.TRANSPORT && sa.selector().isEmpty());
            assertThat(host.kernel().policies()).hasSize(3).allSatisfy(policy -> {
                assertThat(policy.templates())
                        .extracting(KernelPolicy.Template::protocol)
                        .containsExactly(IpsecProtocol.IPCOMP, IpsecProtocol.ESP);
                assertThat(policy.templates().get(0).optional())
                        .isEqualTo(policy.direction() != KernelPolicy.Direction.OUT);
            });
        }
        assertThat(ids(pair.west)).containsExactlyInAnyOrderElementsOf(ids(pair.east));
        SimHost.SimSession end = pair.terminate(pair.west);
        pair.world.run(Duration.ofSeconds(1));
        assertThat(end.lines())
                .containsSequence(
                        "005 \"t\" #2: ESP traffic information: in=0B out=0B",
                        "005 \"t\" #2: IPCOMP traffic information: in=0B out=0B");
        pair.assertNothingLeftAfterDelete();
    }

    @Test
    void itTakesBothEnds() {
        for (boolean initiator : new boolean[] {true, false}) {
            Pair pair = Pair.listening(
                    72,
                    Pair.SECRET,
                    Pair.SECRET,
                    initiator ? CompressionTest::yes : UnaryOperator.identity(),
                    initiator ? UnaryOperator.identity() : CompressionTest::yes);
            assertThat(up(pair).lines()).last().asString().doesNotContain("IPCOMP");
            assertThat(pair.isUp()).as(pair.trace()).isTrue();
            pair.assertNothingLeftAfterDelete();
        }
    }

    @Test
    void itWorksInTransportModeAndForSuccessors() {
        Pair pair = Pair.listening(73, request -> yes(request)
                .set(ConnectionOption.TUNNEL, false)
                .left(Pair.host(Pair.WEST, "@west").build())
                .right(Pair.host(Pair.EAST, "@east").build()));
        assertThat(up(pair).lines()).last().asString().contains("IPsec transport", " IPCOMP=>0x");
        assertThat(pair.west.kernel().installed())
                .hasSize(4)
                .allMatch(
                        sa -> sa.mode() == IpsecMode.TRANSPORT && sa.selector().isPresent());
        List<SaId> before = ids(pair.west);
        pair.west.whack(WhackRequest.of(new WhackCommand.RekeyIpsec("t")));
        pair.world.run(Duration.ofSeconds(2));
        assertThat(ids(pair.west)).hasSize(4).doesNotContainAnyElementsOf(before);
        assertThat(pair.east.kernel().installed()).hasSize(4);
        pair.assertNothingLeftAfterDelete();
    }

    @Test
    void inAnyWeather() {
        for (int seed = 0; seed < 200; seed++) {
            Pair pair = Pair.listening(seed, CompressionTest::yes);
            pair.assertWeathers(
                    seed, () -> !ids(pair.west).isEmpty() && ids(pair.east).containsAll(ids(pair.west)));
        }
    }
}
