// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.nativesocket.octets;

/** What came from the kernel is no message as this program knows it. */
public final class MalformedMessage extends Exception {
    public MalformedMessage(String message) {
        super(message);
    }
}
