// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.connection;

import java.util.Optional;
import java.util.Set;

/** How one end proves who it is. */
public enum EndAuthentication {
    NEVER,
    PSK,
    RSASIG,
    ECDSA,
    NULL,
    EAPONLY;

    /** Which of several ways is taken; empty if there is none. */
    static Optional<EndAuthentication> strongest(Set<AuthenticationMethod> methods) {
        if (methods.contains(AuthenticationMethod.RSASIG)) {
            return Optional.of(RSASIG);
        } else if (methods.contains(AuthenticationMethod.ECDSA)) {
            return Optional.of(ECDSA);
        } else if (methods.contains(AuthenticationMethod.RSASIG_V1_5)) {
            return Optional.of(RSASIG);
        } else if (methods.contains(AuthenticationMethod.PSK)) {
            return Optional.of(PSK);
        } else if (methods.contains(AuthenticationMethod.NULL)) {
            return Optional.of(NULL);
        }
        return methods.contains(AuthenticationMethod.NEVER) ? Optional.of(NEVER) : Optional.empty();
    }
}
