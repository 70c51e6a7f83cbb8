// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v1.engine;

import java.util.Optional;
import org.jswan.wire.v1.NotificationType;

/** A handler cannot go on with a message of IKEv1. */
public final class IsakmpFailure extends Exception {
    private static final long serialVersionUID = 1L;

    /** What follows. */
    public enum Kind {
        /** The message is as if it never came; what was being repeated goes on being repeated. A Quick Mode ends. */
        REFUSED,
        /** The SA ends. */
        FATAL,
        /** Nothing. */
        IGNORED
    }

    private final transient Optional<NotificationType> notification;
    private final Kind kind;

    private IsakmpFailure(Kind kind, Optional<NotificationType> notification, String message) {
        super(message, null, false, false);
        this.kind = kind;
        this.notification = notification;
    }

    /** @param message logged; "" if all is said */
    public static IsakmpFailure refused(NotificationType notification, String message) {
        return new IsakmpFailure(Kind.REFUSED, Optional.of(notification), message);
    }

    /** The peer is told nothing. */
    public static IsakmpFailure refused(String message) {
        return new IsakmpFailure(Kind.REFUSED, Optional.empty(), message);
    }

    public static IsakmpFailure fatal(String message) {
        return new IsakmpFailure(Kind.FATAL, Optional.empty(), message);
    }

    public static IsakmpFailure ignored(String message) {
        return new IsakmpFailure(Kind.IGNORED, Optional.empty(), message);
    }

    public Kind kind() {
        return kind;
    }

    /** What the peer is told. */
    public Optional<NotificationType> notification() {
        return notification;
    }
}
