// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v1.quick;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jswan.base.Bytes;
import org.jswan.base.IpAddress;
import org.jswan.base.Selector;
import org.jswan.base.Subnet;
import org.jswan.exchange.v1.engine.IsakmpFailure;
import org.jswan.log.LogSink;
import org.jswan.log.Logger;
import org.jswan.wire.v1.IdPayload;
import org.jswan.wire.v1.NotificationType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The identities of Quick Mode, with libreswan's words for those that are refused. */
class ClientIdsTest {
    private final List<String> log = new ArrayList<>();
    private final Logger logger = new Logger(
            new LogSink() {
                @Override
                public void log(String line) {
                    log.add(line);
                }

                @Override
                public void debug(String line) {
                    log.add(line);
                }
            },
            "");

    private static IdPayload id(int type, String... addresses) {
        Bytes data = Bytes.EMPTY;
        for (String address : addresses) {
            data = data.plus(IpAddress.of(address).octets());
        }
        return new IdPayload(type, 17, 1701, data);
    }

    private Optional<Selector> read(IdPayload id) throws IsakmpFailure {
        return ClientIds.read(id, "peer client", logger);
    }

    @ParameterizedTest
    @CsvSource({
        "1, 192.0.2.1, , 192.0.2.1/32",
        "4, 192.0.2.9, 255.255.255.0, 192.0.2.0/24",
        "4, 0.0.0.0, 0.0.0.0, 0.0.0.0/0",
        "7, 192.0.2.0, 192.0.2.63, 192.0.2.0/26",
        "5, 2001:db8::1, , 2001:db8::1/128",
        "6, 2001:db8::, ffff:ffff::, 2001:db8::/32",
        "8, 2001:db8::, 2001:db8::ffff, 2001:db8::/112"
    })
    void readsAddresses(int type, String first, String second, String subnet) throws IsakmpFailure {
        IdPayload id = second == null ? id(type, first) : id(type, first, second);
        assertThat(read(id)).contains(new Selector(Subnet.of(subnet), 17, 1701));
    }

    @Test
    void aNameIsNoAddress() throws IsakmpFailure {
        assertThat(read(new IdPayload(IdPayload.FQDN, 17, 0, Bytes.ofUtf8("host"))))
                .isEmpty();
        assertThat(log).containsExactly("peer client type is FQDN");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1 | 0.0.0.0 | | peer client ID payload ID_IPV4_ADDR is invalid (0.0.0.0) in Quick I1",
                "4 | 192.0.2.0 | 255.0.255.0 | peer client ID payload ID_IPV4_ADDR_SUBNET bad subnet in Quick I1 (invalid mask)",
                "4 | 0.0.0.0 | 255.255.255.255 | peer client ID payload ID_IPV4_ADDR_SUBNET bad subnet in Quick I1 (subnet contains no addresses)",
                "4 | 192.0.2.0 | | not enough bytes left to get ID mask from ISAKMP Identification Payload (IPsec DOI)",
                "7 | 0.0.0.0 | 0.0.0.0 | peer client ID payload in Quick I1, ID_IPV4_ADDR_RANGE 0.0.0.0 - 0.0.0.0 unacceptable: zero address range",
                "7 | 192.0.2.9 | 192.0.2.1 | peer client ID payload in Quick I1, ID_IPV4_ADDR_RANGE 192.0.2.9 - 192.0.2.1 unacceptable: out-of-order",
                "7 | 192.0.2.1 | 192.0.2.9 | peer client ID payload in Quick I1, ID_IPV4_ADDR_RANGE 192.0.2.1 - 192.0.2.9 unacceptable: address range is not a subnet",
                "9 | 192.0.2.1 | | unsupported ID type ID_DER_ASN1_DN"
            })
    void refuses(int type, String first, String second, String text) {
        IdPayload id = second == null ? id(type, first) : id(type, first, second);
        IsakmpFailure failure = catchThrowableOfType(IsakmpFailure.class, () -> read(id));
        assertThat(failure).hasMessage(text);
        assertThat(failure.notification()).contains(NotificationType.INVALID_ID_INFORMATION);
    }
}
