// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Public keys and their names, signatures, and the port to the database of private keys and certificates. Whose a key is,
 * is not known here.
 */
package org.jswan.key;
