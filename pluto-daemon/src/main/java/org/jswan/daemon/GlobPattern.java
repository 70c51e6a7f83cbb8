// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.daemon;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** One component of a path with the special characters of glob(7). A dot at the beginning is matched only by a dot. */
final class GlobPattern {
    private final Pattern pattern;
    private final boolean matchesHidden;

    GlobPattern(String glob) {
        pattern = compile(glob);
        matchesHidden = glob.startsWith(".") || glob.startsWith("\\.");
    }

    boolean matches(String name) {
        return (matchesHidden || !name.startsWith(".")) && pattern.matcher(name).matches();
    }

    /** Whether there is anything to match, rather than just a name. */
    static boolean isPattern(String glob) {
        for (int i = 0; i < glob.length(); i++) {
            char c = glob.charAt(i);
            if (c == '\\') {
                i++;
            } else if (c == '*' || c == '?' || c == '[') {
                return true;
            }
        }
        return false;
    }

    /** The name that a component without special characters stands for. */
    static String unescape(String glob) {
        StringBuilder name = new StringBuilder(glob.length());
        for (int i = 0; i < glob.length(); i++) {
            if (glob.charAt(i) == '\\' && i + 1 < glob.length()) {
                i++;
            }
            name.append(glob.charAt(i));
        }
        return name.toString();
    }

    private static Pattern compile(String glob) {
        StringBuilder regex = new StringBuilder();
        for (int i = 0; i < glob.length(); i++) {
            char c = glob.charAt(i);
            switch (c) {
                case '*' -> regex.append(".*");
                case '?' -> regex.append('.');
                case '[' -> {
                    int end = closing(glob, i);
                    if (end < 0) {
                        regex.append("\\[");
                    } else {
                        appendSet(regex, glob.substring(i + 1, end));
                        i = end;
                    }
                }
                case '\\' -> {
                    i = Math.min(i + 1, glob.length() - 1);
                    regex.append(Pattern.quote(glob.substring(i, i + 1)));
                }
                default -> regex.append(Pattern.quote(String.valueOf(c)));
            }
        }
        try {
            return Pattern.compile(regex.toString(), Pattern.DOTALL);
        } catch (PatternSyntaxException e) {
            // Such as [z-a], which matches nothing.
            return Pattern.compile("(?!)");
        }
    }

    /** The bracket that ends the set beginning at {@code open}; the first character of a set never ends it. */
    private static int closing(String glob, int open) {
        int from = open + 1;
        if (from < glob.length() && (glob.charAt(from) == '!' || glob.charAt(from) == '^')) {
            from++;
        }
        return glob.indexOf(']', from + 1);
    }

    private static void appendSet(StringBuilder regex, String set) {
        boolean negated = set.startsWith("!") || set.startsWith("^");
        regex.append(negated ? "[^" : "[");
        for (int i = negated ? 1 : 0; i < set.length(); i++) {
            char c = set.charAt(i);
            boolean range = c == '-' && i > (negated ? 1 : 0) && i + 1 < set.length();
            if (!range && !Character.isLetterOrDigit(c)) {
                regex.append('\\');
            }
            regex.append(c);
        }
        regex.append(']');
    }

    /** {@code a{b,c}} as {@code ab} and {@code ac}, also within each other; braces that do not close stand for themselves. */
    static List<String> expandBraces(String pattern) {
        int open = pattern.indexOf('{');
        while (open >= 0) {
            List<Integer> cuts = cuts(pattern, open);
            if (!cuts.isEmpty()) {
                List<String> expanded = new ArrayList<>();
                String tail = pattern.substring(cuts.get(cuts.size() - 1) + 1);
                int from = open + 1;
                for (int cut : cuts) {
                    expanded.addAll(expandBraces(pattern.substring(0, open) + pattern.substring(from, cut) + tail));
                    from = cut + 1;
                }
                return expanded;
            }
            open = pattern.indexOf('{', open + 1);
        }
        return List.of(pattern);
    }

    /** Where the commas of a brace and its end are; none if it does not end. */
    private static List<Integer> cuts(String pattern, int open) {
        List<Integer> cuts = new ArrayList<>();
        int depth = 0;
        for (int i = open + 1; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            if (c == '{') {
                depth++;
            } else if (c == ',' && depth == 0) {
                cuts.add(i);
            } else if (c == '}' && depth-- == 0) {
                cuts.add(i);
                return cuts;
            }
        }
        return List.of();
    }
}
