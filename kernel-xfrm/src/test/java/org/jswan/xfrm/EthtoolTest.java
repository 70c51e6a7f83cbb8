// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.xfrm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jswan.kernel.DeviceFeatures;
import org.jswan.kernel.KernelException;
import org.jswan.nativesocket.ErrnoException;
import org.jswan.nativesocket.Linux;
import org.jswan.nativesocket.NativeSocket;
import org.junit.jupiter.api.Test;

/** Features of network interfaces: by a kernel in memory, and this machine's, whose loopback encrypts nothing. */
class EthtoolTest {
    private static final int FEATURES = 40;
    private static final int ESP = 35;

    /** Feature 35 is the one we look for, and on. */
    private static void answer(ByteBuffer question) throws ErrnoException {
        switch (question.getInt(0)) {
            case Linux.ETHTOOL_GSSET_INFO -> {
                assertThat(question.getLong(8)).isEqualTo(1 << Linux.ETH_SS_FEATURES);
                question.putInt(16, FEATURES);
            }
            case Linux.ETHTOOL_GSTRINGS -> {
                assertThat(question.capacity()).isEqualTo(12 + FEATURES * 32);
                assertThat(question.getInt(4)).isEqualTo(Linux.ETH_SS_FEATURES);
                for (int i = 0; i < FEATURES; i++) {
                    question.put(
                            12 + i * 32,
                            (i == ESP ? "esp-hw-offload" : "feature" + i).getBytes(StandardCharsets.US_ASCII));
                }
            }
            case Linux.ETHTOOL_GFEATURES -> {
                assertThat(question.getInt(4)).isEqualTo(2);
                assertThat(question.capacity()).isEqualTo(8 + 2 * 16);
                // available and wanted, but off: the first block; the second is on
                question.putInt(8, -1).putInt(12, -1).putInt(24 + 8, 1 << ESP - 32);
            }
            default -> throw new ErrnoException("ioctl", Linux.EOPNOTSUPP);
        }
    }

    @Test
    void questionsAndAnswersAreTheKernels() throws KernelException {
        Ethtool ethtool = new Ethtool((device, question) -> {
            assertThat(device).isEqualTo("eth0");
            answer(question);
        });
        assertThat(ethtool.count("eth0")).isEqualTo(FEATURES);
        List<String> names = ethtool.names("eth0", FEATURES);
        assertThat(names).hasSize(FEATURES).endsWith("feature39");
        assertThat(names.indexOf("esp-hw-offload")).isEqualTo(ESP);
        assertThat(ethtool.isActive("eth0", ESP, FEATURES)).isTrue();
        assertThat(ethtool.isActive("eth0", ESP - 1, FEATURES)).isFalse();
        assertThat(ethtool.isActive("eth0", 0, FEATURES)).isFalse();
    }

    @Test
    void aKernelThatTellsNothingHasNone() throws KernelException {
        assertThat(new Ethtool((device, question) -> question.putLong(8, 0)).count("eth0"))
                .isZero();
        assertThat(new Ethtool((device, question) -> question.putInt(16, -1)).count("eth0"))
                .isZero();
    }

    @Test
    void aRefusalNamesItsStep() {
        Ethtool refusing = new Ethtool((device, question) -> {
            throw new ErrnoException("ioctl", Linux.EOPNOTSUPP);
        });
        assertThatThrownBy(() -> refusing.count("eth0"))
                .hasMessage("SIOCETHTOOL ETHTOOL_GSSET_INFO failed: Operation not supported (errno 95)")
                .isInstanceOfSatisfying(
                        KernelException.class, e -> assertThat(e.errno()).isEqualTo("EOPNOTSUPP"));
        assertThatThrownBy(() -> refusing.isActive("eth0", 0, 1)).hasMessageContaining("ETHTOOL_GFEATURES");
    }

    @Test
    void thisMachinesLoopbackEncryptsNothing() throws Exception {
        try (NativeSocket socket = NativeSocket.open(Linux.AF_INET, Linux.SOCK_DGRAM, 0)) {
            DeviceFeatures ethtool =
                    new Ethtool((device, question) -> socket.askInterface(Linux.SIOCETHTOOL, device, question));
            int count = ethtool.count("lo");
            List<String> names = ethtool.names("lo", count);
            assertThat(names).hasSize(count).contains("tx-checksum-ip-generic", "esp-hw-offload");
            assertThat(ethtool.isActive("lo", names.indexOf("esp-hw-offload"), count))
                    .isFalse();
            assertThat(ethtool.isActive("lo", names.indexOf("loopback"), count)).isTrue();
            assertThatThrownBy(() -> ethtool.count("no-such")).hasMessageContaining("No such device (errno 19)");
        }
    }
}
