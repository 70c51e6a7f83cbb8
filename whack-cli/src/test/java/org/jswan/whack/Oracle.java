// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.whack;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** libreswan's own whack, where there is one; without a daemon, so that it only judges its arguments. */
final class Oracle {
    /** What a run printed and how it ended. */
    record Outcome(String output, String error, int status) {}

    private static final List<String> PLACES = List.of(
            "/var/cache/jswan-testing/libreswan/usr/libexec/ipsec/whack",
            "/usr/libexec/ipsec/whack",
            "/usr/lib/ipsec/whack");

    private final Path whack;

    private Oracle(Path whack) {
        this.whack = whack;
    }

    /** The whack in {@code $LIBRESWAN_WHACK} or in a usual place, if it is libreswan's. */
    static Optional<Oracle> find() throws IOException, InterruptedException {
        List<String> places = new ArrayList<>(PLACES);
        Optional.ofNullable(System.getenv("LIBRESWAN_WHACK")).ifPresent(place -> places.add(0, place));
        for (String place : places) {
            if (Files.isExecutable(Path.of(place))) {
                Oracle oracle = new Oracle(Path.of(place));
                if (oracle.run(List.of("--version")).output.matches("(?s)Libreswan [0-9.]+\n")) {
                    return Optional.of(oracle);
                }
            }
        }
        return Optional.empty();
    }

    String program() {
        return whack.toString();
    }

    Outcome run(List<String> arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(whack.toString()));
        command.addAll(arguments);
        Path output = Files.createTempFile("oracle", ".out");
        Path error = Files.createTempFile("oracle", ".err");
        try {
            Process process = new ProcessBuilder(command)
                    .redirectInput(Path.of("/dev/null").toFile())
                    .redirectOutput(output.toFile())
                    .redirectError(error.toFile())
                    .start();
            int status = process.waitFor();
            return new Outcome(
                    Files.readString(output, StandardCharsets.UTF_8),
                    Files.readString(error, StandardCharsets.UTF_8),
                    status);
        } finally {
            Files.delete(output);
            Files.delete(error);
        }
    }
}
