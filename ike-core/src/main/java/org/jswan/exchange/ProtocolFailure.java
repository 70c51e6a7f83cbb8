// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange;

import java.util.Optional;
import org.jswan.base.Bytes;
import org.jswan.wire.NotifyType;

/**
 * The peer's message cannot be accepted. It says what the peer is told, if anything, and how far the damage goes; it is
 * for input that authenticated itself or needs no authentication, never for a bug of ours.
 */
public final class ProtocolFailure extends Exception {
    /** What ends. */
    public enum Scope {
        /** Only this exchange: the IKE SA goes on. */
        EXCHANGE,
        /** The Child SA under negotiation. */
        CHILD_SA,
        /** The IKE SA with all its children; the peer is told only by the answer at hand. */
        IKE_SA,
        /** The IKE SA, because of us: the peer is not told, and whoever waits is told what failed. */
        OURS,
        /** The IKE SA with all its children, and a Delete tells the peer. */
        IKE_SA_AND_TELL
    }

    private final transient Optional<NotifyType> notify;
    private final transient Bytes data;
    private final Scope scope;

    public ProtocolFailure(Optional<NotifyType> notify, Bytes data, Scope scope, String message) {
        super(message, null, false, false);
        this.notify = notify;
        this.data = data;
        this.scope = scope;
    }

    /** A failure that the peer is told of by {@code notify}. */
    public static ProtocolFailure of(NotifyType notify, Scope scope, String message) {
        return new ProtocolFailure(Optional.of(notify), Bytes.EMPTY, scope, message);
    }

    /** A failure that the peer is not told of. */
    public static ProtocolFailure silent(Scope scope, String message) {
        return new ProtocolFailure(Optional.empty(), Bytes.EMPTY, scope, message);
    }

    public Optional<NotifyType> notifyType() {
        return notify;
    }

    public Bytes data() {
        return data;
    }

    public Scope scope() {
        return scope;
    }
}
