// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Measures what establishments cost a responder in processor time and memory: whole daemons in one JVM over a wire that
 * keeps nothing and a kernel that counts only, so that what is measured is ours. docs/performance.md has the figures.
 */
package org.jswan.bench;
