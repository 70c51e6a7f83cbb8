// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.kernel;

/** Whether whole packets or only their payloads are protected. */
public enum IpsecMode {
    TUNNEL,
    TRANSPORT
}
