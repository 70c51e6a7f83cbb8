// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jswan.exchange.ExpectedPayloads.Misfit;
import org.jswan.sa.State;
import org.jswan.sa.V2State;
import org.jswan.wire.ExchangeType;
import org.jswan.wire.NotifyType;
import org.jswan.wire.PayloadType;

/**
 * One transition of the IKEv2 state machine: a message of that exchange and role, in that state, with those payloads,
 * goes to that handler and, if it advances, to the next state. Rows stand beside their exchange; among several that fit
 * the first counts.
 */
public final class Row {
    /** What the IKE SA waits for after the transition. */
    public enum Timer {
        /** The answer to the request that the transition sends. */
        RETRANSMIT,
        /** The peer's next request; without it the half-open SA is discarded. */
        DISCARD,
        /** The end of the SA's life. */
        REPLACE,
        /** Whatever it waited for before. */
        RETAIN
    }

    /** What is said after the transition. */
    public enum Announcement {
        NOTHING,
        /** The story of the new state. */
        STORY,
        /** The story of the new state and the algorithms chosen. */
        STORY_AND_ALGORITHMS,
        /** The exchange and the story of the new state. */
        EXCHANGE
    }

    private final String story;
    private final ExchangeType exchange;
    private final MessageRole role;
    private final V2State from;
    private final V2State to;
    private final ExpectedPayloads clear;
    private final Optional<ExpectedPayloads> encrypted;
    private final Timer timer;
    private final Announcement announcement;
    private final Handler handler;

    private Row(Builder of, Handler handler) {
        this.story = of.story;
        this.exchange = of.exchange;
        this.role = of.role;
        this.from = of.from;
        this.to = of.to;
        this.clear = of.sealed
                ? new ExpectedPayloads(Set.of(PayloadType.SK), Set.of(), Optional.empty(), false)
                : new ExpectedPayloads(of.required, of.optional, of.notify, false);
        this.encrypted = of.sealed
                ? Optional.of(new ExpectedPayloads(of.required, of.optional, of.notify, of.anything))
                : Optional.empty();
        this.timer = of.timer;
        this.announcement = of.announcement;
        this.handler = handler;
    }

    /** Begins a row; {@code story} tells it in debugging output. */
    public static Builder row(String story) {
        return new Builder(story);
    }

    /** A row in the making; {@link #by} finishes it. */
    public static final class Builder {
        private final String story;
        private ExchangeType exchange;
        private MessageRole role;
        private V2State from;
        private V2State to;
        private boolean sealed;
        private boolean anything;
        private final Set<PayloadType> required = new HashSet<>();
        private final Set<PayloadType> optional = new HashSet<>();
        private Optional<NotifyType> notify = Optional.empty();
        private Timer timer = Timer.RETAIN;
        private Announcement announcement = Announcement.NOTHING;

        private Builder(String story) {
            this.story = story;
        }

        public Builder on(ExchangeType type, MessageRole messageRole) {
            exchange = type;
            role = messageRole;
            return this;
        }

        public Builder from(V2State state) {
            from = state;
            return this;
        }

        public Builder to(V2State state) {
            to = state;
            return this;
        }

        /** The payloads stand in clear; these are required. */
        public Builder clear(PayloadType... types) {
            required.addAll(Set.of(types));
            return this;
        }

        /** The payloads are encrypted; these are required. */
        public Builder encrypted(PayloadType... types) {
            sealed = true;
            required.addAll(Set.of(types));
            return this;
        }

        /** The payloads are encrypted and may be any. */
        public Builder encryptedAnything() {
            sealed = true;
            anything = true;
            return this;
        }

        public Builder optional(PayloadType... types) {
            optional.addAll(Set.of(types));
            return this;
        }

        /** Only with this notify. */
        public Builder with(NotifyType type) {
            required.add(PayloadType.NOTIFY);
            notify = Optional.of(type);
            return this;
        }

        public Builder then(Timer next) {
            timer = next;
            return this;
        }

        public Builder announce(Announcement what) {
            announcement = what;
            return this;
        }

        public Row by(Handler handler) {
            return new Row(this, handler);
        }
    }

    public String story() {
        return story;
    }

    public V2State to() {
        return to;
    }

    public Timer timer() {
        return timer;
    }

    public Announcement announcement() {
        return announcement;
    }

    public Handler handler() {
        return handler;
    }

    /** Whether state, exchange and role are this row's. */
    boolean concerns(State state, Incoming message) {
        return from == state && exchange.equals(message.header().exchange()) && role == message.role();
    }

    /** What keeps the clear payloads from being this row's. */
    Optional<Misfit> clearMisfit(Incoming message) {
        return clear.misfit(message.clearTypes(), type -> !message.isProtected() && message.has(type));
    }

    /** What keeps the encrypted payloads from being this row's. */
    Optional<Misfit> encryptedMisfit(Incoming message) {
        return encrypted.flatMap(expected -> expected.misfit(message.encryptedTypes(), message::has));
    }
}
