// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The programs that make key pairs for this machine and show their public halves, and the one that writes lists of revoked
 * certificates into the database.
 */
package org.jswan.hostkey;
