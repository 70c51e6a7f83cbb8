// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Port: the kernel's IPsec: SPIs, SAs, policies, counters, and the events it sends. One contract for XFRM, PF_KEY and
 * the simulation's kernel.
 */
package org.jswan.kernel;
