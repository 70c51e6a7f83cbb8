// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Port: the network as IKE sees it: the machine's addresses, one socket per address and port, datagrams in and out.
 * Datagrams are whole IKE messages without the non-ESP marker, which the socket of port 4500 adds and strips.
 */
package org.jswan.net;
