// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.config.conf;

/** Hears what is noteworthy while a configuration is read, in the order in which it is noticed. */
public interface ConfLog {
    /** A line for the user. Several lines are separated by newlines, as they are. */
    void log(String text);

    /** A line for those who asked for more. */
    void debug(String text);
}
