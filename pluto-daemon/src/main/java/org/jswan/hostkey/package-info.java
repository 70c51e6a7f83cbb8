// SPDX-License-Identifier: GPL-2.0-or-later
/** The programs that make key pairs for this machine and show their public halves. */
package org.jswan.hostkey;
