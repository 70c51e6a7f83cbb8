// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.connection;

/** A hash that signatures may use (RFC 7427). */
public enum SignatureHash {
    SHA2_256,
    SHA2_384,
    SHA2_512
}
