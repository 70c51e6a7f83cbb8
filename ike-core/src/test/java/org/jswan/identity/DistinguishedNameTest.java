// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.jswan.base.Bytes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DistinguishedNameTest {
    private static final String CN_HEADER = "3011310f300d0603550403";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "1306303132333435|CN=012345",
                "1306202320232023|CN=\\ \\# \\# \\#",
                "1306232023202320|CN=#1306232023202320",
                "13062e2020202020|CN=.    \\ ",
                "0c0600790000 7a00|CN=\\00y\\00\\00z\\00",
                "0c061d1e1f202122|CN=\\1D\\1E\\1F !\\\"",
                "0c067c7d7e7f8081|CN=|}~\\7F\\80\\81",
                "13062b2c3b3c3e5c|CN=\\+\\,\\;\\<\\>\\\\",
                "13063d23273a2423|CN=\\=\\#':$\\#",
            })
    void prints(String value, String text) {
        // a '|' in a value is the separator here
        String expected = value.startsWith("0c067c") ? "CN=|}~\\7F\\80\\81" : text;
        assertThat(DistinguishedName.ofDer(Bytes.ofHex(CN_HEADER + value))).hasToString(expected);
    }

    @Test
    void printsUnknownTypesByNumber() {
        assertThat(DistinguishedName.ofDer(Bytes.ofHex("3011310f300d060377ff7f1306303132333435")))
                .hasToString("2.39.16383=#1306303132333435");
        assertThat(DistinguishedName.ofDer(Bytes.ofHex("300f310d300b0601771306303132333435")))
                .hasToString("2.39=#1306303132333435");
    }

    @Test
    void printsWhatIsNoNameInHexadecimal() {
        assertThat(DistinguishedName.ofDer(Bytes.ofHex("3003abcd"))).hasToString("0x3003ABCD");
    }

    @Test
    void readsBothWritingsOfOneName() throws Exception {
        DistinguishedName commas = DistinguishedName.parse("C=CA, ST=Ontario,O=Libreswan , CN=west@x, E=a@b.org");
        DistinguishedName slashes =
                DistinguishedName.parse("/C=CA/ST=Ontario/O=Libreswan/CN=west@x/emailAddress=a@b.org");
        assertThat(commas).isEqualTo(slashes);
        assertThat(commas).hasToString("C=CA, ST=Ontario, O=Libreswan, CN=west@x, E=a@b.org");
        // '@' is not in PrintableString, so CN is T61String; the mail address is IA5String
        assertThat(commas.der().hex())
                .contains("0603550403" + "1406" + "776573744078")
                .contains("1607");
    }

    @Test
    void readsEscapesAndRawValues() throws Exception {
        assertThat(DistinguishedName.parse("CN=a\\,b\\2Cc  ,2.39.1.2=#130131 "))
                .hasToString("CN=a\\,b\\,c, 2.39.1.2=#130131");
        assertThat(DistinguishedName.parse("CN=a\\ ")).hasToString("CN=a\\ ");
    }

    @Test
    void givesWhatIsNoNameAsItCame() throws Exception {
        assertThat(DistinguishedName.parse("2.39.1.2=#1302").isWellFormed()).isFalse();
    }

    @Test
    void saysWhatIsWrong() {
        assertThatThrownBy(() -> DistinguishedName.parse("X=1")).hasMessage("unknown OID in ID_DER_ASN1_DN");
        assertThatThrownBy(() -> DistinguishedName.parse("CN")).hasMessage("missing '='");
        assertThatThrownBy(() -> DistinguishedName.parse("2.5=x")).hasMessage("numeric OID requires #HEXPAIR BER");
        assertThatThrownBy(() -> DistinguishedName.parse("9.5=x")).hasMessage("numeric OID has invalid first digit");
        assertThatThrownBy(() -> DistinguishedName.parse("2=x")).hasMessage("numeric OID missing first '.'");
        assertThatThrownBy(() -> DistinguishedName.parse("2.40=x")).hasMessage("numeric OID has invalid second digit");
        assertThatThrownBy(() -> DistinguishedName.parse("CN=\"x\""))
                .hasMessage("obsolete rfc1779 quoting using '\"' not supported");
        assertThatThrownBy(() -> DistinguishedName.parse("CN=" + "x".repeat(600)))
                .hasMessage("DN too big");
    }

    @Test
    void comparesCaselessWhereTheTypeIs() throws Exception {
        DistinguishedName name = DistinguishedName.parse("C=CA, CN=West");
        assertThat(name.sameAs(DistinguishedName.parse("C=ca, CN=west"))).isTrue();
        assertThat(name.sameAs(DistinguishedName.parse("C=ca, CN=east"))).isFalse();
        assertThat(name.sameAs(DistinguishedName.parse("CN=West, C=CA"))).isFalse();
        assertThat(DistinguishedName.parse("UN=Ab").sameAs(DistinguishedName.parse("UN=aB")))
                .isFalse();
    }

    @Test
    void matchesWildcardsInAnyOrder() throws Exception {
        DistinguishedName name = DistinguishedName.parse("C=CA, O=Libreswan, CN=west");
        assertThat(name.match(DistinguishedName.parse("C=CA, O=*, CN=*"))).hasValue(2);
        assertThat(name.match(DistinguishedName.parse("CN=*, C=CA, O=Libreswan")))
                .hasValue(1);
        assertThat(name.match(DistinguishedName.parse("C=CA, O=Other, CN=*"))).isEmpty();
        assertThat(DistinguishedName.parse("C=CA, O=*").hasWildcards()).isTrue();
        assertThat(name.hasWildcards()).isFalse();
    }

    @Test
    void survivesEveryPrefixAndFlippedOctet() throws Exception {
        DistinguishedName name = DistinguishedName.parse("C=CA, O=Libreswan, CN=west, E=x@y");
        Random random = new Random(7);
        for (int i = 0; i < name.der().length(); i++) {
            byte[] flipped = name.der().toArray();
            flipped[i] ^= (byte) (1 << random.nextInt(8));
            for (DistinguishedName bad : new DistinguishedName[] {
                DistinguishedName.ofDer(name.der().first(i)), DistinguishedName.ofDer(Bytes.wrap(flipped))
            }) {
                assertThat(bad.toString()).isNotNull();
                assertThat(bad.sameAs(name)).isIn(true, false);
                assertThat(name.match(bad)).isNotNull();
            }
        }
    }
}
