// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.connection;

import org.jswan.base.SecurityLabel;
import org.jswan.kernel.KernelException;
import org.jswan.kernel.SecurityModule;
import org.jswan.log.Logger;

/** Which labels the packets of a connection may have: SELinux's policy says that they match the connection's own. */
public final class LabelCheck {
    private final SecurityModule module;

    public LabelCheck(SecurityModule module) {
        this.module = module;
    }

    /**
     * Whether SAs of a connection may bear that label: it matches the connection's, and we may put it on an SA. Why not is
     * logged.
     *
     * @param source where the label comes from
     * @param range the connection's
     */
    public boolean isWithin(String source, SecurityLabel label, SecurityLabel range, Logger logger) {
        if (!isGranted("polmatch", source, label.text(), "connection", range.text(), logger)) {
            return false;
        }
        String domain;
        try {
            domain = module.own();
        } catch (KernelException e) {
            logger.log("getcon(): " + e.getMessage());
            return false;
        }
        return isGranted("setcontext", "Pluto's SELinux domain", domain, source, label.text(), logger);
    }

    private boolean isGranted(
            String permission, String subject, String source, String object, String target, Logger logger) {
        try {
            module.check(source, target, permission);
            return true;
        } catch (KernelException e) {
            // like a record of the audit log
            logger.log("selinux denied { " + permission + " } " + subject + " scontext=" + source + " " + object
                    + " tcontext=" + target + " tclass=association: " + e.getMessage());
            return false;
        }
    }
}
