// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.auto;

import java.util.List;
import org.jswan.auto.AddconnOptions.Flag;
import org.jswan.config.conf.ConfFile;
import org.jswan.config.conf.ConfKey;
import org.jswan.config.conf.ConfKey.Trait;
import org.jswan.config.conf.ConfKeys;
import org.jswan.config.conf.Conn;
import org.jswan.config.conf.KeyType;
import org.jswan.config.conf.Startup;
import org.jswan.config.conf.Values;

/** What addconn can tell of a configuration. */
final class Listings {
    private final ConfFile file;
    private final AddconnOptions options;
    private final CommandClient client;

    Listings(ConfFile file, AddconnOptions options, CommandClient client) {
        this.file = file;
        this.options = options;
        this.client = client;
    }

    private void verbose(String text) {
        if (options.verbosity() > 0) {
            client.out(text);
        }
    }

    private void names(List<Conn> conns) {
        conns.forEach(conn -> client.out(conn.name() + " "));
    }

    /** The names of conns by what they want at startup. */
    void conns() {
        if (options.has(Flag.LIST_ALL)) {
            verbose("listing all conns\n");
            names(file.conns());
            client.out("\n");
            return;
        }
        if (options.has(Flag.LIST_ADD)) {
            verbose("listing all conns marked as auto=add\n");
            names(file.withStartup(Startup.ADD));
        }
        if (options.has(Flag.LIST_ROUTE)) {
            verbose("listing all conns marked as auto=route and auto=start\n");
            names(file.withStartup(Startup.START, Startup.ONDEMAND));
        } else if (options.has(Flag.LIST_START)) {
            verbose("listing all conns marked as auto=start\n");
            names(file.withStartup(Startup.START));
        }
        if (options.has(Flag.LIST_IGNORE)) {
            verbose("listing all conns marked as auto=ignore\n");
            names(file.withStartup(Startup.IGNORE));
            client.out("\n");
        }
    }

    /** The protocol stack. */
    void stack() {
        client.out(file.setup().text("protostack").orElse("xfrm") + "\n");
    }

    /** {@code config setup} as assignments of a shell. */
    void setup(String configFile, String controlSocket) {
        String export = options.has(Flag.NO_EXPORT) ? "" : "export";
        client.out(export + " " + options.variablePrefix() + "confreadstatus=''\n");
        client.out(export + " configfile='" + configFile + "'\n");
        client.out(export + " ctlsocket='" + controlSocket + "'\n");
        Values setup = file.setup();
        for (ConfKey key : ConfKeys.all()) {
            if (key.is(Trait.SETUP) && !key.is(Trait.ALIAS) && key.type() != KeyType.OBSOLETE) {
                String variable =
                        export + " " + options.variablePrefix() + key.name().replace('-', '_') + "='";
                String field = key.field();
                switch (key.type()) {
                    case STRING, FILE_NAME, DIRECTORY_NAME -> setup.text(field)
                            .ifPresent(text -> client.out(variable + text + "'\n"));
                    case BOOL -> client.out(variable + (setup.number(field) != 0 ? "yes" : "no") + "'\n");
                    default -> {
                        if (setup.number(field) != 0 || setup.isNumberGiven(field)) {
                            client.out(variable + setup.number(field) + "'\n");
                        }
                    }
                }
            }
        }
    }
}
