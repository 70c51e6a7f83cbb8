// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.connection;

/** How much of our certificate chain is sent beside the certificate. */
public enum SendCa {
    NONE,
    ISSUER,
    ALL
}
