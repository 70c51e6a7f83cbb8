// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import java.util.HashSet;
import java.util.Set;
import org.jswan.kernel.KernelException;
import org.jswan.kernel.SecurityModule;

/** SELinux that grants whatever is not denied by name. */
public final class SimSecurity implements SecurityModule {
    private final Set<String> denied = new HashSet<>();

    /** The context has no such permission on any other from now on. */
    public void deny(String permission, String source) {
        denied.add(permission + " " + source);
    }

    @Override
    public Mode mode() {
        return denied.isEmpty() ? Mode.DISABLED : Mode.ENFORCING;
    }

    @Override
    public void check(String source, String target, String permission) throws KernelException {
        if (denied.contains(permission + " " + source)) {
            throw new KernelException("EACCES", "Permission denied (errno 13)");
        }
    }

    @Override
    public String own() {
        return "system_u:system_r:ipsec_t:s0";
    }
}
