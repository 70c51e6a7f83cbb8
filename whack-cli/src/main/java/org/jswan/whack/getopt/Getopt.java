// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.whack.getopt;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Walks an argument vector as {@code getopt_long} does: options may be abbreviated where that is unambiguous, take
 * {@code --name=value} or the next argument, and stand behind operands; {@code --} ends them. There are no options of
 * one letter.
 */
public final class Getopt<O extends LongOption> {
    /** An option that was found, with its argument if it takes one. */
    public record Found<O extends LongOption>(O option, String argument) {}

    private final String program;
    private final List<O> options;
    private final List<String> arguments;
    private final List<String> operands = new ArrayList<>();
    private int next;

    /**
     * A walk over {@code arguments}.
     *
     * @param program how errors name the program: {@code argv[0]}
     */
    public Getopt(String program, List<O> options, List<String> arguments) {
        this.program = program;
        this.options = options;
        this.arguments = arguments;
    }

    /**
     * The next option; empty when there are no more, and only then {@link #operands} is complete.
     *
     * @throws GetoptException if the next argument is no option
     */
    public Optional<Found<O>> next() throws GetoptException {
        while (next < arguments.size()) {
            String argument = arguments.get(next++);
            if (argument.equals("--")) {
                operands.addAll(arguments.subList(next, arguments.size()));
                next = arguments.size();
            } else if (argument.startsWith("--")) {
                return Optional.of(option(argument.substring(2)));
            } else if (argument.startsWith("-") && argument.length() > 1) {
                throw error("invalid option -- '" + argument.charAt(1) + "'");
            } else {
                operands.add(argument);
            }
        }
        return Optional.empty();
    }

    /** What is neither an option nor an option's argument, in order. */
    public List<String> operands() {
        return List.copyOf(operands);
    }

    private Found<O> option(String text) throws GetoptException {
        int equals = text.indexOf('=');
        O option = match(equals < 0 ? text : text.substring(0, equals), text);
        if (equals >= 0) {
            if (!option.takesArgument()) {
                throw error("option '--" + option.name() + "' doesn't allow an argument");
            }
            return new Found<>(option, text.substring(equals + 1));
        }
        if (!option.takesArgument()) {
            return new Found<>(option, null);
        }
        if (next == arguments.size()) {
            throw error("option '--" + option.name() + "' requires an argument");
        }
        return new Found<>(option, arguments.get(next++));
    }

    private O match(String name, String text) throws GetoptException {
        for (O option : options) {
            if (option.name().equals(name)) {
                return option;
            }
        }
        List<O> candidates = new ArrayList<>();
        for (O option : options) {
            if (!option.exactOnly()
                    && option.name().startsWith(name)
                    && (candidates.isEmpty() || !isSame(candidates.get(0), option))) {
                candidates.add(option);
            }
        }
        if (candidates.isEmpty()) {
            throw error("unrecognized option '--" + text + "'");
        }
        if (candidates.size() > 1) {
            StringBuilder possibilities = new StringBuilder();
            candidates.forEach(
                    option -> possibilities.append(" '--").append(option.name()).append('\''));
            throw error("option '--" + text + "' is ambiguous; possibilities:" + possibilities);
        }
        return candidates.get(0);
    }

    private boolean isSame(O a, O b) {
        return a.takesArgument() == b.takesArgument() && a.meaning().equals(b.meaning());
    }

    private GetoptException error(String message) {
        return new GetoptException(program + ": " + message);
    }
}
