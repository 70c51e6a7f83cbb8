// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.kernel;

/** The kernel refused a request. */
public final class KernelException extends Exception {
    private final String errno;

    /**
     * @param errno its symbol, such as {@code EEXIST}, or "" where there is none
     * @param message what was asked and the kernel's answer in words
     */
    public KernelException(String errno, String message) {
        super(message);
        this.errno = errno;
    }

    public String errno() {
        return errno;
    }
}
