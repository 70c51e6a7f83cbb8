// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Phase 1: Main Mode and Aggressive Mode make an ISAKMP SA, by pre-shared keys, raw public keys or certificates
 * (RFC 2409 §5).
 */
package org.jswan.exchange.v1.phase1;
