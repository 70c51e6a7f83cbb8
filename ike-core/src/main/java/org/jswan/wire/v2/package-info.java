// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The payloads of IKEv2 (RFC 7296 section 3, RFC 7383), one record each, and the message they make up. Numbers stay
 * numbers: what a transform, a method or a notify type means is for others.
 */
package org.jswan.wire.v2;
