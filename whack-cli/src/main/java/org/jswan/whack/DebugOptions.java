// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.whack;

import java.util.EnumSet;
import java.util.Set;
import java.util.StringJoiner;
import org.jswan.control.DebugChange;
import org.jswan.control.DebugClass;

/** The arguments of {@code --debug} and {@code --no-debug}. */
final class DebugOptions {
    private static final Set<DebugClass> EVERY_CLASS = EnumSet.allOf(DebugClass.class);
    private static final Set<DebugClass> TMI = EnumSet.of(DebugClass.TMI);

    static {
        TMI.addAll(DebugClass.ALL);
    }

    private DebugOptions() {}

    /**
     * {@code before} and then what {@code argument} says.
     *
     * @throws WhackRefusal with the listing, if that is asked for
     */
    static DebugChange change(WhackParse parse, DebugChange before, String argument, boolean enable)
            throws WhackRefusal {
        if (argument.equals("list") || argument.equals("help") || argument.equals("?")) {
            throw new WhackRefusal("", listing(), 1);
        }
        DebugChange change = before;
        for (String element : argument.split("[+, \t]", -1)) {
            if (element.isEmpty()) {
                continue;
            }
            if (enable && element.equals("none")) {
                change = new DebugChange(Set.of(), EVERY_CLASS);
                continue;
            }
            boolean off = !enable || element.startsWith("no-");
            Set<DebugClass> classes = classes(enable && off ? element.substring(3) : element);
            if (classes.isEmpty()) {
                parse.warn(
                        "whack: unrecognized -" + (enable ? "" : "-no") + "-debug '" + argument + "' option ignored\n");
                break;
            }
            change = off ? change.minus(classes) : change.plus(classes);
        }
        return change;
    }

    private static Set<DebugClass> classes(String name) {
        return switch (name) {
            case "all" -> DebugClass.ALL;
            case "tmi" -> TMI;
            default -> DebugClass.named(
                            name.regionMatches(true, 0, "debug-", 0, 6)
                                    ? name.substring(6).toLowerCase(java.util.Locale.ROOT)
                                    : name.toLowerCase(java.util.Locale.ROOT))
                    .map(Set::of)
                    .orElse(Set.of());
        };
    }

    private static String listing() {
        StringBuilder text = new StringBuilder("aliases:\n");
        text.append("  all: ").append(names(DebugClass.ALL)).append('\n');
        text.append("  tmi: ").append(names(TMI)).append('\n');
        text.append("bits:\n");
        for (DebugClass each : DebugClass.values()) {
            text.append("  ").append(each).append(": ").append(meaning(each)).append('\n');
        }
        return text.toString();
    }

    private static String names(Set<DebugClass> classes) {
        StringJoiner names = new StringJoiner("+");
        for (DebugClass each : DebugClass.values()) {
            if (classes.contains(each)) {
                names.add(each.toString());
            }
        }
        return names.toString();
    }

    private static String meaning(DebugClass each) {
        return switch (each) {
            case BASE -> "what happens and why";
            case CPU_USAGE -> "how long it took";
            case REFCNT -> "who holds what";
            case TMI -> "every last detail";
            case CRYPT -> "cryptographic values: DANGER!";
            case PRIVATE -> "private keys and secrets: DANGER!";
            case WHACKWATCH -> "whack stays until it is stopped";
            case ADD_PREFIX -> "debug lines name their connection and state";
        };
    }
}
