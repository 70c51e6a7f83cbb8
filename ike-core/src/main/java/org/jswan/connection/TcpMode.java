// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.connection;

/** Whether IKE and ESP go over TCP (RFC 9329). */
public enum TcpMode {
    NO,
    ONLY,
    FALLBACK
}
