// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.connection;

import org.jswan.log.Logger;
import org.jswan.net.NameResolver;

/**
 * What a request for a connection is judged by.
 *
 * @param names knows the names that the request holds: asked on the loop, so it must not go to the network
 * @param kernelName what messages call the kernel's interface
 * @param maxReplayWindow the widest window that the kernel takes, in packets
 * @param proposals knows what proposals come to
 * @param logger where warnings go, with the connection's prefix
 */
record AddContext(
        NameResolver names, String kernelName, long maxReplayWindow, KnownProposals proposals, Logger logger) {}
