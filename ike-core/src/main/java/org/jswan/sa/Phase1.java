// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.sa;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jswan.base.Bytes;
import org.jswan.base.Secret;
import org.jswan.crypto.Ikev1Cipher;
import org.jswan.crypto.keymat.Ikev1Keys;
import org.jswan.proposal.Phase1Auth;
import org.jswan.wire.v1.IdPayload;
import org.jswan.wire.v1.NatTraversalMethod;
import org.jswan.wire.v1.PeerFeatures;

/** What an ISAKMP SA of IKEv1 has that an IKE SA of IKEv2 has not (RFC 2409 §5). */
public final class Phase1 {
    private final V1Exchange exchange = new V1Exchange();
    private final DeadPeerDetection deadPeerDetection = new DeadPeerDetection();
    private final PeerFeatures peer = new PeerFeatures();
    private final Phase15 phase15 = new Phase15();
    private Optional<Phase1Auth> authentication = Optional.empty();
    private boolean xauth;
    private Optional<NatTraversalMethod> natTraversal = Optional.empty();
    private Optional<Long> lastUse = Optional.empty();
    private Duration life = Duration.ZERO;
    private Duration replaceMargin = Duration.ZERO;
    private Ikev1Keys keys;
    private Ikev1Cipher cipher;
    private Optional<Secret> presharedKey = Optional.empty();
    private Bytes initiatorSa = Bytes.EMPTY;
    private Optional<IdPayload> peerIdentity = Optional.empty();
    private Bytes lastBlock = Bytes.EMPTY;
    private final UsedMessageIds usedMessageIds = new UsedMessageIds();
    private final Map<Long, ChildSa> quickModes = new HashMap<>(2);
    private boolean leaving;

    Phase1() {}

    /** The SA ends as soon as the kernel allows: it takes no messages any more and begins nothing. */
    public void setLeaving() {
        leaving = true;
    }

    public boolean isLeaving() {
        return leaving;
    }

    /** Phase 1 itself, and what follows it on the same SA: XAUTH and Mode Config. */
    public V1Exchange exchange() {
        return exchange;
    }

    /** XAUTH and Mode Config on the SA. */
    public Phase15 phase15() {
        return phase15;
    }

    /** Signs of life that were asked for and given. */
    public DeadPeerDetection deadPeerDetection() {
        return deadPeerDetection;
    }

    /** What the peer said that it can do. */
    public PeerFeatures peer() {
        return peer;
    }

    /** How the ends prove who they are, once that is agreed. */
    public Optional<Phase1Auth> authentication() {
        return authentication;
    }

    /** Whether they do so by signatures; {@code false} as long as that is not agreed. */
    public boolean isBySignatures() {
        return authentication.filter(Phase1Auth.RSA_SIG::equals).isPresent();
    }

    /** @param withXauth whether one of them proves itself a second time */
    public void setAuthentication(Phase1Auth agreed, boolean withXauth) {
        authentication = Optional.of(agreed);
        xauth = withXauth;
    }

    /** Whether XAUTH follows, or goes on. */
    public boolean isXauth() {
        return xauth;
    }

    /** How the ends cope with a NAT between them, if both can. */
    public Optional<NatTraversalMethod> natTraversal() {
        return natTraversal;
    }

    public void setNatTraversal(Optional<NatTraversalMethod> method) {
        natTraversal = method;
    }

    /** XAUTH is over, or not needed. */
    public void endXauth() {
        xauth = false;
    }

    /** How long the SA may live, as agreed. */
    public Duration life() {
        return life;
    }

    public void setLife(Duration agreed) {
        life = agreed;
    }

    /** How long before its end the SA is replaced. */
    public Duration replaceMargin() {
        return replaceMargin;
    }

    public void setReplaceMargin(Duration margin) {
        replaceMargin = margin;
    }

    /** @return null until they are derived */
    public Ikev1Keys keys() {
        return keys;
    }

    public boolean hasKeys() {
        return keys != null;
    }

    /** In place of those that a forged answer may have led to before. */
    public void setKeys(Ikev1Keys derived) {
        destroyKeys();
        keys = derived;
        cipher = derived.cipher();
    }

    /**
     * The pre-shared key that the keys were made of: whoever the peer says it is, it has to be that one's. It stands for what
     * the peer has proven as long as the SA lives.
     */
    public Optional<Secret> presharedKey() {
        return presharedKey;
    }

    public void setPresharedKey(Secret used) {
        presharedKey.ifPresent(Secret::destroy);
        presharedKey = Optional.of(used.copy());
    }

    /** @return null until the keys are derived */
    public Ikev1Cipher cipher() {
        return cipher;
    }

    /** The identity that the initiator of Aggressive Mode sent and, in its second message, proves. */
    public Optional<IdPayload> peerIdentity() {
        return peerIdentity;
    }

    public void setPeerIdentity(IdPayload sent) {
        peerIdentity = Optional.of(new IdPayload(
                sent.idType(), sent.protocol(), sent.port(), sent.data().compact()));
    }

    /** SAi_b: the body of the initiator's SA payload, which both ends authenticate. */
    public Bytes initiatorSa() {
        return initiatorSa;
    }

    public void setInitiatorSa(Bytes body) {
        initiatorSa = body.compact();
    }

    /** The last block of phase 1, from which the vectors of all later exchanges derive. */
    public Bytes lastBlock() {
        return lastBlock;
    }

    public void setLastBlock(Bytes block) {
        lastBlock = block;
    }

    /** @return false if the message ID was used by an exchange before */
    public boolean isUnused(long messageId) {
        return messageId != 0 && !usedMessageIds.contains(messageId);
    }

    /** Whether so many message IDs were used that the peer may begin no more exchanges: the SA has to be replaced. */
    public boolean isSpent() {
        return usedMessageIds.isFull();
    }

    /** The message ID is an exchange's. */
    public void use(long messageId) {
        usedMessageIds.add(messageId);
    }

    /** The IPsec SA that a Quick Mode with that message ID negotiates, or has. */
    public Optional<ChildSa> quickMode(long messageId) {
        return Optional.ofNullable(quickModes.get(messageId));
    }

    public void addQuickMode(ChildSa child) {
        lastUse = Optional.of(child.inceptionNanos());
        quickModes.put(child.v1().messageId(), child);
    }

    /** When a Quick Mode was last begun on it, in the clock's nanoseconds. */
    public Optional<Long> lastUse() {
        return lastUse;
    }

    /** Whether the peer has begun more than that many IPsec SAs that are not up yet. */
    public boolean hasMoreBegunThan(int limit) {
        return quickModes.size() > limit
                && quickModes.values().stream()
                                .filter(child -> child.state() == V1State.QUICK_R0 || child.state() == V1State.QUICK_R1)
                                .count()
                        > limit;
    }

    void removeQuickMode(ChildSa child) {
        quickModes.remove(child.v1().messageId(), child);
    }

    void destroy() {
        phase15.end();
        destroyKeys();
        presharedKey.ifPresent(Secret::destroy);
        presharedKey = Optional.empty();
    }

    private void destroyKeys() {
        if (keys != null) {
            keys.close();
            cipher.destroy();
        }
    }
}
