// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Whole daemons in one JVM: a virtual clock, a network that loses, repeats, delays and reorders by its seed, kernels in
 * memory. The same seed gives the same run, message by message.
 */
package org.jswan.simulation;
