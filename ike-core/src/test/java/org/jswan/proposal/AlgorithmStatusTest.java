// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.proposal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class AlgorithmStatusTest {
    @Test
    void listsWhatLibreswanLists() throws IOException {
        try (InputStream in = AlgorithmStatusTest.class.getResourceAsStream("status.txt")) {
            String expected = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
            assertThat(Stream.concat(AlgorithmStatus.kernelLines().stream(), AlgorithmStatus.ikeLines().stream()))
                    .containsExactlyElementsOf(expected.lines().toList());
        }
    }
}
