// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.jswan.base.Bytes;
import org.jswan.base.IpAddress;
import org.jswan.net.NameResolver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IkeIdTest {
    private static final NameResolver HOSTS = name ->
            name.equals("gate.example") ? List.of(IpAddress.of("2001:db8::1"), IpAddress.of("192.0.2.9")) : List.of();

    private static IkeId id(String text) {
        try {
            return IkeId.parse(text, HOSTS);
        } catch (IdentityException e) {
            throw new AssertionError(text, e);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "@west|FQDN|@west",
                "@|FQDN|@",
                "road@east.example|USER_FQDN|road@east.example",
                "192.0.2.1|IPV4_ADDR|192.0.2.1",
                "2001:db8::7|IPV6_ADDR|2001:db8::7",
                "gate.example|IPV4_ADDR|192.0.2.9",
                "%any|NONE|(none)",
                "0.0.0.0|NONE|(none)",
                "::|IPV6_ADDR|%any",
                "%none|NONE|(none)",
                "%null|NULL|ID_NULL",
                "%fromcert|FROMCERT|%fromcert",
                "@[GroupID]|KEY_ID|@#0x47726f75704944",
                "@[GroupID|KEY_ID|@#0x47726f75704944",
                "@#4a_6bFF|KEY_ID|@#0x4a6bff",
                "@~3011310f300d06035504031306303132333435|DER_ASN1_DN|CN=012345",
                "C=CA, CN=west|DER_ASN1_DN|C=CA, CN=west",
                "@/C=CA/CN=west|DER_ASN1_DN|C=CA, CN=west",
            })
    void reads(String text, IdType type, String printed) {
        assertThat(id(text).type()).isEqualTo(type);
        assertThat(id(text)).hasToString(printed);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "nowhere|not a numeric IPv4 address and name lookup failed (no validation performed)",
                "a:b|not a numeric IPv6 address and name lookup failed (no validation performed)",
                "@#|no data bytes specified by input",
                "@#abc|input ends in mid-byte, perhaps truncated",
                "@#zz|unknown character in input",
                "Q=1|unknown OID in ID_DER_ASN1_DN",
            })
    void refuses(String text, String message) {
        assertThatThrownBy(() -> IkeId.parse(text, HOSTS))
                .isInstanceOf(IdentityException.class)
                .hasMessage(message);
    }

    @Test
    void goesOverTheWire() throws Exception {
        for (String text : List.of("@west", "a@b", "192.0.2.1", "2001:db8::1", "@[key]", "C=CA, CN=west")) {
            IkeId id = id(text);
            assertThat(IkeId.ofWire(id.type().number(), id.body())).isEqualTo(id);
        }
        assertThat(IkeId.NONE.forWire(IpAddress.of("192.0.2.1"))).isEqualTo(id("192.0.2.1"));
        assertThat(IkeId.ofWire(13, Bytes.of(1, 2, 3))).isEqualTo(IkeId.NULL);
    }

    @Test
    void refusesWhatNoPeerMaySend() {
        assertThatThrownBy(() -> IkeId.ofWire(1, Bytes.of(1, 2, 3))).isInstanceOf(IdentityException.class);
        assertThatThrownBy(() -> IkeId.ofWire(2, Bytes.of('a', 0)))
                .hasMessage("Phase 1 (Parent)ID Payload of type ID_FQDN contains a NUL");
        assertThatThrownBy(() -> IkeId.ofWire(10, Bytes.EMPTY))
                .hasMessage("Unsupported identity type (ID_DER_ASN1_GN) in Phase 1 (Parent) ID Payload");
        assertThatThrownBy(() -> IkeId.ofWire(0, Bytes.EMPTY)).isInstanceOf(IdentityException.class);
    }

    @Test
    void comparesNamesWithoutCaseAndTrailingDots() {
        assertThat(id("@West.Example.").sameAs(id("@west.example"))).isTrue();
        assertThat(id("@west").sameAs(id("@east"))).isFalse();
        assertThat(id("@a").sameAs(id("a@a"))).isFalse();
        assertThat(IkeId.NONE.sameAs(id("@west"))).isTrue();
        assertThat(id("@west").match(IkeId.NONE)).hasValue(IkeId.ALL_WILD);
        assertThat(IkeId.NONE.match(id("@west"))).isEmpty();
        assertThat(id("C=CA, CN=west").match(id("C=CA, CN=*"))).hasValue(1);
    }

    @Test
    void printsNoControlCharacter() throws Exception {
        IkeId id = IkeId.ofWire(2, Bytes.concat(Bytes.ofUtf8("a\n\033[1m"), Bytes.of(0xe9, '7')));
        assertThat(id).hasToString("@a\\n\\33[1m\\3517");
    }
}
