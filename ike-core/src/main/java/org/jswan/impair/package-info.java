// SPDX-License-Identifier: GPL-2.0-or-later
/** Faults on demand: what {@code whack --impair} makes the daemon do wrong, so that it and its peers can be tested. */
package org.jswan.impair;
