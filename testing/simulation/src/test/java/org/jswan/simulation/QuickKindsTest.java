// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jswan.connection.ConnectionOption;
import org.jswan.kernel.IpsecMode;
import org.jswan.kernel.IpsecProtocol;
import org.jswan.kernel.KernelSa;
import org.junit.jupiter.api.Test;

/** The kinds of SAs that Quick Mode negotiates (RFC 2407 §4.5). */
class QuickKindsTest {
    private static List<IpsecProtocol> protocols(SimHost host) {
        return host.kernel().installed().stream()
                .map(sa -> sa.id().protocol())
                .sorted()
                .toList();
    }

    private static void assertEstablished(Pair pair, String line) {
        for (SimHost host : List.of(pair.west, pair.east)) {
            assertThat(host.log())
                    .as(pair.trace())
                    .anyMatch(logged -> logged.matches(".*#2: IPsec SA established " + line));
        }
    }

    @Test
    void authenticationHeader() {
        Pair pair = Ikev1Pair.up(1, both -> both.unset(ConnectionOption.ENCRYPT).set(ConnectionOption.AUTHENTICATE));
        assertEstablished(pair, "tunnel mode \\{AH=>0x\\w+ <0x\\w+ xfrm=HMAC_SHA1_96 DPD=.*");
        for (SimHost host : List.of(pair.west, pair.east)) {
            assertThat(protocols(host)).isEqualTo(List.of(IpsecProtocol.AH, IpsecProtocol.AH));
        }
        // as libreswan: scripts are told when an SA was added of ESP only.
        assertThat(pair.west.environments()).last().satisfies(environment -> assertThat(environment)
                .containsEntry("PLUTO_SA_TYPE", "AH")
                .containsEntry("PLUTO_ADDTIME", "0"));
    }

    @Test
    void compression() {
        Pair pair = Ikev1Pair.up(2, both -> both.set(ConnectionOption.COMPRESS));
        assertEstablished(
                pair,
                "tunnel mode \\{ESP=>0x\\w+ <0x\\w+ xfrm=AES_CBC_128-HMAC_SHA1_96 IPCOMP=>0x0000\\w+ <0x0000\\w+ DPD=.*");
        for (SimHost host : List.of(pair.west, pair.east)) {
            assertThat(protocols(host)).hasSize(4).contains(IpsecProtocol.IPCOMP);
        }
        assertThat(pair.west.environments()).last().satisfies(environment -> assertThat(environment)
                .containsEntry("PLUTO_SA_TYPE", "ESP")
                .doesNotContainEntry("PLUTO_ADDTIME", "0"));
    }

    @Test
    void transportModeWithoutPerfectForwardSecrecy() {
        Pair pair = Ikev1Pair.up(3, both -> both.unset(ConnectionOption.TUNNEL).unset(ConnectionOption.PFS));
        assertEstablished(pair, "transport mode \\{ESP=>0x\\w+ <0x\\w+ xfrm=AES_CBC_128-HMAC_SHA1_96 DPD=.*");
        assertThat(pair.west.log()).anyMatch(line -> line.endsWith(" pfsgroup=no-pfs}"));
        assertThat(pair.east.kernel().installed()).extracting(KernelSa::mode).containsOnly(IpsecMode.TRANSPORT);
    }
}
