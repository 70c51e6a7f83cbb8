// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.connection;

/** What becomes of a connection whose peer is dead. */
public enum DpdAction {
    DISABLED,
    CLEAR,
    HOLD,
    RESTART
}
