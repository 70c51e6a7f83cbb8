// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.net;

import org.jswan.base.IpAddress;

/** An address of this machine and the interface that has it, {@code eth0}. */
public record InterfaceAddress(String interfaceName, IpAddress address) {}
