// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * How it is found out whether certificates were revoked: lists fetched from where certificates say, and OCSP. Knows no
 * connection, SA or message; runs on the loop.
 */
package org.jswan.revocation;
