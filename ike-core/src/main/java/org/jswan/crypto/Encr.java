// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.crypto;

/** Encryption algorithms. */
public enum Encr {
    AES_GCM_16
}
