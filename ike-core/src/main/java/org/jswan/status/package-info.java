// SPDX-License-Identifier: GPL-2.0-or-later
/** The lines of {@code whack --status} and its relatives. */
package org.jswan.status;
