// SPDX-License-Identifier: GPL-2.0-or-later
/** Port: the source of random octets. */
package org.jswan.random;
