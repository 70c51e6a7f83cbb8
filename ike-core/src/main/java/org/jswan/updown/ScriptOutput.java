// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.updown;

import java.io.ByteArrayOutputStream;
import java.util.function.Consumer;
import org.jswan.base.OctetText;

/**
 * What a script says, cut into lines as libreswan cuts it: of at most 255 octets with the line's end, so that the end of a
 * line of 255 is an empty line of its own, and of each only what comes before a NUL. A character of several octets may be
 * cut, too: see {@link OctetText}.
 */
public final class ScriptOutput {
    private static final int LINE = 255;
    private static final byte END = '\n';

    private final Consumer<String> lines;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream(LINE);

    /** @param lines gets them */
    public ScriptOutput(Consumer<String> lines) {
        this.lines = lines;
    }

    /** More of it. */
    public void add(byte[] octets) {
        for (byte octet : octets) {
            if (octet == END) {
                tell();
            } else {
                line.write(octet);
                if (line.size() == LINE) {
                    tell();
                }
            }
        }
    }

    /** A whole line. */
    public void addLine(String text) {
        add(OctetText.write(text + '\n'));
    }

    /** That was all. */
    public void end() {
        if (line.size() > 0) {
            tell();
        }
    }

    private void tell() {
        String text = OctetText.read(line.toByteArray());
        line.reset();
        int end = text.indexOf(0);
        lines.accept(end < 0 ? text : text.substring(0, end));
    }
}
