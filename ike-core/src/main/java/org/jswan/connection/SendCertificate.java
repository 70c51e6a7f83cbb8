// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.connection;

/** When our certificate is sent. */
public enum SendCertificate {
    NEVER,
    IF_ASKED,
    ALWAYS
}
