// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.config.conf;

import java.util.Optional;
import org.jswan.base.AddressFamily;
import org.jswan.base.AddressRange;
import org.jswan.base.IpAddress;
import org.jswan.base.Subnet;
import org.jswan.config.value.Addresses;
import org.jswan.config.value.ProtocolPorts;

/** One end of a conn as far as the configuration tells. */
public final class ConnEnd {
    /** The way a gateway was given. */
    public enum NextHop {
        NOT_SET,
        DEFAULT_ROUTE,
        ADDRESS
    }

    /** A key written into the configuration, by its kind. */
    public record PublicKey(String kind, String text) {}

    private final String side;
    private final Values values;

    AddressFamily hostFamily = AddressFamily.IPV4;
    HostType hostType = HostType.NOT_SET;
    Optional<IpAddress> address = Optional.empty();
    Optional<String> interfaceName = Optional.empty();
    NextHop nextHopType = NextHop.NOT_SET;
    Optional<IpAddress> nextHop = Optional.empty();
    Optional<IpAddress> sourceIp = Optional.empty();
    boolean hasClient;
    Optional<Subnet> subnet = Optional.empty();
    Optional<String> virtual = Optional.empty();
    Optional<Addresses.Prefix> vti = Optional.empty();
    Optional<String> id = Optional.empty();
    Optional<ProtocolPorts.Parsed> protocolPort = Optional.empty();
    Optional<PublicKey> publicKey = Optional.empty();
    boolean keyPreexchanged;
    boolean keyFromDns;
    Optional<AddressRange> pool = Optional.empty();

    ConnEnd(String side, Values values) {
        this.side = side;
        this.values = values;
    }

    ConnEnd copy() {
        ConnEnd copy = new ConnEnd(side, values.copy());
        copy.hostFamily = hostFamily;
        copy.hostType = hostType;
        copy.address = address;
        copy.interfaceName = interfaceName;
        copy.nextHopType = nextHopType;
        copy.nextHop = nextHop;
        copy.sourceIp = sourceIp;
        copy.hasClient = hasClient;
        copy.subnet = subnet;
        copy.virtual = virtual;
        copy.vti = vti;
        copy.id = id;
        copy.protocolPort = protocolPort;
        copy.publicKey = publicKey;
        copy.keyPreexchanged = keyPreexchanged;
        copy.keyFromDns = keyFromDns;
        copy.pool = pool;
        return copy;
    }

    /** {@code left} or {@code right}. */
    public String side() {
        return side;
    }

    /** The values of the keys of this end, without {@code left} or {@code right}. */
    public Values values() {
        return values;
    }

    /** What is behind {@code left=} if it is no keyword. */
    public Optional<String> hostText() {
        return values.text("");
    }

    public AddressFamily hostFamily() {
        return hostFamily;
    }

    public HostType hostType() {
        return hostType;
    }

    /** The address given, or that of the interface given. */
    public Optional<IpAddress> address() {
        return address;
    }

    /** The interface whose address is to be used, {@code eth0} of {@code left=%eth0}. */
    public Optional<String> interfaceName() {
        return interfaceName;
    }

    public NextHop nextHopType() {
        return nextHopType;
    }

    /** The gateway; empty also where its name could not be looked up. */
    public Optional<IpAddress> nextHop() {
        return nextHop;
    }

    public Optional<IpAddress> sourceIp() {
        return sourceIp;
    }

    /** Whether a client was given at all, be it one that turned out malformed. */
    public boolean hasClient() {
        return hasClient;
    }

    public Optional<Subnet> subnet() {
        return subnet;
    }

    /** {@code vhost:...} or {@code vnet:...} of {@code leftsubnet=}. */
    public Optional<String> virtual() {
        return virtual;
    }

    public Optional<Addresses.Prefix> vti() {
        return vti;
    }

    /** The identity as text; without {@code leftid=} it is the address given. */
    public Optional<String> id() {
        return id;
    }

    public Optional<ProtocolPorts.Parsed> protocolPort() {
        return protocolPort;
    }

    public Optional<PublicKey> publicKey() {
        return publicKey;
    }

    /** Whether {@link #publicKey} is a key that the configuration itself holds. */
    public boolean isKeyPreexchanged() {
        return keyPreexchanged;
    }

    /** Whether the key is to be looked up in the DNS when it is needed. */
    public boolean isKeyFromDns() {
        return keyFromDns;
    }

    public Optional<AddressRange> pool() {
        return pool;
    }
}
