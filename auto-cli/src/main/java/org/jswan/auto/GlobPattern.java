// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.auto;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Patterns of glob(7). */
final class GlobPattern {
    private GlobPattern() {}

    /** Whether a name without slashes holds anything special. */
    static boolean isSpecial(String name) {
        return name.chars().anyMatch(c -> c == '*' || c == '?' || c == '[' || c == '\\');
    }

    /** What a name without slashes stands for. A leading dot is only matched by a dot. */
    static Pattern compile(String name) {
        StringBuilder regex = new StringBuilder();
        if (!name.startsWith(".") && !name.startsWith("\\.")) {
            regex.append("(?!\\.)");
        }
        int at = 0;
        while (at < name.length()) {
            char c = name.charAt(at);
            if (c == '*') {
                regex.append(".*");
            } else if (c == '?') {
                regex.append('.');
            } else if (c == '[' && bracketEnd(name, at) > 0) {
                int end = bracketEnd(name, at);
                regex.append(bracket(name.substring(at + 1, end)));
                at = end;
            } else {
                if (c == '\\' && at + 1 < name.length()) {
                    at++;
                }
                regex.append(Pattern.quote(name.substring(at, at + 1)));
            }
            at++;
        }
        return Pattern.compile(regex.toString(), Pattern.DOTALL);
    }

    /** Where the bracket that opens here closes; a {@code ]} at its begin is a member. -1 if it does not. */
    private static int bracketEnd(String name, int open) {
        int first = open + 1;
        if (first < name.length() && (name.charAt(first) == '!' || name.charAt(first) == '^')) {
            first++;
        }
        return name.indexOf(']', first + 1);
    }

    private static String bracket(String inside) {
        boolean negated = inside.startsWith("!") || inside.startsWith("^");
        String members = negated ? inside.substring(1) : inside;
        StringBuilder regex = new StringBuilder(negated ? "[^" : "[");
        for (int i = 0; i < members.length(); i++) {
            char c = members.charAt(i);
            regex.append("\\[]^&".indexOf(c) >= 0 ? "\\" + c : String.valueOf(c));
        }
        return regex.append(']').toString();
    }

    /** The patterns that one with <code>{a,b}</code> stands for, in their order. Braces that do not match stay. */
    static List<String> expandBraces(String pattern) {
        int open = pattern.indexOf('{');
        while (open >= 0 && pattern.startsWith("{}", open)) {
            open = pattern.indexOf('{', open + 1);
        }
        int close = open < 0 ? -1 : matching(pattern, open);
        if (close < 0) {
            return List.of(pattern);
        }
        List<String> expanded = new ArrayList<>();
        for (String choice : alternatives(pattern.substring(open + 1, close))) {
            expanded.addAll(expandBraces(pattern.substring(0, open) + choice + pattern.substring(close + 1)));
        }
        return expanded;
    }

    private static int matching(String pattern, int open) {
        int depth = 0;
        for (int i = open; i < pattern.length(); i++) {
            depth += pattern.charAt(i) == '{' ? 1 : pattern.charAt(i) == '}' ? -1 : 0;
            if (depth == 0) {
                return i;
            }
        }
        return -1;
    }

    private static List<String> alternatives(String inside) {
        List<String> choices = new ArrayList<>();
        int depth = 0;
        int start = 0;
        for (int i = 0; i < inside.length(); i++) {
            char c = inside.charAt(i);
            depth += c == '{' ? 1 : c == '}' ? -1 : 0;
            if (c == ',' && depth == 0) {
                choices.add(inside.substring(start, i));
                start = i + 1;
            }
        }
        choices.add(inside.substring(start));
        return choices;
    }
}
