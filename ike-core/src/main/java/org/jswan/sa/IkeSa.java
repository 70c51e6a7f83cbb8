// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.sa;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jswan.base.Bytes;
import org.jswan.base.Endpoint;
import org.jswan.base.IpAddress;
import org.jswan.base.SaSerial;
import org.jswan.connection.Connection;
import org.jswan.crypto.IkeSuite;
import org.jswan.crypto.Protection;
import org.jswan.crypto.keymat.IkeKeys;
import org.jswan.identity.IkeId;
import org.jswan.log.WhackSession;
import org.jswan.net.IkeSocket;
import org.jswan.net.IkeStream;
import org.jswan.proposal.Proposal;
import org.jswan.wire.IkeSpi;
import org.jswan.wire.sk.Reassembler;

/** An IKE SA: two SPIs, two endpoints, keys, message IDs, and the Child SAs that hang on it. */
public final class IkeSa extends Sa {
    private final IkeRole role;
    private final IkeSpi initiatorSpi;
    private IkeSpi responderSpi;
    private IkeSocket socket;
    private Endpoint remote;
    private final IpAddress firstAddress;
    private final MessageWindow window = new MessageWindow();
    private final Map<SaSerial, ChildSa> children = new LinkedHashMap<>(2);
    private final Deque<Wish> wishes = new ArrayDeque<>(2);
    private Optional<Proposal> proposal = Optional.empty();
    private Optional<IkeSuite> suite = Optional.empty();
    private IkeKeys keys;
    private Protection inbound;
    private Protection outbound;
    private Negotiation negotiation;
    private Reassembler reassembler;
    private Nat nat = Nat.NONE;
    private boolean peerAnonymous;
    private boolean fragmentationAllowed;
    private boolean suspended;
    private boolean keyComputationBegun;
    private boolean holding;
    private final HeldMessages held = new HeldMessages();
    private long attempt = 1;
    private int heldOctets;
    private long lastRequestNanos;
    private long lastResponseNanos;
    private Optional<CreateChildRequest> createChild = Optional.empty();
    private Optional<ChildSa> closing = Optional.empty();
    private Optional<SaSerial> replaces = Optional.empty();
    private final List<IkeSa> larvalSuccessors = new ArrayList<>(0);
    private Mobility mobility;
    private boolean redirected;
    private final Phase1 phase1;

    /**
     * Who of us is behind a NAT, by the NAT_DETECTION notifies (RFC 7296 §2.23).
     *
     * @param local whether our address is translated
     * @param remote whether the peer's is
     */
    public record Nat(boolean local, boolean remote) {
        public static final Nat NONE = new Nat(false, false);

        public boolean detected() {
            return local || remote;
        }
    }

    /** Something to do on this IKE SA, or its successor, as soon as the message window allows it. */
    @FunctionalInterface
    public interface Wish {
        void fulfil(IkeSa ike);

        /** It will never be done: the IKE SA ends. */
        default void abandon() {}

        /**
         * Whoever waits for it need not wait any longer, for the IKE SA is tried again.
         *
         * @param told the sessions that know that already
         * @param story what the others are told
         */
        default void letGo(List<WhackSession> told, String story) {}

        /** What waits for the IKE SA, as the status shows it, if anything does. */
        default Optional<String> waiting() {
            return Optional.empty();
        }

        /** Since when it waits, in the clock's nanoseconds, if that matters. */
        default Optional<Long> sinceNanos() {
            return Optional.empty();
        }

        /** Whether it would bring that connection up. */
        default boolean isFor(Connection connection) {
            return false;
        }
    }

    /**
     * @param responderSpi {@link IkeSpi#ZERO} as long as the initiator does not know it
     * @param state the first; tells which version of IKE it speaks
     */
    public IkeSa(
            SaSerial serial,
            Connection connection,
            IkeRole role,
            IkeSpi initiatorSpi,
            IkeSpi responderSpi,
            IkeSocket socket,
            Endpoint remote,
            State state,
            long nowNanos) {
        super(serial, connection, state, nowNanos);
        this.role = role;
        this.initiatorSpi = initiatorSpi;
        this.responderSpi = responderSpi;
        this.socket = socket;
        socket.stream().ifPresent(IkeStream::hold);
        this.remote = remote;
        this.firstAddress = remote.address();
        this.negotiation = new Negotiation();
        this.phase1 = state instanceof V1State ? new Phase1() : null;
        this.lastRequestNanos = nowNanos;
        this.lastResponseNanos = nowNanos;
    }

    public IkeRole role() {
        return role;
    }

    public IkeSpi initiatorSpi() {
        return initiatorSpi;
    }

    public IkeSpi responderSpi() {
        return responderSpi;
    }

    /** Whether it is an ISAKMP SA of IKEv1. */
    public boolean isVersion1() {
        return phase1 != null;
    }

    /**
     * What only an ISAKMP SA of IKEv1 has.
     *
     * @throws IllegalStateException if it is an IKE SA of IKEv2
     */
    public Phase1 phase1() {
        if (phase1 == null) {
            throw new IllegalStateException(serial() + " is not of IKEv1");
        }
        return phase1;
    }

    /** The SPI that we chose. */
    public IkeSpi localSpi() {
        return role == IkeRole.INITIATOR ? initiatorSpi : responderSpi;
    }

    /** The responder's SPI became known. */
    public void setResponderSpi(IkeSpi spi) {
        responderSpi = spi;
    }

    public IkeSocket socket() {
        return socket;
    }

    public Endpoint remote() {
        return remote;
    }

    /** Where the peer was when the SA began. */
    IpAddress firstAddress() {
        return firstAddress;
    }

    /** From now on messages leave by {@code newSocket} for {@code newRemote}. */
    public void moveTo(IkeSocket newSocket, Endpoint newRemote) {
        newSocket.stream().ifPresent(IkeStream::hold);
        socket.stream().ifPresent(IkeStream::release);
        socket = newSocket;
        remote = newRemote;
    }

    /** Nothing is sent any more. */
    void leaveSocket() {
        socket.stream().ifPresent(IkeStream::release);
    }

    public MessageWindow window() {
        return window;
    }

    /** The Child SAs, larval ones too, in the order they were made. */
    public Collection<ChildSa> children() {
        return Collections.unmodifiableCollection(children.values());
    }

    /** The Child SA whose packets the peer expects under that SPI. */
    public Optional<ChildSa> childByOutbound(int wireProtocol, Bytes spi) {
        return children.values().stream()
                .filter(child -> child.wireProtocol() == wireProtocol
                        && child.outbound()
                                .filter(id -> ChildSa.spiOctets(id.spi()).equals(spi))
                                .isPresent())
                .findFirst();
    }

    void addChild(ChildSa child) {
        children.put(child.serial(), child);
    }

    void removeChild(ChildSa child) {
        children.remove(child.serial());
    }

    /** The algorithms in use, once agreed. */
    public Optional<IkeSuite> suite() {
        return suite;
    }

    /** The proposal that was agreed on; a successor is negotiated from it (RFC 7296 §1.3.2). */
    public Optional<Proposal> proposal() {
        return proposal;
    }

    public void setProposal(Proposal chosen) {
        proposal = Optional.of(chosen);
        suite = Optional.of(chosen.ikeSuite());
    }

    /** The algorithms of an ISAKMP SA. */
    public void setSuite(IkeSuite chosen) {
        suite = Optional.of(chosen);
    }

    /** @return null until they are derived */
    public IkeKeys keys() {
        return keys;
    }

    public boolean hasKeys() {
        return keys != null;
    }

    public void setKeys(IkeKeys derived) {
        keys = derived;
        boolean initiator = role == IkeRole.INITIATOR;
        outbound = keys.protection(initiator);
        inbound = keys.protection(!initiator);
    }

    /** Other keys, by which the messages are protected just as before; the old ones stay the caller's. */
    public void exchangeKeys(IkeKeys mixed) {
        keys = mixed;
    }

    public Protection inbound() {
        return inbound;
    }

    public Protection outbound() {
        return outbound;
    }

    /** Whether we asked for it by IKEv2, and the peer has not agreed yet. */
    public boolean isLarvalInitiator() {
        return state() == V2State.PARENT_I1 || state() == V2State.PARENT_I2;
    }

    /**
     * What only the first two exchanges need.
     *
     * @throws IllegalStateException once the SA is established
     */
    public Negotiation negotiation() {
        if (negotiation == null) {
            throw new IllegalStateException(serial() + " is past its first exchanges");
        }
        return negotiation;
    }

    /** The connection whose Child SA is to be made at once, unless it is this SA's own or that time is over. */
    public Optional<Connection> pendingInstance() {
        return Optional.ofNullable(negotiation)
                .flatMap(Negotiation::pendingChild)
                .filter(c -> c != connection());
    }

    /** The SA is established: what only the first two exchanges needed is destroyed. */
    public void forgetNegotiation() {
        if (negotiation != null) {
            negotiation.destroy();
            negotiation = null;
        }
    }

    /** The peer's identity: what it claims while it is being authenticated, else what the connection says. */
    public IkeId peerId() {
        return Optional.ofNullable(negotiation)
                .flatMap(Negotiation::peerId)
                .orElseGet(() -> connection().remote().id());
    }

    @Override
    public IkeSa ike() {
        return this;
    }

    /** Collects the fragments of the peer's message. */
    public Reassembler reassembler() {
        if (reassembler == null) {
            reassembler = new Reassembler();
        }
        return reassembler;
    }

    public void forgetFragments() {
        reassembler = null;
    }

    /** Whether the peer proved nothing of who it is (RFC 7619). */
    public boolean isPeerAnonymous() {
        return peerAnonymous;
    }

    /** Whether the peer, once it is authenticated, has proven enough for that connection. */
    public boolean provesEnoughFor(Connection c) {
        return !peerAnonymous || c.remote().config().mayProveNothing();
    }

    public void setPeerAnonymous(boolean is) {
        peerAnonymous = is;
    }

    public Nat nat() {
        return nat;
    }

    public void setNat(Nat found) {
        nat = found;
    }

    /** Whether both ends said that they take part in MOBIKE (RFC 4555), and then what is remembered of it. */
    public Optional<Mobility> mobility() {
        return Optional.ofNullable(mobility);
    }

    public void setMobile() {
        mobility = new Mobility();
    }

    /** Whether the peer sent us to another gateway: the SA is about to end. */
    public boolean isRedirected() {
        return redirected;
    }

    public void setRedirected() {
        redirected = true;
    }

    /** Whether both ends said they take fragments (RFC 7383 §2.3). */
    public boolean isFragmentationAllowed() {
        return fragmentationAllowed;
    }

    public void setFragmentationAllowed(boolean allowed) {
        fragmentationAllowed = allowed;
    }

    /** Whether a handler waits for a helper, the kernel or a script: no message is taken meanwhile. */
    public boolean isSuspended() {
        return suspended;
    }

    public void setSuspended(boolean now) {
        suspended = now;
    }

    /** Whether messages that come while the SA is suspended are kept, else they are discarded. */
    public boolean isHolding() {
        return holding;
    }

    public void setHolding(boolean does) {
        holding = does;
    }

    public HeldMessages held() {
        return held;
    }

    /** Our CREATE_CHILD_SA request that waits for its answer. */
    public Optional<CreateChildRequest> createChild() {
        return createChild;
    }

    public void setCreateChild(CreateChildRequest request) {
        createChild = Optional.of(request);
    }

    /** The request is answered, or will never be. */
    public void clearCreateChild() {
        createChild.ifPresent(CreateChildRequest::destroy);
        createChild = Optional.empty();
    }

    /** Whether our unanswered request is one with that purpose. */
    public boolean awaits(CreateChildRequest.Purpose purpose) {
        return createChild.filter(request -> request.purpose() == purpose).isPresent();
    }

    /** The Child SA whose Delete the peer has not answered yet: till then it takes packets. */
    public Optional<ChildSa> closing() {
        return closing;
    }

    public void setClosing(Optional<ChildSa> child) {
        closing = child;
    }

    /** The IKE SA that this one was negotiated to replace. */
    public Optional<SaSerial> replaces() {
        return replaces;
    }

    public void setReplaces(SaSerial old) {
        replaces = Optional.of(old);
    }

    /** The IKE SAs in the making that are to replace this one; they never outlive it. */
    public List<IkeSa> larvalSuccessors() {
        return larvalSuccessors;
    }

    /** All that is still to be done on this SA; the caller does it elsewhere. */
    public List<Wish> takeWishes() {
        List<Wish> taken = List.copyOf(wishes);
        wishes.clear();
        return taken;
    }

    /** By {@link SaDatabase#setHeldOctets}, which keeps the sum. */
    public int heldOctets() {
        return heldOctets;
    }

    void setHeldOctets(int octets) {
        heldOctets = octets;
    }

    /** The how manieth try to bring the connection up this is, from 1. */
    public long attempt() {
        return attempt;
    }

    public void setAttempt(long number) {
        attempt = number;
    }

    /** Whether the responder already began to compute keys for an IKE_AUTH request; it does so once. */
    public boolean isKeyComputationBegun() {
        return keyComputationBegun;
    }

    public void setKeyComputationBegun() {
        keyComputationBegun = true;
    }

    public boolean isEstablished() {
        return state().isEstablished();
    }

    public void wish(Wish wish) {
        wishes.add(wish);
    }

    /** Before all others. */
    public void wishFirst(Wish wish) {
        wishes.addFirst(wish);
    }

    /** What is still to be done, the next first. */
    public List<Wish> wishes() {
        return List.copyOf(wishes);
    }

    /** A connection need not come up by this SA any more. */
    public void forgo(Connection connection) {
        List<Wish> dropped =
                wishes.stream().filter(wish -> wish.isFor(connection)).toList();
        wishes.removeAll(dropped);
        dropped.forEach(Wish::abandon);
    }

    /** The next wish, if the window is free for it. */
    public Optional<Wish> nextWish() {
        return window.isRequestOutstanding() || suspended ? Optional.empty() : Optional.ofNullable(wishes.poll());
    }

    public boolean hasWishes() {
        return !wishes.isEmpty();
    }

    /** A new message came that is the peer's without doubt. */
    public void heard(boolean response, long nowNanos) {
        if (response) {
            lastResponseNanos = nowNanos;
        } else {
            lastRequestNanos = nowNanos;
        }
    }

    /** When the peer last asked something new, in the clock's nanoseconds; when the SA was made if it never did. */
    public long lastRequestNanos() {
        return lastRequestNanos;
    }

    /** When the peer last answered, in the clock's nanoseconds; when the SA was made if it never did. */
    public long lastResponseNanos() {
        return lastResponseNanos;
    }

    /** {@code {cipher=AES_GCM_16_256 integ=n/a prf=HMAC_SHA2_512 group=MODP2048}}. */
    public String algorithmsText() {
        return suite.map(IkeSuite::details).orElse("");
    }

    @Override
    public V1Exchange v1() {
        return phase1().exchange();
    }

    @Override
    void destroySecrets() {
        if (keys != null) {
            keys.close();
        }
        forgetNegotiation();
        clearCreateChild();
        if (phase1 != null) {
            phase1.destroy();
        }
    }
}
