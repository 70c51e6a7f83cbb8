// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.nativesocket;

/** Who was at the other end of a local socket when it connected. */
public record PeerCredentials(int pid, int uid, int gid) {}
