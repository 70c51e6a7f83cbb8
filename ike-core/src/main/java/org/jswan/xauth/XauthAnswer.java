// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.xauth;

/** What becomes of a user. */
public enum XauthAnswer {
    ADMITTED,
    /** Name or password are wrong, but the connection lets users in all the same: updown is told. */
    ADMITTED_SOFTLY,
    REFUSED
}
