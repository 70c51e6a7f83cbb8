// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.net;

/** What carries IKE messages between two endpoints; the names stand in logs. */
public enum Transport {
    UDP,
    /** RFC 9329. */
    TCP
}
