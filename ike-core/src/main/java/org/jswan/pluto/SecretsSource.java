// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.pluto;

import org.jswan.identity.SecretStore;
import org.jswan.log.Logger;

/** Port: the secrets file. */
@FunctionalInterface
public interface SecretsSource {
    /** Reads the file and what it includes; what cannot be read or understood is told to {@code logger}. */
    SecretStore load(Logger logger);
}
