// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire.v1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.jswan.base.Bytes;
import org.jswan.wire.ExchangeType;
import org.jswan.wire.Hostile;
import org.jswan.wire.IkeHeader;
import org.jswan.wire.IkeSpi;
import org.jswan.wire.IkeVersion;
import org.jswan.wire.Payload;
import org.jswan.wire.PayloadType;
import org.jswan.wire.WireException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MessageTest {
    private static final HashPayload HASH = new HashPayload(Bytes.ofHex("00112233"));
    private static final NoncePayload NONCE = new NoncePayload(Bytes.ofHex("a0a1a2a3a4a5a6a7"));

    private static IkeHeader header(ExchangeType exchange) {
        return new IkeHeader(
                new IkeSpi(0x0102030405060708L),
                new IkeSpi(0x1112131415161718L),
                PayloadType.NONE,
                IkeVersion.V1,
                exchange,
                0,
                0xa1b2c3d4L,
                IkeHeader.LENGTH);
    }

    private static Message read(ExchangeType exchange, PayloadType first, Bytes body) throws WireException {
        return Message.read(header(exchange).with(first, IkeHeader.LENGTH + body.length()), first, body);
    }

    private static Refusal refusal(ExchangeType exchange, int first, String hex) {
        Bytes body = Bytes.ofHex(hex.replace(" ", ""));
        return catchThrowableOfType(Refusal.class, () -> read(exchange, PayloadType.of(first), body));
    }

    @Test
    void aMessageHasItsHeaderAndPayloadsOneAfterTheOther() throws WireException {
        Message message = Message.of(header(ExchangeType.QUICK), List.of(HASH, NONCE));
        assertThat(message.octets())
                .isEqualTo(Bytes.ofHex("01020304050607081112131415161718" + "08102000a1b2c3d400000030"
                        + "0a00000800112233" + "0000000ca0a1a2a3a4a5a6a7"));
        IkeHeader header = IkeHeader.decode(message.octets());
        assertThat(Message.read(header, header.nextPayload(), message.octets().from(IkeHeader.LENGTH)))
                .isEqualTo(message);
        assertThat(Message.envelope(
                        header(ExchangeType.QUICK),
                        PayloadTypes.HASH,
                        message.octets().from(IkeHeader.LENGTH)))
                .isEqualTo(message.octets());
    }

    @Test
    void whatFollowsTheLastPayloadIsPadding() throws WireException {
        Bytes body = Message.encodePayloads(List.of(HASH, NONCE));
        Message message = read(ExchangeType.QUICK, PayloadTypes.HASH, body.plus(Bytes.of(0, 0, 1, 0xff)));
        assertThat(message.payloads()).containsExactly(HASH, NONCE);
        assertThat(message.octets().from(IkeHeader.LENGTH)).isEqualTo(body);
    }

    @Test
    void aHashCoversWhatFollowsItAsItCame() throws WireException {
        // The reserved octets are not 0, and one payload is skipped.
        Bytes body = Bytes.ofHex("0d070006aabb" + "08000005ff" + "0faa000800112233" + "0abb0004"
                + "0055000ca0a1a2a3a4a5a6a7" + "000000");
        Message message = read(ExchangeType.QUICK, PayloadTypes.VID, body);
        assertThat(message.payloads())
                .containsExactly(
                        new VendorIdPayload(Bytes.ofHex("aabb")), new VendorIdPayload(Bytes.ofHex("ff")), HASH, NONCE);
        assertThat(message.after(HASH)).isEqualTo(Bytes.ofHex("0abb0004" + "0055000ca0a1a2a3a4a5a6a7"));
        assertThatIllegalArgumentException().isThrownBy(() -> message.after(new HashPayload(Bytes.of(1))));
    }

    @Test
    void aMessageMayHaveThirtyPayloads() throws WireException {
        List<Payload> payloads = new ArrayList<>(Collections.nCopies(30, NONCE));
        assertThat(read(ExchangeType.AGGR, PayloadTypes.NONCE, Message.encodePayloads(payloads))
                        .payloads())
                .hasSize(30);
        payloads.add(NONCE);
        Refusal refusal = catchThrowableOfType(
                Refusal.class, () -> read(ExchangeType.AGGR, PayloadTypes.NONCE, Message.encodePayloads(payloads)));
        assertThat(refusal).hasMessage("more than 30 payloads in message; ignored");
        assertThat(refusal.notification()).isEqualTo(NotificationType.PAYLOAD_MALFORMED);
        assertThat(refusal.detail()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            delimiter = '|',
            value = {
                "1  | 00000007       | not enough room in input packet for ISAKMP Security Association Payload (remain=4, sd->size=8)",
                "1  | 0000000c 00000002 00000001 | DOI of ISAKMP Security Association Payload has an unknown value: 2 (0x2)",
                "4  | 00000003       | 3-byte length of ISAKMP Key Exchange Payload is smaller than minimum",
                "4  | 00000005       | 5-byte length of ISAKMP Key Exchange Payload is larger than can fit",
                "5  | 00000008 0e000000 | ID type of ISAKMP Identification Payload has an unknown value: 14 (0xe)",
                "6  | 00000005 0b    | cert encoding of ISAKMP Certificate Payload has an unknown value: 11 (0xb)",
                "7  | 00000005 00    | cert type of ISAKMP Certificate RequestPayload has an unknown value: 0 (0x0)",
                "11 | 0000000c 00000001 0000001f | Notify Message Type of ISAKMP Notification Payload has an unknown value: 31 (0x1f)",
                "12 | 0000000b       | not enough room in input packet for ISAKMP Delete Payload (remain=4, sd->size=12)",
                "14 | 00000008 05000000 | Attr Msg Type of ISAKMP Mode Attribute has an unknown value: 5 (0x5)",
                "15 | 00000005       | 5-byte length of ignored ISAKMP Generic Payload is larger than can fit",
                "21 | 00000008 00000000 | ID type of ISAKMP NAT-OA Payload has an unknown value: 0 (0x0)",
                "131 | 0000000c 01000000 | 12-byte length of ISAKMP NAT-OA Payload (draft) is larger than can fit"
            })
    void aMalformedPayloadIsNamed(int type, String hex, String text) {
        Refusal refusal = refusal(ExchangeType.IDPROT, type, hex);
        assertThat(refusal).hasMessage("malformed payload in packet");
        assertThat(refusal.detail()).contains(text);
        assertThat(refusal.notification()).isEqualTo(NotificationType.PAYLOAD_MALFORMED);
    }

    @Test
    void anIdentificationOfPhaseTwoHasANameOfItsOwn() {
        assertThat(refusal(ExchangeType.QUICK, 5, "00000008 00000000").detail())
                .contains("ID type of ISAKMP Identification Payload (IPsec DOI) has an unknown value: 0 (0x0)");
    }

    @ParameterizedTest
    @CsvSource({"2, ISAKMP_NEXT_P", "16, ISAKMP_NEXT_TEK", "33, 33??", "132, ISAKMP_NEXT_IKE_FRAGMENTATION"})
    void aPayloadOfAnotherKindIsRefused(int type, String name) {
        Refusal refusal = refusal(ExchangeType.IDPROT, type, "00000004");
        assertThat(refusal)
                .hasMessage("message ignored because it contains an unknown or unexpected payload type (" + name
                        + ") at the outermost level");
        assertThat(refusal.notification()).isEqualTo(NotificationType.INVALID_PAYLOAD_TYPE);
    }

    @Test
    void whoeverAdmitsPayloadsIsAskedBeforeTheyAreRead() {
        List<String> asked = new ArrayList<>();
        Admission admission = new Admission() {
            @Override
            public void admit(PayloadType type) throws WireException {
                asked.add(PayloadTypes.shortName(type));
                if (type.equals(PayloadTypes.KE)) {
                    throw new WireException("no KE here");
                }
            }

            @Override
            public void skip(PayloadType type) {
                asked.add("skip " + PayloadTypes.shortName(type));
            }
        };
        Bytes body = Bytes.ofHex("0f000004" + "04000004" + "00000003");
        WireException refusal = catchThrowableOfType(
                WireException.class,
                () -> Message.read(header(ExchangeType.IDPROT), PayloadTypes.NONCE, body, admission));
        assertThat(refusal).hasMessage("no KE here");
        assertThat(asked).containsExactly("NONCE", "skip SAK", "KE");
    }

    /** Whatever chain of payloads is written, with whatever padding, reads as the same payloads. */
    @Test
    void everyChainReadsAsItWasWritten() throws WireException {
        List<Payload> samples = new ArrayList<>();
        PayloadsTest.samples().forEach(sample -> samples.add((Payload) sample.get()[0]));
        Random random = new Random(41);
        for (int round = 0; round < 2000; round++) {
            List<Payload> payloads = new ArrayList<>();
            for (int count = random.nextInt(31); count > 0; count--) {
                byte[] octets = new byte[random.nextInt(300)];
                random.nextBytes(octets);
                payloads.add(
                        random.nextBoolean()
                                ? samples.get(random.nextInt(samples.size()))
                                : new NoncePayload(Bytes.wrap(octets)));
            }
            Message written = Message.of(header(ExchangeType.AGGR), payloads);
            Bytes padding = Bytes.wrap(new byte[random.nextInt(16)]);
            Message read = Message.read(
                    written.header(),
                    written.header().nextPayload(),
                    written.octets().from(IkeHeader.LENGTH).plus(padding));
            assertThat(read).as("round %d", round).isEqualTo(written);
        }
    }

    @Test
    void hostileOctetsEndInAMessageOrAnException() {
        List<Payload> payloads = new ArrayList<>();
        PayloadsTest.samples().forEach(sample -> payloads.add((Payload) sample.get()[0]));
        payloads.add(3, HASH);
        Bytes octets = Message.of(header(ExchangeType.AGGR), payloads).octets();
        Hostile.attack(octets, 2000, 21, MessageTest::decode);
        Hostile.noise(
                2000, 200, 22, noise -> decode(octets.first(IkeHeader.LENGTH).plus(noise)));
    }

    private static void decode(Bytes datagram) throws WireException {
        IkeHeader header = IkeHeader.decode(datagram);
        Bytes body = datagram.slice(IkeHeader.LENGTH, (int) header.length() - IkeHeader.LENGTH);
        Message message = Message.read(header, header.nextPayload(), body);
        message.first(HashPayload.class).ifPresent(message::after);
    }
}
