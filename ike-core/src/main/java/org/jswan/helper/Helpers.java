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

        /**
         * Goes on with the value, or with {@code instead} if a fault of ours ended the job: then what waits for it does not wait
         * for ever.
         *
         * @throws IllegalStateException for such a fault, afterwards: the loop tells of it
         */
        public void settle(T instead, Consumer<T> then) {
            if (failure == null) {
                then.accept(value);
                return;
            }
            then.accept(instead);
            throw new IllegalStateException("a helper failed", failure);
        }
    }
}
