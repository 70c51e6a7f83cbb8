// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.connection;

/** The EAP method that authenticates an end. */
public enum EapMethod {
    NONE,
    TLS
}
