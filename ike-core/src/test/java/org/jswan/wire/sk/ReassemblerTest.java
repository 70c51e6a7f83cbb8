// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire.sk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.jswan.base.Bytes;
import org.jswan.wire.ExchangeType;
import org.jswan.wire.Hostile;
import org.jswan.wire.IkeHeader;
import org.jswan.wire.IkeSpi;
import org.jswan.wire.Payload;
import org.jswan.wire.PayloadChain;
import org.jswan.wire.PayloadType;
import org.jswan.wire.WireException;
import org.jswan.wire.v2.CertPayload;
import org.jswan.wire.v2.DeletePayload;
import org.jswan.wire.v2.Message;
import org.jswan.wire.v2.NoncePayload;
import org.jswan.wire.v2.SkfPayload;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReassemblerTest {
    private static final IkeHeader HEADER =
            IkeHeader.v2(new IkeSpi(1), new IkeSpi(2), ExchangeType.IKE_AUTH, IkeHeader.FLAG_INITIATOR, 1);
    private static final ToyProtection KEYS = ToyProtection.AEAD;

    private final Reassembler reassembler = new Reassembler();
    private final List<NotAuthentic> dropped = new ArrayList<>();
    private List<Payload> inner;
    private List<Message> fragments;

    @BeforeEach
    void cut() throws WireException {
        byte[] certificate = new byte[1900];
        new Random(10).nextBytes(certificate);
        inner = List.of(new CertPayload(4, Bytes.wrap(certificate)), new NoncePayload(Bytes.of(1)));
        fragments = fragments(HEADER, 532);
        assertThat(fragments).hasSize(4);
    }

    private List<Message> fragments(IkeHeader header, int size) throws WireException {
        List<Message> messages = new ArrayList<>();
        for (Bytes octets : EncryptedMessage.sealFragments(header, inner, KEYS, ToyProtection.RANDOM, size)) {
            messages.add(Message.decode(octets));
        }
        return messages;
    }

    private static Message spoilt(Message message) throws WireException {
        byte[] octets = message.octets().toArray();
        octets[octets.length - 1] ^= 1;
        return Message.decode(Bytes.wrap(octets));
    }

    private static NotAuthentic dropped(int number, int total, String why) {
        return new NotAuthentic(Optional.empty(), "dropping fragment " + number + " of " + total + " as " + why, true);
    }

    @Test
    void joinsFragmentsInAnyOrder() throws WireException {
        for (int seed = 0; seed < 20; seed++) {
            List<Message> shuffled = new ArrayList<>(fragments);
            Collections.shuffle(shuffled, new Random(seed));
            for (int i = 0; i < 3; i++) {
                assertThat(reassembler.add(shuffled.get(i), KEYS)).isEqualTo(new FragmentsMissing(i + 1, 4));
            }
            assertThat(reassembler.add(shuffled.get(3), KEYS))
                    .isEqualTo(new DecodedMessage(fragments.get(0), inner, PayloadChain.encode(inner), 4));
            assertThat(reassembler.isEmpty()).isTrue();
        }
    }

    @Test
    void oneFragmentIsAMessage() throws WireException {
        List<Message> one = fragments(HEADER, 4000);
        assertThat(one).hasSize(1);
        assertThat(reassembler.add(one.get(0), KEYS))
                .isEqualTo(new DecodedMessage(one.get(0), inner, PayloadChain.encode(inner), 1));
    }

    @Test
    void forgedFragmentsChangeNothing() throws WireException {
        Message forged = spoilt(fragments.get(1));
        NotAuthentic verdict =
                new NotAuthentic(Optional.of("failed to match authenticator"), "fragment 2 of 4 invalid", true);
        assertThat(reassembler.add(forged, KEYS)).isEqualTo(verdict);
        assertThat(reassembler.isEmpty()).isTrue();
        reassembler.add(fragments.get(0), KEYS);
        assertThat(reassembler.add(forged, KEYS)).isEqualTo(verdict);
        reassembler.add(fragments.get(1), KEYS);
        reassembler.add(fragments.get(2), KEYS);
        assertThat(reassembler.add(fragments.get(3), KEYS)).isInstanceOf(DecodedMessage.class);
    }

    @Test
    void whatDoesNotFitIsDropped() throws WireException {
        reassembler.add(fragments.get(0), KEYS);
        assertThat(reassembler.add(fragments.get(0), KEYS)).isEqualTo(dropped(1, 4, "repeat"));
        assertThat(reassembler.add(fragments(HEADER, 400).get(1), KEYS))
                .isEqualTo(dropped(2, 6, "fragment total changed"));
        IkeHeader other =
                IkeHeader.v2(new IkeSpi(1), new IkeSpi(2), ExchangeType.INFORMATIONAL, IkeHeader.FLAG_INITIATOR, 1);
        assertThat(reassembler.add(fragments(other, 532).get(1), KEYS))
                .isEqualTo(dropped(2, 4, "message exchange does not match"));
        IkeHeader later =
                IkeHeader.v2(new IkeSpi(1), new IkeSpi(2), ExchangeType.IKE_AUTH, IkeHeader.FLAG_INITIATOR, 2);
        assertThat(reassembler.add(fragments(later, 532).get(1), KEYS))
                .isEqualTo(dropped(2, 4, "message ID does not match"));
    }

    private static Message fragment(PayloadType first, int number, int total, int octets) {
        return Message.of(HEADER, List.of(new SkfPayload(first, number, total, Bytes.wrap(new byte[octets]))));
    }

    @Test
    void numbersMustMakeSense() {
        assertThat(reassembler.add(fragment(PayloadType.NONE, 0, 4, 40), KEYS))
                .isEqualTo(dropped(0, 4, "fragment number must be 1 or greater (not 0)"));
        assertThat(reassembler.add(fragment(PayloadType.NONE, 5, 4, 40), KEYS))
                .isEqualTo(dropped(5, 4, "fragment number must be no greater than the total number of fragments"));
        assertThat(reassembler.add(fragment(PayloadType.NONE, 2, 33, 40), KEYS))
                .isEqualTo(dropped(2, 33, "total number of fragments must be no more than MAX_IKE_FRAGMENTS"));
        assertThat(reassembler.add(fragment(PayloadType.NONE, 1, 4, 40), KEYS))
                .isEqualTo(dropped(1, 4, "first fragment's next payload must not be ISAKMP_NEXT_v2NONE"));
        assertThat(reassembler.add(fragment(PayloadType.IDI, 2, 4, 40), KEYS))
                .isEqualTo(dropped(2, 4, "later fragment's next payload must be ISAKMP_NEXT_v2NONE"));
        assertThat(reassembler.isEmpty()).isTrue();
    }

    @Test
    void saysWhatIsAuthenticButBad() throws WireException {
        Bytes sealed = Bytes.wrap(new byte[33]);
        Message shell = Message.of(HEADER, List.of(new SkfPayload(PayloadType.DELETE, 1, 1, sealed)));
        Bytes associated = shell.octets().first(36);
        Bytes plaintext = Bytes.ofHex("00000009 01000000 00");
        Message message = Message.decode(associated.plus(KEYS.seal(associated, plaintext, ToyProtection.RANDOM)));
        assertThat(reassembler.add(message, KEYS))
                .isEqualTo(new AuthenticButBad(
                        message,
                        "malformed payload in packet"
                                + "9-byte length of IKEv2 Delete Payload is larger than can fit"));
    }

    @Test
    void holdsFragmentsUntilThereAreKeys() {
        for (Message fragment : fragments) {
            assertThat(reassembler.hold(fragment)).isEmpty();
        }
        assertThat(reassembler.hold(fragments.get(0))).contains(dropped(1, 4, "repeat"));
        assertThat(reassembler.open(KEYS, dropped::add))
                .isEqualTo(new DecodedMessage(fragments.get(0), inner, PayloadChain.encode(inner), 4));
        assertThat(dropped).isEmpty();
        assertThat(reassembler.isEmpty()).isTrue();
    }

    @Test
    void dropsHeldForgeriesWhenThereAreKeys() throws WireException {
        reassembler.hold(fragments.get(0));
        reassembler.hold(spoilt(fragments.get(2)));
        assertThat(reassembler.open(KEYS, dropped::add)).isEqualTo(new FragmentsMissing(1, 4));
        assertThat(dropped)
                .containsExactly(new NotAuthentic(
                        Optional.of("failed to match authenticator"), "saved fragment 3 of 4 invalid; dropped", true));
        reassembler.add(fragments.get(1), KEYS);
        reassembler.add(fragments.get(2), KEYS);
        assertThat(reassembler.add(fragments.get(3), KEYS)).isInstanceOf(DecodedMessage.class);
    }

    /** A forged total must not keep the peer's own fragments out. */
    @Test
    void beginsAnewIfAllThatWasHeldIsForged() {
        assertThat(reassembler.hold(fragment(PayloadType.NONE, 2, 9, 60))).isEmpty();
        assertThat(reassembler.open(KEYS, dropped::add)).isEqualTo(new FragmentsMissing(0, 9));
        assertThat(dropped).hasSize(1);
        assertThat(reassembler.isEmpty()).isTrue();
        assertThat(reassembler.open(KEYS, dropped::add)).isEqualTo(new FragmentsMissing(0, 0));
        assertThat(reassembler.add(fragments.get(0), KEYS)).isEqualTo(new FragmentsMissing(1, 4));
    }

    @Test
    void whatIsKeptIsBounded() {
        for (int number = 2; number < 10; number++) {
            int octets = 8_000;
            Optional<NotAuthentic> verdict = reassembler.hold(fragment(PayloadType.NONE, number, 32, octets));
            assertThat(verdict).isEmpty();
        }
        assertThat(reassembler.hold(fragment(PayloadType.NONE, 10, 32, 8_000)))
                .contains(dropped(10, 32, "message is too long"));
        reassembler.clear();
        assertThat(reassembler.hold(fragment(PayloadType.NONE, 10, 32, 8_000))).isEmpty();
    }

    @Test
    void wholeMessagesAreNotFragments() {
        Message whole = Message.of(HEADER, List.of(DeletePayload.ike()));
        assertThatIllegalArgumentException().isThrownBy(() -> reassembler.add(whole, KEYS));
        assertThatIllegalArgumentException().isThrownBy(() -> reassembler.hold(whole));
    }

    @Test
    void endsInAValueOrAWireException() {
        Hostile.attack(fragments.get(3).octets(), 5_000, 11, octets -> {
            Message message = Message.decode(octets);
            if (message.first(SkfPayload.class).isPresent()) {
                Reassembler fresh = new Reassembler();
                assertThat(fresh.add(message, KEYS)).isNotNull();
                fresh.hold(message);
                assertThat(fresh.open(KEYS, dropped::add)).isNotNull();
            }
        });
    }
}
