// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.sa;

/** Who began the IKE SA, or its last rekey. */
public enum IkeRole {
    INITIATOR("initiator"),
    RESPONDER("responder");

    private final String text;

    IkeRole(String text) {
        this.text = text;
    }

    public IkeRole other() {
        return this == INITIATOR ? RESPONDER : INITIATOR;
    }

    @Override
    public String toString() {
        return text;
    }
}
