// SPDX-License-Identifier: GPL-2.0-or-later
/** Port: work that is too slow for the loop (Diffie-Hellman, signatures) is done elsewhere and its result comes back. */
package org.jswan.helper;
