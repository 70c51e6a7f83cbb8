// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.connection;

import static org.jswan.connection.AuthenticationMethod.ECDSA;
import static org.jswan.connection.AuthenticationMethod.NEVER;
import static org.jswan.connection.AuthenticationMethod.NULL;
import static org.jswan.connection.AuthenticationMethod.PSK;
import static org.jswan.connection.AuthenticationMethod.RSASIG;
import static org.jswan.connection.AuthenticationMethod.RSASIG_V1_5;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.jswan.base.AddressFamily;
import org.jswan.base.AddressRange;
import org.jswan.base.IpAddress;
import org.jswan.base.Subnet;
import org.jswan.certificate.Certificate;
import org.jswan.certificate.CertificateIdentity;
import org.jswan.connection.EndConfig.Side;
import org.jswan.identity.DistinguishedName;
import org.jswan.identity.IdType;
import org.jswan.identity.IdentityException;
import org.jswan.identity.IkeId;
import org.jswan.key.Ckaid;
import org.jswan.key.PrivateKeyRing.Found;
import org.jswan.key.PrivateKeyRing.Presence;
import org.jswan.log.RcCode;
import org.jswan.pool.AddressPools;
import org.jswan.pool.PoolException;

/** Makes the {@link EndConfig}s of a request, or refuses them. */
final class EndCheck {
    private final ConnectionRequest request;
    private final AddContext context;
    private final AddressFamily hostFamily;
    private final AddressFamily clientFamily;
    private final boolean neverNegotiates;

    EndCheck(
            ConnectionRequest request,
            AddContext context,
            AddressFamily hostFamily,
            AddressFamily clientFamily,
            boolean neverNegotiates) {
        this.request = request;
        this.context = context;
        this.hostFamily = hostFamily;
        this.clientFamily = clientFamily;
        this.neverNegotiates = neverNegotiates;
    }

    EndConfig end(Side side) throws ConnectionRefused {
        EndRequest end = side == Side.LEFT ? request.left() : request.right();
        EndRequest other = side == Side.LEFT ? request.right() : request.left();
        Optional<AddressRange> pool = end.get(EndOption.ADDRESS_POOL);
        if (pool.isPresent()) {
            checkBeside(pool.get());
        }
        Optional<Certificate> ours = certificate(side, end);
        IkeId id = id(end, ours);
        EndConfig.Certificate certificate = certificate(side, end, ours);
        Set<AuthenticationMethod> authby = EnumSet.noneOf(AuthenticationMethod.class);
        EndAuthentication auth = authentication(side, end, other, authby);
        if (end.get(EndOption.ID).filter("%fromcert"::equals).isPresent()
                && (auth == EndAuthentication.PSK || auth == EndAuthentication.NULL)) {
            throw ConnectionRefused.fatal("ID cannot be specified as %fromcert if PSK or AUTH-NULL is used");
        }
        Optional<ProtocolPort> protocolPort = end.get(EndOption.PROTOCOL_PORT);
        if (protocolPort.filter(p -> p.protocol() == 0 && p.port() != 0).isPresent()) {
            throw ConnectionRefused.serious(side + "protoport cannot specify non-zero port "
                    + protocolPort.get().port() + " for prototcol 0");
        }
        Optional<Subnet> subnet = end.get(EndOption.CLIENT);
        if (subnet.isEmpty() && hostFamily != clientFamily) {
            throw ConnectionRefused.serious(
                    "host protocol " + hostFamily + " conflicts with client protocol " + clientFamily);
        }
        EndConfig.Host host = host(side, end);
        if (pool.isPresent()) {
            check(side, pool.get(), other);
        }
        return new EndConfig(
                side,
                host,
                id,
                auth,
                authby,
                end.value(EndOption.EAP),
                certificate,
                new EndConfig.Client(
                        subnet,
                        protocolPort.orElse(ProtocolPort.ANY),
                        end.get(EndOption.VIRTUAL),
                        Optional.empty(),
                        Optional.of(end.value(EndOption.UPDOWN)).filter(u -> !u.isEmpty() && !u.equals("%disabled")),
                        pool,
                        end.get(EndOption.VTI_IP),
                        end.get(EndOption.INTERFACE_IP)),
                end.get(EndOption.SOURCE_IP),
                modeConfigRole(end, other),
                new EndConfig.Xauth(
                        end.is(EndOption.XAUTH_SERVER), end.is(EndOption.XAUTH_CLIENT), end.get(EndOption.USERNAME)));
    }

    private void checkBeside(AddressRange pool) throws ConnectionRefused {
        try {
            context.pools().check(pool);
        } catch (PoolException overlap) {
            throw ConnectionRefused.fatal(overlap.getMessage());
        }
    }

    private static void check(Side side, AddressRange pool, EndRequest other) throws ConnectionRefused {
        if (side == Side.RIGHT && other.has(EndOption.ADDRESS_POOL)) {
            throw new ConnectionRefused(RcCode.LOG_SERIOUS, "both left and right define address pools");
        }
        try {
            AddressPools.checkStart(pool);
        } catch (PoolException malformed) {
            throw new ConnectionRefused(
                    RcCode.LOG_SERIOUS, "invalid " + side + "addresspool: " + malformed.getMessage());
        }
    }

    /** An identity that cannot be read, or whose name is not found, counts as none: as the oracle. */
    private IkeId id(EndRequest end, Optional<Certificate> certificate) {
        Optional<String> text = end.get(EndOption.ID);
        if (text.isEmpty() || text.get().isEmpty()) {
            return IkeId.NONE;
        }
        try {
            IkeId id = IkeId.parse(text.get(), context.names());
            return id.type() == IdType.FROMCERT
                    ? certificate.map(CertificateIdentity::subject).orElse(id)
                    : id;
        } catch (IdentityException e) {
            context.logger().debug("id " + text.get() + ": " + e.getMessage());
            return IkeId.NONE;
        }
    }

    private EndConfig.Host host(Side side, EndRequest end) {
        HostSpec spec = end.get(EndOption.HOST).orElseGet(HostSpec::any);
        if (spec.kind() == HostSpec.Kind.NAME && spec.address().isEmpty()) {
            Optional<IpAddress> found = context.names().lookup(spec.text()).stream()
                    .filter(a -> a.family() == hostFamily)
                    .findFirst();
            if (found.isEmpty()) {
                context.logger()
                        .log(
                                RcCode.COMMENT,
                                // as libreswan: of whatever family, although only one is of use.
                                "failed to convert '" + spec.text() + "' at load time: not a numeric IPv4 or IPv6"
                                        + " address and name lookup failed (no validation performed)");
            }
            spec = found.map(spec::resolved).orElse(spec);
        }
        long port = end.value(EndOption.IKE_PORT);
        if (port > 65535) {
            context.logger().log(RcCode.BADID, side + "ikeport=" + port + " must be between 1..65535, ignored");
            port = 0;
        }
        return new EndConfig.Host(spec, (int) port, end.get(EndOption.NEXTHOP).filter(hop -> !hop.isAny()));
    }

    /** The certificate that is named, by nickname or CKAID, if it may be used. */
    private Optional<Certificate> certificate(Side side, EndRequest end) throws ConnectionRefused {
        Optional<String> nickname = end.get(EndOption.CERT);
        Optional<Certificate> found;
        if (nickname.isPresent()) {
            warnOfUnused(side, end, nickname.get());
            found = Optional.of(context.certificates()
                    .named(nickname.get())
                    .orElseThrow(() -> ConnectionRefused.fatal(
                            side + " certificate '" + nickname.get() + "' not found in the NSS database")));
        } else {
            found = EndKey.of(side, end).filter(key -> key.isByCkaid(side)).flatMap(key -> context.certificates()
                    .of(key.ckaid()));
        }
        if (found.filter(certificate -> !certificate.isValidAt(context.now())).isPresent()) {
            throw ConnectionRefused.fatal(
                    side + " certificate '" + found.get().nickname() + "' is expired or not yet valid");
        }
        return found;
    }

    private void warnOfUnused(Side side, EndRequest end, String nickname) {
        if (end.has(EndOption.CKAID)) {
            // as the oracle: the nickname in both places
            context.logger()
                    .log("warning: ignoring " + side + " ckaid '" + nickname + "' and using " + side + " certificate '"
                            + nickname + "'");
        }
        for (EndOption<String> option : EndKey.PUBLIC_KEYS) {
            end.get(option).ifPresent(key -> context.logger()
                    .log("warning: ignoring " + side + " " + option.label() + " '" + key + "' and using " + side
                            + " certificate '" + nickname + "'"));
        }
    }

    private EndConfig.Certificate certificate(Side side, EndRequest end, Optional<Certificate> certificate)
            throws ConnectionRefused {
        Optional<Ckaid> ckaid = certificate.isPresent() ? Optional.empty() : key(side, end);
        certificate.ifPresent(found -> {
            if (presence(found.key().ckaid()) == Presence.LOADED) {
                context.logger()
                        .logOnly("loaded private key matching " + side + " certificate '" + found.nickname() + "'");
            }
        });
        return new EndConfig.Certificate(
                certificate,
                ckaid,
                authority(side, end, certificate),
                end.get(EndOption.GROUPS),
                end.get(EndOption.SEND_CERT).orElse(SendCertificate.IF_ASKED),
                end.is(EndOption.DNS_KEY_ON_DEMAND));
    }

    private Presence presence(Ckaid ckaid) {
        return context.keys().getOrDefault(ckaid, Found.NOTHING).presence();
    }

    /** The key that is named without a certificate. */
    private Optional<Ckaid> key(Side side, EndRequest end) throws ConnectionRefused {
        Optional<EndKey> key = EndKey.of(side, end);
        key.ifPresent(given -> {
            if (!given.isByCkaid(side) && end.has(EndOption.CKAID)) {
                context.logger()
                        .log("warning: ignoring " + side + "ckaid="
                                + end.get(EndOption.CKAID).get() + " and using " + given.option());
            }
            Presence presence = presence(given.ckaid());
            if (presence == Presence.LOADED || given.isByCkaid(side) && presence == Presence.HAS) {
                context.logger().logOnly("loaded private key matching " + given.option() + " CKAID " + given.ckaid());
            }
        });
        return key.map(EndKey::ckaid);
    }

    /** The authority that is configured; else, unless it is to be the other end's, the certificate's issuer. */
    private Optional<DistinguishedName> authority(Side side, EndRequest end, Optional<Certificate> certificate) {
        Optional<String> text = end.get(EndOption.CA);
        if (text.isPresent() && !text.get().equals("%any") && !isSameAuthority(end)) {
            try {
                return Optional.of(DistinguishedName.parse(text.get()));
            } catch (IdentityException malformed) {
                context.logger()
                        .log("bad " + side + " CA string '" + text.get() + "': " + malformed.getMessage()
                                + " (ignored)");
            }
        }
        return isSameAuthority(end) ? Optional.empty() : certificate.map(Certificate::issuer);
    }

    /** Whether this end's authority is to be the other's. */
    static boolean isSameAuthority(EndRequest end) {
        return end.get(EndOption.CA).filter("%same"::equals).isPresent();
    }

    /** An end with a pool gives addresses to itself, as it were, by the other end. */
    private static EndConfig.ModeConfigRole modeConfigRole(EndRequest end, EndRequest other) {
        return new EndConfig.ModeConfigRole(
                end.is(EndOption.MODECFG_SERVER) || other.has(EndOption.ADDRESS_POOL),
                end.is(EndOption.MODECFG_CLIENT) || end.has(EndOption.ADDRESS_POOL),
                end.is(EndOption.CAT));
    }

    /** What {@code auth=} and {@code authby=} come to; fills in what this end may use. */
    private EndAuthentication authentication(
            Side side, EndRequest end, EndRequest other, Set<AuthenticationMethod> authby) throws ConnectionRefused {
        Optional<EndAuthentication> auth = end.get(EndOption.AUTH);
        if (end.value(EndOption.EAP) == EapMethod.NONE
                && auth.filter(EndAuthentication.EAPONLY::equals).isPresent()) {
            throw ConnectionRefused.serious(
                    "leftauth/rightauth can only be 'eaponly' when using" + " leftautheap/rightautheap is not 'none'");
        }
        if (neverNegotiates && auth.filter(a -> a != EndAuthentication.NEVER).isPresent()) {
            throw ConnectionRefused.fatal(side + "auth=" + AuthenticationText.of(auth.get())
                    + " option is invalid for type=passthrough connection");
        }
        if (auth.isPresent() != other.has(EndOption.AUTH)) {
            throw ConnectionRefused.fatal("leftauth= and rightauth= must both be set or both be unset");
        }
        Set<AuthenticationMethod> asked = request.value(ConnectionOption.AUTHENTICATION);
        if (neverNegotiates) {
            authby.add(NEVER);
        } else {
            authby.addAll(asked.isEmpty() ? EnumSet.of(RSASIG, RSASIG_V1_5, ECDSA) : asked);
        }
        if (request.value(ConnectionOption.IKE_VERSION) == IkeVersion.IKEV1) {
            return Ikev1Check.authentication(side, auth, asked, authby);
        }
        if (auth.isEmpty()) {
            return EndAuthentication.strongest(authby)
                    .orElseThrow(
                            () -> new ConnectionRefused(RcCode.FATAL, "no authentication (auth=, authby=) was set"));
        }
        switch (auth.get()) {
            case PSK -> only(authby, PSK);
            case NULL -> only(authby, NULL);
            case RSASIG -> restrict(side, auth.get(), authby, EnumSet.of(RSASIG, RSASIG_V1_5));
            case ECDSA -> restrict(side, auth.get(), authby, EnumSet.of(ECDSA));
            case EAPONLY, NEVER -> {}
        }
        return auth.get();
    }

    private static void only(Set<AuthenticationMethod> authby, AuthenticationMethod method) {
        authby.clear();
        authby.add(method);
    }

    private static void restrict(
            Side side, EndAuthentication auth, Set<AuthenticationMethod> authby, Set<AuthenticationMethod> mask)
            throws ConnectionRefused {
        authby.retainAll(mask);
        if (authby.isEmpty()) {
            throw ConnectionRefused.serious(
                    side + "auth=" + AuthenticationText.of(auth) + " expects authby=" + AuthenticationText.of(mask));
        }
    }
}
