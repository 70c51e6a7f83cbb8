// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.connection;

import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jswan.base.ConnectionSerial;
import org.jswan.base.IpAddress;
import org.jswan.base.SaSerial;
import org.jswan.base.SecurityLabel;
import org.jswan.base.Selector;
import org.jswan.connection.EndConfig.Side;
import org.jswan.kernel.IpsecProtocol;
import org.jswan.log.Logger;
import org.jswan.net.IkeSocket;
import org.jswan.pool.AddressPool;

/** A connection at run time. It belongs to the loop. */
public final class Connection {
    private static final int LAST_MANUAL_REQUEST_ID = 0x3fff;

    private final ConnectionSerial serial;
    private final Optional<ConnectionSerial> template;
    private final ConnectionConfig config;
    private final String name;
    private final long instanceNumber;
    private final Logger logger;
    private final ConnectionEnd left;
    private final ConnectionEnd right;
    private final Set<ConnectionPolicy> policies;
    private final int requestId;

    private Runnable endsWatcher = () -> {};
    private ConnectionKind kind;
    private boolean leaving;
    private Side localSide = Side.LEFT;
    private Optional<IkeSocket> socket = Optional.empty();
    private Optional<SaSerial> newestIke = Optional.empty();
    private Optional<SaSerial> newestChild = Optional.empty();
    private Optional<Connection> policyNext = Optional.empty();
    private Optional<ConnectionConfig.Kernel> ownKernel = Optional.empty();
    private RoutingState routing = RoutingState.UNROUTED;
    private Optional<SaSerial> routeOwner = Optional.empty();
    private List<String> debug;
    private final Redirected redirected = new Redirected();
    private long lastInstance;
    private boolean begunByTraffic;
    private Optional<Long> keyingTries = Optional.empty();
    private int[] prefixLengths;
    private Optional<AddressPool> pool = Optional.empty();
    private Optional<String> foodGroup = Optional.empty();
    private Optional<SecurityLabel> label = Optional.empty();
    private Optional<SecurityLabel> awaited = Optional.empty();

    /** A configured connection. */
    Connection(ConnectionSerial serial, ConnectionConfig config, int requestId, Logger base) {
        this.serial = serial;
        this.template = Optional.empty();
        this.config = config;
        this.name = config.name();
        this.instanceNumber = 0;
        this.requestId = requestId;
        this.logger = base.derive(() -> this + ": ");
        this.left = new ConnectionEnd(config.left(), config.hostFamily(), this::endsChanged);
        this.right = new ConnectionEnd(config.right(), config.hostFamily(), this::endsChanged);
        this.debug = config.debug();
        this.policies = EnumSet.noneOf(ConnectionPolicy.class);
        policies.addAll(config.policies());
        left.complete(right);
        right.complete(left);
        left.leaveClientOpen();
        right.leaveClientOpen();
        if (config.has(ConnectionPolicy.OPPORTUNISTIC)) {
            wild(left, right).openClient(config.hostFamily());
        }
        this.kind = kindOf(config, left, right);
        settlePrefixLengths();
    }

    /** An instance of {@code template}, with its orientation. */
    Connection(ConnectionSerial serial, Connection template, int requestId, Logger base) {
        this.serial = serial;
        this.template = Optional.of(template.serial);
        this.config = template.config;
        this.name = template.name;
        this.instanceNumber = ++template.lastInstance;
        this.requestId = requestId;
        this.logger = base.derive(() -> this + ": ");
        this.left = new ConnectionEnd(template.left, this::endsChanged);
        this.right = new ConnectionEnd(template.right, this::endsChanged);
        this.debug = template.debug;
        this.policies = EnumSet.copyOf(template.policies);
        // One for a peer is still a template for the labels of its packets.
        this.kind = config.isLabelled() ? ConnectionKind.TEMPLATE : ConnectionKind.INSTANCE;
        this.lastInstance = config.isLabelled() ? template.lastInstance : 0;
        this.localSide = template.localSide;
        this.socket = template.socket;
        this.prefixLengths = template.prefixLengths;
        this.foodGroup = template.foodGroup;
    }

    /** A member of a group, with its orientation: what the group says, about those peers alone. */
    Connection(ConnectionSerial serial, Connection group, GroupTarget target, int requestId, Logger base) {
        this.serial = serial;
        this.template = Optional.of(group.serial);
        this.config = group.config;
        this.name = target.nameIn(group.name);
        this.instanceNumber = 0;
        this.requestId = requestId;
        this.logger = base.derive(() -> this + ": ");
        this.left = new ConnectionEnd(group.left, this::endsChanged);
        this.right = new ConnectionEnd(group.right, this::endsChanged);
        this.debug = group.debug;
        this.policies = EnumSet.copyOf(group.policies);
        policies.removeAll(EnumSet.of(ConnectionPolicy.GROUP, ConnectionPolicy.GROUTED));
        policies.add(ConnectionPolicy.GROUPINSTANCE);
        this.localSide = group.localSide;
        this.socket = group.socket;
        this.prefixLengths = group.prefixLengths;
        this.foodGroup = Optional.of(group.name);
        remote().setClient(new Selector(target.subnet(), target.protocol(), target.remotePort()));
        if (target.protocol() != 0) {
            local().setPorts(target.protocol(), target.localPort());
        }
        this.kind = remote().address().isEmpty() && !config.neverNegotiates()
                ? ConnectionKind.TEMPLATE
                : ConnectionKind.INSTANCE;
    }

    /** The end that will hardly be ours. */
    private static ConnectionEnd wild(ConnectionEnd left, ConnectionEnd right) {
        return left.address().isEmpty() || left.config().isOpen() ? left : right;
    }

    private static ConnectionKind kindOf(ConnectionConfig config, ConnectionEnd left, ConnectionEnd right) {
        if (config.has(ConnectionPolicy.GROUP)) {
            return ConnectionKind.GROUP;
        }
        ConnectionEnd wild = wild(left, right);
        boolean template = !config.neverNegotiates() && wild.address().isEmpty()
                || wild.config().client().protocolPort().anyPort()
                || config.isLabelled()
                || left.config().client().virtual().isPresent()
                || right.config().client().virtual().isPresent()
                || config.has(ConnectionPolicy.IKEV2_ALLOW_NARROWING);
        return template ? ConnectionKind.TEMPLATE : ConnectionKind.PERMANENT;
    }

    public ConnectionSerial serial() {
        return serial;
    }

    /** Of an instance for packets with that label. */
    public Optional<SecurityLabel> label() {
        return label;
    }

    /** It is for packets with that label, and no template any more. */
    public void limitTo(SecurityLabel packets) {
        label = Optional.of(packets);
        kind = ConnectionKind.INSTANCE;
    }

    /** A packet with that label waits for an SA; IKEv1 alone, whose connections are no templates. */
    public void awaitLabel(SecurityLabel packets) {
        awaited = Optional.of(packets);
    }

    /** The label of the packet that waits for the SA which is begun now. */
    public Optional<SecurityLabel> takeAwaitedLabel() {
        Optional<SecurityLabel> taken = awaited;
        awaited = Optional.empty();
        return taken;
    }

    /** Whether nothing but the labels of packets makes it a template: its peer is known, and has its IKE SA by it. */
    public boolean isTemplateForLabelsAlone() {
        return kind == ConnectionKind.TEMPLATE
                && config.isLabelled()
                && remote().address().isPresent();
    }

    /** Whether it is one for packets with a label: no peer begins by it. */
    public boolean isForLabel() {
        return label.isPresent();
    }

    /** The policy group that this is a member of, or an instance of a member. */
    public Optional<String> foodGroup() {
        return foodGroup;
    }

    /** What this is an instance or a member of. */
    public Optional<ConnectionSerial> template() {
        return template;
    }

    public String name() {
        return name;
    }

    public ConnectionKind kind() {
        return kind;
    }

    /** An instance goes with its SAs, which scripts are to know. Nothing happens to others. */
    public void setLeaving() {
        leaving = kind == ConnectionKind.INSTANCE;
    }

    /** What scripts know it as. */
    public String kindText() {
        return leaving ? "CK_GOING_AWAY" : kind.text();
    }

    /** The number of an instance among those of its template, from 1; 0 for all others. */
    public long instanceNumber() {
        return instanceNumber;
    }

    public ConnectionConfig config() {
        return config;
    }

    /** Its lines start with {@code "name": }, or {@code "name"[1] 192.0.2.1: } for an instance. */
    public Logger logger() {
        return logger;
    }

    public boolean has(ConnectionPolicy policy) {
        return policies.contains(policy);
    }

    /** Whether nobody but those who debug hears how its negotiations go on: any host of the world may be its peer. */
    public boolean isQuiet() {
        return has(ConnectionPolicy.OPPORTUNISTIC);
    }

    /** The configured policies and those that commands set since. */
    public Set<ConnectionPolicy> policies() {
        return Collections.unmodifiableSet(policies);
    }

    public void set(ConnectionPolicy policy, boolean on) {
        if (on) {
            policies.add(policy);
        } else {
            policies.remove(policy);
        }
    }

    /** Names of the debug flags that this connection turns on. */
    public List<String> debug() {
        return debug;
    }

    public void setDebug(List<String> flags) {
        debug = List.copyOf(flags);
    }

    public ConnectionEnd end(Side side) {
        return side == Side.LEFT ? left : right;
    }

    /** Our end; while the connection is not oriented, the left one. */
    public ConnectionEnd local() {
        return end(localSide);
    }

    /** The peer's end; while the connection is not oriented, the right one. */
    public ConnectionEnd remote() {
        return end(localSide.other());
    }

    /** Whether one IKE SA can serve both connections: they negotiate, in the same version, between the same identities. */
    public boolean hasSameEnds(Connection other) {
        return config().ikeVersion() == other.config().ikeVersion()
                && !config().neverNegotiates()
                && local().id().equals(other.local().id())
                && (remote().id().equals(other.remote().id())
                        || kind == ConnectionKind.TEMPLATE
                                && other.remote().id().matches(remote().id()));
    }

    /** The addresses that peers may be given. */
    public Optional<AddressPool> pool() {
        return pool;
    }

    void setPool(AddressPool shared) {
        pool = Optional.of(shared);
    }

    /** It gives no addresses any more. */
    void removePool() {
        pool = Optional.empty();
    }

    /** Whether both are parts of what was configured under one name: each pair of several subnets is a connection. */
    public boolean isAliasOf(Connection other) {
        return config.aliases().isPresent() && config.aliases().equals(other.config.aliases());
    }

    /** Whether one of the ends is this machine. */
    public boolean isOriented() {
        return socket.isPresent();
    }

    /** The socket that IKE messages of a new negotiation leave by, once oriented. */
    public Optional<IkeSocket> socket() {
        return socket;
    }

    /** Which end is ours, and by which socket it speaks. */
    public void orient(Side local, IkeSocket newSocket) {
        localSide = local;
        socket = Optional.of(newSocket);
        settlePrefixLengths();
        endsChanged();
    }

    /** Its interface is gone; which end was ours is remembered for the status lines. */
    void disorient() {
        socket = Optional.empty();
        endsChanged();
    }

    /** {@code watcher} runs whenever the ends' addresses or clients change, or which of them is ours. For {@code routing} alone. */
    public void watchEnds(Runnable watcher) {
        endsWatcher = watcher;
    }

    private void endsChanged() {
        endsWatcher.run();
    }

    public Optional<SaSerial> newestIke() {
        return newestIke;
    }

    public void setNewestIke(Optional<SaSerial> newest) {
        newestIke = newest;
    }

    public Optional<SaSerial> newestChild() {
        return newestChild;
    }

    public void setNewestChild(Optional<SaSerial> newest) {
        newestChild = newest;
    }

    /** What the kernel is told: as configured, but for the marks of an instance that has some of its own. */
    public ConnectionConfig.Kernel kernel() {
        return ownKernel.orElseGet(config::kernel);
    }

    /** The instance has that mark in both directions, and no other has. */
    void setMark(int mark) {
        ownKernel = Optional.of(config.kernel().marked(mark));
    }

    /** The connection whose policies this template took over, while they are the template's. */
    public Optional<Connection> policyNext() {
        return policyNext.filter(next -> next.routing() == RoutingState.UNROUTED_KEYED);
    }

    /** For {@code routing} alone. */
    public void setPolicyNext(Connection next) {
        policyNext = Optional.of(next);
    }

    /** What the request ids of this connection's SAs derive from; configured, or from 0x4004 up in steps of 4. */
    public int requestId() {
        return requestId;
    }

    /** Ties policies to SAs of that protocol in the kernel. */
    public int requestId(IpsecProtocol protocol) {
        if (requestId <= LAST_MANUAL_REQUEST_ID) {
            return requestId;
        }
        return switch (protocol) {
            case AH -> requestId;
            case ESP -> requestId + 1;
            case IPCOMP -> requestId + 2;
        };
    }

    public RoutingState routing() {
        return routing;
    }

    /** The Child SA that the kernel's policies are for. */
    public Optional<SaSerial> routeOwner() {
        return routeOwner;
    }

    /** For {@code routing} alone. */
    public void setRouting(RoutingState newRouting, Optional<SaSerial> newOwner) {
        routing = newRouting;
        routeOwner = newOwner;
    }

    /** The peer's name was found at last: what was a template for want of an address is none any more. */
    void findPeer(IpAddress address) {
        setRemoteAddress(address);
        kind = kindOf(config, left, right);
    }

    /** Whether packets may start a negotiation of this instance: its template was routed when it was made. */
    public boolean mayBeginByTraffic() {
        return begunByTraffic;
    }

    /** Whether the instance does what the template's trap does. For {@code routing} alone. */
    public void setBegunByTraffic(boolean now) {
        begunByTraffic = now;
    }

    /** How often a negotiation is tried, 0 for ever: as configured, unless it is limited. */
    public long keyingTries() {
        return keyingTries.orElseGet(() -> config.lifetimes().keyingTries());
    }

    public void limitKeyingTries(long most) {
        keyingTries = Optional.of(most);
    }

    /** Where gateways sent it from. */
    public Redirected redirected() {
        return redirected;
    }

    /** Where the peer was last seen: updates the peer's address and all that depends on it. */
    public void setRemoteAddress(IpAddress address) {
        remote().setAddress(address);
        remote().complete(local());
        local().complete(remote());
    }

    /**
     * The lengths of the clients' prefixes when the connection was oriented, or made for its peer; ours first. The longer
     * ones win when several connections fit. What a peer narrows or gives does not change them.
     */
    public int[] prefixLengths() {
        return prefixLengths.clone();
    }

    /** What the status shows of the clients' prefixes is what they are now. */
    public void settlePrefixLengths() {
        prefixLengths = new int[] {prefixLength(local()), prefixLength(remote())};
    }

    private static int prefixLength(ConnectionEnd end) {
        return end.client().map(c -> c.subnet().prefixLength()).orElse(0);
    }

    /** {@code "name"}, or {@code "name"[1] 192.0.2.1} for an instance. */
    @Override
    public String toString() {
        return '"' + name + '"' + (kind == ConnectionKind.INSTANCE ? instanceText() : "");
    }

    private String instanceText() {
        String number = instanceNumber == 0 ? "" : "[" + instanceNumber + "]";
        IpAddress peer = remote().address().orElseGet(() -> IpAddress.any(config.hostFamily()));
        if (!has(ConnectionPolicy.OPPORTUNISTIC)) {
            return number + " " + peer;
        }
        return number + clientText(local(), " ", "===") + " ..." + peer + clientText(remote(), "===", "");
    }

    private static String clientText(ConnectionEnd end, String before, String after) {
        if (end.client().isEmpty()) {
            return before + "?" + after;
        }
        Selector client = end.client().get();
        boolean self = client.subnet().isHost()
                && end.address().filter(client.subnet().address()::equals).isPresent();
        return self ? "" : before + client.subnet() + after;
    }
}
