// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The work of the default updown script, {@code etc/_updown.xfrm}, done without it: a shell and a dozen programs for each
 * verb of each Child SA cost more than the negotiation. Knows nothing of connections: all comes in the script's environment,
 * and what it does and says is what the script would.
 */
package org.jswan.updown.stock;
