// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire.v1;

import java.util.Optional;
import org.jswan.wire.WireException;

/**
 * A message or SA payload that is refused, and with which notification. The text is the log line; {@link #detail} is
 * another line that goes before it, if any.
 */
public final class Refusal extends WireException {
    private static final long serialVersionUID = 1L;

    private final transient NotificationType notification;
    private final String detail;

    /** @param detail a log line that goes before the one that is the text */
    Refusal(NotificationType notification, String detail, String message) {
        super(message);
        this.notification = notification;
        this.detail = detail;
    }

    public Refusal(NotificationType notification, String message) {
        this(notification, null, message);
    }

    /** A payload that does not keep to its format. */
    static Refusal malformed(WireException flaw) {
        return new Refusal(NotificationType.PAYLOAD_MALFORMED, flaw.getMessage(), "malformed payload in packet");
    }

    /** A payload type that has no business in the message at this place. */
    public static Refusal unknownType(String name) {
        return new Refusal(
                NotificationType.INVALID_PAYLOAD_TYPE,
                "message ignored because it contains an unknown or unexpected payload type (" + name
                        + ") at the outermost level");
    }

    /** What the peer is told, if it may be told at all: never about an encrypted message. */
    public NotificationType notification() {
        return notification;
    }

    /** What exactly is wrong with the payload, as a log line of its own. */
    public Optional<String> detail() {
        return Optional.ofNullable(detail);
    }
}
