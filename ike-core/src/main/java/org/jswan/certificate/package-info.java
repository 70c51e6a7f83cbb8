// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * X.509 certificates: what they say, which the database holds, whether a peer's leads to a trusted authority, and whether it
 * is for an identity. Knows no connection, SA or message.
 */
package org.jswan.certificate;
