// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.kernel;

/** A security protocol with its IP protocol number. */
public enum IpsecProtocol {
    ESP(50),
    AH(51),
    IPCOMP(108);

    private final int number;

    IpsecProtocol(int number) {
        this.number = number;
    }

    public int number() {
        return number;
    }
}
