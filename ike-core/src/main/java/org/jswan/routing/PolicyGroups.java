// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.routing;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jswan.base.ConnectionSerial;
import org.jswan.connection.Asker;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionDatabase;
import org.jswan.connection.ConnectionKind;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.connection.GroupTarget;
import org.jswan.connection.PolicyFile;
import org.jswan.connection.PolicyFiles;
import org.jswan.connection.RoutingState;
import org.jswan.helper.Helpers;
import org.jswan.log.Logger;
import org.jswan.log.RcCode;

/** Reads the files of policy groups and makes the members that they call for. */
public final class PolicyGroups {
    private final ConnectionDatabase connections;
    private final ConnectionCommands commands;
    private final Routing routing;
    private final Helpers helpers;
    private final PolicyFiles files;

    /** What was read last and became a member. */
    private Map<Entry, String> members = Map.of();

    /** A line of a group's file. */
    private record Entry(ConnectionSerial group, GroupTarget target) {}

    /** An entry that is to be a member. */
    private record Wanted(Connection group, GroupTarget target) {
        Entry entry() {
            return new Entry(group.serial(), target);
        }

        boolean hasSameNets(Wanted other) {
            return target.subnet().equals(other.target.subnet())
                    && group.local().client().equals(other.group.local().client());
        }
    }

    public PolicyGroups(
            ConnectionDatabase connections,
            ConnectionCommands commands,
            Routing routing,
            Helpers helpers,
            PolicyFiles files) {
        this.connections = connections;
        this.commands = commands;
        this.routing = routing;
        this.helpers = helpers;
        this.files = files;
    }

    /**
     * Reads the files of all groups that are oriented. Members that no file has any more go, new ones come; those that are
     * in a file as before are left alone.
     *
     * @param done called when all that is complete, updown included
     */
    public void read(Asker asker, Runnable done) {
        routing.exclusively(release -> {
            List<Connection> groups = connections.newestFirst().stream()
                    .filter(c -> c.kind() == ConnectionKind.GROUP && c.isOriented())
                    .toList();
            List<String> names = groups.stream().map(Connection::name).toList();
            if (groups.isEmpty() && members.isEmpty()) {
                finish(done, release);
                return;
            }
            helpers.submit(() -> Optional.of(files.read(names)), outcome -> {
                try {
                    outcome.settle(
                            Optional.empty(),
                            found -> routing.next(() -> {
                                found.ifPresent(read -> change(wanted(groups, read, asker.logger()), asker));
                                routing.exclusively(last -> finish(done, last));
                            }));
                } finally {
                    release.run();
                }
            });
        });
    }

    private static void finish(Runnable done, Runnable release) {
        try {
            done.run();
        } finally {
            release.run();
        }
    }

    /** As libreswan: what was read last comes first, but what differs only in protocol or ports behind its like. */
    private List<Wanted> wanted(List<Connection> groups, Map<String, PolicyFile> read, Logger logger) {
        List<Wanted> lastFirst = new ArrayList<>();
        for (Connection group : groups) {
            PolicyFile file = read.get(group.name());
            switch (file.state()) {
                case MISSING -> logger.debug("no group file \"" + file.path() + "\"");
                case UNREADABLE -> {
                    file.lines().forEach(line -> logger.error(line.complaint()));
                    lastFirst.addAll(before(group));
                }
                case READ -> {
                    logger.log("loading group \"" + file.path() + "\"");
                    for (PolicyFile.Line line : file.lines()) {
                        line.target()
                                .ifPresentOrElse(
                                        target -> insert(lastFirst, new Wanted(group, target), logger),
                                        () -> logger.log(RcCode.LOG_SERIOUS, line.complaint()));
                    }
                }
            }
        }
        Collections.reverse(lastFirst);
        return lastFirst;
    }

    /** What the group had before. Other than libreswan: what protects or blocks peers does not end by a fault of a disk. */
    private List<Wanted> before(Connection group) {
        List<Wanted> lastFirst = members.keySet().stream()
                .filter(entry -> entry.group().equals(group.serial()))
                .map(entry -> new Wanted(group, entry.target()))
                .collect(Collectors.toCollection(ArrayList::new));
        Collections.reverse(lastFirst);
        return lastFirst;
    }

    private static void insert(List<Wanted> lastFirst, Wanted wanted, Logger logger) {
        int at = lastFirst.size();
        while (at > 0 && lastFirst.get(at - 1).hasSameNets(wanted)) {
            Wanted before = lastFirst.get(at - 1);
            if (before.target().equals(wanted.target())) {
                logger.log(RcCode.LOG_SERIOUS, already(wanted, before));
                return;
            }
            at--;
        }
        lastFirst.add(at, wanted);
    }

    private static String already(Wanted wanted, Wanted before) {
        GroupTarget target = wanted.target();
        return "subnet \"" + target.subnet() + "\", proto " + target.protocol() + ", sport " + target.localPort()
                + " dport " + target.remotePort() + ", source "
                + wanted.group().local().client().orElseThrow().subnet() + ", already \""
                + before.group().name() + "\"";
    }

    private void change(List<Wanted> wanted, Asker asker) {
        Set<Entry> stay = wanted.stream().map(Wanted::entry).collect(Collectors.toCollection(HashSet::new));
        List<String> gone = new ArrayList<>();
        members.forEach((entry, name) -> {
            // Those of a group that is gone went with it.
            if (!stay.contains(entry) && connections.find(entry.group()).isPresent()) {
                gone.add(name);
            }
        });
        commands.removeMembers(gone, asker);
        Map<Entry, String> before = members;
        members = new LinkedHashMap<>();
        for (Wanted one : wanted) {
            // One that a user deleted is new again.
            Optional<Connection> member = Optional.ofNullable(before.get(one.entry()))
                    .flatMap(name -> connections.findByName(name).stream()
                            .filter(c ->
                                    c.template().equals(Optional.of(one.group().serial())))
                            .findFirst());
            if (member.isPresent()) {
                members.put(one.entry(), member.get().name());
                routeAgain(member.get(), one.group(), asker);
            } else {
                routing.exclusively(release -> {
                    add(one, asker);
                    release.run();
                });
            }
        }
    }

    /** A member whose address was gone for a while lost its trap by that. */
    private void routeAgain(Connection member, Connection group, Asker asker) {
        if (group.has(ConnectionPolicy.GROUTED) && member.isOriented() && member.routing() == RoutingState.UNROUTED) {
            routing.next(() -> commands.route(member, group, asker));
        }
    }

    private void add(Wanted wanted, Asker asker) {
        Connection group = wanted.group();
        group.logger().attach(asker.session());
        Optional<Connection> added = connections.addMember(group, wanted.target());
        group.logger().detach(asker.session());
        added.ifPresent(member -> {
            members.put(wanted.entry(), member.name());
            if (group.has(ConnectionPolicy.GROUTED)) {
                routing.next(() -> commands.route(member, group, asker));
            }
        });
    }
}
