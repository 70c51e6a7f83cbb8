// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.auto;

import java.util.Optional;
import java.util.function.Supplier;
import org.jswan.config.ConfigFiles;
import org.jswan.config.value.NetworkNames;
import org.jswan.helper.Helpers;
import org.jswan.net.NameResolver;
import org.jswan.net.Whereabouts;
import org.jswan.whack.WhackGrammar;

/**
 * What a command works on.
 *
 * @param files as the one who gave the command sees them
 * @param resolver asked by helpers only
 * @param names of protocols and services; asked by helpers only
 * @param network asked on the loop; empty where there is none to ask, and then {@code %defaultroute} stays unresolved
 * @param helpers read files
 * @param target the daemon; empty if none runs
 * @param controlSocket where the daemon listens unless the command says otherwise
 * @param configFile the configuration unless the command says otherwise
 * @param grammar of whack's arguments, which auto makes
 */
public record CommandWorld(
        ConfigFiles files,
        NameResolver resolver,
        Supplier<NetworkNames> names,
        Optional<Whereabouts> network,
        Helpers helpers,
        Optional<Target> target,
        String controlSocket,
        String configFile,
        WhackGrammar grammar) {}
