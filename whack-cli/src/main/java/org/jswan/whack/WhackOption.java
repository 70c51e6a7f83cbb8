// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.whack;

import org.jswan.whack.getopt.LongOption;

/**
 * One long option of whack.
 *
 * @param numeric whether the argument is a number, which is read before anything else about the option is looked at
 * @param slot options in the same slot mean the same
 * @param exactOnly whether libreswan lacks it, so that abbreviations stay what they are there
 */
record WhackOption(String name, boolean takesArgument, boolean numeric, Slot slot, Action action, boolean exactOnly)
        implements LongOption {
    /** How repeating an option is judged, and whether it makes the command a connection form. */
    enum Group {
        /** Of no consequence. */
        FREE(false, false),
        COMMAND(true, false),
        END(true, true),
        CONNECTION(true, true),
        /** As {@link #CONNECTION}; a pretended packet goes with them, whatever they say. */
        POLICY(true, true);

        private final boolean once;
        private final boolean connection;

        Group(boolean once, boolean connection) {
            this.once = once;
            this.connection = connection;
        }

        boolean once() {
            return once;
        }

        boolean connection() {
            return connection;
        }
    }

    /** Where an option leaves its mark. */
    record Slot(Group group, String name) {}

    /** What an option does. */
    @FunctionalInterface
    interface Action {
        /**
         * Does it.
         *
         * @param argument null if the option takes none
         * @param number the argument of a numeric option, unsigned
         */
        void apply(WhackParse parse, String argument, long number) throws WhackRefusal;
    }

    @Override
    public Object meaning() {
        return numeric ? slot.name + " numeric" : slot;
    }
}
