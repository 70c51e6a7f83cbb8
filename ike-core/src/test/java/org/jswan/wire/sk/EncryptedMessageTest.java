// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire.sk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jswan.base.Bytes;
import org.jswan.crypto.Protection;
import org.jswan.wire.Captured;
import org.jswan.wire.ExchangeType;
import org.jswan.wire.Hostile;
import org.jswan.wire.IkeHeader;
import org.jswan.wire.IkeSpi;
import org.jswan.wire.NotifyType;
import org.jswan.wire.Payload;
import org.jswan.wire.PayloadChain;
import org.jswan.wire.PayloadType;
import org.jswan.wire.UnknownPayload;
import org.jswan.wire.WireException;
import org.jswan.wire.v2.DeletePayload;
import org.jswan.wire.v2.Message;
import org.jswan.wire.v2.NoncePayload;
import org.jswan.wire.v2.NotifyPayload;
import org.jswan.wire.v2.SkPayload;
import org.jswan.wire.v2.SkfPayload;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EncryptedMessageTest {
    private static final IkeHeader HEADER =
            IkeHeader.v2(new IkeSpi(1), new IkeSpi(2), ExchangeType.INFORMATIONAL, IkeHeader.FLAG_INITIATOR, 7);
    private static final List<Payload> INNER = List.of(DeletePayload.ike(), new NoncePayload(Bytes.of(1, 2, 3)));

    private static Decoded open(Bytes datagram, Protection protection) throws WireException {
        return EncryptedMessage.open(Message.decode(datagram), protection);
    }

    @Test
    void opensAndSealsWhatLibreswanSends() throws WireException {
        List<Captured> encrypted = Captured.pskAesGcm().stream()
                .filter(captured -> captured.plaintext().isPresent())
                .toList();
        assertThat(encrypted).hasSize(4);
        for (Captured captured : encrypted) {
            Replay replay = new Replay(List.of(captured));
            Message message = Message.decode(captured.datagram());
            DecodedMessage decoded = (DecodedMessage) EncryptedMessage.open(message, replay);
            assertThat(decoded.fragments()).isZero();
            assertThat(EncryptedMessage.seal(message.header(), decoded.inner(), replay, ToyProtection.RANDOM))
                    .as(captured.name())
                    .isEqualTo(captured.datagram());
        }
    }

    @Test
    void readsThePayloadsInside() throws WireException {
        Captured request = Captured.pskAesGcm("IKE_AUTH request");
        DecodedMessage decoded = (DecodedMessage) open(request.datagram(), new Replay(List.of(request)));
        assertThat(decoded.inner())
                .extracting(payload -> payload.type().shortName())
                .containsExactly("IDi", "IDr", "AUTH", "SA", "TSi", "TSr");
        Captured response = Captured.pskAesGcm("IKE_AUTH response");
        decoded = (DecodedMessage) open(response.datagram(), new Replay(List.of(response)));
        assertThat(decoded.inner().get(2)).isEqualTo(NotifyPayload.of(NotifyType.TS_UNACCEPTABLE));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 8, 9, 15, 16, 17, 31, 32, 300})
    void paddingIsMinimal(int length) throws WireException {
        List<Payload> inner = List.of(new NoncePayload(Bytes.wrap(new byte[length])));
        Bytes cbc = EncryptedMessage.seal(HEADER, inner, ToyProtection.CBC, ToyProtection.RANDOM);
        int blocks = (length + 4 + 1 + 15) / 16;
        assertThat(cbc.length()).isEqualTo(28 + 4 + 16 + blocks * 16 + 12);
        assertThat(cbc.length()).isEqualTo(EncryptedMessage.sealedLength(inner, ToyProtection.CBC));
        assertThat(open(cbc, ToyProtection.CBC))
                .isEqualTo(new DecodedMessage(Message.decode(cbc), inner, PayloadChain.encode(inner), 0));

        Bytes aead = EncryptedMessage.seal(HEADER, inner, ToyProtection.AEAD, ToyProtection.RANDOM);
        assertThat(aead.length()).isEqualTo(28 + 4 + 8 + length + 4 + 1 + 16);
        assertThat(open(aead, ToyProtection.AEAD)).isInstanceOf(DecodedMessage.class);
    }

    @Test
    void paddingCountsUp() {
        Bytes sealed = EncryptedMessage.seal(HEADER, INNER, ToyProtection.CBC, ToyProtection.RANDOM);
        Bytes plaintext =
                ToyProtection.CBC.open(sealed.first(32), sealed.from(32)).orElseThrow();
        assertThat(plaintext).isEqualTo(Bytes.ofHex("28000008 01000000 00000007 010203 00"));
        sealed = EncryptedMessage.seal(HEADER, List.of(DeletePayload.ike()), ToyProtection.CBC, ToyProtection.RANDOM);
        plaintext = ToyProtection.CBC.open(sealed.first(32), sealed.from(32)).orElseThrow();
        assertThat(plaintext).isEqualTo(Bytes.ofHex("00000008 01000000 0001020304050607"));
    }

    @Test
    void acceptsAnyPadding() throws WireException {
        Bytes plaintext = Bytes.ofHex("00000008 01000000 a5a5a5a5a5a5a5a5 a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5 17");
        assertThat(open(raw(PayloadType.DELETE, plaintext), ToyProtection.CBC))
                .asInstanceOf(type(DecodedMessage.class))
                .extracting(DecodedMessage::inner)
                .isEqualTo(List.of(DeletePayload.ike()));
    }

    @Test
    void anEmptyMessageHasNoFirstPayload() throws WireException {
        Bytes sealed = EncryptedMessage.seal(HEADER, List.of(), ToyProtection.AEAD, ToyProtection.RANDOM);
        assertThat(sealed.get(28)).isZero();
        assertThat(open(sealed, ToyProtection.AEAD))
                .isEqualTo(new DecodedMessage(Message.decode(sealed), List.of(), Bytes.EMPTY, 0));
    }

    /** Header, clear payloads and the header of the encrypted payload are authenticated as well. */
    @Test
    void everyBitIsAuthenticated() throws WireException {
        Bytes sealed = EncryptedMessage.seal(HEADER, INNER, ToyProtection.AEAD, ToyProtection.RANDOM);
        for (int bit = 0; bit < sealed.length() * 8; bit++) {
            byte[] spoiled = sealed.toArray();
            spoiled[bit / 8] ^= (byte) (1 << bit % 8);
            try {
                Message message = Message.decode(Bytes.wrap(spoiled));
                if (message.first(SkPayload.class).isPresent()) {
                    assertThat(EncryptedMessage.open(message, ToyProtection.AEAD))
                            .as("bit %d", bit)
                            .isInstanceOf(NotAuthentic.class);
                }
            } catch (WireException e) {
                assertThat(e).hasMessageNotContaining("null");
            }
        }
    }

    @Test
    void opensAMessageThatBeginsInClear() throws WireException {
        Payload clear = NotifyPayload.of(NotifyType.COOKIE, Bytes.of(9));
        Bytes sealed = seal(clear, PayloadType.DELETE, Bytes.ofHex("00000008 01000000 00"));
        DecodedMessage decoded = (DecodedMessage) open(sealed, ToyProtection.AEAD);
        assertThat(decoded.outer().payloads()).hasSize(2).startsWith(clear);
        assertThat(decoded.inner()).containsExactly(DeletePayload.ike());
    }

    private static Bytes seal(Payload clear, PayloadType first, Bytes plaintext) {
        int sealedLength = plaintext.length() + 24;
        Bytes shell = Message.of(HEADER, List.of(clear, new SkPayload(first, Bytes.wrap(new byte[sealedLength]))))
                .octets();
        Bytes associated = shell.first(shell.length() - sealedLength);
        return associated.plus(ToyProtection.AEAD.seal(associated, plaintext, ToyProtection.RANDOM));
    }

    /** A message with that plaintext, padded or not. */
    private static Bytes raw(PayloadType first, Bytes plaintext) {
        int sealedLength = plaintext.length() + 28;
        Bytes shell = Message.of(HEADER, List.of(new SkPayload(first, Bytes.wrap(new byte[sealedLength]))))
                .octets();
        Bytes associated = shell.first(32);
        return associated.plus(ToyProtection.CBC.seal(associated, plaintext, ToyProtection.RANDOM));
    }

    private static void assertDropped(Bytes datagram, Protection protection, String cause) throws WireException {
        assertThat(open(datagram, protection))
                .isEqualTo(new NotAuthentic(
                        Optional.of(cause), "encrypted payload seems to be corrupt; dropping packet", false));
    }

    @Test
    void dropsWhatIsNotAuthentic() throws WireException {
        Bytes sealed = EncryptedMessage.seal(HEADER, INNER, ToyProtection.CBC, ToyProtection.RANDOM);
        byte[] spoiled = sealed.toArray();
        spoiled[40] ^= 1;
        assertDropped(Bytes.wrap(spoiled), ToyProtection.CBC, "failed to match authenticator");
    }

    @Test
    void dropsImpossibleLengths() throws WireException {
        Bytes tooShort = Message.of(HEADER, List.of(new SkPayload(PayloadType.DELETE, Bytes.wrap(new byte[28]))))
                .octets();
        assertDropped(tooShort, ToyProtection.CBC, "encrypted payload impossibly short (28)");
        Bytes unaligned = Message.of(HEADER, List.of(new SkPayload(PayloadType.DELETE, Bytes.wrap(new byte[45]))))
                .octets();
        assertDropped(
                unaligned,
                ToyProtection.CBC,
                "discarding invalid packet: 17 octet payload length is not a multiple of encryption block-size (16)");
    }

    @Test
    void dropsImpossiblePadding() throws WireException {
        assertDropped(
                raw(PayloadType.DELETE, Bytes.ofHex("00000008 01000000 0000000000000010")),
                ToyProtection.CBC,
                "discarding invalid packet: padding-length 17 (octet 0x10) is larger than 16 octet payload length");
    }

    @Test
    void saysWhatIsAuthenticButBad() throws WireException {
        Bytes octets = raw(PayloadType.DELETE, Bytes.ofHex("00000009 01000000 0001020304050607"));
        assertThat(open(octets, ToyProtection.CBC))
                .isEqualTo(new AuthenticButBad(
                        Message.decode(octets),
                        "malformed payload in packet"
                                + "9-byte length of IKEv2 Delete Payload is larger than can fit"));
        octets = raw(PayloadType.NONE, Bytes.ofHex("00000008 01000000 0001020304050607"));
        assertThat(open(octets, ToyProtection.CBC)).isInstanceOf(AuthenticButBad.class);
    }

    @Test
    void encryptedPayloadsDoNotNest() throws WireException {
        List<Payload> inner = List.of(new SkPayload(PayloadType.NONE, Bytes.of(1)));
        Bytes sealed = EncryptedMessage.seal(HEADER, inner, ToyProtection.AEAD, ToyProtection.RANDOM);
        assertThat(open(sealed, ToyProtection.AEAD)).isInstanceOf(AuthenticButBad.class);
        inner = List.of(new SkfPayload(PayloadType.NONE, 1, 1, Bytes.of(1)));
        sealed = EncryptedMessage.seal(HEADER, inner, ToyProtection.AEAD, ToyProtection.RANDOM);
        assertThat(open(sealed, ToyProtection.AEAD)).isInstanceOf(AuthenticButBad.class);
    }

    @Test
    void clearAndEncryptedPayloadsCountTogether() throws WireException {
        NoncePayload payload = new NoncePayload(Bytes.EMPTY);
        List<Payload> inner = Collections.nCopies(29, payload);
        assertThat(open(
                        EncryptedMessage.seal(HEADER, inner, ToyProtection.AEAD, ToyProtection.RANDOM),
                        ToyProtection.AEAD))
                .isInstanceOf(DecodedMessage.class);
        inner = Collections.nCopies(30, payload);
        Bytes sealed = EncryptedMessage.seal(HEADER, inner, ToyProtection.AEAD, ToyProtection.RANDOM);
        assertThat(open(sealed, ToyProtection.AEAD))
                .isEqualTo(new AuthenticButBad(Message.decode(sealed), "more than 30 payloads in message; ignored"));
    }

    @Test
    void unknownPayloadsInsideAreKept() throws WireException {
        List<Payload> inner = List.of(new UnknownPayload(PayloadType.of(255), true, Bytes.of(1)));
        Bytes sealed = EncryptedMessage.seal(HEADER, inner, ToyProtection.AEAD, ToyProtection.RANDOM);
        assertThat(((DecodedMessage) open(sealed, ToyProtection.AEAD)).inner()).isEqualTo(inner);
    }

    @Test
    void aMessageInClearCannotBeOpened() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EncryptedMessage.open(Message.of(HEADER, INNER), ToyProtection.AEAD));
    }

    @Test
    void fragmentsAreCutAsLibreswanCutsThem() throws WireException {
        // 532 - 28 - 8 - 16 - 2 = 478 octets each; the initialisation vector and the pad length come on top.
        List<Payload> inner = List.of(new NoncePayload(Bytes.wrap(new byte[1000 - 4])));
        List<Bytes> fragments = EncryptedMessage.sealFragments(
                HEADER, inner, ToyProtection.AEAD, ToyProtection.RANDOM, EncryptedMessage.FRAGMENT_SIZE_IPV4);
        assertThat(fragments).extracting(Bytes::length).containsExactly(539, 539, 36 + 8 + 44 + 1 + 16);
        Message first = Message.decode(fragments.get(0));
        assertThat(first.header()).isEqualTo(HEADER.with(PayloadType.SKF, 539));
        SkfPayload skf = first.first(SkfPayload.class).orElseThrow();
        assertThat(skf.firstInner()).isEqualTo(PayloadType.NONCE);
        assertThat(List.of(skf.number(), skf.total())).containsExactly(1, 3);
        SkfPayload last =
                Message.decode(fragments.get(2)).first(SkfPayload.class).orElseThrow();
        assertThat(last.firstInner()).isEqualTo(PayloadType.NONE);
        assertThat(List.of(last.number(), last.total())).containsExactly(3, 3);
        // 532 - 28 - 8 - 12 = 484, in whole blocks 480, less 2.
        fragments = EncryptedMessage.sealFragments(
                HEADER, inner, ToyProtection.CBC, ToyProtection.RANDOM, EncryptedMessage.FRAGMENT_SIZE_IPV4);
        assertThat(fragments).extracting(Bytes::length).containsExactly(544, 544, 36 + 16 + 48 + 12);
    }

    @Test
    void fragmentsAreThoseThatLibreswanSends() throws WireException {
        List<Captured> captured = Captured.fragments();
        Replay replay = new Replay(captured);
        Reassembler reassembler = new Reassembler();
        Message first = Message.decode(captured.get(0).datagram());
        assertThat(reassembler.add(Message.decode(captured.get(1).datagram()), replay))
                .isEqualTo(new FragmentsMissing(1, 2));
        DecodedMessage decoded = (DecodedMessage) reassembler.add(first, replay);
        assertThat(decoded.fragments()).isEqualTo(2);
        assertThat(decoded.inner())
                .extracting(payload -> payload.type().shortName())
                .containsExactly("IDi", "IDr", "AUTH", "SA", "TSi", "TSr");
        assertThat(EncryptedMessage.sealFragments(
                        first.header(),
                        decoded.inner(),
                        replay,
                        ToyProtection.RANDOM,
                        EncryptedMessage.FRAGMENT_SIZE_IPV4))
                .isEqualTo(captured.stream().map(Captured::datagram).toList());
    }

    @Test
    void tooManyFragmentsAreRefused() {
        List<Payload> inner = List.of(new NoncePayload(Bytes.wrap(new byte[478 * 32 - 3])));
        assertThatThrownBy(() ->
                        EncryptedMessage.sealFragments(HEADER, inner, ToyProtection.AEAD, ToyProtection.RANDOM, 532))
                .isInstanceOf(WireException.class)
                .hasMessage("fragmenting this 15297 byte message into 478 byte chunks leads to too many frags");
    }

    @Test
    void endsInAValueOrAWireException() {
        Bytes sealed = EncryptedMessage.seal(HEADER, INNER, ToyProtection.CBC, ToyProtection.RANDOM);
        Hostile.attack(sealed, 10_000, 8, octets -> {
            Message message = Message.decode(octets);
            if (message.first(SkPayload.class).isPresent()) {
                assertThat(EncryptedMessage.open(message, ToyProtection.CBC)).isNotNull();
            }
        });
        Bytes plaintext = Captured.pskAesGcm("IKE_AUTH request").plaintext().orElseThrow();
        Hostile.attack(plaintext, 10_000, 9, octets -> {
            int sealedLength = octets.length() + 24;
            Message message =
                    Message.of(HEADER, List.of(new SkPayload(PayloadType.IDI, Bytes.wrap(new byte[sealedLength]))));
            Bytes associated = message.octets().first(32);
            Bytes datagram = associated.plus(ToyProtection.AEAD.seal(associated, octets, ToyProtection.RANDOM));
            assertThat(open(datagram, ToyProtection.AEAD)).isNotNull();
        });
    }
}
