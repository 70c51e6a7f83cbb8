// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.config.conf;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A configuration that was read, as far as it makes sense.
 *
 * @param setup the values of {@code config setup}
 * @param laterSetupKeys the keys of {@code config setup} given whose feature is still to come
 * @param conns all but {@code %default}, also those that failed
 * @param errors what is wrong with some of them, lines separated by newlines; empty if nothing is
 */
public record ConfFile(Values setup, List<ConfEntry> laterSetupKeys, List<Conn> conns, String errors) {
    public ConfFile {
        laterSetupKeys = List.copyOf(laterSetupKeys);
        conns = List.copyOf(conns);
    }

    /** The conn of that name, else the first that has it as an alias. */
    public Optional<Conn> find(String name) {
        return conns.stream()
                .filter(conn -> conn.name().equals(name))
                .findFirst()
                .or(() -> conns.stream().filter(conn -> conn.hasAlias(name)).findFirst());
    }

    /** The conns with one of these wishes, in their order. */
    public List<Conn> withStartup(Startup... wishes) {
        List<Startup> wanted = List.of(wishes);
        List<Conn> found = new ArrayList<>(conns);
        found.removeIf(conn -> !wanted.contains(conn.startup()));
        return found;
    }
}
