// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.auto;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jswan.base.Subnet;
import org.jswan.config.conf.Conn;
import org.jswan.config.conf.ConnEnd;
import org.jswan.config.value.Addresses;
import org.jswan.config.value.ValueException;

/** The connections that a conn with {@code subnets=} stands for: each subnet of one side with each of the other. */
final class Family {
    private final Conn conn;
    private final Consumer<String> err;
    private final List<ConnRequests.Member> members = new ArrayList<>();
    private boolean broken;

    private Family(Conn conn, Consumer<String> err) {
        this.conn = conn;
        this.err = err;
    }

    /** Whether {@code conn} stands for several. */
    static boolean isOne(Conn conn) {
        return conn.left().values().isTextGiven("subnets")
                || conn.right().values().isTextGiven("subnets");
    }

    /** The members, in the order in which they are added; as the oracle, up to the first malformed subnet. */
    static List<ConnRequests.Member> of(Conn conn, Consumer<String> err) {
        Family family = new Family(conn, err);
        family.multiply();
        return family.members;
    }

    /** A subnet and its number: 0 is {@code subnet=}, those of {@code subnets=} follow. */
    private record Numbered(int number, Subnet subnet) {}

    private void multiply() {
        List<Numbered> lefts = subnets(conn.left());
        if (lefts.isEmpty()) {
            return;
        }
        boolean leftBroken = broken;
        List<Numbered> rights = subnets(conn.right());
        for (Numbered left : lefts) {
            for (Numbered right : rights) {
                members.add(new ConnRequests.Member(
                        conn.name() + "/" + left.number + "x" + right.number, left.subnet, right.subnet));
            }
            if (broken && !leftBroken) {
                return; // the right side's end is an error, which ends it all
            }
        }
    }

    private List<Numbered> subnets(ConnEnd end) {
        List<Numbered> found = new ArrayList<>();
        if (end.values().isTextGiven("subnet")) {
            end.subnet().ifPresent(subnet -> found.add(new Numbered(0, subnet)));
        }
        String rest = end.values().givenText("subnets").orElse("");
        int number = 1;
        while (true) {
            rest = rest.replaceFirst("^[\\s,]+", "");
            if (rest.isEmpty()) {
                return found;
            }
            String item = rest.split("[\\s,]", 2)[0];
            try {
                found.add(new Numbered(
                        number++,
                        Addresses.subnet(
                                item,
                                Optional.of(end.hostFamily()),
                                Addresses.HostBits.WARN,
                                warning -> err.accept("addconn: " + warning))));
            } catch (ValueException e) {
                err.accept("conn: \"" + conn.name() + "\" warning '" + rest + "' is not a subnet declaration. ("
                        + end.side() + "subnets): " + e.getMessage());
                broken = true;
                return found;
            }
            rest = rest.substring(item.length());
        }
    }
}
