// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.auto;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jswan.base.Bytes;
import org.jswan.base.IpAddress;
import org.jswan.base.Subnet;
import org.jswan.config.conf.Conn;
import org.jswan.config.conf.ConnEnd;
import org.jswan.config.conf.Values;
import org.jswan.connection.AddressPrefix;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.connection.ConnectionRequest;
import org.jswan.connection.DpdAction;
import org.jswan.connection.EapMethod;
import org.jswan.connection.EndAuthentication;
import org.jswan.connection.EndOption;
import org.jswan.connection.EndRequest;
import org.jswan.connection.HostSpec;
import org.jswan.connection.IkeVersion;
import org.jswan.connection.NatMethodV1;
import org.jswan.connection.ProtocolPort;
import org.jswan.connection.RemotePeerType;
import org.jswan.connection.SendCa;
import org.jswan.connection.SendCertificate;
import org.jswan.connection.TcpMode;
import org.jswan.connection.XauthFailure;
import org.jswan.connection.XauthMethod;
import org.jswan.connection.YesNoAuto;
import org.jswan.control.WhackCommand;
import org.jswan.identity.DataText;
import org.jswan.identity.IdentityException;

/** Makes of a conn what whack's connection form would parse to. */
final class ConnRequests {
    private static final long MAX_MANUAL_REQID = 0x3fff;

    private static final Map<Long, YesNoAuto> YES_NO_AUTO =
            Map.of(1L, YesNoAuto.AUTO, 2L, YesNoAuto.NO, 3L, YesNoAuto.YES);
    private static final Map<Long, TcpMode> TCP = Map.of(1L, TcpMode.NO, 2L, TcpMode.ONLY, 3L, TcpMode.FALLBACK);
    private static final Map<Long, DpdAction> DPD =
            Map.of(0L, DpdAction.DISABLED, 1L, DpdAction.CLEAR, 2L, DpdAction.HOLD, 3L, DpdAction.RESTART);
    private static final Map<Long, SendCa> SEND_CA = Map.of(0L, SendCa.NONE, 1L, SendCa.ISSUER, 2L, SendCa.ALL);
    private static final Map<Long, NatMethodV1> NAT_V1 =
            Map.of(0L, NatMethodV1.BOTH, 1L, NatMethodV1.RFC, 2L, NatMethodV1.DRAFTS, 3L, NatMethodV1.NONE);
    private static final Map<Long, SendCertificate> SEND_CERT =
            Map.of(1L, SendCertificate.NEVER, 2L, SendCertificate.IF_ASKED, 3L, SendCertificate.ALWAYS);
    private static final Map<Long, EndAuthentication> AUTH = Map.of(
            0L, EndAuthentication.NEVER,
            1L, EndAuthentication.PSK,
            2L, EndAuthentication.RSASIG,
            3L, EndAuthentication.ECDSA,
            4L, EndAuthentication.NULL,
            5L, EndAuthentication.EAPONLY);
    private static final Map<Long, EapMethod> EAP = Map.of(0L, EapMethod.NONE, 1L, EapMethod.TLS);
    private static final Map<Long, XauthMethod> XAUTH_BY =
            Map.of(0L, XauthMethod.FILE, 1L, XauthMethod.PAM, 2L, XauthMethod.ALWAYS_OK);
    private static final Map<Long, XauthFailure> XAUTH_FAIL = Map.of(0L, XauthFailure.HARD, 1L, XauthFailure.SOFT);
    private static final Map<Long, RemotePeerType> PEER = Map.of(0L, RemotePeerType.OTHER, 1L, RemotePeerType.CISCO);

    private final Consumer<String> out;
    private final Consumer<String> err;

    /**
     * @param out lines for standard output
     * @param err lines for standard error
     */
    ConnRequests(Consumer<String> out, Consumer<String> err) {
        this.out = out;
        this.err = err;
    }

    /**
     * The connection of a conn with given hosts and clients; empty if it cannot be one, which is said.
     *
     * @param member one of a family of connections: its clients, name and alias are not the conn's
     */
    Optional<ConnectionRequest> request(Conn conn, DefaultRoutes.Ends ends, Optional<Member> member) {
        // "%auto" is no name: what it stands for is numbered, and the number never grows
        String name = conn.name().equals("%auto") ? "conn_0" : conn.name();
        ConnectionRequest.Builder request =
                ConnectionRequest.builder(member.map(Member::name).orElse(name));
        member.map(m -> conn.name()).or(conn::aliases).ifPresent(a -> request.set(ConnectionOption.ALIASES, a));
        request.set(ConnectionOption.HOST_FAMILY, conn.left().hostFamily());
        request.set(ConnectionOption.IKE_VERSION, conn.ikeVersion());
        if (!conn.authentication().isEmpty()) {
            request.set(ConnectionOption.AUTHENTICATION, conn.authentication());
        }
        if (conn.values().isTextGiven("authby")) {
            request.set(ConnectionOption.SIGNATURE_HASHES, conn.signatureHashes());
        }
        policies(conn, request);
        request.set(ConnectionOption.PROSPECTIVE_SHUNT, conn.prospectiveShunt());
        request.set(ConnectionOption.NEGOTIATION_SHUNT, conn.negotiationShunt());
        request.set(ConnectionOption.FAILURE_SHUNT, conn.failureShunt());
        values(conn.values(), request);
        deadPeers(conn, request);
        Optional<EndRequest> left = end(conn.left(), ends.left(), member.map(Member::left));
        Optional<EndRequest> right =
                left.isEmpty() ? Optional.empty() : end(conn.right(), ends.right(), member.map(Member::right));
        return right.map(r -> {
            left.get().get(EndOption.CLIENT).or(() -> r.get(EndOption.CLIENT)).ifPresent(client -> {
                request.set(ConnectionOption.CLIENT_FAMILY, client.family());
            });
            return request.left(left.get()).right(r).build();
        });
    }

    // ---- the connection ----

    private static void policies(Conn conn, ConnectionRequest.Builder request) {
        flag(conn, request, ConnectionPolicy.ENCRYPT, ConnectionOption.ENCRYPT);
        flag(conn, request, ConnectionPolicy.AUTHENTICATE, ConnectionOption.AUTHENTICATE);
        flag(conn, request, ConnectionPolicy.COMPRESS, ConnectionOption.COMPRESS);
        flag(conn, request, ConnectionPolicy.TUNNEL, ConnectionOption.TUNNEL);
        flag(conn, request, ConnectionPolicy.PFS, ConnectionOption.PFS);
        flag(conn, request, ConnectionPolicy.DECAP_DSCP, ConnectionOption.DECAP_DSCP);
        flag(conn, request, ConnectionPolicy.NOPMTUDISC, ConnectionOption.NO_PMTU_DISCOVERY);
        flag(conn, request, ConnectionPolicy.MSDH_DOWNGRADE, ConnectionOption.MS_DH_DOWNGRADE);
        flag(conn, request, ConnectionPolicy.ALLOW_NO_SAN, ConnectionOption.ALLOW_CERT_WITHOUT_SAN);
        flag(conn, request, ConnectionPolicy.DNS_MATCH_ID, ConnectionOption.DNS_MATCH_ID);
        flag(conn, request, ConnectionPolicy.SHA2_TRUNCBUG, ConnectionOption.SHA2_TRUNCATION_BUG);
        flag(conn, request, ConnectionPolicy.DONT_REKEY, ConnectionOption.DONT_REKEY);
        flag(conn, request, ConnectionPolicy.REAUTH, ConnectionOption.REAUTH);
        flag(conn, request, ConnectionPolicy.UP, ConnectionOption.KEEP_UP);
        flag(conn, request, ConnectionPolicy.MODECFG_PULL, ConnectionOption.MODECFG_PULL);
        flag(conn, request, ConnectionPolicy.AGGRESSIVE, ConnectionOption.AGGRESSIVE);
        flag(conn, request, ConnectionPolicy.OVERLAPIP, ConnectionOption.OVERLAP_IP);
        flag(conn, request, ConnectionPolicy.IKEV2_ALLOW_NARROWING, ConnectionOption.ALLOW_NARROWING);
        flag(conn, request, ConnectionPolicy.IKEV2_PAM_AUTHORIZE, ConnectionOption.PAM_AUTHORIZE);
        flag(conn, request, ConnectionPolicy.IKE_FRAG_ALLOW, ConnectionOption.IKE_FRAGMENTATION_ALLOW);
        flag(conn, request, ConnectionPolicy.IKE_FRAG_FORCE, ConnectionOption.IKE_FRAGMENTATION_FORCE);
        flag(conn, request, ConnectionPolicy.NO_IKEPAD, ConnectionOption.NO_IKE_PAD);
        flag(conn, request, ConnectionPolicy.MOBIKE, ConnectionOption.MOBIKE);
        flag(conn, request, ConnectionPolicy.PPK_ALLOW, ConnectionOption.PPK_ALLOW);
        flag(conn, request, ConnectionPolicy.PPK_INSIST, ConnectionOption.PPK_INSIST);
        flag(conn, request, ConnectionPolicy.ESN_NO, ConnectionOption.ESN_NO);
        flag(conn, request, ConnectionPolicy.ESN_YES, ConnectionOption.ESN_YES);
        flag(conn, request, ConnectionPolicy.INTERMEDIATE, ConnectionOption.INTERMEDIATE);
        flag(conn, request, ConnectionPolicy.IGNORE_PEER_DNS, ConnectionOption.IGNORE_PEER_DNS);
        if (conn.policy().contains(ConnectionPolicy.SEND_REDIRECT_ALWAYS)) {
            request.set(ConnectionOption.SEND_REDIRECT, YesNoAuto.YES);
        } else if (conn.policy().contains(ConnectionPolicy.SEND_REDIRECT_NEVER)) {
            request.set(ConnectionOption.SEND_REDIRECT, YesNoAuto.NO);
        }
        if (conn.policy().contains(ConnectionPolicy.ACCEPT_REDIRECT_YES)) {
            request.set(ConnectionOption.ACCEPT_REDIRECT, true);
        }
    }

    private static void flag(
            Conn conn, ConnectionRequest.Builder request, ConnectionPolicy bit, ConnectionOption<Boolean> option) {
        if (conn.policy().contains(bit)) {
            request.set(option);
        }
    }

    private void values(Values values, ConnectionRequest.Builder request) {
        time(values, "ikelifetime", request, ConnectionOption.IKE_LIFETIME);
        time(values, "ipsec-lifetime", request, ConnectionOption.IPSEC_LIFETIME);
        time(values, "rekeymargin", request, ConnectionOption.REKEY_MARGIN);
        time(values, "retransmit-timeout", request, ConnectionOption.RETRANSMIT_TIMEOUT);
        time(values, "retransmit-interval", request, ConnectionOption.RETRANSMIT_INTERVAL);
        number(values, "ipsec-max-bytes", request, ConnectionOption.IPSEC_MAX_BYTES);
        number(values, "ipsec-max-packets", request, ConnectionOption.IPSEC_MAX_PACKETS);
        number(values, "rekeyfuzz", request, ConnectionOption.REKEY_FUZZ);
        number(values, "keyingtries", request, ConnectionOption.KEYING_TRIES);
        number(values, "replay-window", request, ConnectionOption.REPLAY_WINDOW);
        number(values, "ipsec-interface", request, ConnectionOption.IPSEC_INTERFACE);
        number(values, "metric", request, ConnectionOption.METRIC);
        number(values, "mtu", request, ConnectionOption.MTU);
        number(values, "priority", request, ConnectionOption.PRIORITY);
        number(values, "tfc", request, ConnectionOption.TFC);
        // As libreswan: of a greater number 16 bits count.
        values.givenNumber("nflog").ifPresent(group -> request.set(ConnectionOption.NFLOG_GROUP, group & 0xffff));
        number(values, "tcp-remoteport", request, ConnectionOption.TCP_REMOTE_PORT);
        reqid(values, request);
        word(values, "nic-offload", YES_NO_AUTO, request, ConnectionOption.NIC_OFFLOAD);
        // Said even where it is the default, for whack's own default shows as another in the status.
        request.set(
                ConnectionOption.ENCAPSULATION, Optional.ofNullable(YES_NO_AUTO.get(values.number("encapsulation"))));
        word(values, "enable-tcp", TCP, request, ConnectionOption.TCP);
        word(values, "sendca", SEND_CA, request, ConnectionOption.SEND_CA);
        word(values, "nat-ikev1-method", NAT_V1, request, ConnectionOption.IKEV1_NAT_METHOD);
        word(values, "remote-peer-type", PEER, request, ConnectionOption.REMOTE_PEER_TYPE);
        word(values, "xauthby", XAUTH_BY, request, ConnectionOption.XAUTH_BY);
        word(values, "xauthfail", XAUTH_FAIL, request, ConnectionOption.XAUTH_FAIL);
        yesNo(values, "send-no-esp-tfc", request, ConnectionOption.SEND_NO_ESP_TFC);
        yesNo(values, "nat-keepalive", request, ConnectionOption.NAT_KEEPALIVE);
        yesNo(values, "send-vendorid", request, ConnectionOption.SEND_VENDOR_ID);
        yesNo(values, "initial-contact", request, ConnectionOption.INITIAL_CONTACT);
        yesNo(values, "cisco-unity", request, ConnectionOption.CISCO_UNITY);
        yesNo(values, "fake-strongswan", request, ConnectionOption.FAKE_STRONGSWAN);
        yesNo(values, "nm-configured", request, ConnectionOption.NM_CONFIGURED);
        yesNo(values, "vti-routing", request, ConnectionOption.VTI_ROUTING);
        yesNo(values, "vti-shared", request, ConnectionOption.VTI_SHARED);
        text(values, "ike", request, ConnectionOption.IKE);
        text(values, "esp", request, ConnectionOption.ESP);
        text(values, "policy-label", request, ConnectionOption.SECURITY_LABEL);
        text(values, "modecfgdns", request, ConnectionOption.MODECFG_DNS);
        text(values, "modecfgdomains", request, ConnectionOption.MODECFG_DOMAINS);
        text(values, "modecfgbanner", request, ConnectionOption.MODECFG_BANNER);
        text(values, "mark", request, ConnectionOption.MARK);
        text(values, "mark-in", request, ConnectionOption.MARK_IN);
        text(values, "mark-out", request, ConnectionOption.MARK_OUT);
        text(values, "vti-interface", request, ConnectionOption.VTI_INTERFACE);
        text(values, "redirect-to", request, ConnectionOption.REDIRECT_TO);
        text(values, "accept-redirect-to", request, ConnectionOption.ACCEPT_REDIRECT_TO);
    }

    private static void text(
            Values values, String field, ConnectionRequest.Builder request, ConnectionOption<String> option) {
        request.set(option, values.givenText(field));
    }

    private static void number(
            Values values, String field, ConnectionRequest.Builder request, ConnectionOption<Long> option) {
        values.givenNumber(field).ifPresent(number -> request.set(option, number));
    }

    private static void time(
            Values values, String field, ConnectionRequest.Builder request, ConnectionOption<Duration> option) {
        values.givenNumber(field).ifPresent(millis -> request.set(option, Duration.ofMillis(millis)));
    }

    private static void yesNo(
            Values values, String field, ConnectionRequest.Builder request, ConnectionOption<Boolean> option) {
        values.givenNumber(field).ifPresent(number -> request.set(option, number != 0));
    }

    private static <T> void word(
            Values values,
            String field,
            Map<Long, T> meanings,
            ConnectionRequest.Builder request,
            ConnectionOption<T> option) {
        values.givenNumber(field).ifPresent(number -> request.set(option, Optional.ofNullable(meanings.get(number))));
    }

    private void reqid(Values values, ConnectionRequest.Builder request) {
        values.givenNumber("reqid").ifPresent(reqid -> {
            if (reqid <= 0 || reqid > MAX_MANUAL_REQID) {
                err.accept("Ignoring reqid value - range must be 1-" + MAX_MANUAL_REQID);
            } else {
                request.set(ConnectionOption.REQID, reqid);
            }
        });
    }

    /** {@code dpddelay dpdtimeout dpdaction}: what counts with which version, and what does not. */
    private void deadPeers(Conn conn, ConnectionRequest.Builder request) {
        Values values = conn.values();
        boolean delay = values.isNumberGiven("dpddelay");
        boolean timeout = values.isNumberGiven("dpdtimeout");
        boolean action = values.isNumberGiven("dpdaction");
        DpdAction chosen = DpdAction.HOLD;
        if (conn.ikeVersion() == IkeVersion.IKEV1) {
            if (delay && timeout) {
                time(values, "dpddelay", request, ConnectionOption.DPD_DELAY);
                time(values, "dpdtimeout", request, ConnectionOption.DPD_TIMEOUT);
                chosen = action ? DPD.getOrDefault(values.number("dpdaction"), chosen) : chosen;
            } else if (delay || timeout || action) {
                warn(conn, "warning IKEv1 dpd settings are ignored unless both dpdtimeout= and dpddelay= are set");
            }
        } else {
            if (delay) {
                time(values, "dpddelay", request, ConnectionOption.DPD_DELAY);
                chosen = action ? DPD.getOrDefault(values.number("dpdaction"), chosen) : chosen;
            } else if (action) {
                warn(conn, "warning IKEv2 liveness setting dpdaction= is ignored unless dpddelay= is set");
            }
            if (timeout) {
                warn(conn, "warning IKEv2 liveness uses retransmit-timeout=, dpdtimeout= ignored");
            }
        }
        boolean noRekey = values.isNumberGiven("rekey") && values.number("rekey") == 0;
        if (noRekey && DPD.get(values.number("dpdaction")) == DpdAction.RESTART) {
            warn(conn, "warning dpdaction cannot be 'restart'  when rekey=no - defaulting to 'hold'");
            chosen = DpdAction.HOLD;
        }
        request.set(ConnectionOption.DPD_ACTION, chosen);
    }

    private void warn(Conn conn, String what) {
        err.accept("conn: \"" + conn.name() + "\" " + what);
    }

    // ---- the ends ----

    private Optional<EndRequest> end(ConnEnd end, EndRoute route, Optional<Subnet> client) {
        Optional<HostSpec> host = host(end, route);
        if (host.isEmpty()) {
            out.accept("Failed to load connection " + end.side() + "= is not set");
            return Optional.empty();
        }
        Values values = end.values();
        EndRequest.Builder request = EndRequest.builder();
        request.set(EndOption.ID, end.id());
        request.set(EndOption.HOST, host);
        if (route.nextHopType() == ConnEnd.NextHop.ADDRESS) {
            request.set(EndOption.NEXTHOP, route.nextHop());
        }
        request.set(EndOption.SOURCE_IP, end.sourceIp());
        request.set(EndOption.VTI_IP, end.vti().map(p -> new AddressPrefix(p.address(), p.length())));
        request.set(EndOption.CLIENT, client.or(() -> end.hasClient() ? end.subnet() : Optional.empty()));
        request.set(EndOption.VIRTUAL, end.virtual());
        values.givenNumber("ikeport").ifPresent(port -> request.set(EndOption.IKE_PORT, port));
        request.set(
                EndOption.PROTOCOL_PORT,
                end.protocolPort().map(p -> new ProtocolPort(p.protocol(), p.port(), p.anyPort())));
        request.set(EndOption.CERT, values.givenText("cert"));
        request.set(EndOption.CKAID, values.givenText("ckaid"));
        request.set(EndOption.CA, values.givenText("ca"));
        request.set(EndOption.USERNAME, values.givenText("username"));
        request.set(EndOption.UPDOWN, values.givenText("updown"));
        request.set(
                EndOption.SEND_CERT,
                values.isNumberGiven("sendcert")
                        ? SEND_CERT.getOrDefault(values.number("sendcert"), SendCertificate.ALWAYS)
                        : SendCertificate.ALWAYS);
        values.givenNumber("auth").ifPresent(auth -> request.set(EndOption.AUTH, Optional.ofNullable(AUTH.get(auth))));
        values.givenNumber("autheap").ifPresent(eap -> request.set(EndOption.EAP, Optional.ofNullable(EAP.get(eap))));
        flag(values, "xauthserver", request, EndOption.XAUTH_SERVER);
        flag(values, "xauthclient", request, EndOption.XAUTH_CLIENT);
        flag(values, "modecfgserver", request, EndOption.MODECFG_SERVER);
        flag(values, "modecfgclient", request, EndOption.MODECFG_CLIENT);
        flag(values, "cat", request, EndOption.CAT);
        request.set(EndOption.ADDRESS_POOL, end.pool());
        request.set(EndOption.DNS_KEY_ON_DEMAND, end.isKeyFromDns());
        if (end.isKeyPreexchanged()) {
            end.publicKey().ifPresent(key -> request.set(keyOption(key.kind()), key.text()));
        }
        return Optional.of(request.build());
    }

    private static EndOption<String> keyOption(String kind) {
        return switch (kind) {
            case "rsasigkey" -> EndOption.RSA_KEY;
            case "ecdsakey" -> EndOption.ECDSA_KEY;
            default -> EndOption.PUBLIC_KEY;
        };
    }

    private static void flag(Values values, String field, EndRequest.Builder request, EndOption<Boolean> option) {
        if (values.isNumberGiven(field) && values.number(field) != 0) {
            request.set(option);
        }
    }

    private static Optional<HostSpec> host(ConnEnd end, EndRoute route) {
        return switch (route.type()) {
            case NOT_SET, UNKNOWN -> Optional.empty();
            case ADDRESS -> route.address().map(HostSpec::of);
            case ANY -> Optional.of(HostSpec.any());
            case DEFAULT_ROUTE -> Optional.of(HostSpec.special(HostSpec.Kind.DEFAULT_ROUTE));
            case OPPORTUNISTIC -> Optional.of(HostSpec.special(HostSpec.Kind.OPPORTUNISTIC));
            case OPPORTUNISTIC_GROUP -> Optional.of(HostSpec.special(HostSpec.Kind.OPPORTUNISTIC_GROUP));
            case GROUP -> Optional.of(HostSpec.special(HostSpec.Kind.GROUP));
            case NAME -> end.hostText().map(HostSpec::name);
            case INTERFACE -> end.interfaceName().map(name -> {
                HostSpec spec = HostSpec.ofInterface(name);
                Optional<IpAddress> address = route.address();
                return address.map(spec::resolved).orElse(spec);
            });
        };
    }

    // ---- keys ----

    /** The keys that the configuration holds, one for an end at most; empty if one is malformed, which is said. */
    Optional<List<WhackCommand.Key>> keys(Conn conn) {
        List<WhackCommand.Key> keys = new ArrayList<>();
        for (ConnEnd end : List.of(conn.left(), conn.right())) {
            if (!end.isKeyPreexchanged()
                    || end.publicKey().isEmpty()
                    || end.id().isEmpty()) {
                continue;
            }
            ConnEnd.PublicKey key = end.publicKey().get();
            WhackCommand.Key.Algorithm algorithm =
                    switch (key.kind()) {
                        case "rsasigkey" -> WhackCommand.Key.Algorithm.RSA;
                        case "ecdsakey" -> WhackCommand.Key.Algorithm.ECDSA;
                        default -> WhackCommand.Key.Algorithm.ANY;
                    };
            try {
                // of any type: always base64, without a prefix
                String text = algorithm == WhackCommand.Key.Algorithm.ANY ? "0s" + key.text() : key.text();
                Bytes octets = DataText.parse(Bytes.ofUtf8(text));
                keys.add(new WhackCommand.Key(
                        end.id().get(), false, Optional.of(new WhackCommand.Key.PublicKey(algorithm, octets))));
            } catch (IdentityException e) {
                err.accept(
                        "conn " + conn.name() + ": " + end.side() + key.kind() + " malformed [" + e.getMessage() + "]");
                return Optional.empty();
            }
        }
        return Optional.of(keys);
    }

    /**
     * One of the connections that {@code leftsubnets=} and {@code rightsubnets=} multiply a conn to.
     *
     * @param name the conn's and a number for each side, {@code west/1x2}
     */
    record Member(String name, Subnet left, Subnet right) {}
}
