// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpAddressTest {
    @ParameterizedTest
    @CsvSource({
        "0.0.0.0, 0.0.0.0",
        "255.255.255.255, 255.255.255.255",
        "192.0.2.1, 192.0.2.1",
        "::, ::",
        "0:0:0:0:0:0:0:0, ::",
        "::1, ::1",
        "1::, 1::",
        "1:2:3:4:5:6:7:8, 1:2:3:4:5:6:7:8",
        "0001:0012:0003:0014:0005:0016:0007:0018, 1:12:3:14:5:16:7:18",
        "0:0:3:4:5:6:7:8, ::3:4:5:6:7:8",
        "1:2:3:4:5:6:0:0, 1:2:3:4:5:6::",
        "1:2:0:0:5:6:0:0, 1:2::5:6:0:0",
        "0:0:3:0:0:0:7:8, 0:0:3::7:8",
        "0:2:0:4:0:6:0:8, 0:2:0:4:0:6:0:8",
        "1:2:3:4:5:6:7::, 1:2:3:4:5:6:7:0",
        "2001:DB8::A, 2001:db8::a",
        "::ffff:192.0.2.1, ::ffff:c000:201",
        "64:ff9b::192.0.2.1, 64:ff9b::c000:201",
    })
    void parsesAndPrints(String text, String canonical) {
        assertThat(IpAddress.of(text)).hasToString(canonical);
        assertThat(IpAddress.of(canonical)).isEqualTo(IpAddress.of(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1",
                "1.2.3",
                "1.2.3.4.",
                ".1.2.3.4",
                "1.2.3.4.5",
                "256.2.3.4",
                "1.2.3.4a",
                "0x1.2.3.4",
                "010.1.1.1",
                "1.2.3.-4",
                "1.2.3.+4",
                "1.2.3.٤",
                ":",
                ":::",
                "::::",
                "1:::",
                ":::1",
                "1:::1",
                "::1::",
                "1::1::1",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "1:2:3:4:5:6:7:",
                ":2:3:4:5:6:7:8",
                "1:2:3:4::5:6:7:8",
                "12345::",
                "g::",
                "::1%eth0",
                "1.2.3.4::",
                "::1.2.3.4:5",
                "::1.2.3",
                "1:2:3:4:5:6:7:1.2.3.4",
                "localhost"
            })
    void refusesWhatIsNoLiteral(String text) {
        assertThat(IpAddress.parse(text)).isEmpty();
        assertThatIllegalArgumentException().isThrownBy(() -> IpAddress.of(text));
    }

    @Test
    void everyAddressComesBackFromTextAndOctets() {
        Random random = new Random(1);
        for (int i = 0; i < 2000; i++) {
            // Many zero groups, so that the abbreviation is exercised.
            long high = random.nextLong() & ((random.nextLong() & 0xffff0000ffff0000L) | (random.nextInt(2) * 0xffffL));
            long low = random.nextLong() & (random.nextLong() & 0x0000ffff0000ffffL);
            IpAddress v6 = IpAddress.v6(high, low);
            assertThat(IpAddress.of(v6.toString())).isEqualTo(v6);
            assertThat(IpAddress.of(v6.octets())).isEqualTo(v6);
            IpAddress v4 = IpAddress.v4(random.nextInt());
            assertThat(IpAddress.of(v4.toString())).isEqualTo(v4);
            assertThat(IpAddress.of(v4.octets())).isEqualTo(v4);
        }
    }

    @Test
    void octetsAreInNetworkOrder() {
        assertThat(IpAddress.of("192.0.2.1").octets()).isEqualTo(Bytes.ofHex("c0000201"));
        assertThat(IpAddress.of("2001:db8::1").octets()).isEqualTo(Bytes.ofHex("20010db8000000000000000000000001"));
        assertThatIllegalArgumentException().isThrownBy(() -> IpAddress.of(Bytes.of(1, 2, 3)));
    }

    @Test
    void kinds() {
        assertThat(IpAddress.any(AddressFamily.IPV4)).isEqualTo(IpAddress.of("0.0.0.0"));
        assertThat(IpAddress.any(AddressFamily.IPV6))
                .isEqualTo(IpAddress.of("::"))
                .isNotEqualTo(IpAddress.ANY_V4);
        assertThat(IpAddress.of("::").isAny()).isTrue();
        assertThat(IpAddress.of("127.255.0.1").isLoopback()).isTrue();
        assertThat(IpAddress.of("128.0.0.1").isLoopback()).isFalse();
        assertThat(IpAddress.of("::1").isLoopback()).isTrue();
        assertThat(IpAddress.of("febf::1").isLinkLocal()).isTrue();
        assertThat(IpAddress.of("fec0::1").isLinkLocal()).isFalse();
        assertThat(IpAddress.of("169.254.0.1").isLinkLocal()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.77, 0, 0.0.0.0, 255.255.255.255",
        "192.0.2.77, 1, 128.0.0.0, 255.255.255.255",
        "192.0.2.77, 26, 192.0.2.64, 192.0.2.127",
        "192.0.2.77, 32, 192.0.2.77, 192.0.2.77",
        "2001:db8::77, 0, ::, ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        "2001:db8::77, 32, 2001:db8::, 2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",
        "2001:db8::77, 64, 2001:db8::, 2001:db8::ffff:ffff:ffff:ffff",
        "2001:db8::77, 65, 2001:db8::, 2001:db8::7fff:ffff:ffff:ffff",
        "2001:db8::77, 128, 2001:db8::77, 2001:db8::77",
    })
    void prefixes(String address, int length, String network, String broadcast) {
        assertThat(IpAddress.of(address).network(length)).isEqualTo(IpAddress.of(network));
        assertThat(IpAddress.of(address).broadcast(length)).isEqualTo(IpAddress.of(broadcast));
    }

    @Test
    void next() {
        assertThat(IpAddress.of("192.0.2.255").next()).contains(IpAddress.of("192.0.3.0"));
        assertThat(IpAddress.of("255.255.255.255").next()).isEmpty();
        assertThat(IpAddress.of("::ffff:ffff:ffff:ffff").next()).contains(IpAddress.of("0:0:0:1::"));
        assertThat(IpAddress.of("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff").next())
                .isEmpty();
    }

    @Test
    void ordersByFamilyThenNumber() {
        List<IpAddress> ordered = List.of(
                IpAddress.of("0.0.0.0"),
                IpAddress.of("127.0.0.1"),
                IpAddress.of("128.0.0.1"),
                IpAddress.of("::"),
                IpAddress.of("7fff::"),
                IpAddress.of("8000::"));
        assertThat(ordered.stream().sorted().toList()).isEqualTo(ordered);
        assertThat(IpAddress.of("::8000:0:0:0")).isGreaterThan(IpAddress.of("::7fff:0:0:0"));
    }
}
