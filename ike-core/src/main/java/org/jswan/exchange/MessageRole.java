// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange;

/** Whether a message asks or answers. */
public enum MessageRole {
    REQUEST("request"),
    RESPONSE("response");

    private final String text;

    MessageRole(String text) {
        this.text = text;
    }

    @Override
    public String toString() {
        return text;
    }
}
