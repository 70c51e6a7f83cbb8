// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.nss;

/** What the error numbers of NSS mean. */
final class NssError {
    private static final int SEC_BASE = -0x2000;

    private NssError() {}

    /** The text for a log line: the usual ones by name, all by number. */
    static String text(int error) {
        int code = error - SEC_BASE;
        String name =
                switch (code) {
                    case 5 -> "SEC_ERROR_INVALID_ARGS";
                    case 15 -> "SEC_ERROR_BAD_PASSWORD";
                    case 18 -> "SEC_ERROR_BAD_DATABASE";
                    case 19 -> "SEC_ERROR_NO_MEMORY";
                    case 52 -> "SEC_ERROR_LIBRARY_FAILURE";
                    case 136 -> "SEC_ERROR_TOKEN_NOT_LOGGED_IN";
                    default -> "";
                };
        String number = code >= 0 && code < 1000
                ? "SECERR: " + code + " (0x" + Integer.toHexString(code) + ")"
                : "error " + error;
        return name.isEmpty() ? number : name + ": " + number;
    }
}
