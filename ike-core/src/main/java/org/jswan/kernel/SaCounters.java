// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.kernel;

import java.time.Instant;
import java.util.Optional;

/**
 * What went through an SA.
 *
 * @param added when it was installed
 * @param lastUsed when a packet last went through; empty if none did, or the kernel does not tell
 */
public record SaCounters(long bytes, long packets, Instant added, Optional<Instant> lastUsed) {}
