// SPDX-License-Identifier: GPL-2.0-or-later
/** All ports in one value, for whoever is handed the world. */
package org.jswan.world;
