// SPDX-License-Identifier: GPL-2.0-or-later
/** What only whack reads: names of hosts as addresses, octets in text, C's lenient numbers. */
package org.jswan.whack.value;
