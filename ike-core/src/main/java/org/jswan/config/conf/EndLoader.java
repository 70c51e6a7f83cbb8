// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.config.conf;

import java.util.List;
import java.util.Optional;
import org.jswan.base.AddressFamily;
import org.jswan.base.AddressRange;
import org.jswan.base.Bytes;
import org.jswan.base.IpAddress;
import org.jswan.base.Subnet;
import org.jswan.config.value.Addresses;
import org.jswan.config.value.ProtocolPorts;
import org.jswan.config.value.ValueException;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.connection.IkeVersion;
import org.jswan.identity.DataText;
import org.jswan.identity.IdentityException;
import org.jswan.net.InterfaceAddress;

/** Makes typed values of what a configuration says of one end. */
final class EndLoader {
    private static final long KEY_FROM_DNS = 1;

    private final ConfEnvironment environment;
    private final ConfErrors errors;
    private final Conn conn;
    private final ConnEnd end;
    private final String side;
    private boolean fine = true;

    EndLoader(ConfEnvironment environment, ConfErrors errors, Conn conn, ConnEnd end) {
        this.environment = environment;
        this.errors = errors;
        this.conn = conn;
        this.end = end;
        this.side = end.side();
    }

    /** @return whether all of it makes sense */
    boolean load() {
        host();
        vti();
        subnet();
        nextHop();
        identity();
        publicKeys();
        sourceIp();
        certificate();
        protocolPort();
        addressPool();
        if (end.values().isNumberGiven("xauthserver") || end.values().isNumberGiven("xauthclient")) {
            conn.policy.add(ConnectionPolicy.XAUTH);
        }
        return fine;
    }

    private void error(String text) {
        errors.add(text);
        fine = false;
    }

    private void host() {
        end.hostType = HostType.of(end.values().number(""));
        switch (end.hostType) {
            case ADDRESS -> hostText(end.hostText().orElseThrow());
            case OPPORTUNISTIC -> conn.policy.add(ConnectionPolicy.OPPORTUNISTIC);
            case OPPORTUNISTIC_GROUP -> {
                conn.policy.add(ConnectionPolicy.OPPORTUNISTIC);
                conn.policy.add(ConnectionPolicy.GROUP);
            }
            case GROUP -> conn.policy.add(ConnectionPolicy.GROUP);
            case ANY -> end.address = Optional.empty();
            case INTERFACE -> environment.log().debug("starter: " + side + " is KH_IFACE");
            case NAME -> environment.log().debug("starter: " + side + " is KH_IPHOSTNAME");
            case DEFAULT_ROUTE -> environment.log().debug("starter: " + side + " is KH_DEFAULTROUTE");
            case NOT_SET, UNKNOWN -> {}
        }
    }

    private void hostText(String text) {
        if (text.startsWith("%")) {
            end.hostType = HostType.INTERFACE;
            end.interfaceName = Optional.of(text.substring(1));
            end.address = environment.interfaces().stream()
                    .filter(i -> i.interfaceName().equals(text.substring(1)))
                    .map(InterfaceAddress::address)
                    .filter(a -> a.family() == end.hostFamily)
                    .findFirst();
            return;
        }
        try {
            IpAddress address = Addresses.address(text, Optional.of(end.hostFamily));
            end.address = Optional.of(address);
            end.id = end.id.or(() -> Optional.of(address.toString()));
        } catch (ValueException notNumeric) {
            end.hostType = HostType.NAME;
        }
    }

    private void vti() {
        Optional<String> given = end.values().givenText("vti");
        if (given.isEmpty()) {
            return;
        }
        try {
            Addresses.Prefix prefix = Addresses.prefix(given.get());
            Addresses.unspecified(prefix).ifPresentOrElse(e -> error(badAddress(given.get(), e)), () -> {
                end.vti = Optional.of(prefix);
            });
        } catch (ValueException e) {
            error(badAddress(given.get(), e.getMessage()));
            error(badAddress(given.get(), "unset"));
        }
    }

    private String badAddress(String text, String why) {
        return "bad addr " + side + "vti=" + text + " [" + why + "]";
    }

    private void subnet() {
        Optional<String> given = end.values().givenText("subnet");
        if (given.isEmpty()) {
            return;
        }
        String text = given.get();
        if (end.values().isTextGiven("addresspool")) {
            error("cannot specify both " + side + "subnet= and " + side + "addresspool=");
        }
        if (text.startsWith("vhost:") || text.startsWith("vnet:")) {
            if (conn.ikeVersion != IkeVersion.IKEV1) {
                error("The vnet: and vhost: keywords are only valid for IKEv1 connections");
            }
            end.virtual = Optional.of(text);
            return;
        }
        end.hasClient = true;
        try {
            Subnet subnet = Addresses.subnet(text, Optional.empty(), Addresses.HostBits.CLEAR, warning -> {});
            end.subnet = Optional.of(subnet);
        } catch (ValueException e) {
            error("bad subnet " + side + "subnet=" + text + " [" + e.getMessage() + "]");
        }
    }

    private void nextHop() {
        end.nextHop = Optional.of(IpAddress.any(end.hostFamily));
        Optional<String> given = end.values().givenText("nexthop");
        if (given.isEmpty()) {
            if (end.hostType == HostType.DEFAULT_ROUTE) {
                end.nextHopType = ConnEnd.NextHop.DEFAULT_ROUTE;
            }
            return;
        }
        String text = given.get();
        if (text.equalsIgnoreCase("%defaultroute")) {
            end.nextHopType = ConnEnd.NextHop.DEFAULT_ROUTE;
            return;
        }
        end.nextHopType = ConnEnd.NextHop.ADDRESS;
        end.nextHop = numericOrName(text, List.of(end.hostFamily), Optional.of(end.hostFamily));
        if (end.nextHop.isEmpty()) {
            error("bad value for " + side + "nexthop=" + text + "\n");
        }
    }

    private Optional<IpAddress> numericOrName(
            String text, List<AddressFamily> families, Optional<AddressFamily> numericFamily) {
        try {
            return Optional.of(Addresses.address(text, numericFamily));
        } catch (ValueException notNumeric) {
            List<IpAddress> found = environment.resolver().lookup(text);
            return families.stream()
                    .flatMap(family -> found.stream().filter(a -> a.family() == family))
                    .findFirst();
        }
    }

    private void identity() {
        end.values().givenText("id").ifPresent(text -> {
            // an old way to write a comma inside of a name; a leading @ says that it is none
            boolean isName = !text.startsWith("@") && text.contains("=");
            end.id = Optional.of(isName ? text.replace(",,", "\\,") : text);
        });
    }

    private void publicKeys() {
        for (String kind : List.of("rsasigkey", "ecdsakey", "pubkey")) {
            if (!end.values().isNumberGiven(kind)) {
                continue;
            }
            if (end.publicKey.isPresent()) {
                error("duplicate public key");
            }
            long type = end.values().number(kind);
            end.keyPreexchanged = type == ConfKey.OTHER;
            end.keyFromDns = type == KEY_FROM_DNS;
            if (!end.keyFromDns) {
                end.values().text(kind).ifPresent(text -> {
                    end.publicKey = Optional.of(new ConnEnd.PublicKey(kind, text));
                });
            }
        }
    }

    private void sourceIp() {
        Optional<String> given = end.values().givenText("sourceip");
        if (given.isEmpty()) {
            return;
        }
        String text = given.get();
        end.sourceIp = numericOrName(text, List.of(AddressFamily.IPV4, AddressFamily.IPV6), Optional.empty());
        if (end.sourceIp.isEmpty()) {
            error("bad value for " + side + "sourceip=" + text + "\n");
        }
        if (!end.hasClient) {
            end.subnet = end.sourceIp.map(Subnet::host);
            end.hasClient = true;
        }
    }

    private void certificate() {
        Optional<String> ckaid = end.values().givenText("ckaid");
        if (end.values().isTextGiven("cert") && ckaid.isPresent()) {
            error("only one of " + side + "cert and " + side + "ckaid can be specified");
        }
        if (ckaid.isPresent()) {
            try {
                DataText.hex(Bytes.ofUtf8(ckaid.get()));
            } catch (IdentityException e) {
                error("invalid " + side + "ckaid: " + e.getMessage());
            }
        }
    }

    private void protocolPort() {
        Optional<String> given = end.values().givenText("protoport");
        if (given.isEmpty()) {
            return;
        }
        try {
            end.protocolPort = Optional.of(ProtocolPorts.parse(given.get(), environment.names()));
        } catch (ValueException e) {
            error("bad " + side + "protoport=" + given.get() + " [" + e.getMessage() + "]");
        }
    }

    private void addressPool() {
        Optional<String> given = end.values().givenText("addresspool");
        if (given.isEmpty()) {
            return;
        }
        String text = given.get();
        if (end.values().isTextGiven("subnet")) {
            error("cannot specify both " + side + "subnet= and " + side + "addresspool=");
        }
        environment.log().debug("connection's " + side + "addresspool set to: " + text);
        try {
            AddressRange range = Addresses.range(text);
            if (range.family() == AddressFamily.IPV6 && text.indexOf('/') < 0) {
                error("bad IPv6 " + side + "addresspool=" + text + " not subnet");
            }
            end.pool = Optional.of(range);
        } catch (ValueException e) {
            error("bad " + side + "addresspool=" + text + " [" + e.getMessage() + "]");
        }
    }
}
