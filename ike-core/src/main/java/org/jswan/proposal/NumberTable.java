// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.proposal;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Names of the numbers of one space, with a prefix that most of them share. */
final class NumberTable {
    private final String prefix;
    private final Map<Integer, String> names = new TreeMap<>();

    NumberTable(String prefix) {
        this.prefix = prefix;
    }

    /** Adds the names of {@code first} and the numbers after it, without the prefix. */
    NumberTable from(int first, String... more) {
        int number = first;
        for (String name : more) {
            names.put(number++, name);
        }
        return this;
    }

    boolean has(int number) {
        return names.containsKey(number);
    }

    /** The name without its prefix; of an unknown number, the prefix and the number with two question marks. */
    String shortName(int number) {
        String name = names.get(number);
        if (name != null) {
            return name;
        }
        return (prefix.isEmpty() ? "" : prefix + "_") + number + "??";
    }

    /** The name with its prefix; of an unknown number, the number with two question marks. */
    String longName(int number) {
        String name = names.get(number);
        return name != null ? prefix + name : number + "??";
    }

    /** Whether {@code text} is one of the names, with the prefix or without, with a remark in parentheses or without. */
    boolean knows(String text) {
        String wanted = text.toUpperCase(Locale.ROOT);
        for (String name : names.values()) {
            String spelled = name.toUpperCase(Locale.ROOT);
            if (matches(spelled, wanted) || matches(withoutRemark(spelled), wanted)) {
                return true;
            }
        }
        return false;
    }

    private static String withoutRemark(String name) {
        int remark = name.indexOf('(');
        return remark >= 0 && name.endsWith(")") ? name.substring(0, remark) : name;
    }

    private boolean matches(String name, String wanted) {
        return wanted.endsWith(name) && (wanted.length() == name.length() || wanted.equals(prefix + name));
    }
}
