// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The kernel port over PF_KEYv2 (RFC 2367) with the policies that KAME added: message codecs above a byte-in/byte-out
 * {@link org.jswan.nativesocket.KernelSocket}. In what Linux, FreeBSD and NetBSD differ is in {@code Dialect} and
 * {@code Algorithms}, and nowhere else. Knows no SA, connection or exchange, only what the kernel is told.
 */
package org.jswan.pfkey;
