// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.whack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.assertj.core.api.SoftAssertions;
import org.jswan.config.value.NetworkNames;
import org.jswan.control.Version;
import org.jswan.net.NameResolver;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Argument vectors judged by libreswan's whack and by ours: the same words, the same exit status. */
class WhackOracleTest {
    private static final int RANDOM_VECTORS = 600;

    /** What the oracle says once it finds nothing wrong but that there is no daemon. */
    private static final String NO_DAEMON = "whack: Pluto is not running (no \"/nowhere/pluto.ctl\")\n";

    private static Optional<Oracle> oracle;

    @BeforeAll
    static void find() throws IOException, InterruptedException {
        oracle = Oracle.find();
    }

    /** Options that the oracle knows and then stumbles over, and words that are ours. */
    private static final List<String> NOT_COMPARED = List.of(
            "--connalias", // aborts
            "--tcp-remote-port", // aborts
            "--ignore-peer-dns", // aborts
            "%defaultroute", // only the manual's
            "pam"); // a choice of its packager

    private final WhackGrammar grammar = new WhackGrammar(NameResolver.NONE, WhackOracleTest::servicesOfThisMachine);

    private static NetworkNames servicesOfThisMachine() {
        try {
            return NetworkNames.of(read("/etc/protocols"), read("/etc/services"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(String file) throws IOException {
        return Files.isReadable(Path.of(file)) ? Files.readString(Path.of(file), StandardCharsets.ISO_8859_1) : "";
    }

    private Oracle.Outcome ours(String program, List<String> arguments) {
        WhackParsed parsed = grammar.parse(program, arguments);
        if (parsed instanceof WhackParsed.Request request) {
            return new Oracle.Outcome("", request.warnings() + NO_DAEMON, 33);
        }
        WhackParsed.Done done = (WhackParsed.Done) parsed;
        return new Oracle.Outcome(done.output(), done.error(), done.status());
    }

    private void compare(SoftAssertions softly, List<String> arguments) throws IOException, InterruptedException {
        Oracle.Outcome theirs = oracle.orElseThrow().run(arguments);
        String output = theirs.output().replaceFirst("^Libreswan [0-9.]+\n$", Version.TEXT + "\n");
        String error = theirs.error().replaceAll("\\(no \"[^\"]*\"\\)\n$", "(no \"/nowhere/pluto.ctl\")\n");
        softly.assertThat(ours(oracle.orElseThrow().program(), arguments))
                .as("whack %s", arguments)
                .isEqualTo(new Oracle.Outcome(output, error, theirs.status()));
    }

    /** The names to leave out may be abbreviated. */
    private static boolean isComparable(List<String> vector) {
        return vector.stream().noneMatch(word -> NOT_COMPARED.stream()
                .anyMatch(not -> word.length() > 3 && not.startsWith(word.replaceFirst("=.*", ""))));
    }

    private static void assumeOracle() {
        Assumptions.assumeTrue(oracle.isPresent(), "no libreswan whack installed to compare with");
    }

    @Test
    void listedVectors() throws IOException, InterruptedException {
        assumeOracle();
        SoftAssertions softly = new SoftAssertions();
        for (String line : VectorFile.read("vectors.txt")) {
            compare(softly, VectorFile.split(line));
        }
        softly.assertAll();
    }

    @Test
    void randomVectors() throws IOException, InterruptedException {
        assumeOracle();
        long seed = Long.getLong("jswan.seed", 20260101L);
        Random random = new Random(seed);
        VectorMaker maker = new VectorMaker(random);
        SoftAssertions softly = new SoftAssertions();
        for (int i = 0; i < RANDOM_VECTORS; i++) {
            List<String> vector = maker.vector();
            if (isComparable(vector)) {
                compare(softly, vector);
            }
        }
        softly.assertAll();
    }
}
