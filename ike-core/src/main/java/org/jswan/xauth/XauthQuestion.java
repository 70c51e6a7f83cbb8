// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.xauth;

import org.jswan.base.Bytes;
import org.jswan.base.IpAddress;
import org.jswan.base.SaSerial;
import org.jswan.base.Secret;
import org.jswan.connection.Connection;
import org.jswan.log.Logger;

/**
 * May this user come in?
 *
 * @param user as the peer wrote it
 * @param password as the peer wrote it; overwritten when it is not needed any more
 * @param connection by which the peer came: it says where users are looked up
 * @param sa over which it asks
 * @param peer from where it asks
 * @param logger of the SA
 */
public record XauthQuestion(
        Bytes user, Secret password, Connection connection, SaSerial sa, IpAddress peer, Logger logger) {

    /** The user's name as logs, the status and scripts have it: a peer can put no control characters there. */
    public String userText() {
        return name().visible();
    }

    /** The user's name up to the first octet 0: nothing that looks users up sees more. */
    Bytes name() {
        return PasswordFile.untilNul(user);
    }
}
