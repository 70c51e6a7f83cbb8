// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.connection;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jswan.base.Bytes;
import org.jswan.base.Subnet;
import org.jswan.config.value.NetworkNames;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The complaints are libreswan 4.10's about the same files. */
class PolicyFileTest {
    private static final NetworkNames NAMES =
            NetworkNames.of("tcp 6 TCP\nudp 17 UDP\nsctp 132 SCTP\n", "domain 53/tcp\n");

    private static PolicyFile read(String text) {
        return PolicyFile.parse("/etc/ipsec.d/policies/clear", Bytes.ofUtf8(text), NAMES);
    }

    private static List<String> lines(String text) {
        return read(text).lines().stream()
                .map(line -> line.target().map(t -> t.nameIn("clear")).orElse(line.complaint()))
                .toList();
    }

    @Test
    void eachRecordIsATarget() {
        assertThat(
                        lines(
                                """
                        # who may talk in clear
                        198.51.100.0/24 # a net

                        203.0.113.8
                          tcp 0 80
                        203.0.113.9/255.255.255.255
                        2001:db8::1
                        2001:db8::/32 udp 5 domain
                        "203.0.113.16/28"
                        10.0.0.0/8 132 0x10 0
                        """))
                .containsExactly(
                        "clear#198.51.100.0/24",
                        "clear#203.0.113.8/32-(0--6--80)",
                        "clear#203.0.113.9/32",
                        "clear#2001:db8::1/128",
                        "clear#2001:db8::/32-(5--17--53)",
                        "clear#203.0.113.16/28",
                        "clear#10.0.0.0/8-(16--132--0)");
    }

    @Test
    void aWrongAddressConcernsItsRecord() {
        assertThat(
                        lines(
                                """
                        198.51.100.1/24
                          203.0.113.7
                        300.1.1.1
                        1.2.3.4/255.0.255.0
                        2001:db8::/48/1
                        2001:db8::/255
                        2001:db8::1/48
                        %default
                        %default/0
                        203.0.113.7
                        """))
                .containsExactly(
                        "ignored, '198.51.100.1/24' is not a subnet: improper subnet, host-part bits on",
                        "ignored, '300.1.1.1' is not an address: byte overflow in dotted-numeric address",
                        "ignored, '1.2.3.4/255.0.255.0' is not a subnet: non-contiguous or otherwise erroneous mask",
                        "ignored, '2001:db8::/48/1' is not a subnet: masks are not permitted for IPv6 addresses",
                        "ignored, '2001:db8::/255' is not a subnet: masks are not permitted for IPv6 addresses",
                        "ignored, '2001:db8::1/48' is not a subnet: improper subnet, host-part bits on",
                        "ignored, '%default' is not an address: first digit invalid",
                        "ignored, '%default/0' is not a subnet: first digit invalid",
                        "clear#203.0.113.7/32");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "esp | invalid protocol 'esp' - mistakenly defined to be 0 or 50(esp) or 51(ah)",
                "300 | protocol '300' invalid: numeric protocol must be <= 255",
                "foo | protocol 'foo' invalid: first digit invalid",
                "tcp | missing source_port: either only specify CIDR, or specify CIDR protocol source_port dest_port",
                "tcp x | source port 'x' invalid: <protocol> is neither a number nor a valid name",
                "tcp 1 | missing dest_port: either only specify CIDR, or specify CIDR protocol source_port dest_port",
                "tcp 1 70000 | destination port '70000' invalid: <port> must be between 0 and 65535",
                "tcp 1 2 3 | garbage '3' at end of line: either only specify CIDR, or specify CIDR protocol"
                        + " source_port dest_port"
            })
    void wrongTrafficEndsTheFile(String traffic, String complaint) {
        assertThat(lines("9.9.9.9 " + traffic + "\n8.8.8.8\n")).containsExactly(complaint, "rest of file ignored");
    }

    @Test
    void aFileDoesNotBeginIndented() {
        assertThat(lines(" 192.0.2.1\n192.0.2.2\n")).containsExactly("rest of file ignored");
        assertThat(lines("")).isEmpty();
    }

    @Test
    void whatIsNotWrittenIsLeftToTheGroup() {
        assertThat(read("192.0.2.0/24").lines())
                .containsExactly(PolicyFile.Line.of(GroupTarget.of(Subnet.of("192.0.2.0/24"))));
    }
}
