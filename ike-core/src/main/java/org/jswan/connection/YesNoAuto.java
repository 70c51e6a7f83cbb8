// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.connection;

/** A switch that may be left to the daemon. */
public enum YesNoAuto {
    YES,
    NO,
    AUTO
}
