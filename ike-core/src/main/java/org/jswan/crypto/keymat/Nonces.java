// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.crypto.keymat;

import org.jswan.base.Bytes;

/**
 * What both ends of an exchange sent in clear and keys are made of.
 *
 * @param ni the initiator's nonce, without any header
 * @param nr the responder's nonce
 */
public record Nonces(Bytes ni, Bytes nr) {
    Bytes joined() {
        return ni.plus(nr);
    }
}
