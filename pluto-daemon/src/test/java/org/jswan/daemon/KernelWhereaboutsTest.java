// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.jswan.base.IpAddress;
import org.jswan.net.InterfaceAddress;
import org.junit.jupiter.api.Test;

class KernelWhereaboutsTest {
    private static List<InterfaceAddress> addresses(String... words) {
        return Stream.of(words)
                .map(word -> word.split("="))
                .map(pair -> new InterfaceAddress(pair[0], IpAddress.of(pair[1])))
                .toList();
    }

    @Test
    void addressesHaveTheOrderOfTheOracle() {
        assertThat(KernelWhereabouts.ordered(addresses(
                        "lo=127.0.0.1",
                        "wan=192.0.2.1",
                        "lan=10.1.0.1",
                        "wan=2001:db8::2",
                        "wan=2001:db8::1",
                        "lan=2001:db8:1::1",
                        "lo=::1")))
                .isEqualTo(addresses(
                        "lan=10.1.0.1",
                        "wan=192.0.2.1",
                        "lo=127.0.0.1",
                        "lo=::1",
                        "lan=2001:db8:1::1",
                        "wan=2001:db8::1",
                        "wan=2001:db8::2"));
    }
}
