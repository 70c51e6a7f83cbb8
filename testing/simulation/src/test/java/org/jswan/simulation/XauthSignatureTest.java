// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.function.UnaryOperator;
import org.jswan.connection.ConnectionOption;
import org.jswan.simulation.SimHost.SimSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** XAUTH behind RSA signatures, by raw keys (draft-ietf-ipsec-isakmp-xauth-06 section 7.2). */
class XauthSignatureTest {
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aUserIsLetInAndGetsAnAddress(boolean aggressive) {
        XauthScene scene = new XauthScene(1)
                .signing()
                .pulling(both -> both.set(ConnectionOption.AGGRESSIVE, aggressive)
                        .set(ConnectionOption.IKE, "aes128-sha1;modp2048"))
                .up();
        String established = "IKE SA established {auth=RSA_SIG cipher=AES_CBC_128 integ=HMAC_SHA1 group=MODP2048}";
        assertThat(scene.west.log())
                .containsSubsequence(
                        "\"t\" #1: " + established,
                        "\"t\" #1: XAUTH: Answering XAUTH challenge with user='use1'",
                        "\"t\" #1: XAUTH: Successfully Authenticated",
                        "\"t\" #1: Received IPv4 address: 10.9.0.1/32");
        assertThat(scene.east.log())
                .containsSubsequence(
                        "\"t\"[1] 192.0.2.1 #1: " + established,
                        "\"t\"[1] 192.0.2.1 #1: XAUTH: User use1: Authentication Successful",
                        "\"t\"[1] 192.0.2.1 #1: modecfg_inR0(STF_OK)");
        scene.assertNothingLeft();
    }

    /** A signature alone is not enough. */
    @Test
    void aWrongPasswordEndsAll() {
        XauthScene scene = new XauthScene(2).signing().pulling(UnaryOperator.identity());
        scene.east.logins().setFile("use1:*other\n");
        SimSession session = scene.initiate(Map.of());
        assertThat(session.lines())
                .as(scene.trace())
                .contains("002 \"t\" #1: XAUTH: aborting entire IKE Exchange")
                .endsWith("036 \"t\" #1: encountered fatal error in state STATE_XAUTH_I1");
        assertThat(scene.east.log())
                .contains("\"t\"[1] 192.0.2.1 #1: XAUTH: User use1: Authentication Failed:"
                        + " Incorrect Username or Password")
                .noneMatch(line -> line.contains("modecfg"));
        assertThat(scene.west.pluto().saCount()).isZero();
        assertThat(scene.east.pluto().saCount()).isZero();
        assertThat(scene.east.kernel().installed()).isEmpty();
    }
}
