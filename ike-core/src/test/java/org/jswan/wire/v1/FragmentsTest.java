// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire.v1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.jswan.base.AddressFamily;
import org.jswan.base.Bytes;
import org.jswan.wire.ExchangeType;
import org.jswan.wire.Hostile;
import org.jswan.wire.IkeHeader;
import org.jswan.wire.IkeSpi;
import org.jswan.wire.IkeVersion;
import org.jswan.wire.PayloadType;
import org.jswan.wire.WireException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FragmentsTest {
    private final FragmentBuffer buffer = new FragmentBuffer();

    private static Bytes message(int octets) {
        byte[] body = new byte[octets - IkeHeader.LENGTH];
        new Random(octets).nextBytes(body);
        IkeHeader header = new IkeHeader(
                new IkeSpi(0x0102030405060708L),
                new IkeSpi(0x1112131415161718L),
                PayloadType.NONE,
                IkeVersion.V1,
                ExchangeType.IDPROT,
                IkeHeader.FLAG_V1_ENCRYPTION,
                0,
                IkeHeader.LENGTH);
        return Message.envelope(header, PayloadTypes.ID, Bytes.wrap(body));
    }

    private static FragmentPayload piece(Bytes message) throws WireException {
        IkeHeader header = IkeHeader.decode(message);
        assertThat(header.nextPayload()).isEqualTo(PayloadTypes.IKE_FRAGMENTATION);
        assertThat(header.flags()).isZero();
        assertThat(header.length()).isEqualTo(message.length());
        return FragmentPayload.read(message.from(IkeHeader.LENGTH));
    }

    private static FragmentPayload piece(int number, boolean last, String data) {
        return new FragmentPayload(1, number, last, Bytes.ofUtf8(data));
    }

    @Test
    void aPieceHasTheHeaderOfTheMessageAndOnePayload() {
        Bytes message = message(533);
        assertThat(Fragmenter.cut(message, AddressFamily.IPV4, false))
                .containsExactly(
                        Bytes.ofHex("01020304050607081112131415161718" + "841002000000000000000214"
                                        + "000001f800010100")
                                .plus(message.first(496)),
                        Bytes.ofHex("01020304050607081112131415161718" + "841002000000000000000049"
                                        + "0000002d00010201")
                                .plus(message.from(496)));
    }

    @ParameterizedTest
    @CsvSource({"IPV4, false, 532", "IPV4, true, 528", "IPV6, false, 1192", "IPV6, true, 1188"})
    void noPieceIsLongerThanItMayBe(AddressFamily family, boolean marker, int longest) throws WireException {
        Bytes message = message(4000);
        List<Bytes> pieces = new ArrayList<>(Fragmenter.cut(message, family, marker));
        assertThat(pieces.get(0).length()).isEqualTo(longest);
        assertThat(pieces).allMatch(piece -> piece.length() <= longest);
        Collections.shuffle(pieces, new Random(5));
        for (Bytes piece : pieces.subList(1, pieces.size())) {
            assertThat(buffer.add(piece(piece))).isEmpty();
        }
        assertThat(buffer.add(piece(pieces.get(0)))).contains(message);
        assertThat(buffer.isEmpty()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"IPV4, false, 532", "IPV4, true, 524", "IPV6, false, 1192", "IPV6, true, 1184"})
    void whatIsLongIsCut(AddressFamily family, boolean marker, int octets) {
        assertThat(Fragmenter.isLong(octets - 1, family, marker)).isFalse();
        assertThat(Fragmenter.isLong(octets, family, marker)).isTrue();
    }

    @Test
    void onlyAMessageIsCut() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Fragmenter.cut(Bytes.of(1, 2, 3), AddressFamily.IPV4, false));
    }

    @Test
    void ofEachNumberTheLatestCounts() {
        assertThat(buffer.add(piece(1, false, "a"))).isEmpty();
        assertThat(buffer.add(piece(1, false, "b"))).isEmpty();
        assertThat(buffer.add(new FragmentPayload(77, 2, true, Bytes.ofUtf8("c"))))
                .contains(Bytes.ofUtf8("bc"));
    }

    @Test
    void theEndIsTheHighestThatClaimsToBe() {
        assertThat(buffer.add(piece(2, true, "b"))).isEmpty();
        assertThat(buffer.add(piece(3, true, "c"))).isEmpty();
        assertThat(buffer.add(piece(4, false, "d"))).isEmpty();
        assertThat(buffer.add(piece(1, false, "a"))).contains(Bytes.ofUtf8("abc"));
        assertThat(buffer.isEmpty()).isTrue();
    }

    @Test
    void onePieceCanBeTheWhole() {
        assertThat(buffer.add(piece(1, true, "a"))).contains(Bytes.ofUtf8("a"));
    }

    @Test
    void whatIsKeptIsBounded() {
        Bytes half = Bytes.wrap(new byte[FragmentBuffer.MAX_OCTETS / 2]);
        assertThat(buffer.add(new FragmentPayload(1, 2, false, half))).isEmpty();
        assertThat(buffer.add(new FragmentPayload(1, 3, true, half))).isEmpty();
        assertThat(buffer.add(piece(1, false, "a"))).isEmpty();
        assertThat(buffer.add(new FragmentPayload(1, 2, false, half.plus(Bytes.of(1)))))
                .isEmpty();
        assertThat(buffer.add(piece(2, false, "b"))).isEmpty();
        assertThat(buffer.add(piece(1, false, "a"))).map(Bytes::length).contains(half.length() + 2);
        buffer.add(piece(1, false, "a"));
        buffer.clear();
        assertThat(buffer.isEmpty()).isTrue();
    }

    @Test
    void aPieceHasANumberFromOneToSixteen() {
        assertThat(piece(1, false, "").isNumbered()).isTrue();
        assertThat(piece(16, false, "").isNumbered()).isTrue();
        assertThat(piece(0, false, "").isNumbered()).isFalse();
        assertThat(piece(17, false, "").isNumbered()).isFalse();
        assertThatIllegalArgumentException().isThrownBy(() -> buffer.add(piece(17, true, "")));
    }

    @Test
    void whatIsAroundAPieceDoesNotMatter() throws WireException {
        assertThat(FragmentPayload.read(Bytes.ofHex("0801000900010203aabbcc")))
                .isEqualTo(new FragmentPayload(1, 2, true, Bytes.ofHex("aa")));
    }

    @Test
    void whatIsNotAPieceIsRefused() {
        Refusal refusal =
                catchThrowableOfType(Refusal.class, () -> FragmentPayload.read(Bytes.ofHex("00000009000102")));
        assertThat(refusal)
                .hasMessage("not enough room in input packet for ISAKMP IKE Fragment Payload (remain=7, sd->size=8)");
        assertThat(refusal.notification()).isEqualTo(NotificationType.PAYLOAD_MALFORMED);
        Hostile.attack(Bytes.ofHex("0000000b00010201aabbcc"), 500, 3, octets -> {
            FragmentPayload piece = FragmentPayload.read(octets);
            if (piece.isNumbered()) {
                Optional<Bytes> whole = buffer.add(piece);
                assertThat(whole.map(Bytes::length).orElse(0)).isLessThanOrEqualTo(16 * octets.length());
            }
        });
    }
}
