// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.connection;

/** A way to authenticate that a connection allows at both ends. */
public enum AuthenticationMethod {
    PSK,
    NULL,
    NEVER,
    RSASIG,
    ECDSA,
    RSASIG_V1_5
}
