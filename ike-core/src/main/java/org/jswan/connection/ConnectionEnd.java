// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.connection;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jswan.base.AddressFamily;
import org.jswan.base.Endpoint;
import org.jswan.base.IpAddress;
import org.jswan.base.Selector;
import org.jswan.base.Subnet;
import org.jswan.certificate.Certificate;
import org.jswan.identity.IdType;
import org.jswan.identity.IkeId;

/** One end of a running connection: what is configured, and what became known since. */
public final class ConnectionEnd {
    private static final int IKE_PORT = 500;
    private static final int NAT_IKE_PORT = 4500;

    private final EndConfig config;
    /** Told when address or client are others. */
    private final Runnable changed;

    private Optional<IpAddress> address;
    private IkeId id;
    private Optional<IpAddress> nextHop;
    private Optional<Selector> client;
    private boolean hasClient;
    private Set<Subnet> networks = Set.of();
    private Optional<VirtualNetwork> virtualNetwork;
    private Optional<IpAddress> sourceIp;
    private boolean leased;
    private boolean addressReceived;
    private boolean translated;
    private boolean encapsulated;
    private boolean modeConfigServer;
    private boolean modeConfigClient;
    private int port;
    private Optional<Certificate> certificate;

    ConnectionEnd(EndConfig config, AddressFamily hostFamily, Runnable changed) {
        this.changed = changed;
        this.config = config;
        address = config.host().address();
        id = config.id();
        certificate = config.certificate().certificate();
        nextHop = config.host().nextHop();
        client = config.client().selector();
        virtualNetwork = config.client().virtualNetwork();
        hasClient = client.isPresent();
        sourceIp = config.sourceIp();
        if (!hasClient && !config.client().protocolPort().isAny()) {
            // The host may not be known yet; its whole family stands in for it.
            client = Optional.of(config.client().selectorOf(Subnet.all(hostFamily)));
        }
        modeConfigServer = config.modeConfigRole().server();
        modeConfigClient = config.modeConfigRole().client();
    }

    /** What a template's instance starts from. */
    ConnectionEnd(ConnectionEnd template, Runnable changed) {
        this.changed = changed;
        config = template.config;
        address = template.address;
        id = template.id;
        nextHop = template.nextHop;
        client = template.client;
        hasClient = template.hasClient;
        virtualNetwork = template.virtualNetwork;
        sourceIp = template.sourceIp;
        encapsulated = template.encapsulated;
        modeConfigServer = template.modeConfigServer;
        modeConfigClient = template.modeConfigClient;
        port = template.port;
        certificate = template.certificate;
    }

    public EndConfig config() {
        return config;
    }

    /** Where IKE is spoken; empty while unknown. */
    public Optional<IpAddress> address() {
        return address;
    }

    /** The UDP port for IKE: 500, 4500 or the configured one; 0 while the address is unknown. */
    public int port() {
        return port;
    }

    /** Address and port, once the address is known. */
    public Optional<Endpoint> endpoint() {
        return address.map(a -> new Endpoint(a, port));
    }

    /** The identity; {@link IkeId#NONE} while it depends on an address that is not known. */
    public IkeId id() {
        return id;
    }

    /** The certificate of the database that is this end's, as it was read last. */
    public Optional<Certificate> certificate() {
        return certificate;
    }

    public void setCertificate(Certificate reread) {
        certificate = Optional.of(reread);
    }

    public Optional<IpAddress> nextHop() {
        return nextHop;
    }

    /** What is protected at this end; empty while it depends on an address that is not known. */
    public Optional<Selector> client() {
        return client;
    }

    /** Whether the client is more than the host: configured, or assigned. */
    public boolean hasClient() {
        return hasClient;
    }

    /** What the client may be, as long as the peer has not chosen it. */
    public Optional<VirtualNetwork> virtualNetwork() {
        return virtualNetwork;
    }

    /** What the client is, if the peer may choose it, does not follow from its address any more. */
    void leaveClientOpen() {
        hasClient |= virtualNetwork.isPresent();
    }

    /** Anybody is the client, as far as its protocol and port go. */
    void openClient(AddressFamily family) {
        hasClient = true;
        setClient(config.client().selectorOf(Subnet.all(family)));
    }

    /** The client is that host, of which only what the selector says is protected. */
    public void limitTo(Selector host) {
        setClient(host);
        hasClient = !address.equals(Optional.of(host.subnet().address()));
    }

    /** The peer has chosen its client: the host itself, or what is behind it. */
    public void chooseClient(Selector chosen) {
        assignClient(chosen);
        virtualNetwork = Optional.empty();
    }

    /** The address that this end's machine uses towards the other client: configured, or received. */
    public Optional<IpAddress> sourceIp() {
        return sourceIp;
    }

    /** Whether the client is an address that we gave to this end, out of the connection's pool. */
    public boolean isLeased() {
        return leased;
    }

    /** Gives this end an address: it is its client from now on. */
    void lease(IpAddress given) {
        leased = true;
        hasClient = true;
        setClient(Selector.of(Subnet.host(given)));
    }

    /** The address is another's, or nobody's, now. */
    void endLease() {
        leased = false;
    }

    /** Whether the client is an address that the other end gave to us. */
    public boolean hasReceivedAddress() {
        return addressReceived;
    }

    /**
     * The other end gave us an address: it is our client from now on, and our source unless another is configured or
     * packets are to be translated to it.
     */
    public void receive(IpAddress given) {
        addressReceived = true;
        hasClient = true;
        if (!config.modeConfigRole().addressTranslation()) {
            setClient(Selector.of(Subnet.host(given)));
            sourceIp = sourceIp.or(() -> Optional.of(given));
        } else if (client.filter(c -> c.subnet().address().equals(given)).isEmpty()) {
            setClient(Selector.of(Subnet.host(given)));
            translated = true;
        }
    }

    /** Whether packets leave this host by its own address, which is then translated to the client that was given to it. */
    public boolean isTranslated() {
        return translated;
    }

    /** As {@link #receive}, by IKEv1: who negotiates by that does not tell the user that the address was received. */
    public void configure(IpAddress given) {
        hasClient = true;
        setClient(Selector.of(Subnet.host(given)));
        sourceIp = sourceIp.or(() -> Optional.of(given));
    }

    /** Whether the peer was seen behind a port of NAT traversal: a new negotiation starts at 4500. */
    public boolean encapsulated() {
        return encapsulated;
    }

    public boolean modeConfigServer() {
        return modeConfigServer;
    }

    public boolean modeConfigClient() {
        return modeConfigClient;
    }

    public void setId(IkeId newId) {
        id = newId;
    }

    public void setNextHop(IpAddress newNextHop) {
        nextHop = Optional.of(newNextHop);
    }

    /** What of the configured client the peer asked for. */
    public void setClient(Selector newClient) {
        Optional<Selector> old = client;
        client = Optional.of(newClient);
        if (!client.equals(old)) {
            changed.run();
        }
    }

    /** Only this traffic of the client, whatever is configured. */
    void setPorts(int protocol, int newPort) {
        client.ifPresent(old -> setClient(new Selector(old.subnet(), protocol, newPort)));
    }

    /** What the peer agreed to: more than the host, unless it is just that. */
    public void assignClient(Selector agreed) {
        setClient(agreed);
        hasClient = address.filter(host -> agreed.equals(Selector.of(Subnet.host(host))))
                .isEmpty();
    }

    /**
     * This end named a network behind it. The first takes the place of the client that it had, which counts as named from
     * then on.
     *
     * @return whether it is new
     */
    public boolean addNetwork(Subnet network) {
        Optional<Subnet> now = client.map(Selector::subnet);
        if (networks.contains(network) || now.filter(network::equals).isPresent()) {
            return false;
        }
        if (networks.isEmpty()) {
            networks = new HashSet<>();
            now.ifPresent(networks::add);
            assignClient(Selector.of(network));
        }
        networks.add(network);
        return true;
    }

    public void setEncapsulated(boolean newEncapsulated) {
        encapsulated = newEncapsulated;
    }

    public void setModeConfig(boolean server, boolean client) {
        modeConfigServer = server;
        modeConfigClient = client;
    }

    public void setPort(int newPort) {
        port = newPort;
    }

    /** Sets the address only; {@link #complete} makes of it what depends on it. */
    public void setAddress(IpAddress newAddress) {
        address = Optional.of(newAddress);
        changed.run();
    }

    /**
     * The port this end speaks IKE at. A configured port bears the non-ESP marker, so the other end must answer from a
     * port that does, too.
     */
    public int portTowards(ConnectionEnd other) {
        if (config.host().ikePort() != 0) {
            return config.host().ikePort();
        }
        return other.config.host().ikePort() != 0 || other.encapsulated ? NAT_IKE_PORT : IKE_PORT;
    }

    /** Derives what follows from the address: identity, port, the default client, the other end's next hop. */
    void complete(ConnectionEnd other) {
        if (address.isEmpty()) {
            return;
        }
        IpAddress host = address.get();
        if (id.type() == IdType.NONE) {
            id = IkeId.of(host);
        }
        port = portTowards(other);
        if (!hasClient) {
            setClient(config.client().selectorOf(Subnet.host(host)));
        }
        if (other.nextHop.isEmpty()) {
            other.nextHop = address;
        }
    }
}
