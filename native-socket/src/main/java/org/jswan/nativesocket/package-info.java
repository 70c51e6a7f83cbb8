// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Linux sockets that the JDK cannot open or not fully: netlink, PF_KEY, error queues, ancillary data, peer credentials,
 * one {@code poll} over all of them. Thin over the system calls; knows no protocol and no other module.
 */
package org.jswan.nativesocket;
