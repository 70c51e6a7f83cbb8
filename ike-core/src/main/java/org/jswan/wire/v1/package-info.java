// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The payloads of IKEv1 (RFC 2407, RFC 2408, RFC 3947, Mode Config, Cisco's fragments), one record each, the message
 * they make up, and the numbers that are IKEv1's own. What a payload holds besides its fixed fields is decoded when it
 * is asked for: as libreswan, a flaw in there is not a malformed message but a matter of the exchange.
 */
package org.jswan.wire.v1;
