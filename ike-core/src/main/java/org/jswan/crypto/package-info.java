// SPDX-License-Identifier: GPL-2.0-or-later
/** Algorithms as enum constants and the interfaces of what they do. */
package org.jswan.crypto;
