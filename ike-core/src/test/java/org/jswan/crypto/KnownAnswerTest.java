// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jswan.base.Bytes;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class KnownAnswerTest {
    @TestFactory
    Stream<DynamicTest> computesKnownAnswers() {
        return Stream.of("known-answers.txt", "more-known-answers.txt")
                .flatMap(file -> KnownAnswer.load(file).stream())
                .map(answer -> DynamicTest.dynamicTest(
                        answer.algorithm() + ": " + answer.description(),
                        () -> assertThat(KnownAnswerCheck.passes(answer)).isTrue()));
    }

    @TestFactory
    Stream<DynamicTest> noticesAWrongAnswer() {
        return Stream.of("known-answers.txt", "more-known-answers.txt")
                .flatMap(file -> KnownAnswer.load(file).stream())
                .map(answer ->
                        DynamicTest.dynamicTest(answer.algorithm() + ": " + answer.description(), () -> assertThat(
                                        KnownAnswerCheck.passes(spoilt(answer)))
                                .isFalse()));
    }

    /** One bit of what must come out is another. */
    private static KnownAnswer spoilt(KnownAnswer answer) {
        String result = Stream.of("output", "tag", "ciphertext", "shared", "dkm")
                .filter(answer::has)
                .findFirst()
                .orElseThrow();
        byte[] octets = answer.get(result).toArray();
        octets[octets.length - 1] ^= 1;
        Map<String, Bytes> values = new HashMap<>(answer.values());
        values.put(result, Bytes.wrap(octets));
        return new KnownAnswer(answer.algorithm(), answer.description(), values);
    }

    @Test
    void logsAtStartWhatLibreswanLogs() throws IOException {
        try (InputStream in = KnownAnswerTest.class.getResourceAsStream("start-log.txt")) {
            String expected = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
            CryptoSelfTest.Result result = CryptoSelfTest.run();
            assertThat(result.failures()).isEmpty();
            assertThat(Stream.concat(AlgorithmTable.lines().stream(), result.lines().stream()))
                    .containsExactlyElementsOf(expected.lines().toList());
        }
    }

    @Test
    void namesWhatFails() {
        KnownAnswer good = KnownAnswer.load("known-answers.txt").get(0);
        assertThat(CryptoSelfTest.run(List.of(good, spoilt(good))).failures())
                .containsExactly("CAMELLIA_CBC: Camellia: 16 bytes with 128-bit key");
    }
}
