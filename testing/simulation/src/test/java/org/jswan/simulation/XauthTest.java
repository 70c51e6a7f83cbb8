// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.function.UnaryOperator;
import org.jswan.simulation.SimHost.SimSession;
import org.junit.jupiter.api.Test;

/** XAUTH in both roles (draft-ietf-ipsec-isakmp-xauth-06). */
class XauthTest {
    @Test
    void aUserOfThePasswordFileGetsAnAddress() {
        XauthScene scene = new XauthScene(1).pulling(UnaryOperator.identity());
        SimSession session = scene.initiate(Map.of());
        assertThat(session.lines(line -> line.replaceAll("0x\\w+", "SPI").replaceAll("\\{auth=.*", "{…}")))
                .as(scene.trace())
                .containsSubsequence(
                        "004 \"t\" #1: IKE SA established {…}",
                        "002 \"t\" #1: XAUTH: Answering XAUTH challenge with user='use1'",
                        "004 \"t\" #1: XAUTH client - possibly awaiting CFG_set {…}",
                        "002 \"t\" #1: XAUTH: Successfully Authenticated",
                        "004 \"t\" #1: XAUTH client - possibly awaiting CFG_set {…}",
                        "002 \"t\" #1: modecfg: Sending IP request (MODECFG_I1)",
                        "005 \"t\" #1: Received IPv4 address: 10.9.0.1/32",
                        "005 \"t\" #1: Received subnet 198.51.100.128/25",
                        "005 \"t\" #1: Subnet 198.51.100.128/25 already has an spd_route - ignoring",
                        "004 \"t\" #1: IKE SA established {…}",
                        "004 \"t\" #2: IPsec SA established tunnel mode {ESP=>SPI <SPI xfrm=AES_CBC_128-HMAC_SHA1_96"
                                + " DPD=passive username=use1}");
    }
}
