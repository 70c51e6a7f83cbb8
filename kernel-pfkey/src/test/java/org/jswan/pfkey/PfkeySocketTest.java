// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.pfkey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.jswan.kernel.KernelException;
import org.junit.jupiter.api.Test;

class PfkeySocketTest {
    @Test
    void aKernelWithoutPfkeyIsNamed() {
        KernelException refusal = catchThrowableOfType(
                KernelException.class, () -> PfkeySocket.open().close());
        assumeTrue(
                refusal != null && refusal.errno().equals("EAFNOSUPPORT"),
                "needs a kernel without af_key, or without it for us");
        assertThat(refusal)
                .hasMessage("opening PF_KEY_V2 socket failed: Address family not supported by protocol (errno 97)");
        assertThat(refusal.advice()).contains("this kernel lacks PF_KEY (kernel module af_key)");
    }
}
