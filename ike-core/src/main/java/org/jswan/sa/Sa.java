// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.sa;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jswan.base.SaSerial;
import org.jswan.connection.Connection;
import org.jswan.log.Logger;
import org.jswan.time.TimerQueue;

/** What IKE SAs and Child SAs share: a serial number, a connection, a state, a log prefix, timers. */
public abstract sealed class Sa permits IkeSa, ChildSa {
    /** What an SA waits for. The order is that of the status lines for equal deadlines. */
    public enum Event {
        DISCARD("DISCARD"),
        /** A helper has not computed what an IKEv1 exchange needs, or it was of no use. */
        CRYPTO_TIMEOUT("CRYPTO_TIMEOUT"),
        /** A successor is due. */
        REKEY("REKEY"),
        /** The life is over; by now there is a successor. */
        REPLACE("REPLACE"),
        /** The life is over, and no successor is wanted. */
        EXPIRE("EXPIRE"),
        RETRANSMIT("RETRANSMIT"),
        /** Time to see whether the peer is alive. */
        LIVENESS("LIVENESS"),
        /** Time to see by which address the peer is to be reached. */
        ADDRESS_CHANGE("v2_ADDR_CHANGE"),
        NAT_KEEPALIVE("NAT_T_KEEPALIVE"),
        /** Time to see whether an IKEv1 peer is alive. */
        DPD("DPD"),
        /** An IKEv1 peer does not say that it is alive. */
        DPD_TIMEOUT("DPD_TIMEOUT"),
        /** An IKEv1 SA is replaced, if packets went by it lately. */
        REPLACE_IF_USED("REPLACE_IF_USED"),
        /** XAUTH begins. */
        SEND_XAUTH("SEND_XAUTH");

        private final String text;

        Event(String text) {
            this.text = text;
        }

        /** As the status lines name it. */
        public String text() {
            return text;
        }

        /** As debugging lines name it. */
        public String fullName() {
            return switch (this) {
                case DISCARD, REPLACE, EXPIRE -> "EVENT_SA_" + text;
                case REKEY, LIVENESS -> "EVENT_v2_" + text;
                case DPD, DPD_TIMEOUT, REPLACE_IF_USED, SEND_XAUTH -> "EVENT_v1_" + text;
                default -> "EVENT_" + text;
            };
        }
    }

    private final SaSerial serial;
    private final long inceptionNanos;
    private final Map<Event, TimerQueue.Timer> timers = new EnumMap<>(Event.class);
    private final Logger logger;
    private Connection connection;
    private State state;
    private Succession succession;
    private Retransmission retransmission;
    private Statistics.End end = Statistics.End.OTHER;

    Sa(SaSerial serial, Connection connection, State state, long nowNanos) {
        this.serial = serial;
        this.connection = connection;
        this.state = state;
        this.inceptionNanos = nowNanos;
        this.logger = connection.logger().derive(() -> this.connection + " " + serial + ": ");
    }

    public SaSerial serial() {
        return serial;
    }

    public Connection connection() {
        return connection;
    }

    /** By {@link SaDatabase#switchTo}, which keeps its index. */
    void switchTo(Connection better) {
        connection = better;
    }

    public State state() {
        return state;
    }

    /** By {@link SaDatabase#setState}, which counts. */
    void state(State next) {
        state = next;
    }

    public Logger logger() {
        return logger;
    }

    /** How it ended, for the statistics. */
    Statistics.End end() {
        return end;
    }

    /** Why it is about to end; of several reasons the first counts. */
    public void setEnd(Statistics.End why) {
        if (end == Statistics.End.OTHER) {
            end = why;
        }
    }

    /** When it was made, in the clock's nanoseconds. */
    public long inceptionNanos() {
        return inceptionNanos;
    }

    /** The SAs made to replace this one. */
    public Succession succession() {
        if (succession == null) {
            succession = new Succession();
        }
        return succession;
    }

    /** Sets the timer of an event, in place of an earlier one of the same event. */
    public void arm(Event event, TimerQueue.Timer timer) {
        TimerQueue.Timer earlier = timers.put(event, timer);
        if (earlier != null) {
            earlier.cancel();
        }
    }

    /** Whether the timer of an event runs. */
    public boolean isArmed(Event event) {
        TimerQueue.Timer timer = timers.get(event);
        return timer != null && timer.isPending();
    }

    public void disarm(Event event) {
        TimerQueue.Timer timer = timers.remove(event);
        if (timer != null) {
            timer.cancel();
        }
    }

    public void disarmAll() {
        timers.values().forEach(TimerQueue.Timer::cancel);
        timers.clear();
    }

    /** The pending events, the next first. */
    public List<Map.Entry<Event, TimerQueue.Timer>> pendingEvents() {
        List<Map.Entry<Event, TimerQueue.Timer>> pending = new ArrayList<>(timers.entrySet());
        pending.removeIf(entry -> !entry.getValue().isPending());
        pending.sort(Map.Entry.comparingByValue());
        return pending;
    }

    /** The IKE SA that protects its messages: for that one, itself. */
    public abstract IkeSa ike();

    /** When the message that waits for an answer is sent again; empty if none does. */
    public Optional<Retransmission> retransmission() {
        return Optional.ofNullable(retransmission);
    }

    public void startRepeating(Retransmission of) {
        retransmission = of;
    }

    /** It was answered, or nobody waits for the answer any more. */
    public void stopRepeating() {
        retransmission = null;
        disarm(Event.RETRANSMIT);
    }

    /**
     * Its exchange of IKEv1.
     *
     * @throws IllegalStateException if it is of IKEv2
     */
    public abstract V1Exchange v1();

    /** Destroys the keys. The SA is of no use any more. */
    abstract void destroySecrets();
}
