// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.config.value;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jswan.base.AddressFamily;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ValuesTest {
    private interface Reading {
        Object read() throws ValueException;
    }

    /** The value as text, or the error after {@code !}. */
    private static String outcome(Reading reading) {
        try {
            return reading.read().toString();
        } catch (ValueException e) {
            return "!" + e.getMessage();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0|10|0",
                "18446744073709551615|10|18446744073709551615",
                "18446744073709551616|10|!unsigned-long overflow",
                "184467440737095516150|10|!unsigned-long overflow",
                "0x1f|0|31",
                "0b101|0|5",
                "017|0|15",
                "08|0|!non-octal digit in number",
                "0x|0|!non-decimal digit in number",
                "x|10|!first decimal digit invalid",
                "x|0|!first digit invalid",
                "12a|10|!non-decimal digit in number",
                "''|10|!empty string",
            })
    void numbers(String text, int base, String expected) {
        assertThat(outcome(() -> Long.toUnsignedString(Numbers.unsigned(text, base))))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "5|PT5S",
                "500ms|PT0.5S",
                "2H|PT2H",
                "1w|PT168H",
                "5x|!unrecognized duration multiplier \"x\"",
                "h|!bad duration value \"h\": first decimal digit invalid",
                "-1|!bad duration value \"-1\": first decimal digit invalid",
                "18446744073709551615h|!duration too large: \"18446744073709551615h\" is more than 18446744073709551615 seconds",
            })
    void durations(String text, String expected) {
        assertThat(outcome(() -> Numbers.duration(text, Duration.ofSeconds(1)))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "5|true|5",
                "2KiB|true|2048",
                "2Ki|true|!unrecognized binaryBytes multiplier \"Ki\"",
                "2ki|false|2048",
                "2KiB|false|!unrecognized binary multiplier \"KiB\"",
                "99999999Ei|false|'!binary too large: \"99999999Ei\" is more than 18446744073709551615 '",
            })
    void binary(String text, boolean bytes, String expected) {
        assertThat(outcome(() -> Numbers.binary(text, bytes))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "192.0.2.1|192.0.2.1",
                "10.1|10.0.0.1",
                "127.65534|127.0.255.254",
                "10|10.0.0.0",
                "0x0a000001|10.0.0.1",
                "0300.0.0.1|192.0.0.1",
                "1.2.3|1.2.0.3",
                "1.2.3.256|!overflow in dotted-numeric address",
                "256.1.1.1|!byte overflow in dotted-numeric address",
                "1.2.3.4.5|!garbage at end of dotted-address",
                "1..2|!empty dotted-numeric address field",
                "1.2.|!garbage at end of dotted-address",
                "host|!first digit invalid",
                "2001:db8::1|2001:db8::1",
                "::|::",
                ":1|!single leading `:' in IPv6 numeric address",
                "1:::2|!::: in IPv6 numeric address",
                "1::2::3|!more than one :: in IPv6 numeric address",
                "1:2|!incomplete IPv6 numeric address",
                "12345::|!too large",
                "1:2:3:4:5:6:7:8:|!trailing `:' in IPv6 numeric address",
                "1:2:3:4:5:6:7:8x|!extra garbage on end of IPv6 numeric address",
                "1::2:3:4:5:6:7:8|!non-abbreviating empty field in IPv6 numeric address",
                "''|!empty string",
            })
    void addresses(String text, String expected) {
        assertThat(outcome(() -> Addresses.address(text, Optional.empty()))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "192.0.2.7/24|192.0.2.0/24",
                "192.0.2.0/255.255.255.0|192.0.2.0/24",
                "192.0.2.0/255.0.255.0|!non-contiguous or otherwise erroneous mask",
                "192.0.2.0/33|!non-contiguous or otherwise erroneous mask",
                "192.0.2.0|!no / in subnet specification",
                "2001:db8::/129|!masks are not permitted for IPv6 addresses",
                "2001:db8::/32|2001:db8::/32",
                "%default|!unknown address family with %default subnet not allowed.",
            })
    void subnets(String text, String expected) {
        assertThat(outcome(() -> Addresses.subnet(text, Optional.empty(), Addresses.HostBits.CLEAR, w -> {})))
                .isEqualTo(expected);
    }

    @Test
    void hostBitsAreClearedRefusedOrWarnedOf() {
        List<String> warnings = new ArrayList<>();
        Optional<AddressFamily> any = Optional.empty();
        assertThat(outcome(() -> Addresses.subnet("192.0.2.7/24", any, Addresses.HostBits.WARN, warnings::add)))
                .isEqualTo("192.0.2.0/24");
        assertThat(warnings)
                .containsExactly("WARNING:improper subnet mask, host-part bits on input 192.0.2.0/24"
                        + "  extracted subnet 192.0.2.0/24");
        assertThat(outcome(() -> Addresses.subnet("2001:db8::1/64", any, Addresses.HostBits.WARN, warnings::add)))
                .isEqualTo("!improper subnet, host-part bits on");
        assertThat(outcome(() -> Addresses.subnet("192.0.2.7/24", any, Addresses.HostBits.REFUSE, warnings::add)))
                .isEqualTo("!improper subnet, host-part bits on");
        assertThat(outcome(() -> Addresses.subnet(
                        "%default", Optional.of(AddressFamily.IPV6), Addresses.HostBits.REFUSE, warnings::add)))
                .isEqualTo("::/0");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "192.0.2.1-192.0.2.9|192.0.2.1-192.0.2.9",
                "192.0.2.0/30|192.0.2.0/30",
                "192.0.2.1|192.0.2.1/32",
                "192.0.2.9-192.0.2.1|!start of range is greater than end",
                "192.0.2.0/40|!too large",
            })
    void ranges(String text, String expected) {
        assertThat(outcome(() -> Addresses.range(text))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "17/1701|17 1701 false",
                "udp/l2tp|17 1701 false",
                "17/%any|17 0 true",
                "tcp|6 0 false",
                "%any|0 0 false",
                "gre|47 0 false",
                "256|!numeric protocol must be <= 255",
                "nothing|!first digit invalid",
                "0/%any|!port wildcard (%any) requires a valid protocol",
                "0/5|!protocol 0 must have 0 port",
                "17/x|!<protocol> is neither a number nor a valid name",
                "17/65536|!<port> must be between 0 and 65535",
                "17/-1|!<port> must be between 0 and 65535",
            })
    void protocolPorts(String text, String expected) {
        NetworkNames names = NetworkNames.of("gre 47 GRE # tunnel\n", "# none\nl2tp\t1701/udp l2f\n");
        assertThat(outcome(() -> {
                    ProtocolPorts.Parsed parsed = ProtocolPorts.parse(text, names);
                    return parsed.protocol() + " " + parsed.port() + " " + parsed.anyPort();
                }))
                .isEqualTo(expected);
    }

    @Test
    void prefixesOfInterfacesAreSpecified() throws Exception {
        assertThat(Addresses.unspecified(Addresses.prefix("0.0.0.0/0"))).hasValue("default route (no specific route)");
        assertThat(Addresses.unspecified(Addresses.prefix("::/64"))).hasValue("unspecified address");
        assertThat(Addresses.unspecified(Addresses.prefix("192.0.2.7/24"))).isEmpty();
        assertThat(outcome(() -> Addresses.prefix("192.0.2.7"))).isEqualTo("!missing mask");
        assertThat(outcome(() -> Addresses.prefix("192.0.2.7/"))).isEqualTo("!empty mask");
        assertThat(outcome(() -> Addresses.prefix("192.0.2.7/33"))).isEqualTo("!mask is too big");
    }
}
