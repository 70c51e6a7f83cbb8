// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.connection;

import java.util.Optional;
import java.util.Set;
import org.jswan.base.AddressRange;
import org.jswan.base.IpAddress;
import org.jswan.base.Selector;
import org.jswan.base.Subnet;
import org.jswan.identity.DistinguishedName;
import org.jswan.identity.IdType;
import org.jswan.identity.IkeId;
import org.jswan.key.Ckaid;

/**
 * One end of a connection as configured; whether it is ours is a matter of orientation.
 *
 * @param side which end
 * @param host where IKE is spoken
 * @param id as configured; {@link IkeId#NONE}: the host's address
 * @param auth how this end proves its identity, {@code authby} all ways that it may use
 * @param certificate what is known of this end's key
 * @param client what is protected; empty: the host itself
 * @param sourceIp the address that this end's machine uses towards the other client
 */
public record EndConfig(
        Side side,
        Host host,
        IkeId id,
        EndAuthentication auth,
        Set<AuthenticationMethod> authby,
        EapMethod eap,
        Certificate certificate,
        Client client,
        Optional<IpAddress> sourceIp,
        ModeConfigRole modeConfigRole,
        Xauth xauth) {

    public EndConfig {
        authby = Set.copyOf(authby);
    }

    /** Whether it leaves open who this end is, wherever it may be: so it will hardly be ours. */
    boolean isOpen() {
        // Without an identity it is the address.
        return client.protocolPort().anyPort() || id.type() != IdType.NONE && id.hasWildcards();
    }

    /** Whether it may do without proving who it is (RFC 7619). */
    public boolean mayProveNothing() {
        return auth == EndAuthentication.NULL || authby.contains(AuthenticationMethod.NULL);
    }

    /** The same with a client that the peer may choose. */
    EndConfig withVirtual(VirtualNetwork network) {
        Client open = new Client(
                client.subnet,
                client.protocolPort,
                client.virtual,
                Optional.of(network),
                client.updown,
                client.pool,
                client.vtiIp,
                client.interfaceIp);
        return new EndConfig(side, host, id, auth, authby, eap, certificate, open, sourceIp, modeConfigRole, xauth);
    }

    /** The same with that authority above its certificate. */
    EndConfig withAuthority(Optional<DistinguishedName> ca) {
        Certificate other = new Certificate(
                certificate.certificate,
                certificate.ckaid,
                ca,
                certificate.groups,
                certificate.send,
                certificate.keyFromDns);
        return new EndConfig(side, host, id, auth, authby, eap, other, client, sourceIp, modeConfigRole, xauth);
    }

    /** Which of the two names in the configuration. */
    public enum Side {
        LEFT("left"),
        RIGHT("right");

        private final String text;

        Side(String text) {
            this.text = text;
        }

        public Side other() {
            return this == LEFT ? RIGHT : LEFT;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    /**
     * Where IKE is spoken.
     *
     * @param spec what was configured and, while it is known, the address
     * @param ikePort 1 to 65535, or 0: the usual ports. Messages at a port of one's own bear the non-ESP marker.
     * @param nextHop the gateway towards the other end
     */
    public record Host(HostSpec spec, int ikePort, Optional<IpAddress> nextHop) {
        /** Empty while unknown: {@code %any}, or a name that was not found. */
        public Optional<IpAddress> address() {
            return spec.address();
        }
    }

    /**
     * What is protected.
     *
     * @param subnet as configured
     * @param virtual {@code vhost:} or {@code vnet:} text, at whichever end it was written
     * @param virtualNetwork what that means; at the end that is not ours
     * @param updown the command; empty: none is run
     * @param pool addresses that this end may be given
     */
    public record Client(
            Optional<Subnet> subnet,
            ProtocolPort protocolPort,
            Optional<String> virtual,
            Optional<VirtualNetwork> virtualNetwork,
            Optional<String> updown,
            Optional<AddressRange> pool,
            Optional<AddressPrefix> vtiIp,
            Optional<AddressPrefix> interfaceIp) {

        /** The selector of a configured subnet with the protocol and port. */
        public Optional<Selector> selector() {
            return subnet.map(this::selectorOf);
        }

        /** The selector of {@code of} with the configured protocol and port. */
        public Selector selectorOf(Subnet of) {
            return new Selector(of, protocolPort.protocol(), protocolPort.port());
        }
    }

    /**
     * What is known of this end's key.
     *
     * @param certificate the one in the database that is configured, by nickname or CKAID
     * @param ckaid as configured, or of the public key that is
     * @param ca the authority that must be above this end's certificate; empty: any
     */
    public record Certificate(
            Optional<org.jswan.certificate.Certificate> certificate,
            Optional<Ckaid> ckaid,
            Optional<DistinguishedName> ca,
            Optional<String> groups,
            SendCertificate send,
            boolean keyFromDns) {}

    /** Who gives addresses to whom. */
    public record ModeConfigRole(boolean server, boolean client, boolean addressTranslation) {}

    /** IKEv1's extended authentication. */
    public record Xauth(boolean server, boolean client, Optional<String> username) {}
}
