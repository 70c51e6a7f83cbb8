// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.updown.stock;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jswan.base.AddressFamily;
import org.jswan.base.IpAddress;
import org.jswan.base.Subnet;

/**
 * What the stock updown is asked for, of what we do ourselves: routes, source addresses, rules and proxied neighbours of
 * clients in the hosts' family.
 *
 * @param isV6 whether the verb has the suffix of IPv6
 * @param environment all of it
 */
record Job(
        Verb verb,
        boolean isHost,
        boolean isV6,
        AddressFamily family,
        IpAddress me,
        IpAddress peer,
        IpAddress nextHop,
        Subnet peerClient,
        Optional<IpAddress> source,
        Map<String, String> environment) {
    private static final Pattern VERB = Pattern.compile("(prepare|route|unroute|up|down)-(host|client)(-v6)?");

    enum Verb {
        PREPARE,
        ROUTE,
        UNROUTE,
        UP,
        DOWN
    }

    /** Empty if that is left to the script: VTI devices, NFLOG, translation of clients, name servers, and what is odd. */
    static Optional<Job> of(Map<String, String> environment) {
        Matcher verb = VERB.matcher(environment.getOrDefault("PLUTO_VERB", ""));
        if (!verb.matches()
                || !environment.getOrDefault("PLUTO_STACK", "").equals("xfrm")
                || isSet(environment, "VTI_IFACE")
                || isSet(environment, "NFLOG")
                || isSet(environment, "CAT")
                || isTrue(environment, "PLUTO_CFG_CLIENT")
                || isTrue(environment, "PLUTO_NM_CONFIGURED")) {
            return Optional.empty();
        }
        Optional<AddressFamily> family =
                switch (environment.getOrDefault("PLUTO_CONN_ADDRFAMILY", "")) {
                    case "ipv4" -> Optional.of(AddressFamily.IPV4);
                    case "ipv6" -> Optional.of(AddressFamily.IPV6);
                    default -> Optional.empty();
                };
        Optional<IpAddress> me = address(environment, "PLUTO_ME", family);
        Optional<IpAddress> peer = address(environment, "PLUTO_PEER", family);
        Optional<IpAddress> nextHop = address(environment, "PLUTO_NEXT_HOP", family);
        Optional<IpAddress> network = address(environment, "PLUTO_PEER_CLIENT_NET", family);
        Optional<Subnet> client = Subnet.parse(environment.getOrDefault("PLUTO_PEER_CLIENT", ""))
                .filter(subnet -> network.filter(subnet.address()::equals).isPresent());
        Optional<IpAddress> source = address(environment, "PLUTO_MY_SOURCEIP", family);
        if (me.isEmpty()
                || peer.isEmpty()
                || nextHop.isEmpty()
                || client.isEmpty()
                || isSet(environment, "PLUTO_MY_SOURCEIP") && source.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Job(
                Verb.valueOf(verb.group(1).toUpperCase(Locale.ROOT)),
                verb.group(2).equals("host"),
                verb.group(3) != null,
                family.orElseThrow(),
                me.get(),
                peer.get(),
                nextHop.get(),
                client.get(),
                source,
                environment));
    }

    private static boolean isSet(Map<String, String> environment, String name) {
        return !environment.getOrDefault(name, "").isEmpty();
    }

    private static boolean isTrue(Map<String, String> environment, String name) {
        return !environment.getOrDefault(name, "0").equals("0");
    }

    private static Optional<IpAddress> address(
            Map<String, String> environment, String name, Optional<AddressFamily> family) {
        return IpAddress.parse(environment.getOrDefault(name, ""))
                .filter(a -> family.isPresent() && a.family() == family.get());
    }

    /** A variable; "" if it is not set. */
    String get(String name) {
        return environment.getOrDefault(name, "");
    }

    boolean has(String name) {
        return isSet(environment, name);
    }
}
