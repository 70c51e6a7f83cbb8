// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.sa;

import java.util.Optional;
import org.jswan.base.Bytes;
import org.jswan.base.SaSerial;
import org.jswan.base.Selector;
import org.jswan.connection.Connection;
import org.jswan.crypto.ChildSuite;
import org.jswan.crypto.KeGroup;
import org.jswan.crypto.keymat.ChildKeys;
import org.jswan.kernel.IpsecMode;
import org.jswan.kernel.IpsecProtocol;
import org.jswan.kernel.SaId;
import org.jswan.proposal.Proposal;
import org.jswan.wire.v2.DeletePayload;

/** A Child SA: a pair of kernel SAs and what they carry. In IKEv2 it never outlives its IKE SA; in IKEv1 it may. */
public final class ChildSa extends Sa {
    private IkeSa ike;
    private final IkeRole role;
    private IpsecProtocol protocol = IpsecProtocol.ESP;
    private IpsecMode mode = IpsecMode.TUNNEL;
    private Optional<Proposal> proposal = Optional.empty();
    private Optional<ChildSuite> suite = Optional.empty();
    private Optional<KeGroup> pfsGroup = Optional.empty();
    private boolean peerTakesTfc = true;
    private Optional<SaId> inbound = Optional.empty();
    private Optional<SaId> outbound = Optional.empty();
    private Optional<SaId> inboundCompression = Optional.empty();
    private Optional<SaId> outboundCompression = Optional.empty();
    private Optional<SaSerial> replaces = Optional.empty();
    private boolean configured;
    private Selector localSelector;
    private Selector remoteSelector;
    private Kernel kernel = Kernel.NOTHING;
    private boolean closing;
    private boolean softExpired;
    private boolean hardExpired;
    private Optional<ChildKeys> keys = Optional.empty();
    private long addedSeconds;
    private NameService nameService = NameService.NONE;
    private final Phase2 phase2;
    private final SeenTraffic inboundTraffic;
    private final SeenTraffic outboundTraffic;

    /** Servers and domains that the peer named, separated by blanks; "" if none. */
    public record NameService(String servers, String domains) {
        public static final NameService NONE = new NameService("", "");
    }

    /** What the kernel has of it, beside a reserved SPI. */
    public enum Kernel {
        NOTHING,
        /** On its way: the updown script may run. */
        INSTALLING,
        INSTALLED
    }

    /** @param role who asks for it */
    public ChildSa(SaSerial serial, Connection connection, IkeSa ike, IkeRole role, State state, long nowNanos) {
        super(serial, connection, state, nowNanos);
        this.ike = ike;
        this.role = role;
        this.inboundTraffic = new SeenTraffic(nowNanos);
        this.outboundTraffic = new SeenTraffic(nowNanos);
        this.phase2 = state instanceof V1State ? new Phase2() : null;
    }

    @Override
    public IkeSa ike() {
        return ike;
    }

    /** By which name XAUTH let in the one who uses it. */
    public Optional<String> userName() {
        return ike.isVersion1() ? ike.phase1().phase15().userName() : Optional.empty();
    }

    /** By {@link SaDatabase#inherit}, which keeps the IKE SAs' lists. */
    void hangOn(IkeSa successor) {
        ike = successor;
    }

    /**
     * What only an IPsec SA of IKEv1 has.
     *
     * @throws IllegalStateException if it is a Child SA of IKEv2
     */
    public Phase2 phase2() {
        if (phase2 == null) {
            throw new IllegalStateException(serial() + " is not of IKEv1");
        }
        return phase2;
    }

    public boolean isVersion1() {
        return phase2 != null;
    }

    @Override
    public V1Exchange v1() {
        return phase2().exchange();
    }

    public IkeRole role() {
        return role;
    }

    public IpsecProtocol protocol() {
        return protocol;
    }

    public void setProtocol(IpsecProtocol of) {
        protocol = of;
    }

    /** The number of the protocol in payloads (RFC 7296 §3.3.1). */
    public int wireProtocol() {
        return protocol == IpsecProtocol.AH ? DeletePayload.AH : DeletePayload.ESP;
    }

    /** An SPI as payloads carry it. */
    public static Bytes spiOctets(int spi) {
        return Bytes.of(spi >>> 24, spi >>> 16, spi >>> 8, spi);
    }

    public IpsecMode mode() {
        return mode;
    }

    public void setMode(IpsecMode of) {
        mode = of;
    }

    /** The algorithms, once agreed. */
    public Optional<ChildSuite> suite() {
        return suite;
    }

    /** The proposal that was agreed on; a successor is negotiated from it. */
    public Optional<Proposal> proposal() {
        return proposal;
    }

    public void setProposal(Proposal chosen) {
        proposal = Optional.of(chosen);
        suite = Optional.of(chosen.childSuite());
    }

    /** The algorithms of an IPsec SA of IKEv1, and the group of its own Diffie-Hellman exchange, if it had one. */
    public void setSuite(ChildSuite chosen, Optional<KeGroup> group) {
        suite = Optional.of(chosen);
        pfsGroup = group;
    }

    public boolean hasExtendedSequenceNumbers() {
        return proposal.map(Proposal::extendedSequenceNumbers).orElse(false);
    }

    /** The group of its own Diffie-Hellman exchange, if it had one. */
    public Optional<KeGroup> pfsGroup() {
        return proposal.flatMap(Proposal::firstGroup).or(() -> pfsGroup);
    }

    /** Whether the peer did not say ESP_TFC_PADDING_NOT_SUPPORTED (RFC 7296 §1.3.1). */
    public boolean peerTakesTfc() {
        return peerTakesTfc;
    }

    public void setPeerTakesTfc(boolean does) {
        peerTakesTfc = does;
    }

    /** The kernel's name of the SA from the peer to us, from the time its SPI is reserved. */
    public Optional<SaId> inbound() {
        return inbound;
    }

    public void setInbound(SaId id) {
        inbound = Optional.of(id);
    }

    /** The kernel's name of the SA from us to the peer, from the time the peer told its SPI. */
    public Optional<SaId> outbound() {
        return outbound;
    }

    public void setOutbound(SaId id) {
        outbound = Optional.of(id);
    }

    /** The kernel's name of the IPCOMP SA from the peer to us, from the time its CPI is reserved. */
    public Optional<SaId> inboundCompression() {
        return inboundCompression;
    }

    public void setInboundCompression(SaId id) {
        inboundCompression = Optional.of(id);
    }

    /** The kernel's name of the IPCOMP SA from us to the peer, from the time the peer told its CPI. */
    public Optional<SaId> outboundCompression() {
        return outboundCompression;
    }

    public void setOutboundCompression(SaId id) {
        outboundCompression = Optional.of(id);
    }

    /** Kept by whoever reads its counters. */
    public SeenTraffic traffic(boolean inbound) {
        return inbound ? inboundTraffic : outboundTraffic;
    }

    /** Whether both ends want packets compressed (RFC 7296 §2.22). */
    public boolean isCompressed() {
        return outboundCompression.isPresent();
    }

    /** Whether the answer tells the peer its configuration. */
    public boolean isConfigured() {
        return configured;
    }

    public void setConfigured(boolean peerAsks) {
        configured = peerAsks;
    }

    /** The Child SA that this one was negotiated to replace. */
    public Optional<SaSerial> replaces() {
        return replaces;
    }

    public void setReplaces(SaSerial old) {
        replaces = Optional.of(old);
    }

    /** What is carried at our end, as negotiated. */
    public Selector localSelector() {
        return localSelector;
    }

    /** What is carried at the peer's end, as negotiated. */
    public Selector remoteSelector() {
        return remoteSelector;
    }

    public void setSelectors(Selector local, Selector remote) {
        localSelector = local;
        remoteSelector = remote;
    }

    /** Keeps the keys until the kernel has both halves. */
    public void keepKeys(ChildKeys until) {
        keys = Optional.of(until);
    }

    /** Whether packets do not leave by it yet, as the peer may not have its half. */
    public boolean awaitsUse() {
        return keys.isPresent();
    }

    /** Whether its connection has another Child SA on the same IKE SA that carries traffic. */
    public boolean isBesideAnother() {
        return ike.children().stream()
                .anyMatch(other -> other != this
                        && other.connection() == connection()
                        && other.kernel() == Kernel.INSTALLED
                        && !other.isClosing());
    }

    /** The kernel has what it needs, or will never need it. */
    public void forgetKeys() {
        keys.ifPresent(ChildKeys::close);
        keys = Optional.empty();
    }

    /** Whether the kernel said that it has carried nearly as much as it may. */
    public boolean isSoftExpired() {
        return softExpired;
    }

    public void setSoftExpired() {
        softExpired = true;
    }

    /** Whether the kernel said that it has carried all it may. */
    public boolean isHardExpired() {
        return hardExpired;
    }

    public void setHardExpired() {
        hardExpired = true;
    }

    /** Whether it has a successor and the peer is being told that it ends. */
    public boolean isClosing() {
        return closing;
    }

    public void setClosing() {
        closing = true;
    }

    public Kernel kernel() {
        return kernel;
    }

    public void setKernel(Kernel now) {
        kernel = now;
    }

    /** @param nowSeconds the calendar's, since 1970 */
    public void setAdded(long nowSeconds) {
        addedSeconds = nowSeconds;
    }

    /** When the kernel got its SAs, in seconds since 1970; 0 before. */
    public long addedSeconds() {
        return addedSeconds;
    }

    /** Whom to ask for names, by the peer's configuration payload. */
    public NameService nameService() {
        return nameService;
    }

    public void setNameService(NameService given) {
        nameService = given;
    }

    public boolean isEstablished() {
        return state().isEstablished();
    }

    @Override
    void destroySecrets() {
        // The keys are destroyed as soon as the kernel has them, or has given up what it had.
        if (phase2 != null) {
            phase2.forgetSecrets();
        }
    }
}
