// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.connection;

import org.jswan.log.RcCode;

/** A request for a connection that contradicts itself or asks for what cannot be; the message is for the user. */
public final class ConnectionRefused extends Exception {
    private static final long serialVersionUID = 1;

    private final RcCode code;

    ConnectionRefused(RcCode code, String message) {
        super(message);
        this.code = code;
    }

    /** The usual: {@code failed to add connection: } before the reason. */
    static ConnectionRefused fatal(String reason) {
        return new ConnectionRefused(RcCode.FATAL, "failed to add connection: " + reason);
    }

    static ConnectionRefused serious(String reason) {
        return new ConnectionRefused(RcCode.LOG_SERIOUS, "failed to add connection: " + reason);
    }

    public RcCode code() {
        return code;
    }
}
