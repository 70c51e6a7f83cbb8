// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.crypto;

/** Integrity algorithms. */
public enum Integ {
    NONE
}
