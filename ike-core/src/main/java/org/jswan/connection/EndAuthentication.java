// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.connection;

/** How one end proves who it is. */
public enum EndAuthentication {
    NEVER,
    PSK,
    RSASIG,
    ECDSA,
    NULL,
    EAPONLY
}
