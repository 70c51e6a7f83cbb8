// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.config.value;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.jswan.base.Subnet;
import org.junit.jupiter.api.Test;

class PrivateNetworksTest {
    private final List<String> faults = new ArrayList<>();

    private PrivateNetworks parse(String text) {
        return PrivateNetworks.parse(text, faults::add);
    }

    @Test
    void whatIsAllowedAndWhatIsNot() {
        PrivateNetworks networks = parse("%v4:10.0.0.0/8,%v4:!10.2.0.0/255.255.0.0,fd00::/8,%v6:!fd01::/16");
        assertThat(faults).isEmpty();
        assertThat(networks.allowed()).containsExactly(Subnet.of("10.0.0.0/8"), Subnet.of("fd00::/8"));
        assertThat(networks.excluded()).containsExactly(Subnet.of("10.2.0.0/16"), Subnet.of("fd01::/16"));
        assertThat(parse("")).isEqualTo(PrivateNetworks.NONE);
    }

    /** Lines of libreswan 4.10. */
    @Test
    void oneBadEntrySpoilsAll() {
        assertThat(parse("10.1.2.3/8,bogus, 10.0.0.0/8")).isEqualTo(PrivateNetworks.NONE);
        assertThat(faults)
                .containsExactly(
                        "virtual-private entry is not a proper subnet: improper subnet, host-part bits on",
                        "virtual-private entry is not a proper subnet: no / in subnet specification",
                        "virtual-private entry is not a proper subnet: first digit invalid",
                        "3 bad entries in virtual-private - none loaded");
        faults.clear();
        parse("%v4:10.0.0.0/33,%v6:fd00::/8");
        assertThat(faults)
                .containsExactly(
                        "virtual-private entry is not a proper subnet: non-contiguous or otherwise erroneous mask",
                        "1 bad entries in virtual-private - none loaded");
        faults.clear();
        parse("%v4:fd00::/8,");
        assertThat(faults)
                .containsExactly(
                        "virtual-private entry is not a proper subnet: first digit invalid",
                        "virtual-private entry is not a proper subnet: no / in subnet specification",
                        "2 bad entries in virtual-private - none loaded");
    }
}
