// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire.sk;

/** The fragment was kept; more must come. */
public record FragmentsMissing(int received, int total) implements Decoded {}
