// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.connection;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jswan.base.IpAddress;
import org.jswan.helper.Helpers.Outcome;
import org.jswan.log.Logger;
import org.jswan.world.World;

/**
 * Looks up again the names of peers that had no address when their connections were added: now and then, and when
 * somebody asks. Once found an address stays.
 */
public final class PeerNames {
    private static final Duration INTERVAL = Duration.ofSeconds(60);

    private final World world;
    private final ConnectionDatabase connections;
    private final Orientation orientation;
    private final Logger daemon;
    private Consumer<Connection> onFound = connection -> {};
    private boolean armed;

    public PeerNames(World world, ConnectionDatabase connections, Orientation orientation) {
        this.world = world;
        this.connections = connections;
        this.orientation = orientation;
        this.daemon = world.logger();
    }

    /** Who brings connections up whose peer was found at last. */
    public void onFound(Consumer<Connection> action) {
        onFound = action;
    }

    /** The connection of that name is new: its peer may not be known. */
    public void watch(String name) {
        watch(connections.findByName(name));
    }

    private void watch(Collection<Connection> some) {
        if (!armed && some.stream().anyMatch(PeerNames::isWaiting)) {
            armed = true;
            world.timers().after(INTERVAL, "EVENT_PENDING_DDNS", () -> {
                armed = false;
                lookUp(() -> watch(connections.all()));
            });
        }
    }

    private static boolean isWaiting(Connection c) {
        return c.kind() != ConnectionKind.INSTANCE
                && !c.config().neverNegotiates()
                && c.remote().config().host().spec().kind() == HostSpec.Kind.NAME
                && c.remote().address().isEmpty();
    }

    private static String name(Connection c) {
        return c.remote().config().host().spec().text();
    }

    /**
     * Looks up all that are waited for.
     *
     * @param done called on the loop when all is found that is to be found
     */
    public void lookUp(Runnable done) {
        Set<String> names = new LinkedHashSet<>();
        connections.newestFirst().stream().filter(PeerNames::isWaiting).forEach(c -> names.add(name(c)));
        if (names.isEmpty()) {
            done.run();
            return;
        }
        world.helpers()
                .submit(
                        () -> {
                            Map<String, List<IpAddress>> found = new HashMap<>();
                            names.forEach(
                                    name -> found.put(name, world.resolver().lookup(name)));
                            return found;
                        },
                        outcome -> {
                            settle(outcome);
                            done.run();
                        });
    }

    private void settle(Outcome<Map<String, List<IpAddress>>> outcome) {
        Map<String, List<IpAddress>> found = outcome.failure() == null ? outcome.value() : Map.of();
        for (Connection c : connections.newestFirst()) {
            if (!isWaiting(c)) {
                continue;
            }
            Optional<IpAddress> address = found.getOrDefault(name(c), List.of()).stream()
                    .filter(a -> a.family() == c.config().hostFamily())
                    .findFirst();
            if (address.isPresent()) {
                daemon.debug("pending ddns: updating IP address for " + name(c) + " from <unset-address> to "
                        + address.get());
                c.findPeer(address.get());
                connections.rehash(c);
                orientation.orient(c, c.logger());
                if (c.has(ConnectionPolicy.UP)) {
                    daemon.debug("pending ddns: re-initiating connection " + c);
                    onFound.accept(c);
                } else {
                    daemon.debug("pending ddns: connection " + c + " was updated, but does not want to be up");
                }
            } else {
                daemon.debug("pending ddns: connection " + c + " lookup of \"" + name(c) + "\" failed");
            }
        }
    }
}
