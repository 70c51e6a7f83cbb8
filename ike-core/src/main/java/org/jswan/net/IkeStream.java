// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.net;

import java.util.Optional;
import org.jswan.base.Endpoint;

/**
 * One end of a TCP stream that carries IKE messages and ESP packets (RFC 9329). Messages are whole, their lengths and
 * non-ESP markers are the stream's; they come in the order they were sent, or the stream breaks. Whoever needs a stream
 * holds it, and with the last holder it is closed.
 */
public interface IkeStream extends IkeSocket {
    @Override
    default Transport transport() {
        return Transport.TCP;
    }

    @Override
    default Optional<IkeStream> stream() {
        return Optional.of(this);
    }

    @Override
    default boolean encapsulates() {
        return true;
    }

    /** The other end: all that is sent goes there. */
    Endpoint remote();

    /** Whether this end opened it: it is then for this end to open another when it breaks (RFC 9329 §6.1). */
    boolean isOpenedByUs();

    void hold();

    void release();
}
