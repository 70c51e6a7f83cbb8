// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.connection;

/** What a failed XAUTH means: hard ends the IKE SA, soft lets it stand and tells updown. */
public enum XauthFailure {
    HARD,
    SOFT
}
