// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.key;

/** The kinds of key pairs that sign. */
public enum KeyType {
    RSA,
    ECDSA
}
