// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Octets of messages between programs and the kernel: read within bounds, written into a buffer that is wiped. Knows the
 * kernel's byte order, no protocol, no socket and no other module.
 */
package org.jswan.nativesocket.octets;
