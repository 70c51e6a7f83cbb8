// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.daemon;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Takes long options off a command line as getopt_long(3) does: in full or by a beginning that only one has, with the
 * argument behind {@code =} or as the next word, and words that are no options between them.
 */
final class OptionScanner {
    private final String program;
    private final List<String> words;
    private final List<String> trailing = new ArrayList<>();
    private int at;

    /** An option as it was given. */
    record Given(PlutoOption option, String argument) {}

    /** The command line is not to be understood; the message is getopt's. */
    static final class UsageException extends Exception {
        UsageException(String message) {
            super(message);
        }
    }

    OptionScanner(String program, List<String> words) {
        this.program = program;
        this.words = List.copyOf(words);
    }

    /** The next option; empty after the last. */
    Optional<Given> next() throws UsageException {
        while (at < words.size()) {
            String word = words.get(at++);
            if (word.equals("--")) {
                trailing.addAll(words.subList(at, words.size()));
                at = words.size();
            } else if (word.startsWith("--")) {
                return Optional.of(longOption(word.substring(2)));
            } else if (word.startsWith("-") && word.length() > 1) {
                throw new UsageException(program + ": invalid option -- '" + word.charAt(1) + "'");
            } else {
                trailing.add(word);
            }
        }
        return Optional.empty();
    }

    /** The words so far that are neither options nor their arguments. */
    List<String> trailing() {
        return List.copyOf(trailing);
    }

    private Given longOption(String text) throws UsageException {
        int equals = text.indexOf('=');
        PlutoOption option = find(equals < 0 ? text : text.substring(0, equals), text);
        if (equals >= 0) {
            if (!option.takesArgument()) {
                throw new UsageException(program + ": option '--" + option.word() + "' doesn't allow an argument");
            }
            return new Given(option, text.substring(equals + 1));
        }
        if (!option.takesArgument()) {
            return new Given(option, null);
        }
        if (at == words.size()) {
            throw new UsageException(program + ": option '--" + option.word() + "' requires an argument");
        }
        return new Given(option, words.get(at++));
    }

    private PlutoOption find(String name, String text) throws UsageException {
        List<PlutoOption> candidates = new ArrayList<>();
        for (PlutoOption option : PlutoOption.values()) {
            if (option.word().equals(name)) {
                return option;
            }
            if (option.word().startsWith(name)) {
                candidates.add(option);
            }
        }
        if (candidates.isEmpty()) {
            throw new UsageException(program + ": unrecognized option '--" + text + "'");
        }
        if (candidates.size() > 1) {
            throw new UsageException(program + ": option '--" + text + "' is ambiguous; possibilities:"
                    + candidates.stream()
                            .map(option -> " '--" + option.word() + "'")
                            .collect(Collectors.joining()));
        }
        return candidates.get(0);
    }
}
