// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.pool;

/** Why a range cannot be a pool, in the words for the user. */
public final class PoolException extends Exception {
    private static final long serialVersionUID = 1;

    PoolException(String message) {
        super(message);
    }
}
