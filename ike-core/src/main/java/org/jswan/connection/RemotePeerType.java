// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.connection;

/** Peers that need habits of their own. */
public enum RemotePeerType {
    OTHER,
    CISCO
}
