// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.config.conf;

import java.util.ArrayList;
import java.util.List;
import org.jswan.config.conf.Values.Origin;

/** Reads a configuration file and makes setup and conns of it. */
public final class ConfLoader {
    private final ConfEnvironment environment;
    private final ConfErrors errors;

    private ConfLoader(ConfEnvironment environment) {
        this.environment = environment;
        this.errors = new ConfErrors(environment.log());
    }

    /**
     * Reads {@code config setup} and all conns.
     *
     * @param path {@code -} is standard input
     * @throws ConfException if the file cannot be read or makes no sense
     */
    public static ConfFile load(String path, ConfEnvironment environment) throws ConfException {
        return new ConfLoader(environment).load(path, true);
    }

    /** Reads {@code config setup} only; the conns are left out, but must be well formed. */
    public static ConfFile loadSetup(String path, ConfEnvironment environment) throws ConfException {
        return new ConfLoader(environment).load(path, false);
    }

    private ConfFile load(String path, boolean withConns) throws ConfException {
        ConfTree tree = ConfParser.parse(path, environment.files(), environment.log());
        Values setup = Defaults.setup();
        List<ConfEntry> later = new ArrayList<>();
        for (ConfEntry entry : tree.setup()) {
            setup(entry, setup);
            if (entry.key().is(ConfKey.Trait.LATER)) {
                later.add(entry);
            }
        }
        List<Conn> conns = withConns ? conns(tree) : List.of();
        return new ConfFile(setup, later, conns, errors.all());
    }

    private void setup(ConfEntry entry, Values setup) {
        ConfKey key = entry.key();
        if (key.type() == KeyType.OBSOLETE) {
            environment.log().log("Warning: ignored obsolete keyword '" + key.name() + "'");
        } else if (!key.type().isText()) {
            setup.put(key.field(), entry.number(), Origin.SET);
        } else if (entry.text().isPresent()) {
            setup.put(key.field(), entry.text().get(), Origin.SET);
        } else {
            // a bare number where text is wanted: as the oracle, as if nothing had been given, not even a default
            setup.remove(key.field());
        }
    }

    private List<Conn> conns(ConfTree tree) {
        ConnLoader loader = new ConnLoader(environment, errors, tree.sections());
        Conn defaults = Conn.builtIn();
        for (ConfSection section : tree.sections()) {
            if (section.name().equals("%default")) {
                environment.log().debug("Loading default conn");
                if (!loader.load(defaults, section, true)) {
                    break;
                }
            }
        }
        List<Conn> conns = new ArrayList<>();
        for (ConfSection section : tree.sections()) {
            if (!section.name().equals("%default")) {
                environment.log().debug("Loading conn " + section.name());
                Conn conn = defaults.derive(section.name());
                conns.add(conn);
                conn.loaded = loader.load(conn, section, false);
                if (!conn.loaded) {
                    environment.log().log("while loading '" + section.name() + "': " + errors.all());
                }
            }
        }
        return conns;
    }
}
