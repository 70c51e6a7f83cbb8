// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.routing;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jswan.kernel.KernelException;
import org.jswan.kernel.KernelIpsec;
import org.jswan.kernel.KernelPolicy;
import org.jswan.kernel.KernelSa;
import org.jswan.log.Logger;
import org.jswan.log.RcCode;

/** The kernel, for those whose users hear what it refuses: a refusal is logged, and the answer tells of it. */
final class KernelDoor {
    private final KernelIpsec kernel;

    KernelDoor(KernelIpsec kernel) {
        this.kernel = kernel;
    }

    /** See {@link KernelIpsec#unexpectedRemoval}; with the interface's name. */
    Optional<String> unexpectedRemoval() {
        return kernel.unexpectedRemoval().map(request -> kernel.name() + " " + request);
    }

    /** Whether it took all of them; the others are not tried after the first that it refuses. */
    boolean putAll(List<KernelPolicy> policies, Logger logger) {
        return policies.stream().allMatch(policy -> put(policy, logger));
    }

    boolean put(KernelPolicy policy, Logger logger) {
        try {
            kernel.putPolicy(policy);
            return true;
        } catch (KernelException e) {
            tell(e, logger);
            return false;
        }
    }

    /** That it is not there is a refusal, too. */
    boolean remove(KernelPolicy policy, Logger logger) {
        try {
            kernel.deletePolicy(policy);
            return true;
        } catch (KernelException e) {
            tell(e, logger);
            return false;
        }
    }

    /** Whether it was there; that it was not is none of the user's concern. */
    boolean removeIfThere(KernelPolicy policy, Logger logger) {
        try {
            kernel.deletePolicy(policy);
            return true;
        } catch (KernelException e) {
            if (!e.errno().equals("ENOENT")) {
                tell(e, logger);
            }
            return false;
        }
    }

    /**
     * Removes what a connection without an SA may have from the peer. As libreswan: that there is nothing is a refusal,
     * too, and is told with the name of what packets meet when a negotiation has failed.
     *
     * @param flow that name
     */
    boolean removeInbound(KernelPolicy policy, String flow, Logger logger) {
        try {
            kernel.deletePolicy(policy);
            return true;
        } catch (KernelException e) {
            Optional<String> request = unexpectedRemoval();
            if (e.errno().equals("ENOENT") && request.isPresent()) {
                logger.error("kernel: " + request.get() + " " + flow
                        + " response for flow (in): No such file or directory (errno 2)");
            } else {
                tell(e, logger);
            }
            return false;
        }
    }

    /** All of them or none. */
    boolean addSas(List<KernelSa> sas, Logger logger) {
        List<KernelSa> done = new ArrayList<>();
        for (KernelSa sa : sas) {
            try {
                add(sa, logger);
                done.add(sa);
            } catch (KernelException e) {
                tell(e, logger);
                done.forEach(added -> deleteSa(added, logger));
                return false;
            }
        }
        return true;
    }

    private void add(KernelSa sa, Logger logger) throws KernelException {
        try {
            kernel.addSa(sa);
        } catch (KernelException e) {
            if (sa.features().offload().filter(KernelSa.Offload::dispensable).isEmpty()) {
                throw e;
            }
            tell(e, logger);
            kernel.addSa(sa.withoutOffload());
        }
    }

    void deleteSa(KernelSa sa, Logger logger) {
        try {
            kernel.deleteSa(sa.id());
        } catch (KernelException e) {
            tell(e, logger);
        }
    }

    static void tell(KernelException e, Logger logger) {
        logger.error(e.getMessage());
        e.advice().ifPresent(advice -> logger.log(RcCode.LOG_SERIOUS, advice));
    }
}
