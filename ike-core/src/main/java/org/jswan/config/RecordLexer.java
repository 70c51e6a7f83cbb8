// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.config;

import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.function.Consumer;
import org.jswan.base.Bytes;

/**
 * Cuts a file of secrets or of a policy group into records and these into tokens. A record begins where a line does not begin with a blank; its
 * tokens are words between blanks, or quoted. A {@code #} where a token might begin starts a comment. Each character
 * stands for one octet.
 */
public final class RecordLexer {
    private enum Boundary {
        NONE,
        RECORD,
        FILE
    }

    private final String file;
    private final Consumer<String> complaints;
    private final Iterator<String> lines;
    private String line = "";
    private int lineNumber;
    private int at;
    private Boundary boundary = Boundary.NONE;
    private String token = "";
    private char quote;

    /**
     * Goes to the first token, if the file begins within a record, or else to its first record.
     *
     * @param complaints takes what is wrong with the file
     */
    public RecordLexer(String file, Bytes octets, Consumer<String> complaints) {
        this.file = file;
        this.complaints = complaints;
        this.lines = new String(octets.toArray(), StandardCharsets.ISO_8859_1)
                .lines()
                .iterator();
        shift();
    }

    public String file() {
        return file;
    }

    /** The line of the token, from 1. */
    public int line() {
        return lineNumber;
    }

    /** Whether a record begins here. */
    public boolean isAtRecord() {
        return boundary == Boundary.RECORD;
    }

    public boolean isAtEnd() {
        return boundary == Boundary.FILE;
    }

    /** The text of the token without its quotes; {@code (null)} where a record ended. */
    public String token() {
        return boundary == Boundary.NONE ? token : "(null)";
    }

    public Bytes tokenOctets() {
        return Bytes.wrap(token.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** The kind of quote the token was in; 0 if none. */
    public char quote() {
        return quote;
    }

    public boolean is(String word) {
        return boundary == Boundary.NONE && token.equals(word);
    }

    public boolean isWord(String word) {
        return boundary == Boundary.NONE && token.equalsIgnoreCase(word);
    }

    /** Steps into the record that begins here. */
    public void nextRecord() {
        boundary = Boundary.NONE;
        shift();
    }

    /** Goes to the next token of the record; false at its end. */
    public boolean shift() {
        boolean atMargin = false;
        quote = 0;
        while (true) {
            if (at >= line.length() || line.charAt(at) == '#') {
                if (!lines.hasNext()) {
                    boundary = Boundary.FILE;
                    return false;
                }
                line = stripTrailing(lines.next());
                lineNumber++;
                at = 0;
                atMargin = true;
            } else if (isBlank(line.charAt(at))) {
                at++;
                atMargin = false;
            } else if (atMargin) {
                boundary = Boundary.RECORD;
                return false;
            } else {
                token = "\"'`".indexOf(line.charAt(at)) >= 0 ? quoted() : word();
                return true;
            }
        }
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }

    private static String stripTrailing(String text) {
        int nul = text.indexOf('\0');
        int end = nul < 0 ? text.length() : nul;
        while (end > 0 && " \t\n\013\f\r".indexOf(text.charAt(end - 1)) >= 0) {
            end--;
        }
        return text.substring(0, end);
    }

    private String quoted() {
        int end = line.indexOf(line.charAt(at), at + 1);
        if (end < 0) {
            complaints.accept("unterminated string");
            return rest();
        }
        quote = line.charAt(at);
        String inside = line.substring(at + 1, end);
        at = end + 1;
        return inside;
    }

    private String rest() {
        String rest = line.substring(at);
        at = line.length();
        return rest;
    }

    /** Up to a blank, but {@code 0t} goes to the end of the line, and a colon at the end is a token of its own. */
    private String word() {
        if (line.startsWith("0t", at)) {
            return rest();
        }
        int end = at + 1;
        while (end < line.length() && !isBlank(line.charAt(end))) {
            end++;
        }
        if (end - 1 > at && line.charAt(end - 1) == ':') {
            end--;
        }
        String word = line.substring(at, end);
        at = end;
        return word;
    }

    /**
     * Skips the rest of the record.
     *
     * @param message what to say if there is one; empty for nothing
     * @return whether there was none
     */
    public boolean endRecord(String message) {
        if (boundary != Boundary.NONE) {
            return true;
        }
        if (!message.isEmpty()) {
            complaints.accept(message);
        }
        while (shift()) {
            // until the record ends
        }
        return false;
    }
}
