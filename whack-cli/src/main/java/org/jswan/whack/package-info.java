// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The grammar of whack: from an argument vector to a typed request, or to the words with which libreswan's whack
 * refuses it; and the JVM client. Knows nothing of the daemon but the control protocol.
 */
package org.jswan.whack;
