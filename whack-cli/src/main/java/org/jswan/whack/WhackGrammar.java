// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.whack;

import java.util.List;
import java.util.function.Supplier;
import org.jswan.config.value.NetworkNames;
import org.jswan.net.NameResolver;

/**
 * The grammar of whack. The same for daemon and clients: what the daemon would refuse, a client without a daemon
 * refuses in the same words.
 */
public final class WhackGrammar {
    private final NameResolver names;
    private final Supplier<NetworkNames> services;

    /**
     * A grammar that may have to ask.
     *
     * @param names asked while parsing, for hosts that are not given as addresses
     * @param services asked where a protocol or port is given by name
     */
    public WhackGrammar(NameResolver names, Supplier<NetworkNames> services) {
        this.names = names;
        this.services = services;
    }

    /**
     * What a command line comes to.
     *
     * @param program {@code argv[0]}, which getopt's errors begin with
     * @param arguments those behind it
     */
    public WhackParsed parse(String program, List<String> arguments) {
        return new WhackParse(program, names, services).run(arguments);
    }
}
