// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.Security;
import org.jswan.base.IpAddress;
import org.junit.jupiter.api.Test;

class SystemResolverTest {
    @Test
    void asksAnewEachTime() {
        assertThat(new SystemResolver().lookup("127.0.0.1")).containsExactly(IpAddress.of("127.0.0.1"));
        assertThat(new SystemResolver().lookup("")).isEmpty();
        // Else a name that was not found stays so for ten seconds, and one that was found for thirty.
        assertThat(Security.getProperty("networkaddress.cache.negative.ttl")).isEqualTo("0");
        assertThat(Security.getProperty("networkaddress.cache.ttl")).isEqualTo("0");
    }
}
