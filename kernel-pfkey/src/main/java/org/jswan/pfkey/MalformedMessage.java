// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.pfkey;

/** What came from the kernel is no PF_KEY message as this program knows it. */
final class MalformedMessage extends Exception {
    MalformedMessage(String message) {
        super(message);
    }
}
