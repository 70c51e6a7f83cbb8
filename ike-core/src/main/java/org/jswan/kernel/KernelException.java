// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.kernel;

import java.util.Optional;

/** The kernel refused a request. The message is as logged, without {@code ERROR: }. */
public final class KernelException extends Exception {
    private final String errno;
    private final Optional<String> advice;

    /**
     * @param errno its symbol, such as {@code EEXIST}, or "" where there is none
     * @param message what was asked and the kernel's answer in words
     */
    public KernelException(String errno, String message) {
        this(errno, message, Optional.empty());
    }

    /** @param advice see {@link #advice()} */
    public KernelException(String errno, String message, Optional<String> advice) {
        super(message);
        this.errno = errno;
        this.advice = advice;
    }

    /** Itself, with what led to it. */
    public KernelException because(Throwable cause) {
        initCause(cause);
        return this;
    }

    /** One more line for the administrator: what this kernel lacks, by name, or what to try. */
    public Optional<String> advice() {
        return advice;
    }

    public String errno() {
        return errno;
    }
}
