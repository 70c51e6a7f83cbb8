// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.connection;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jswan.base.IpAddress;
import org.jswan.base.Subnet;
import org.jswan.config.value.PrivateNetworks;
import org.jswan.config.value.ValueException;
import org.jswan.log.Logger;
import org.jswan.log.RcCode;

/**
 * What a peer's client may be where the configuration leaves it open: {@code vhost:} or {@code vnet:} with what follows.
 *
 * @param hostOnly whether it has to be a single address
 * @param networks in which it may be, besides what {@code words} allow
 */
public record VirtualNetwork(boolean hostOnly, Set<Word> words, List<Subnet> networks) {
    private static final String HOST = "vhost:";
    private static final String NETWORK = "vnet:";

    /** What needs no network. */
    public enum Word {
        /** The peer itself, without a network behind it. */
        NO,
        /** What {@code virtual-private=} says. */
        PRIVATE,
        ALL
    }

    private static final Map<String, Word> WORDS = Map.of("%no", Word.NO, "%priv", Word.PRIVATE, "%all", Word.ALL);

    public VirtualNetwork {
        words = Set.copyOf(words);
        networks = List.copyOf(networks);
    }

    /**
     * @param logger told what is wrong
     * @return empty if the text is not what it should be: then the peer's client is not open
     */
    static Optional<VirtualNetwork> parse(String text, Logger logger) {
        boolean host = text.startsWith(HOST);
        if (!host && !text.startsWith(NETWORK)) {
            logger.log("virtual string \"" + text
                    + "\" is missing \"vhost:\" or \"vnet:\" - virtual selection is disabled for connection");
            return Optional.empty();
        }
        Set<Word> words = EnumSet.noneOf(Word.class);
        List<Subnet> networks = new ArrayList<>();
        int misread = 0;
        String rest = text.substring((host ? HOST : NETWORK).length());
        for (String entry : rest.isEmpty() ? new String[0] : rest.split(",")) {
            Optional<Word> word = Optional.ofNullable(WORDS.get(entry));
            if (word.isPresent()) {
                words.add(word.get());
                misread += networks.isEmpty() ? 0 : 1;
                continue;
            }
            try {
                networks.add(PrivateNetworks.network(entry));
            } catch (ValueException wrong) {
                complain(logger, wrong.getMessage());
                logger.log("invalid virtual string \"" + text + "\" - virtual selection is disabled for connection");
                return Optional.empty();
            }
        }
        // As libreswan, which reads twice what follows the first network.
        for (int i = 0; i < misread; i++) {
            complain(logger, "no / in subnet specification");
        }
        return Optional.of(new VirtualNetwork(host, words, networks));
    }

    private static void complain(Logger logger, String why) {
        logger.log(RcCode.LOG_SERIOUS, "virtual-private entry is not a proper subnet: " + why);
    }

    /**
     * Why a peer may not have that client; empty if it may.
     *
     * @param peer where it speaks IKE
     * @param setting what {@code virtual-private=} says; where that allows nothing, whatever fits {@code vhost:} may be
     */
    public Optional<String> objection(Subnet client, IpAddress peer, PrivateNetworks setting, Logger logger) {
        if (hostOnly && !client.isHost()) {
            return Optional.of("only virtual host single IPs are allowed");
        }
        boolean itself = words.contains(Word.NO) && client.equals(Subnet.host(peer));
        if (setting.allowed().isEmpty() || itself) {
            return Optional.empty();
        }
        // As libreswan: what no entry speaks about is allowed.
        Optional<String> objection = Optional.empty();
        if (words.contains(Word.PRIVATE)) {
            if (setting.allows(client) && !setting.excludes(client)) {
                return Optional.empty();
            }
            objection = Optional.of(
                    "a private network virtual IP was required, but "
                            + (setting.allows(client)
                                    ? "our list (virtual-private=) excludes their IP (e.g. %v4!...) since it is in use elsewhere"
                                    : "the proposed IP did not match our list (virtual-private=) since it is in use elsewhere"));
        }
        if (!networks.isEmpty()) {
            if (networks.stream().anyMatch(network -> network.contains(client))) {
                return Optional.empty();
            }
            objection = Optional.of("a specific network IP was required, but the proposed IP did not match our list"
                    + " (subnet=vhost:list)");
        }
        if (words.contains(Word.ALL)) {
            logger.log(
                    RcCode.LOG_SERIOUS,
                    "WARNING: v" + (hostOnly ? "host" : "net") + ":%all must only be used for testing");
            return Optional.empty();
        }
        return objection;
    }
}
