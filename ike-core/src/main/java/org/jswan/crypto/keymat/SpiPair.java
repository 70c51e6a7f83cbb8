// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.crypto.keymat;

import org.jswan.base.Bytes;

/**
 * The SPIs of a pair of ESP or AH SAs, four octets each, by who chose them in the exchange that made them. Who receives
 * chooses: {@code initiator} marks what the responder sends.
 */
public record SpiPair(Bytes initiator, Bytes responder) {}
