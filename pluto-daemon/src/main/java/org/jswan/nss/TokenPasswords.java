// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.nss;

import java.util.Optional;

/** Knows the passwords of tokens. */
@FunctionalInterface
public interface TokenPasswords {
    /** The password of the token of that name. */
    Optional<String> of(String token);
}
