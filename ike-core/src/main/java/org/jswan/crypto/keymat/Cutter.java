// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.crypto.keymat;

import org.jswan.base.Secret;

/** Takes keys off the front of keying material, one after the other. */
final class Cutter {
    private final Secret material;
    private int at;

    Cutter(Secret material) {
        this.material = material;
    }

    Secret next(int length) {
        Secret key = material.slice(at, length);
        at += length;
        return key;
    }
}
