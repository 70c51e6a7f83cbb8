// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.sa;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jswan.base.Bytes;
import org.jswan.wire.v1.FragmentBuffer;

/**
 * An exchange of IKEv1 as one end knows it: the message ID, the initialisation vector that goes from message to message
 * (RFC 2409 appendix B), and what was last received and sent, for whoever lost it.
 */
public final class V1Exchange {
    private long messageId;
    private Bytes iv = Bytes.EMPTY;
    private Bytes lastReceived = Bytes.EMPTY;
    private Repeat repeat = Repeat.NEVER;
    private int duplicates;
    private int malformedReceived;
    private Bytes lastSent = Bytes.EMPTY;
    private Optional<Bytes> sentToo = Optional.empty();
    private FragmentBuffer fragments;
    private boolean peerFragmenting;
    private boolean fragmentingAfterAnswer;
    private Optional<Long> lastRefusal = Optional.empty();
    private boolean suspended;
    private Optional<HeldMessages> waiting = Optional.empty();
    private Optional<HeldMessages.HeldMessage> held = Optional.empty();

    /** What the peer gets when its last message comes again. */
    public enum Repeat {
        NEVER,
        /** Our last message, a limited number of times. */
        LIMITED,
        /** Our last message, as long as it asks. */
        ALWAYS
    }

    /** 32 bits; 0 in phase 1. */
    public long messageId() {
        return messageId;
    }

    public void setMessageId(long id) {
        messageId = id;
    }

    /** The last block of ciphertext that went either way; empty before there was one. */
    public Bytes iv() {
        return iv;
    }

    public void setIv(Bytes lastBlock) {
        iv = lastBlock;
    }

    /** The peer's message that was taken last, as it was on the wire. */
    public boolean isLastReceived(Bytes octets) {
        return !lastReceived.isEmpty() && lastReceived.equals(octets);
    }

    public void setLastReceived(Bytes octets, Repeat answer) {
        lastReceived = octets;
        repeat = answer;
        fragments = null;
        duplicates = 0;
    }

    public Repeat repeat() {
        return repeat;
    }

    /** @return how often the last message came again, this time included */
    public int countDuplicate() {
        return ++duplicates;
    }

    /** Our last message, whole; empty if there is none. */
    public Bytes lastSent() {
        return lastSent;
    }

    /** The pieces that came of the peer's next message mean nothing from now on. */
    public void setLastSent(Bytes message) {
        lastSent = message;
        sentToo = Optional.empty();
        fragments = null;
    }

    /** A message of another exchange that went behind our last one, and is sent again with it. */
    public Optional<Bytes> sentToo() {
        return sentToo;
    }

    public void setSentToo(Bytes message) {
        sentToo = Optional.of(message);
    }

    /** The pieces of the peer's next message. */
    public FragmentBuffer fragments() {
        if (fragments == null) {
            fragments = new FragmentBuffer();
        }
        return fragments;
    }

    /** Whether a message of the peer came in pieces: then ours go so at once. */
    public boolean isPeerFragmenting() {
        return peerFragmenting;
    }

    public void setPeerFragmenting() {
        peerFragmenting = true;
        fragmentingAfterAnswer = false;
    }

    /** The peer sent fragments; what answers them still goes whole at first. */
    public void setFragmentingAfterAnswer() {
        fragmentingAfterAnswer = true;
    }

    /** That answer went. */
    public void answeredWhole() {
        peerFragmenting |= fragmentingAfterAnswer;
        fragmentingAfterAnswer = false;
    }

    /** How often the peer said that a message of ours is malformed, this time included. */
    public int countMalformedReceived() {
        return ++malformedReceived;
    }

    /**
     * Whether a message that anybody may have sent is refused now; if so, that was it for {@code pause}.
     *
     * @param nowNanos by the clock that the last time was, too
     */
    public boolean mayRefuseUnproven(long nowNanos, Duration pause) {
        if (lastRefusal.filter(last -> nowNanos - last < pause.toNanos()).isPresent()) {
            return false;
        }
        lastRefusal = Optional.of(nowNanos);
        return true;
    }

    /** Whether a handler waits for a helper, the kernel or a script. */
    public boolean isSuspended() {
        return suspended;
    }

    public void setSuspended(boolean now) {
        suspended = now;
    }

    /** What comes from now on waits, until what is under way is done. */
    public void beginWaiting() {
        waiting = Optional.of(new HeldMessages());
    }

    /** Where messages wait; empty if they do not. */
    public Optional<HeldMessages> waiting() {
        return waiting;
    }

    /** Messages wait no longer. @return those that did, in the order they came */
    public List<HeldMessages.HeldMessage> endWaiting() {
        List<HeldMessages.HeldMessage> messages =
                waiting.map(HeldMessages::take).orElse(List.of());
        waiting = Optional.empty();
        return messages;
    }

    /** Keeps an encrypted message that came before the keys were there; only the last counts. */
    public void hold(HeldMessages.HeldMessage message) {
        held = Optional.of(message);
    }

    /** Octets of what is kept. */
    public int heldLength() {
        return held.map(message -> message.octets().length()).orElse(0);
    }

    public Optional<HeldMessages.HeldMessage> takeHeld() {
        Optional<HeldMessages.HeldMessage> taken = held;
        held = Optional.empty();
        return taken;
    }
}
