// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.bench;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** Adds up what pieces of work on this thread cost: processor time and allocation. */
final class Meter {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private long cpuNanos;
    private long allocated;

    /**
     * What work cost.
     *
     * @param cpuNanos user and system time of the thread, the compiler's and the collector's threads not included
     * @param allocated octets on the heap
     */
    record Cost(long cpuNanos, long allocated) {
        Cost minus(Cost earlier) {
            return new Cost(cpuNanos - earlier.cpuNanos, allocated - earlier.allocated);
        }
    }

    /** Processor time of this thread until now. */
    static long nanos() {
        return THREADS.getCurrentThreadCpuTime();
    }

    void run(Runnable work) {
        long octets = THREADS.getCurrentThreadAllocatedBytes();
        long nanos = THREADS.getCurrentThreadCpuTime();
        try {
            work.run();
        } finally {
            cpuNanos += THREADS.getCurrentThreadCpuTime() - nanos;
            allocated += THREADS.getCurrentThreadAllocatedBytes() - octets;
        }
    }

    Cost total() {
        return new Cost(cpuNanos, allocated);
    }
}
