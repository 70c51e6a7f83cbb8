// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.connection;

/** Which NAT traversal vendor ids an IKEv1 peer is sent. */
public enum NatMethodV1 {
    BOTH,
    RFC,
    DRAFTS,
    NONE
}
