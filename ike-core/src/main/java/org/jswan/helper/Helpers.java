// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.helper;

import java.util.concurrent.Callable;
import java.util.function.Consumer;

/** A pool of helpers. A job gets immutable inputs and touches nothing that the loop owns. */
public interface Helpers {
    /**
     * Runs {@code job} off the loop and then {@code done} on it, never from within this call.
     *
     * @return cancels: {@code done} will not be called any more
     */
    <T> Runnable submit(Callable<T> job, Consumer<Outcome<T>> done);

    /** What became of a job: its value, or the exception that ended it. */
    record Outcome<T>(T value, Exception failure) {
        /**
         * The value.
         *
         * @throws Exception what the job threw
         */
        public T get() throws Exception {
            if (failure != null) {
                throw failure;
            }
            return value;
        }
    }
}
