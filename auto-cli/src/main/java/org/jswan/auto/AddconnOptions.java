// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.auto;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jswan.whack.getopt.Getopt;
import org.jswan.whack.getopt.GetoptException;
import org.jswan.whack.getopt.LongOption;

/** The arguments of addconn. */
record AddconnOptions(
        Set<Flag> flags,
        int verbosity,
        Optional<String> config,
        Optional<String> controlSocket,
        String variablePrefix,
        List<String> names,
        String warnings) {
    static final String USAGE =
            """
            Usage: addconn [--config file] [--ctlsocket socketfile]
                           [--varprefix prefix] [--noexport]
                           [--verbose]
                           [--configsetup]
                           [--liststack]
                           [--checkconfig]
                           [--autoall]
                           [--listall] [--listadd] [--listroute] [--liststart]
                           [--listignore]
                           names
            """;

    private static final String OBSOLETE =
            "Warning: options --defaultroute and --defaultroutenexthop are obsolete and were ignored\n";

    /** Options that say yes. */
    enum Flag {
        AUTO_ALL,
        CHECK_CONFIG,
        CONFIG_SETUP,
        NO_EXPORT,
        LIST_ALL,
        LIST_ADD,
        LIST_ROUTE,
        LIST_START,
        LIST_IGNORE,
        LIST_STACK
    }

    private enum Meaning {
        CONFIG,
        VERBOSE,
        AUTO_ALL,
        LIST_ALL,
        LIST_ADD,
        LIST_ROUTE,
        LIST_START,
        LIST_IGNORE,
        VARIABLE_PREFIX,
        CONTROL_SOCKET,
        CONFIG_SETUP,
        LIST_STACK,
        CHECK_CONFIG,
        NO_EXPORT,
        HELP,
        DEFAULT_ROUTE,
        DEFAULT_NEXT_HOP
    }

    private record Option(String name, boolean takesArgument, Meaning meaning) implements LongOption {
        @Override
        public boolean exactOnly() {
            return false;
        }
    }

    private static final List<Option> OPTIONS = List.of(
            new Option("config", true, Meaning.CONFIG),
            new Option("debug", false, Meaning.VERBOSE),
            new Option("verbose", false, Meaning.VERBOSE),
            new Option("addall", false, Meaning.AUTO_ALL),
            new Option("autoall", false, Meaning.AUTO_ALL),
            new Option("listall", false, Meaning.LIST_ALL),
            new Option("listadd", false, Meaning.LIST_ADD),
            new Option("listroute", false, Meaning.LIST_ROUTE),
            new Option("liststart", false, Meaning.LIST_START),
            new Option("listignore", false, Meaning.LIST_IGNORE),
            new Option("varprefix", true, Meaning.VARIABLE_PREFIX),
            new Option("ctlsocket", true, Meaning.CONTROL_SOCKET),
            new Option("ctlbase", true, Meaning.CONTROL_SOCKET),
            new Option("configsetup", false, Meaning.CONFIG_SETUP),
            new Option("liststack", false, Meaning.LIST_STACK),
            new Option("checkconfig", false, Meaning.CHECK_CONFIG),
            new Option("noexport", false, Meaning.NO_EXPORT),
            new Option("help", false, Meaning.HELP),
            new Option("defaultroute", true, Meaning.DEFAULT_ROUTE),
            new Option("defaultroutenexthop", true, Meaning.DEFAULT_NEXT_HOP));

    AddconnOptions {
        flags = Set.copyOf(flags);
        names = List.copyOf(names);
    }

    boolean has(Flag flag) {
        return flags.contains(flag);
    }

    private boolean lists() {
        return flags.stream().anyMatch(flag -> flag.name().startsWith("LIST_"));
    }

    /** An argument vector that is answered with an error and exit status 10. */
    static final class Refused extends Exception {
        private static final long serialVersionUID = 1;

        Refused(String error) {
            super(error);
        }
    }

    /** @param program {@code argv[0]}, which errors begin with */
    static AddconnOptions parse(String program, List<String> arguments) throws Refused {
        Set<Flag> flags = EnumSet.noneOf(Flag.class);
        StringBuilder warnings = new StringBuilder();
        int verbosity = 0;
        Optional<String> config = Optional.empty();
        Optional<String> controlSocket = Optional.empty();
        String variablePrefix = "";
        Getopt<Option> getopt = new Getopt<>(program, OPTIONS, arguments);
        try {
            for (var found = getopt.next(); found.isPresent(); found = getopt.next()) {
                String argument = found.get().argument();
                switch (found.get().option().meaning()) {
                    case CONFIG -> config = Optional.of(argument);
                    case CONTROL_SOCKET -> controlSocket = Optional.of(argument);
                    case VARIABLE_PREFIX -> variablePrefix = argument;
                    case VERBOSE -> verbosity++;
                    case HELP -> throw new Refused(warnings + USAGE);
                    case DEFAULT_ROUTE, DEFAULT_NEXT_HOP -> warnings.append(OBSOLETE);
                    default -> flags.add(
                            Flag.valueOf(found.get().option().meaning().name()));
                }
            }
        } catch (GetoptException e) {
            throw new Refused(warnings + e.getMessage() + "\n" + USAGE);
        }
        AddconnOptions options = new AddconnOptions(
                flags, verbosity, config, controlSocket, variablePrefix, getopt.operands(), warnings.toString());
        boolean idle = options.names.isEmpty()
                && !options.has(Flag.AUTO_ALL)
                && !options.has(Flag.CONFIG_SETUP)
                && !options.has(Flag.CHECK_CONFIG)
                && !options.lists();
        if (idle) {
            throw new Refused(warnings + USAGE);
        }
        return options;
    }
}
