// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.daemon;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Where the launcher enters. */
public final class Main {
    private Main() {}

    /**
     * Runs pluto to its end.
     *
     * @param argv as the process got it, {@code argv[0]} included
     * @return the exit status
     */
    public static int launch(byte[][] argv) {
        List<String> words = new ArrayList<>(argv.length);
        for (byte[] word : argv) {
            words.add(new String(word, StandardCharsets.UTF_8));
        }
        String program = words.get(0);
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        PrintStream err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
        OptionReader reader = new OptionReader(
                program, Defaults.ofInstallation(), ConfigSetup.ofThisProcess(), out::println, err::println);
        OptionReader.Outcome outcome = reader.read(words.subList(1, words.size()));
        if (outcome instanceof OptionReader.End end) {
            return end.status().code();
        }
        try {
            return new Daemon(program, ((OptionReader.Start) outcome).options(), out, err)
                    .run()
                    .code();
        } catch (Fatal e) {
            err.println("FATAL ERROR: " + program + ": " + e.getMessage());
            return e.status().code();
        }
    }
}
