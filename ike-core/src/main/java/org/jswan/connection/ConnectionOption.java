// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.connection;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jswan.base.AddressFamily;

/** The options of a connection as a whole. */
public final class ConnectionOption<T> extends RequestOption<T> {
    private static final List<ConnectionOption<?>> ALL = new ArrayList<>();

    /** Other names of the connection, as written: white space between them. */
    public static final ConnectionOption<String> ALIASES =
            add(text().names("connalias").conf("connalias"));

    /** The family of the hosts; if not given, that of the first address. */
    public static final ConnectionOption<AddressFamily> HOST_FAMILY = add(family().means("ipv4", AddressFamily.IPV4)
            .means("ipv6", AddressFamily.IPV6)
            .conf("hostaddrfamily"));

    /** The family of the clients; if not given, that of the first subnet. */
    public static final ConnectionOption<AddressFamily> CLIENT_FAMILY =
            add(family().means("tunnelipv4", AddressFamily.IPV4)
                    .means("tunnelipv6", AddressFamily.IPV6)
                    .conf("clientaddrfamily"));

    public static final ConnectionOption<IkeVersion> IKE_VERSION = add(Definition.<IkeVersion>choice(Map.of())
            .means("ikev1", IkeVersion.IKEV1)
            .means("ikev2", IkeVersion.IKEV2)
            .means("ikev1-allow", IkeVersion.IKEV1)
            .means("ikev2-allow", IkeVersion.IKEV2)
            .means("ikev2-propose", IkeVersion.IKEV2)
            .conf("ikev2")
            .otherwise(IkeVersion.IKEV2));

    /** Ways to authenticate; none given leaves the choice to the ends' {@link EndOption#AUTH}. */
    public static final ConnectionOption<Set<AuthenticationMethod>> AUTHENTICATION =
            add(Definition.<Set<AuthenticationMethod>>of(ValueType.Kind.SET, Set::toString)
                    .names("psk", "auth-never", "auth-null", "rsasig")
                    .names("ecdsa", "ecdsa-sha2", "ecdsa-sha2_256", "ecdsa-sha2_384", "ecdsa-sha2_512")
                    .names("rsa-sha1", "rsa-sha2", "rsa-sha2_256", "rsa-sha2_384", "rsa-sha2_512")
                    .conf("authby")
                    .otherwise(Set.of()));

    /** Hashes of signatures; set together with {@link #AUTHENTICATION}. */
    public static final ConnectionOption<Set<SignatureHash>> SIGNATURE_HASHES =
            add(Definition.<Set<SignatureHash>>of(ValueType.Kind.SET, Set::toString)
                    .ours("signature-hashes")
                    .conf("authby")
                    .otherwise(Set.of(SignatureHash.values())));

    public static final ConnectionOption<Boolean> ENCRYPT =
            add(flag().names("encrypt").conf("phase2"));

    public static final ConnectionOption<Boolean> AUTHENTICATE =
            add(flag().names("authenticate").conf("phase2"));

    public static final ConnectionOption<Boolean> COMPRESS =
            add(flag().names("compress").conf("compress"));

    public static final ConnectionOption<Boolean> TUNNEL =
            add(flag().names("tunnel").oursMeans("transport", false).conf("type"));

    public static final ConnectionOption<Boolean> PFS = add(flag().names("pfs").conf("pfs"));

    public static final ConnectionOption<Boolean> DECAP_DSCP =
            add(flag().names("decap-dscp").conf("decap-dscp"));

    public static final ConnectionOption<Boolean> NO_PMTU_DISCOVERY =
            add(flag().names("nopmtudisc").conf("nopmtudisc"));

    public static final ConnectionOption<Boolean> MS_DH_DOWNGRADE =
            add(flag().names("ms-dh-downgrade").conf("ms-dh-downgrade"));

    public static final ConnectionOption<Boolean> ALLOW_CERT_WITHOUT_SAN =
            add(flag().names("allow-cert-without-san-id").conf("require-id-on-certificate"));

    public static final ConnectionOption<Boolean> DNS_MATCH_ID =
            add(flag().names("dns-match-id").conf("dns-match-id"));

    public static final ConnectionOption<Boolean> SHA2_TRUNCATION_BUG =
            add(flag().names("sha2-truncbug", "sha2_truncbug").conf("sha2-truncbug"));

    public static final ConnectionOption<Boolean> DONT_REKEY =
            add(flag().names("dontrekey").conf("rekey"));

    public static final ConnectionOption<Boolean> REAUTH =
            add(flag().names("reauth").conf("reauth"));

    /** Up again whenever it went down ({@code auto=keep}). */
    public static final ConnectionOption<Boolean> KEEP_UP =
            add(flag().ours("keep-up").conf("auto"));

    /** Who asks whom for an address in IKEv1; in IKEv2 it is always the client, and this is shown only. */
    public static final ConnectionOption<Boolean> MODECFG_PULL =
            add(flag().names("modecfgpull").conf("modecfgpull"));

    public static final ConnectionOption<Boolean> AGGRESSIVE =
            add(flag().names("aggressive", "aggrmode").conf("aggressive"));

    public static final ConnectionOption<Boolean> OVERLAP_IP =
            add(flag().names("overlapip").conf("overlapip"));

    public static final ConnectionOption<Boolean> ALLOW_NARROWING =
            add(flag().names("allow-narrowing").conf("narrowing"));

    public static final ConnectionOption<Boolean> PAM_AUTHORIZE =
            add(flag().ours("ikev2-pam-authorize").conf("pam-authorize"));

    public static final ConnectionOption<YesNoAuto> SEND_REDIRECT =
            add(yesNoAuto().names("send-redirect").conf("send-redirect").otherwise(YesNoAuto.AUTO));

    /** Whether a redirect by the peer is followed. */
    public static final ConnectionOption<Boolean> ACCEPT_REDIRECT =
            add(Definition.choice(Map.of("yes", true, "no", false))
                    .names("accept-redirect")
                    .conf("accept-redirect")
                    .otherwise(false));

    /** As libreswan: {@code --redirect-to} always redirects at once, so that a connection needs a name of its own. */
    public static final ConnectionOption<String> REDIRECT_TO =
            add(text().ours("connection-redirect-to").conf("redirect-to"));

    public static final ConnectionOption<String> ACCEPT_REDIRECT_TO =
            add(text().names("accept-redirect-to").conf("accept-redirect-to"));

    public static final ConnectionOption<Boolean> IKE_FRAGMENTATION_ALLOW =
            add(flag().names("ikefrag-allow").conf("fragmentation"));

    public static final ConnectionOption<Boolean> IKE_FRAGMENTATION_FORCE =
            add(flag().names("ikefrag-force").conf("fragmentation"));

    public static final ConnectionOption<Boolean> NO_IKE_PAD =
            add(flag().names("no-ikepad").conf("ikepad"));

    public static final ConnectionOption<Boolean> MOBIKE =
            add(flag().names("mobike").conf("mobike"));

    public static final ConnectionOption<Boolean> PPK_ALLOW =
            add(flag().ours("ppk-allow").conf("ppk"));

    public static final ConnectionOption<Boolean> PPK_INSIST =
            add(flag().ours("ppk-insist").conf("ppk"));

    public static final ConnectionOption<Boolean> ESN_NO =
            add(flag().names("no-esn").conf("esn"));

    public static final ConnectionOption<Boolean> ESN_YES =
            add(flag().names("esn").conf("esn"));

    public static final ConnectionOption<Boolean> INTERMEDIATE =
            add(flag().names("intermediate").conf("intermediate"));

    public static final ConnectionOption<Boolean> IGNORE_PEER_DNS =
            add(flag().names("ignore-peer-dns").conf("ignore-peer-dns"));

    /** Before there is an SA. Not given: a trap if there is anything to negotiate. */
    public static final ConnectionOption<Shunt> PROSPECTIVE_SHUNT = add(shunt().means("initiateontraffic", Shunt.TRAP)
            .means("pass", Shunt.PASS)
            .means("drop", Shunt.DROP)
            .means("reject", Shunt.REJECT)
            .conf("type"));

    /** While the negotiation lasts. */
    public static final ConnectionOption<Shunt> NEGOTIATION_SHUNT = add(shunt().means("negopass", Shunt.PASS)
            .oursMeans("negohold", Shunt.HOLD)
            .conf("negotiationshunt"));

    /** After the negotiation failed. */
    public static final ConnectionOption<Shunt> FAILURE_SHUNT = add(shunt().means("failnone", Shunt.NONE)
            .means("failpass", Shunt.PASS)
            .means("faildrop", Shunt.DROP)
            .means("failreject", Shunt.REJECT)
            .conf("failureshunt"));

    public static final ConnectionOption<Duration> IKE_LIFETIME = add(seconds()
            .names("ikelifetime")
            .ours("ike-lifetime")
            .conf("ikelifetime")
            .otherwise(Duration.ofHours(8)));

    public static final ConnectionOption<Duration> IPSEC_LIFETIME = add(seconds()
            .names("ipsec-lifetime", "ipseclifetime")
            .conf("salifetime")
            .otherwise(Duration.ofHours(8)));

    /** Unsigned; 2^63 is no limit. */
    public static final ConnectionOption<Long> IPSEC_MAX_BYTES =
            add(number().names("ipsec-max-bytes").conf("ipsec-max-bytes").otherwise(1L << 63));

    /** Unsigned; 2^63 is no limit. */
    public static final ConnectionOption<Long> IPSEC_MAX_PACKETS =
            add(number().names("ipsec-max-packets").conf("ipsec-max-packets").otherwise(1L << 63));

    public static final ConnectionOption<Duration> REKEY_MARGIN = add(
            seconds().names("rekeymargin", "rekeywindow").conf("rekeymargin").otherwise(Duration.ofMinutes(9)));

    /** Percent. */
    public static final ConnectionOption<Long> REKEY_FUZZ =
            add(number().names("rekeyfuzz").conf("rekeyfuzz").otherwise(100L));

    /** 0 is for ever. */
    public static final ConnectionOption<Long> KEYING_TRIES =
            add(number().names("keyingtries").conf("keyingtries").otherwise(0L));

    /** Packets. */
    public static final ConnectionOption<Long> REPLAY_WINDOW =
            add(number().names("replay-window").conf("replay-window").otherwise(128L));

    public static final ConnectionOption<Duration> RETRANSMIT_TIMEOUT =
            add(seconds().names("retransmit-timeout").conf("retransmit-timeout").otherwise(Duration.ofSeconds(60)));

    public static final ConnectionOption<Duration> RETRANSMIT_INTERVAL =
            add(Definition.<Duration>of(ValueType.Kind.MILLISECONDS, interval -> interval.toMillis() + "ms")
                    .names("retransmit-interval")
                    .conf("retransmit-interval")
                    .otherwise(Duration.ofMillis(500)));

    /** Proposals for the IKE SA, as written. */
    public static final ConnectionOption<String> IKE =
            add(text().names("ike", "ikealg").conf("ike"));

    /** The group for PFS, which whack puts behind {@link #ESP} with a semicolon. */
    public static final ConnectionOption<String> PFS_GROUP = add(text().names("pfsgroup"));

    /** Proposals for the Child SA, as written. */
    public static final ConnectionOption<String> ESP = add(text().names("esp").conf("esp"));

    public static final ConnectionOption<Duration> DPD_DELAY =
            add(seconds().names("dpddelay").conf("dpddelay").otherwise(Duration.ZERO));

    public static final ConnectionOption<Duration> DPD_TIMEOUT =
            add(seconds().names("dpdtimeout").ours("timeout").conf("dpdtimeout").otherwise(Duration.ZERO));

    public static final ConnectionOption<DpdAction> DPD_ACTION = add(
            Definition.choice(Map.of("clear", DpdAction.CLEAR, "hold", DpdAction.HOLD, "restart", DpdAction.RESTART))
                    .names("dpdaction")
                    .conf("dpdaction")
                    .otherwise(DpdAction.DISABLED));

    public static final ConnectionOption<SendCa> SEND_CA =
            add(Definition.choice(Map.of("none", SendCa.NONE, "issuer", SendCa.ISSUER, "all", SendCa.ALL))
                    .names("sendca")
                    .conf("sendca")
                    .otherwise(SendCa.NONE));

    public static final ConnectionOption<YesNoAuto> ENCAPSULATION = add(yesNoAuto()
            .names("encaps")
            .means("forceencaps", YesNoAuto.YES)
            .conf("encapsulation")
            .otherwise(YesNoAuto.AUTO));

    public static final ConnectionOption<Boolean> NAT_KEEPALIVE =
            add(Definition.<Boolean>of(ValueType.Kind.FLAG, flag -> "")
                    .means("no-nat_keepalive", false)
                    .oursMeans("no-nat-keepalive", false)
                    .oursMeans("no-keep-alive", false)
                    .conf("nat-keepalive")
                    .otherwise(true));

    public static final ConnectionOption<NatMethodV1> IKEV1_NAT_METHOD = add(Definition.choice(Map.of(
                    "both", NatMethodV1.BOTH,
                    "rfc", NatMethodV1.RFC,
                    "drafts", NatMethodV1.DRAFTS,
                    "none", NatMethodV1.NONE))
            .names("ikev1-natt", "ikev1_natt")
            .conf("nat-ikev1-method")
            .otherwise(NatMethodV1.BOTH));

    public static final ConnectionOption<Boolean> INITIAL_CONTACT =
            add(flag().names("initialcontact").conf("initial-contact"));

    public static final ConnectionOption<Boolean> CISCO_UNITY =
            add(flag().names("cisco-unity", "cisco_unity").conf("cisco-unity"));

    public static final ConnectionOption<Boolean> FAKE_STRONGSWAN =
            add(flag().names("fake-strongswan").conf("fake-strongswan"));

    public static final ConnectionOption<Boolean> SEND_VENDOR_ID =
            add(flag().ours("send-vendorid").conf("send-vendorid"));

    public static final ConnectionOption<RemotePeerType> REMOTE_PEER_TYPE =
            add(Definition.choice(Map.of("cisco", RemotePeerType.CISCO, "other", RemotePeerType.OTHER))
                    .names("remote-peer-type")
                    .conf("remote-peer-type")
                    .otherwise(RemotePeerType.OTHER));

    public static final ConnectionOption<Boolean> NM_CONFIGURED =
            add(flag().names("nm-configured", "nm_configured").conf("nm-configured"));

    public static final ConnectionOption<XauthMethod> XAUTH_BY = add(Definition.choice(
                    Map.of("file", XauthMethod.FILE, "pam", XauthMethod.PAM, "alwaysok", XauthMethod.ALWAYS_OK))
            .names("xauthby")
            .conf("xauthby")
            .otherwise(XauthMethod.FILE));

    public static final ConnectionOption<XauthFailure> XAUTH_FAIL =
            add(Definition.choice(Map.of("hard", XauthFailure.HARD, "soft", XauthFailure.SOFT))
                    .names("xauthfail")
                    .conf("xauthfail")
                    .otherwise(XauthFailure.HARD));

    public static final ConnectionOption<TcpMode> TCP =
            add(Definition.choice(Map.of("no", TcpMode.NO, "yes", TcpMode.ONLY, "fallback", TcpMode.FALLBACK))
                    .names("tcp")
                    .conf("enable-tcp")
                    .otherwise(TcpMode.NO));

    public static final ConnectionOption<Long> TCP_REMOTE_PORT =
            add(number().names("tcp-remote-port").conf("tcp-remoteport").otherwise(4500L));

    public static final ConnectionOption<String> MODECFG_DNS =
            add(text().names("modecfgdns").conf("modecfgdns"));

    public static final ConnectionOption<String> MODECFG_DOMAINS =
            add(text().names("modecfgdomains").conf("modecfgdomains"));

    public static final ConnectionOption<String> MODECFG_BANNER =
            add(text().names("modecfgbanner").conf("modecfgbanner"));

    public static final ConnectionOption<Long> METRIC =
            add(number().names("metric").conf("metric").otherwise(0L));

    /** Octets; 0 leaves it to the kernel. */
    public static final ConnectionOption<Long> MTU =
            add(number().names("mtu").conf("mtu").otherwise(0L));

    /** 0 lets pluto compute it. */
    public static final ConnectionOption<Long> PRIORITY =
            add(number().names("priority").conf("priority").otherwise(0L));

    /** Octets to pad to; 0 is none. */
    public static final ConnectionOption<Long> TFC =
            add(number().names("tfc").conf("tfc").otherwise(0L));

    public static final ConnectionOption<Boolean> SEND_NO_ESP_TFC =
            add(flag().names("send-no-esp-tfc").conf("send-no-esp-tfc"));

    /** 1 to 16383; 0 lets pluto choose. */
    public static final ConnectionOption<Long> REQID =
            add(number().names("reqid").conf("reqid").otherwise(0L));

    /** 1 to 65535; 0 is none. */
    public static final ConnectionOption<Long> NFLOG_GROUP =
            add(number().names("nflog-group").conf("nflog").otherwise(0L));

    public static final ConnectionOption<String> MARK =
            add(text().names("conn-mark").conf("mark"));

    public static final ConnectionOption<String> MARK_IN =
            add(text().names("conn-mark-in").conf("mark-in"));

    public static final ConnectionOption<String> MARK_OUT =
            add(text().names("conn-mark-out").conf("mark-out"));

    public static final ConnectionOption<String> VTI_INTERFACE =
            add(text().names("vti-iface").conf("vti-interface"));

    public static final ConnectionOption<Boolean> VTI_ROUTING =
            add(flag().names("vti-routing").conf("vti-routing"));

    public static final ConnectionOption<Boolean> VTI_SHARED =
            add(flag().names("vti-shared").conf("vti-shared"));

    /** Number of the xfrm interface; 2^32-1 is none. */
    public static final ConnectionOption<Long> IPSEC_INTERFACE =
            add(number().names("ipsec-interface").conf("ipsec-interface").otherwise(0xffffffffL));

    public static final ConnectionOption<YesNoAuto> NIC_OFFLOAD =
            add(yesNoAuto().names("nic-offload").conf("nic-offload").otherwise(YesNoAuto.AUTO));

    public static final ConnectionOption<String> SECURITY_LABEL =
            add(text().names("policylabel").conf("sec-label"));

    private ConnectionOption(Definition<T> definition) {
        super(definition);
    }

    /** All options of a connection, in the order in which they are rendered. */
    public static List<ConnectionOption<?>> all() {
        return Collections.unmodifiableList(ALL);
    }

    private static <T> ConnectionOption<T> add(Definition<T> definition) {
        ConnectionOption<T> option = new ConnectionOption<>(definition);
        ALL.add(option);
        return option;
    }

    private static Definition<String> text() {
        return Definition.of(ValueType.Kind.TEXT, text -> text);
    }

    private static Definition<Boolean> flag() {
        return Definition.<Boolean>of(ValueType.Kind.FLAG, flag -> "").otherwise(false);
    }

    private static Definition<Long> number() {
        return Definition.of(ValueType.Kind.NUMBER, Long::toUnsignedString);
    }

    /** Written in milliseconds where the value needs them. */
    private static Definition<Duration> seconds() {
        return Definition.of(
                ValueType.Kind.SECONDS,
                time -> time.toMillis() % 1000 == 0 ? Long.toString(time.toSeconds()) : time.toMillis() + "ms");
    }

    private static Definition<YesNoAuto> yesNoAuto() {
        return Definition.choice(Map.of("yes", YesNoAuto.YES, "no", YesNoAuto.NO, "auto", YesNoAuto.AUTO));
    }

    private static Definition<Shunt> shunt() {
        return Definition.choice(Map.of());
    }

    private static Definition<AddressFamily> family() {
        return Definition.choice(Map.of());
    }
}
