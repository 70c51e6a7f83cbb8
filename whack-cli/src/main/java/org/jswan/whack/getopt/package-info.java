// SPDX-License-Identifier: GPL-2.0-or-later
/** Command lines taken apart as {@code getopt_long} of the GNU C library does it, to the wording of its errors. */
package org.jswan.whack.getopt;
