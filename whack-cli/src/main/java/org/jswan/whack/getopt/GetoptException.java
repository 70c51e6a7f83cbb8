// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.whack.getopt;

/** An argument that is no option as it stands; the message is getopt's, with the program's name in front. */
public final class GetoptException extends Exception {
    private static final long serialVersionUID = 1L;

    GetoptException(String message) {
        super(message);
    }
}
