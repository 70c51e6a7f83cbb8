// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.crypto;

import java.util.ArrayList;
import java.util.List;

/** Computes known answers before any secret is trusted to the algorithms. */
public final class CryptoSelfTest {
    private CryptoSelfTest() {}

    /**
     * What came of it.
     *
     * @param lines to log at start, whether all is well or not
     * @param failures descriptions of what came out wrong; empty if all is well
     */
    public record Result(List<String> lines, List<String> failures) {}

    /** Tests; takes some hundredths of a second, most of it for loading the algorithms. */
    public static Result run() {
        return run(KnownAnswer.load("known-answers.txt"));
    }

    static Result run(List<KnownAnswer> answers) {
        List<String> lines = new ArrayList<>();
        List<String> failures = new ArrayList<>();
        String algorithm = "";
        for (KnownAnswer answer : answers) {
            if (!answer.algorithm().equals(algorithm)) {
                algorithm = answer.algorithm();
                lines.add("testing " + algorithm + ":");
            }
            lines.add("  " + answer.description());
            if (!KnownAnswerCheck.passes(answer)) {
                failures.add(algorithm + ": " + answer.description());
            }
        }
        return new Result(List.copyOf(lines), List.copyOf(failures));
    }
}
