// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

/** Subnets, ranges, selectors and endpoints. */
class AddressBlocksTest {
    private static IpAddress ip(String text) {
        return IpAddress.of(text);
    }

    private static AddressRange range(String first, String last) {
        return new AddressRange(ip(first), ip(last));
    }

    @Test
    void subnetsParse() {
        assertThat(Subnet.of("192.0.2.0/24"))
                .isEqualTo(new Subnet(ip("192.0.2.0"), 24))
                .hasToString("192.0.2.0/24");
        assertThat(Subnet.of("2001:db8::/32")).hasToString("2001:db8::/32");
        assertThat(Subnet.of("192.0.2.1"))
                .isEqualTo(Subnet.host(ip("192.0.2.1")))
                .hasToString("192.0.2.1/32");
        assertThat(Subnet.of("0.0.0.0/0")).isEqualTo(Subnet.all(AddressFamily.IPV4));
        for (String bad : new String[] {
            "192.0.2.1/24",
            "192.0.2.0/33",
            "::/129",
            "192.0.2.0/",
            "192.0.2.0/+8",
            "192.0.2.0/8/8",
            "/8",
            "::1/64",
            "x/8"
        }) {
            assertThat(Subnet.parse(bad)).as(bad).isEmpty();
            assertThatIllegalArgumentException().isThrownBy(() -> Subnet.of(bad));
        }
        assertThatIllegalArgumentException().isThrownBy(() -> new Subnet(ip("192.0.2.1"), 24));
        assertThatIllegalArgumentException().isThrownBy(() -> new Subnet(ip("192.0.2.1"), 33));
    }

    @Test
    void subnetsContain() {
        Subnet net = Subnet.of("192.0.2.0/24");
        assertThat(net.contains(ip("192.0.2.255"))).isTrue();
        assertThat(net.contains(ip("192.0.3.0"))).isFalse();
        assertThat(net.contains(ip("::"))).isFalse();
        assertThat(net.contains(net)).isTrue();
        assertThat(net.contains(Subnet.of("192.0.2.128/25"))).isTrue();
        assertThat(net.contains(Subnet.of("192.0.0.0/16"))).isFalse();
        assertThat(Subnet.all(AddressFamily.IPV6).contains(net)).isFalse();
        assertThat(net.isHost()).isFalse();
        assertThat(Subnet.host(ip("::1")).isHost()).isTrue();
    }

    @Test
    void masks() {
        assertThat(Subnet.of("192.0.2.0/24").mask()).isEqualTo(ip("255.255.255.0"));
        assertThat(Subnet.of("0.0.0.0/0").mask()).isEqualTo(ip("0.0.0.0"));
        assertThat(Subnet.of("192.0.2.1/32").mask()).isEqualTo(ip("255.255.255.255"));
        assertThat(Subnet.of("2001:db8::/65").mask()).isEqualTo(ip("ffff:ffff:ffff:ffff:8000::"));
    }

    @Test
    void rangesOfSubnetsAndBack() {
        for (String text :
                new String[] {"192.0.2.0/24", "0.0.0.0/0", "192.0.2.1/32", "::/0", "2001:db8::/33", "::1/128"}) {
            Subnet subnet = Subnet.of(text);
            assertThat(subnet.range().subnet()).contains(subnet);
            assertThat(subnet.range()).hasToString(text);
        }
        assertThat(range("192.0.2.0", "192.0.2.254").subnet()).isEmpty();
        assertThat(range("192.0.2.1", "192.0.2.2")).hasToString("192.0.2.1-192.0.2.2");
        assertThat(range("192.0.2.1", "192.0.2.2").subnet()).isEmpty();
    }

    @Test
    void rangesAreInOrderAndOfOneFamily() {
        assertThatIllegalArgumentException().isThrownBy(() -> range("192.0.2.2", "192.0.2.1"));
        assertThatIllegalArgumentException().isThrownBy(() -> range("192.0.2.2", "::1"));
        assertThat(AddressRange.host(ip("::1"))).isEqualTo(range("::1", "::1"));
    }

    @Test
    void rangesIntersect() {
        AddressRange range = range("192.0.2.10", "192.0.2.20");
        assertThat(range.intersection(range("192.0.2.15", "192.0.2.30"))).contains(range("192.0.2.15", "192.0.2.20"));
        assertThat(range.intersection(range("192.0.2.20", "192.0.2.30"))).contains(range("192.0.2.20", "192.0.2.20"));
        assertThat(range.intersection(range("192.0.2.0", "192.0.2.255"))).contains(range);
        assertThat(range.intersection(range("192.0.2.21", "192.0.2.30"))).isEmpty();
        assertThat(range.intersection(range("::", "::1"))).isEmpty();
        assertThat(range.contains(ip("192.0.2.10"))).isTrue();
        assertThat(range.contains(ip("192.0.2.21"))).isFalse();
        assertThat(range.contains(ip("::"))).isFalse();
        assertThat(range.contains(range("192.0.2.11", "192.0.2.20"))).isTrue();
        assertThat(range.contains(range("192.0.2.9", "192.0.2.20"))).isFalse();
    }

    @Test
    void selectors() {
        Selector net = Selector.of(Subnet.of("192.0.2.0/24"));
        Selector l2tp = new Selector(Subnet.of("192.0.2.1/32"), 17, 1701);
        assertThat(net).hasToString("192.0.2.0/24");
        assertThat(l2tp).hasToString("192.0.2.1/32/17/1701");
        assertThat(net.contains(l2tp)).isTrue();
        assertThat(l2tp.contains(net)).isFalse();
        assertThat(new Selector(Subnet.of("192.0.2.0/24"), 6, 0).contains(l2tp)).isFalse();
        assertThat(new Selector(Subnet.of("192.0.2.0/24"), 17, 0).contains(l2tp))
                .isTrue();
        assertThat(new Selector(Subnet.of("192.0.2.0/24"), 17, 500).contains(l2tp))
                .isFalse();
        assertThatIllegalArgumentException().isThrownBy(() -> new Selector(net.subnet(), 256, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new Selector(net.subnet(), 17, 65536));
    }

    @Test
    void endpoints() {
        assertThat(new Endpoint(ip("192.0.2.1"), 500)).hasToString("192.0.2.1:500");
        assertThat(new Endpoint(ip("2001:db8::1"), 500).withPort(4500)).hasToString("[2001:db8::1]:4500");
        assertThatIllegalArgumentException().isThrownBy(() -> new Endpoint(ip("::1"), 65536));
        assertThatIllegalArgumentException().isThrownBy(() -> new Endpoint(ip("::1"), -1));
    }

    @Test
    void serialNumbers() {
        assertThat(new SaSerial(7)).hasToString("#7").isLessThan(new SaSerial(10));
        assertThat(new ConnectionSerial(3)).hasToString("$3").isLessThan(new ConnectionSerial(4));
    }
}
