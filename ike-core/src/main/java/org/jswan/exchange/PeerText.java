// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange;

import org.jswan.base.Bytes;
import org.jswan.log.Logger;
import org.jswan.log.RcCode;

/** Text that a peer wants users or scripts to see, without what could mean something to a shell or a terminal. */
public final class PeerText {
    /** As libreswan: no more is kept. */
    private static final int LONGEST = 496;

    private PeerText() {}

    /**
     * Reads and logs a text.
     *
     * @param what as the log names it
     * @param ignored whether it is used for nothing
     */
    public static String received(Logger logger, String what, Bytes value, boolean ignored) {
        String whole = printable(value);
        boolean cut = whole.length() > LONGEST;
        String kept = cut ? whole.substring(0, LONGEST) : whole;
        logger.log(
                RcCode.INFORMATIONAL,
                "Received " + (ignored ? "and ignored " : "") + (cut ? "overlong " : "") + what + ": " + kept
                        + (cut ? " (truncated)" : ""));
        return kept;
    }

    /** Up to an octet 0. */
    private static String printable(Bytes value) {
        StringBuilder text = new StringBuilder();
        for (byte octet : value.toArray()) {
            int c = octet & 0xff;
            if (c == 0) {
                break;
            } else if (c == '\'') {
                text.append('?');
            } else if (c == '\n' || c == '\r') {
                text.append(' ');
            } else if (c != '\\' && c >= 0x20 && c < 0x7f) {
                text.append((char) c);
            } else {
                text.append(String.format("\\%03o", c));
            }
        }
        return text.toString();
    }
}
