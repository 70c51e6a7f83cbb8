// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * auto and addconn: their grammars, and what they do: conns of ipsec.conf become the same requests that whack's
 * connection form becomes. Runs inside the daemon over its ports, or in a JVM of its own where no daemon is needed or
 * there. Nothing here blocks the loop: files are read by a helper.
 */
package org.jswan.auto;
