// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.connection;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jswan.base.AddressRange;
import org.jswan.base.ConnectionSerial;
import org.jswan.base.IpAddress;
import org.jswan.base.Selector;
import org.jswan.base.Subnet;
import org.jswan.identity.IkeId;
import org.jswan.log.Logger;
import org.jswan.log.RcCode;
import org.jswan.pool.AddressPools;
import org.jswan.pool.PoolException;

/** All connections of the daemon. Lookups by serial, by name and by pair of hosts do not depend on their number. */
public final class ConnectionDatabase {
    /** Request ids up to 0x3fff are for {@code reqid=}; the first of our own is, as the oracle's, 0x4004. */
    private static final int FIRST_REQUEST_ID = 0x4004;

    /** Unique marks: those below are users', the last ones libreswan's own. */
    private static final int FIRST_MARK = 0x10000;

    private static final int LAST_MARK = 0xfffffffd;

    /** One each for AH, ESP and IPCOMP. */
    private static final int REQUEST_ID_STEP = 4;

    private final Map<ConnectionSerial, Connection> bySerial = new LinkedHashMap<>();
    private final Map<String, Set<Connection>> byName = new HashMap<>();
    private final Map<String, Set<Connection>> byAlias = new HashMap<>();
    private final Map<HostPair, Set<Connection>> byHosts = new HashMap<>();
    private final Map<Connection, HostPair> hosts = new HashMap<>();
    /** Members of groups, of which there may be very many, by the networks that they are about: not in {@link #byHosts}. */
    private final NetworkIndex membersByNetwork = new NetworkIndex();

    private final Map<NamedPeer, Set<Connection>> instancesByPeer = new HashMap<>();
    private final Map<Connection, NamedPeer> peers = new HashMap<>();
    private final Map<ConnectionSerial, Set<Connection>> members = new HashMap<>();
    private final Set<Connection> doomed = new HashSet<>();
    private final AddressPools pools = new AddressPools();
    private final Logger logger;
    private final List<Watcher> watchers = new ArrayList<>(2);
    private long lastSerial;
    private int nextRequestId = FIRST_REQUEST_ID;
    private int nextMark = FIRST_MARK;

    /** Our address and the peer's; {@code remote} is empty for a peer that is not known yet. */
    private record HostPair(IpAddress local, Optional<IpAddress> remote) {
        // Written out, this and hashCode, for a quick start: docs/architecture.md.
        @Override
        public boolean equals(Object other) {
            return other instanceof HostPair that && local.equals(that.local) && remote.equals(that.remote);
        }

        @Override
        public int hashCode() {
            return 31 * local.hashCode() + remote.hashCode();
        }
    }

    /** Who the peer of an instance is, and which template it is of. */
    private record NamedPeer(String name, IkeId peer) {}

    /** Who is told of connections that come and go. */
    public interface Watcher {
        void added(Connection connection);

        /** It has no SA, policy or route any more. */
        void removed(Connection connection);
    }

    /** {@code by} is told from now on. */
    public void watch(Watcher by) {
        watchers.add(by);
    }

    /** @param logger the daemon's; those of connections derive from it */
    public ConnectionDatabase(Logger logger) {
        this.logger = logger;
    }

    /** The serial number of the next connection. One that is refused uses it up, as the oracle's do. */
    ConnectionSerial nextSerial() {
        return new ConnectionSerial(++lastSerial);
    }

    /**
     * Adds a connection, not oriented yet. Its request id is allocated unless configured.
     *
     * @param serial from {@link #nextSerial}
     */
    Connection add(ConnectionSerial serial, ConnectionConfig config) {
        return add(new Connection(serial, config, requestId(config), logger));
    }

    /** Adds an instance of a template, with a request id of its own, unless labels tell its packets; {@link #rehash} files it when its peer is known. */
    public Connection addInstance(Connection template) {
        return addInstance(template, instanceRequestId(template));
    }

    /** As {@link #addInstance(Connection)}, for the very packets of another instance: the SAs of either are as good for them. */
    public Connection addTwin(Connection template, Connection instance) {
        return addInstance(template, instance.requestId());
    }

    private Connection addInstance(Connection template, int requestId) {
        Connection instance = new Connection(nextSerial(), template, requestId, logger);
        if (template.config().kernel().uniqueMarks()) {
            instance.setMark(nextMark);
            nextMark = nextMark == LAST_MARK ? FIRST_MARK : nextMark + 1;
        }
        return add(instance);
    }

    /**
     * Adds what a group says about some peers as a connection of its own. The group must be oriented.
     *
     * @return empty if there is a connection of that name, which the group says
     */
    public Optional<Connection> addMember(Connection group, GroupTarget target) {
        String name = target.nameIn(group.name());
        if (byName.containsKey(name)) {
            group.logger().log(RcCode.DUPNAME, "group name + target yields duplicate name \"" + name + "\"");
            return Optional.empty();
        }
        Connection member = add(new Connection(nextSerial(), group, target, requestId(group.config()), logger));
        members.computeIfAbsent(group.serial(), g -> new LinkedHashSet<>()).add(member);
        return Optional.of(member);
    }

    /** The members of a group, oldest first: no instances of them. */
    public List<Connection> members(Connection group) {
        return List.copyOf(members.getOrDefault(group.serial(), Set.of()));
    }

    private Connection add(Connection connection) {
        ConnectionConfig config = connection.config();
        config.left()
                .client()
                .pool()
                .or(() -> config.right().client().pool())
                .ifPresent(range -> connection.setPool(pools.use(range)));
        bySerial.put(connection.serial(), connection);
        byName.computeIfAbsent(connection.name(), n -> new LinkedHashSet<>()).add(connection);
        for (String alias : aliases(connection)) {
            byAlias.computeIfAbsent(alias, n -> new LinkedHashSet<>()).add(connection);
        }
        rehash(connection);
        watchers.forEach(w -> w.added(connection));
        return connection;
    }

    /** The kernel finds the SAs for all labels by the policies of the template. */
    private int instanceRequestId(Connection template) {
        return template.config().isLabelled() ? template.requestId() : requestId(template.config());
    }

    private int requestId(ConnectionConfig config) {
        if (config.kernel().requestId() != 0) {
            return config.kernel().requestId();
        }
        int id = nextRequestId;
        nextRequestId += REQUEST_ID_STEP;
        // Wrapped: the manual ones stay out of the way.
        nextRequestId = nextRequestId < FIRST_REQUEST_ID ? FIRST_REQUEST_ID : nextRequestId;
        return id;
    }

    private static List<String> aliases(Connection connection) {
        return connection.config().aliases().stream()
                .flatMap(a -> List.of(a.trim().split("[ \t]+")).stream())
                .filter(a -> !a.isEmpty())
                .toList();
    }

    /**
     * A connection is to be removed as soon as its SAs, policies and routes are: until then no peer finds it by its
     * hosts, for an SA made meanwhile would outlive it.
     */
    public void doom(Connection connection) {
        if (find(connection.serial()).isPresent()) {
            doomed.add(connection);
            unfile(connection);
        }
    }

    /** Removes a connection that has no SA, policy or route any more. */
    public void remove(Connection connection) {
        doomed.remove(connection);
        leavePool(connection);
        bySerial.remove(connection.serial());
        removeFrom(byName, connection.name(), connection);
        aliases(connection).forEach(alias -> removeFrom(byAlias, alias, connection));
        unfile(connection);
        unfilePeer(connection);
        connection.template().ifPresent(group -> removeFrom(members, group, connection));
        watchers.forEach(w -> w.removed(connection));
    }

    /** An instance is going: the address that its peer had is free from now on. */
    public void endLease(Connection instance) {
        instance.pool().ifPresent(pool -> Leases.giveBack(instance));
    }

    private void leavePool(Connection connection) {
        connection.pool().ifPresent(pool -> {
            Leases.giveBack(connection);
            pools.leave(pool);
        });
    }

    /**
     * The connection gives addresses out of those from now on; what its peer had is given back.
     *
     * @throws PoolException if they overlap others without being the same; then the connection has no pool
     */
    public void replacePool(Connection connection, AddressRange range) throws PoolException {
        leavePool(connection);
        connection.removePool();
        pools.check(range);
        connection.setPool(pools.use(range));
    }

    private void unfile(Connection connection) {
        membersByNetwork.remove(connection);
        Optional.ofNullable(hosts.remove(connection)).ifPresent(pair -> removeFrom(byHosts, pair, connection));
    }

    private static <K> void removeFrom(Map<K, Set<Connection>> index, K key, Connection connection) {
        Set<Connection> set = index.get(key);
        if (set != null) {
            set.remove(connection);
            if (set.isEmpty()) {
                index.remove(key);
            }
        }
    }

    /** An instance's peer is known to be that one. */
    public void settlePeer(Connection connection, IkeId peer) {
        connection.remote().setId(peer);
        filePeer(connection);
    }

    private void filePeer(Connection connection) {
        unfilePeer(connection);
        if (connection.kind() == ConnectionKind.INSTANCE) {
            NamedPeer peer =
                    new NamedPeer(connection.name(), connection.remote().id());
            peers.put(connection, peer);
            instancesByPeer.computeIfAbsent(peer, p -> new LinkedHashSet<>()).add(connection);
        }
    }

    private void unfilePeer(Connection connection) {
        Optional.ofNullable(peers.remove(connection)).ifPresent(peer -> removeFrom(instancesByPeer, peer, connection));
    }

    /** Files a connection under its hosts and its peer again, after its orientation or an address changed. */
    public void rehash(Connection connection) {
        unfile(connection);
        filePeer(connection);
        if (connection.isOriented() && !doomed.contains(connection)) {
            connection.local().address().ifPresent(local -> {
                HostPair pair = new HostPair(local, connection.remote().address());
                hosts.put(connection, pair);
                Optional<Selector> network = connection.remote().client();
                if (connection.has(ConnectionPolicy.GROUPINSTANCE)
                        && pair.remote().isEmpty()
                        && network.isPresent()) {
                    membersByNetwork.put(connection, network.get().subnet());
                } else {
                    byHosts.computeIfAbsent(pair, p -> new LinkedHashSet<>()).add(connection);
                }
            });
        }
    }

    /** The peer has another address now, and the connection is found by that one; its client stays what it is. */
    public void moved(Connection connection, IpAddress address) {
        connection.remote().setAddress(address);
        rehash(connection);
    }

    /** The pools that connections give addresses out of. */
    public AddressPools pools() {
        return pools;
    }

    public Optional<Connection> find(ConnectionSerial serial) {
        return Optional.ofNullable(bySerial.get(serial));
    }

    /** The connections of that name, instances too, oldest first. */
    public List<Connection> findByName(String name) {
        return List.copyOf(byName.getOrDefault(name, Set.of()));
    }

    /** The connections with that alias, oldest first. */
    public List<Connection> findByAlias(String alias) {
        return List.copyOf(byAlias.getOrDefault(alias, Set.of()));
    }

    /** Those of that name or else those with that alias: what a command with {@code --name} is about. */
    public List<Connection> findByNameOrAlias(String name) {
        List<Connection> named = findByName(name);
        return named.isEmpty() ? findByAlias(name) : named;
    }

    /** The newest configured connection of that name: not an instance. */
    public Optional<Connection> findConfigured(String name) {
        return findByName(name).stream()
                .filter(c -> c.kind() != ConnectionKind.INSTANCE)
                .reduce((older, newer) -> newer);
    }

    /**
     * The oriented connections between these hosts, newest first.
     *
     * @param remote empty: those whose peer's address is not known
     */
    public List<Connection> findByHosts(IpAddress local, Optional<IpAddress> remote) {
        return newestFirst(local, remote, remote.isPresent() ? Set.of() : membersByNetwork.all());
    }

    /**
     * The oriented connections with peers of unknown addresses that may be for that peer, newest first: of the members of
     * groups only those whose networks it is in.
     */
    public List<Connection> findForStranger(IpAddress local, IpAddress peer) {
        return newestFirst(local, Optional.empty(), membersByNetwork.around(Subnet.host(peer)));
    }

    private List<Connection> newestFirst(IpAddress local, Optional<IpAddress> remote, Collection<Connection> others) {
        HostPair pair = new HostPair(local, remote);
        List<Connection> newestFirst = new ArrayList<>(byHosts.getOrDefault(pair, Set.of()));
        Collections.reverse(newestFirst);
        others.stream().filter(member -> pair.equals(hosts.get(member))).forEach(newestFirst::add);
        if (!others.isEmpty()) {
            newestFirst.sort(Comparator.comparing(Connection::serial).reversed());
        }
        return newestFirst;
    }

    /** The others of the same name, kind and peer's identity, newest first. */
    public List<Connection> findSamePeer(Connection connection) {
        Set<Connection> candidates = connection.kind() == ConnectionKind.INSTANCE
                ? instancesByPeer.getOrDefault(peers.get(connection), Set.of())
                : byName.getOrDefault(connection.name(), Set.of());
        return candidates.stream()
                .filter(c -> c != connection
                        && c.kind() == connection.kind()
                        && c.remote().id().equals(connection.remote().id()))
                .sorted(Comparator.comparing(Connection::serial).reversed())
                .toList();
    }

    /** All, oldest first. */
    public Collection<Connection> all() {
        return List.copyOf(bySerial.values());
    }

    /** All, newest first. */
    public List<Connection> newestFirst() {
        List<Connection> newestFirst = new ArrayList<>(bySerial.values());
        Collections.reverse(newestFirst);
        return newestFirst;
    }

    public int size() {
        return bySerial.size();
    }

    /** All in the order of the status listing. */
    public List<Connection> sorted() {
        List<Connection> sorted = new ArrayList<>(bySerial.values());
        sorted.sort(STATUS_ORDER);
        return sorted;
    }

    private static final Comparator<Connection> STATUS_ORDER = Comparator.comparing(Connection::name)
            .thenComparing(Connection::kind)
            .thenComparing(Connection::instanceNumber)
            .thenComparing(c -> c.prefixLengths()[0])
            .thenComparing(c -> c.prefixLengths()[1]);
}
