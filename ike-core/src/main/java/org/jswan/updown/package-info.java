// SPDX-License-Identifier: GPL-2.0-or-later
/** Port: the updown script, and what is told to it. */
package org.jswan.updown;
