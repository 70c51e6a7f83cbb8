// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.eap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jswan.base.Bytes;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a server may say beside TLS: the handshake itself is shown where both ends of an IKE SA do it. */
class EapTlsPeerTest {
    private EapTlsPeer peer;

    @BeforeEach
    void begin() throws EapException {
        TlsParty party = new TlsParty(List.of(), (how, octets) -> octets, chain -> Optional.empty());
        peer = new EapTlsPeer(
                TlsEnd.client(party, octets -> Arrays.fill(octets, (byte) 7)), Bytes.ofUtf8("west.example"));
    }

    private String answer(String hex) throws EapException {
        EapTls.Answer answer = peer.take(Bytes.ofHex(hex));
        assertThat(answer.course()).isEqualTo(EapTls.Course.GOES_ON);
        return answer.message().hex();
    }

    @Test
    void whoeverAsksForOurIdentityIsTold() throws EapException {
        assertThat(answer("0105000501"))
                .isEqualTo("0205001101" + Bytes.ofUtf8("west.example").hex());
    }

    @Test
    void anotherMethodIsRefusedInFavourOfOurs() throws EapException {
        // MD5-Challenge
        assertThat(answer("010600060400")).isEqualTo("02060006030d");
    }

    @Test
    void startIsAnsweredByAClientHello() throws EapException {
        assertThat(answer("010700060d20")).startsWith("0207").contains("0d80").contains("160301");
    }

    @Test
    void successBeforeTheHandshakeIsNone() {
        assertThatThrownBy(() -> peer.take(Bytes.ofHex("03080004")))
                .isInstanceOf(EapException.class)
                .hasMessage("EAP-Success before the TLS handshake is over");
        assertThatThrownBy(peer::key).isInstanceOf(EapException.class);
    }

    @Test
    void failureIsToldInOneLine() throws EapException {
        EapTls.Answer answer = peer.take(Bytes.ofHex("04080004"));
        assertThat(answer.course()).isEqualTo(EapTls.Course.FAILED);
        assertThat(answer.log()).containsExactly("EAP authentication failed: peer sent EAP-Failure");
    }

    @Test
    void responsesAndFragmentsOfNothingAreNoRequests() {
        assertThatThrownBy(() -> peer.take(Bytes.ofHex("020700060d20"))).isInstanceOf(EapException.class);
        assertThatThrownBy(() -> peer.take(Bytes.ofHex("0107"))).isInstanceOf(EapException.class);
    }

    @Test
    void nobodyIsAskedForHisIdentityForEver() throws EapException {
        for (int i = 0; i < 200; i++) {
            answer("0105000501");
        }
        assertThatThrownBy(() -> answer("0105000501"))
                .isInstanceOf(EapException.class)
                .hasMessage("EAP TLS handshake takes too much");
    }
}
