// SPDX-License-Identifier: GPL-2.0-or-later
/** Who a peer is beside its identity: the user names and passwords that IKEv1's XAUTH asks for, in both roles. */
package org.jswan.xauth;
