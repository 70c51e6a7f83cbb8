// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The kernel port over Linux XFRM, and interfaces, addresses and routes over rtnetlink: message codecs above a
 * byte-in/byte-out {@link org.jswan.nativesocket.KernelSocket}. Knows no SA, connection or exchange, only what the kernel is told.
 */
package org.jswan.xfrm;
