// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.auto;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jswan.auto.AutoCommand.Done;
import org.jswan.auto.AutoCommand.Step;
import org.jswan.auto.AutoCommand.Steps;
import org.jswan.control.Version;

/**
 * The grammar of auto, which is that of a shell script: options in order, the operation among them, and then the names;
 * options are not abbreviated and take their argument as the next word only.
 */
final class AutoGrammar {
    private static final String ME = "ipsec auto";
    private static final String OBSOLETE = ME + ": warning: obsolete command syntax used\n";

    private static final String USAGE =
            """
            Usage:
            	ipsec auto [--showonly] [--asynchronous] --up connectionname \\
            		[--remote-host ipaddr]
            	ipsec auto [--showonly] [--asynchronous] --down connectionname
            	ipsec auto [--showonly] --{add|delete|replace|start} connectionname
            	ipsec auto [--showonly] --{route|unroute|ondemand} connectionname
            	ipsec auto [--showonly] --{ready|status}
            	ipsec auto [--showonly] --{fetchcrls|rereadcerts|rereadall|rereadsecrets}
            	ipsec auto [--showonly] [--utc] --{listpubkeys|listcerts|listcacerts}
            	ipsec auto [--showonly] [--utc] --{listcrls|listall}
            	ipsec auto [--showonly] [--utc] --checkpubkeys
            	ipsec auto [--showonly] [--utc] --purgeocsp

            	other options: [--config ipsecconfigfile] [--verbose] \\
            		[--ctlsocket <file>]
            """;

    /** Operations on a connection. */
    private static final Set<String> NAMED =
            Set.of("up", "down", "add", "delete", "replace", "route", "unroute", "start", "ondemand", "rotatecert");

    /** Operations on the whole; the last two are only in the manual. */
    private static final Set<String> GLOBAL = Set.of(
            "checkpubkeys",
            "fetchcrls",
            "listall",
            "listcacerts",
            "listcerts",
            "listcrls",
            "listpubkeys",
            "purgeocsp",
            "ready",
            "rereadall",
            "rereadcerts",
            "rereadcrls",
            "rereadsecrets",
            "status",
            "rereadgroups",
            "listgroups");

    /** Operations that may stand behind the name, without dashes. */
    private static final Set<String> OLD_NAMED =
            Set.of("up", "down", "add", "delete", "replace", "start", "route", "unroute", "rotatecert");

    private static final Set<String> OLD_GLOBAL = Set.of(
            "ready",
            "status",
            "rereadsecrets",
            "rereadcacerts",
            "rereadcrls",
            "rereadcerts",
            "rereadall",
            "listpubkeys",
            "listcerts",
            "listcacerts",
            "listcrls",
            "listall");

    private String controlSocket;
    private Optional<String> config = Optional.empty();
    private Optional<String> remoteHost = Optional.empty();
    private boolean asynchronous;
    private boolean utc;
    private boolean verbose;
    private boolean showOnly;
    private String operation = "";

    private AutoGrammar(String controlSocket) {
        this.controlSocket = controlSocket;
    }

    static AutoCommand parse(List<String> arguments, String controlSocket) {
        return new AutoGrammar(controlSocket).parse(arguments);
    }

    private static Done usage() {
        return new Done("", USAGE, 2);
    }

    private AutoCommand parse(List<String> arguments) {
        int at = 0;
        while (at < arguments.size()) {
            String argument = arguments.get(at);
            if (argument.equals("--")) {
                at++;
                break;
            }
            if (!argument.startsWith("-")) {
                break;
            }
            String name = argument.startsWith("--") ? argument.substring(2) : "";
            switch (name) {
                case "help" -> {
                    return new Done(USAGE, "", 0);
                }
                case "version" -> {
                    return new Done(ME + " " + Version.LIBRESWAN + "\n", "", 0);
                }
                case "config", "ctlsocket", "remote-host" -> {
                    at++;
                    if (at >= arguments.size()) {
                        return new Done("", "auto: shift: can't shift that many\n", 2);
                    }
                    argument(name, arguments.get(at));
                }
                default -> {
                    if (!flag(name)) {
                        if (!NAMED.contains(name) && !GLOBAL.contains(name)) {
                            return new Done("", ME + ": unknown option \"" + argument + "\"\n", 2);
                        }
                        if (!operation.isEmpty()) {
                            return usage();
                        }
                        operation = name;
                    }
                }
            }
            at++;
        }
        return command(arguments.subList(at, arguments.size()));
    }

    private void argument(String name, String value) {
        switch (name) {
            case "config" -> config = Optional.of(value);
            case "ctlsocket" -> controlSocket = value;
            default -> remoteHost = Optional.of(value);
        }
    }

    private boolean flag(String name) {
        switch (name) {
            case "show" -> {}
            case "showonly" -> showOnly = true;
            case "utc" -> utc = true;
            case "asynchronous" -> asynchronous = true;
            case "verbose" -> verbose = true;
            default -> {
                return false;
            }
        }
        return true;
    }

    private AutoCommand command(List<String> words) {
        if (!operation.isEmpty()) {
            int wanted = NAMED.contains(operation) ? 1 : 0;
            return words.size() == wanted ? steps(operation, words, "") : usage();
        }
        if (words.size() == 2 && OLD_NAMED.contains(words.get(1))) {
            return steps(words.get(1), words.subList(0, 1), OBSOLETE);
        }
        if (words.size() == 1 && OLD_GLOBAL.contains(words.get(0))) {
            return steps(words.get(0), List.of(), OBSOLETE);
        }
        return usage();
    }

    private Steps steps(String what, List<String> names, String warning) {
        return new Steps(steps(what, names), showOnly, warning);
    }

    private List<Step> steps(String what, List<String> names) {
        return switch (what) {
            case "ready" -> List.of(whack("--listen"));
            case "purgeocsp" -> List.of(utcWhack("--listall", "--purgeocsp"));
            case "listpubkeys", "checkpubkeys", "listcerts", "listcacerts", "listcrls", "listall" -> List.of(
                    utcWhack("--" + what));
            case "up" -> List.of(initiate(names));
            case "start" -> List.of(addconn(names), initiate(names));
            case "down" -> List.of(named(names, "--terminate"));
            case "delete", "route", "unroute" -> List.of(named(names, "--" + what));
            case "ondemand" -> List.of(addconn(names), named(names, "--route"));
            case "replace" -> List.of(named(names, "--delete"), addconn(names));
            case "add", "rotatecert" -> List.of(addconn(names));
            default -> List.of(whack("--" + what));
        };
    }

    private Step whack(String... options) {
        List<String> arguments = new ArrayList<>(List.of("--ctlsocket", controlSocket));
        arguments.addAll(List.of(options));
        return new Step("whack", arguments);
    }

    private Step utcWhack(String... options) {
        List<String> arguments = new ArrayList<>(utc ? List.of("--utc") : List.of());
        arguments.addAll(List.of(options));
        return whack(arguments.toArray(String[]::new));
    }

    private Step named(List<String> names, String option) {
        return whack("--name", names.get(0), option);
    }

    private Step initiate(List<String> names) {
        List<String> arguments = new ArrayList<>(List.of("--ctlsocket", controlSocket));
        if (asynchronous) {
            arguments.add("--asynchronous");
        }
        arguments.addAll(List.of("--name", names.get(0), "--initiate"));
        remoteHost.ifPresent(host -> arguments.addAll(List.of("--remote-host", host)));
        return new Step("whack", arguments);
    }

    private Step addconn(List<String> names) {
        List<String> arguments = new ArrayList<>(List.of("--ctlsocket", controlSocket));
        if (verbose) {
            arguments.add("--verbose");
        }
        config.ifPresent(file -> arguments.addAll(List.of("--config", file)));
        arguments.addAll(names);
        return new Step("addconn", arguments);
    }
}
