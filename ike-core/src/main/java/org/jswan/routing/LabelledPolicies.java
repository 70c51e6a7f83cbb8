// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.routing;

import java.util.ArrayList;
import java.util.List;
import org.jswan.connection.Connection;
import org.jswan.kernel.KernelPolicy;
import org.jswan.log.Logger;

/** The policies of a connection each label of whose packets gets an SA of its own: they are there before any SA. */
final class LabelledPolicies {
    private final KernelDoor kernel;

    LabelledPolicies(KernelDoor kernel) {
        this.kernel = kernel;
    }

    /** All of them or none. */
    boolean install(Connection connection, Logger logger) {
        List<KernelPolicy> done = new ArrayList<>();
        for (KernelPolicy policy : new PolicyBuilder(connection).labelled()) {
            if (!kernel.put(policy, logger)) {
                done.forEach(there -> kernel.remove(there, logger));
                return false;
            }
            done.add(policy);
        }
        return true;
    }

    void remove(Connection connection, Logger logger) {
        new PolicyBuilder(connection).labelled().forEach(policy -> kernel.removeIfThere(policy, logger));
    }
}
