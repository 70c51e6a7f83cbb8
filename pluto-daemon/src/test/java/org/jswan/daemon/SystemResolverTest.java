// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import org.jswan.base.IpAddress;
import org.junit.jupiter.api.Test;

class SystemResolverTest {
    private final SystemResolver resolver = new SystemResolver();

    @Test
    void anEmptyNameIsNobodys() {
        assertThat(resolver.lookup("")).isEmpty();
        assertThat(resolver.lookup("127.0.0.1")).containsExactly(IpAddress.of("127.0.0.1"));
    }
}
