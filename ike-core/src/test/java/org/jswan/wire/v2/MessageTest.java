// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire.v2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.jswan.base.Bytes;
import org.jswan.wire.Captured;
import org.jswan.wire.ExchangeType;
import org.jswan.wire.Hostile;
import org.jswan.wire.IkeHeader;
import org.jswan.wire.IkeSpi;
import org.jswan.wire.NotifyType;
import org.jswan.wire.Payload;
import org.jswan.wire.PayloadType;
import org.jswan.wire.WireException;
import org.jswan.wire.WireProposal;
import org.junit.jupiter.api.Test;

class MessageTest {
    private static final IkeHeader HEADER =
            IkeHeader.v2(new IkeSpi(1), IkeSpi.ZERO, ExchangeType.IKE_SA_INIT, IkeHeader.FLAG_INITIATOR, 0);

    @Test
    void readsWhatLibreswanSends() throws WireException {
        Captured captured = Captured.pskAesGcm("IKE_SA_INIT request");
        Message message = Message.decode(captured.datagram());
        assertThat(message.payloads())
                .extracting(payload -> payload.type().shortName())
                .containsExactly("SA", "KE", "Ni", "N", "N");
        List<WireProposal> proposals =
                message.first(SaPayload.class).orElseThrow().proposals();
        assertThat(proposals).extracting(WireProposal::number).containsExactly(1, 2, 3, 4);
        assertThat(proposals.get(0).transforms()).hasSize(11);
        assertThat(proposals.get(0).transforms().get(0).attributes().get(0).number())
                .hasValue(256);
        assertThat(message.first(KePayload.class).orElseThrow().data().length()).isEqualTo(256);
        assertThat(message.notification(NotifyType.NAT_DETECTION_DESTINATION_IP))
                .isPresent();
        assertThat(message.notification(NotifyType.COOKIE)).isEmpty();
        assertThat(message.all(NotifyPayload.class)).hasSize(2);
    }

    @Test
    void writesWhatLibreswanSends() throws WireException {
        for (Captured captured : Captured.pskAesGcm()) {
            Message message = Message.decode(captured.datagram());
            assertThat(message.octets()).isEqualTo(captured.datagram());
            assertThat(Message.of(message.header(), message.payloads()))
                    .as(captured.name())
                    .isEqualTo(message);
        }
    }

    @Test
    void fillsInNextPayloadAndLength() throws WireException {
        Message message = Message.of(HEADER, List.of(new NoncePayload(Bytes.of(1, 2))));
        assertThat(message.header().nextPayload()).isEqualTo(PayloadType.NONCE);
        assertThat(message.header().length()).isEqualTo(34);
        assertThat(message.octets())
                .isEqualTo(Bytes.ofHex("0000000000000001 0000000000000000 28202208 00000000 00000022 00000006 0102"));
        assertThat(Message.decode(message.octets())).isEqualTo(message);
    }

    @Test
    void aMessageMayBeEmpty() throws WireException {
        Message message = Message.of(HEADER, List.of());
        assertThat(Message.decode(message.octets()).payloads()).isEmpty();
    }

    @Test
    void ignoresWhatFollowsTheMessage() throws WireException {
        Message message = Message.of(HEADER, List.of(new NoncePayload(Bytes.of(1, 2))));
        assertThat(Message.decode(message.octets().plus(Bytes.of(0, 0, 0)))).isEqualTo(message);
    }

    @Test
    void refusesLeftoversInsideTheMessage() {
        Bytes octets =
                Message.of(HEADER, List.of(new NoncePayload(Bytes.of(1, 2)))).octets();
        byte[] longer = octets.plus(Bytes.of(0)).toArray();
        longer[27]++;
        assertThatThrownBy(() -> Message.decode(Bytes.wrap(longer))).isInstanceOf(WireException.class);
    }

    @Test
    void endsInAValueOrAWireException() {
        for (Captured captured : Captured.pskAesGcm()) {
            Hostile.attack(captured.datagram(), 20_000, 6, Message::decode);
        }
        Hostile.noise(20_000, 200, 7, Message::decode);
    }

    /** Makes every length in a real message too short and too long in turn; none may be believed. */
    @Test
    void everyLengthIsChecked() throws WireException {
        Bytes datagram = Captured.pskAesGcm("IKE_SA_INIT response").datagram();
        int at = IkeHeader.LENGTH;
        for (Payload payload : Message.decode(datagram).payloads()) {
            int length = datagram.get(at + 2) << 8 | datagram.get(at + 3);
            for (int wrong : new int[] {0, 3, 7, length + 1, length - 1, datagram.length(), 65535}) {
                byte[] spoiled = datagram.toArray();
                spoiled[at + 2] = (byte) (wrong >>> 8);
                spoiled[at + 3] = (byte) wrong;
                assertThatThrownBy(() -> Message.decode(Bytes.wrap(spoiled)))
                        .as("%s of %d octets", payload.type(), wrong)
                        .isInstanceOf(WireException.class);
            }
            at += length;
        }
        assertThat(at).isEqualTo(datagram.length());
    }
}
