// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.config.secrets;

import org.jswan.log.RcCode;

/** Hears what is noteworthy while secrets are read. */
public interface SecretsLog {
    void log(RcCode code, String text);
}
