// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.ConnectionRequest;
import org.jswan.connection.YesNoAuto;
import org.jswan.crypto.Integ;
import org.jswan.kernel.KernelSa;
import org.junit.jupiter.api.Test;

/** What connections ask of the kernel beside keys. */
class KernelWishesTest {
    private static List<KernelSa> installed(UnaryOperator<ConnectionRequest.Builder> both) {
        Pair pair = Pair.listening(41, both);
        pair.initiate(pair.west);
        pair.world.run(Duration.ofSeconds(2));
        assertThat(pair.isUp()).as(pair.trace()).isTrue();
        assertThat(pair.west.log()).noneMatch(line -> line.contains("no effect yet"));
        return pair.west.kernel().installed();
    }

    @Test
    void sha2IsCutTooShortForOldKernels() {
        assertThat(installed(request ->
                        request.set(ConnectionOption.SHA2_TRUNCATION_BUG).set(ConnectionOption.ESP, "aes128-sha2_256")))
                .hasSize(2)
                .allMatch(sa -> sa.integ() == Integ.HMAC_SHA2_256_TRUNCBUG);
        assertThat(installed(request -> request.set(ConnectionOption.ESP, "aes128-sha2_256")))
                .allMatch(sa -> sa.integ() == Integ.HMAC_SHA2_256_128);
    }

    @Test
    void theDeviceEncryptsIfItMust() {
        assertThat(installed(request -> request.set(ConnectionOption.NIC_OFFLOAD, YesNoAuto.YES)))
                .allMatch(sa -> sa.features().offloadInterface().equals(Optional.of("eth0")));
        assertThat(installed(request -> request.set(ConnectionOption.NIC_OFFLOAD, YesNoAuto.AUTO)))
                .allMatch(sa -> sa.features().offloadInterface().isEmpty());
    }

    @Test
    void replayWindowSequenceNumbersAndMore() {
        assertThat(installed(request -> request.set(ConnectionOption.REPLAY_WINDOW, 0L)
                        .set(ConnectionOption.ESN_YES, false)
                        .set(ConnectionOption.TFC, 1200L)
                        .set(ConnectionOption.DECAP_DSCP)
                        .set(ConnectionOption.NO_PMTU_DISCOVERY)))
                .allSatisfy(sa -> {
                    assertThat(sa.replayWindow()).isZero();
                    assertThat(sa.extendedSequenceNumbers()).isFalse();
                    assertThat(sa.features().tfcPadding()).isEqualTo(sa.inbound() ? 0 : 1200);
                    assertThat(sa.features().decapsulateDscp()).isTrue();
                    assertThat(sa.features().noPathMtuDiscovery()).isTrue();
                });
        assertThat(installed(request -> request.set(ConnectionOption.REPLAY_WINDOW, 4096L)))
                .allMatch(sa -> sa.replayWindow() == 4096 && sa.extendedSequenceNumbers());
    }
}
