// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.connection;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jswan.base.AddressRange;
import org.jswan.base.IpAddress;
import org.jswan.base.Subnet;

/** The options of one end; the same at both sides of {@code --to}. */
public final class EndOption<T> extends RequestOption<T> {
    private static final List<EndOption<?>> ALL = new ArrayList<>();

    /** An identity as written: an address, {@code @name}, {@code user@name}, {@code @#hex}, {@code @[key id]}, a DN. */
    public static final EndOption<String> ID = add(text().names("id").conf("id"));

    public static final EndOption<HostSpec> HOST = add(Definition.of(ValueType.Kind.HOST, HostSpec::toString)
            .names("host")
            .ours("host-name", "host-interface")
            .conf(""));

    /** Nickname of the certificate. */
    public static final EndOption<String> CERT = add(text().names("cert").conf("cert"));

    public static final EndOption<String> CKAID = add(text().names("ckaid").conf("ckaid"));

    /** DN of the certificate authority that must have signed. */
    public static final EndOption<String> CA = add(text().names("ca").conf("ca"));

    /** Access control groups: stored and listed, without an effect. */
    public static final EndOption<String> GROUPS = add(text().names("groups").later());

    /** 1 to 65535; 0 is the default port. */
    public static final EndOption<Long> IKE_PORT =
            add(number().names("ikeport").conf("ikeport").otherwise(0L));

    /** The gateway; the unspecified address means the peer itself. */
    public static final EndOption<IpAddress> NEXTHOP =
            add(address().names("nexthop").conf("nexthop"));

    public static final EndOption<Subnet> CLIENT = add(Definition.of(ValueType.Kind.SUBNET, Subnet::toString)
            .names("client")
            .conf("subnet"));

    /** {@code vhost:} or {@code vnet:} with what may stand behind it. */
    public static final EndOption<String> VIRTUAL = add(text().names("client").conf("subnet"));

    public static final EndOption<ProtocolPort> PROTOCOL_PORT =
            add(Definition.of(ValueType.Kind.PROTOCOL_PORT, ProtocolPort::toString)
                    .names("clientprotoport")
                    .conf("protoport")
                    .otherwise(ProtocolPort.ANY));

    public static final EndOption<Boolean> DNS_KEY_ON_DEMAND = add(flag().names("dnskeyondemand"));

    public static final EndOption<IpAddress> SOURCE_IP =
            add(address().names("srcip").conf("sourceip"));

    public static final EndOption<AddressPrefix> VTI_IP =
            add(addressPrefix().names("vtiip").conf("vti"));

    public static final EndOption<AddressPrefix> INTERFACE_IP =
            add(addressPrefix().ours("interface-ip").conf("interface-ip"));

    public static final EndOption<EndAuthentication> AUTH = add(Definition.choice(Map.of(
                    "psk", EndAuthentication.PSK,
                    "null", EndAuthentication.NULL,
                    "rsasig", EndAuthentication.RSASIG,
                    "ecdsa", EndAuthentication.ECDSA,
                    "eaponly", EndAuthentication.EAPONLY))
            .names("authby")
            .oursMeans("authby-never", EndAuthentication.NEVER)
            .conf("auth"));

    public static final EndOption<EapMethod> EAP =
            add(Definition.choice(Map.of("none", EapMethod.NONE, "tls", EapMethod.TLS))
                    .names("autheap")
                    .conf("autheap")
                    .otherwise(EapMethod.NONE));

    /** A shell command; empty or {@code %disabled} for none. */
    public static final EndOption<String> UPDOWN =
            add(text().names("updown").conf("updown").otherwise("ipsec _updown"));

    public static final EndOption<SendCertificate> SEND_CERT = add(Definition.choice(Map.of(
                    "always", SendCertificate.ALWAYS,
                    "never", SendCertificate.NEVER,
                    "ifasked", SendCertificate.IF_ASKED))
            .names("sendcert")
            .conf("sendcert")
            .otherwise(SendCertificate.ALWAYS));

    public static final EndOption<Boolean> XAUTH_SERVER =
            add(flag().names("xauthserver", "xauth").conf("xauthserver"));

    public static final EndOption<Boolean> XAUTH_CLIENT =
            add(flag().names("xauthclient").conf("xauthclient"));

    public static final EndOption<String> USERNAME = add(text().names("username", "xauthuser", "xauthname")
            .ours("end-username")
            .conf("username"));

    public static final EndOption<Boolean> MODECFG_SERVER =
            add(flag().names("modecfgserver", "modeconfigserver").conf("modecfgserver"));

    public static final EndOption<Boolean> MODECFG_CLIENT =
            add(flag().names("modecfgclient", "modeconfigclient").conf("modecfgclient"));

    public static final EndOption<AddressRange> ADDRESS_POOL =
            add(Definition.<AddressRange>of(ValueType.Kind.RANGE, range -> range.first() + "-" + range.last())
                    .names("addresspool")
                    .conf("addresspool"));

    /** Client address translation: the leased address is translated to the client's own. */
    public static final EndOption<Boolean> CAT = add(flag().ours("cat").conf("cat"));

    /** The type of the certificate; accepted, without an effect. */
    public static final EndOption<Long> CERT_TYPE =
            add(number().ours("certtype").later());

    /** A raw RSA key as ipsec.conf writes it. */
    public static final EndOption<String> RSA_KEY = add(text().ours("rsasigkey").conf("rsasigkey"));

    /** A raw ECDSA key as ipsec.conf writes it. */
    public static final EndOption<String> ECDSA_KEY =
            add(text().ours("ecdsakey").conf("ecdsakey"));

    /** A key of any type, base64 of SubjectPublicKeyInfo. */
    public static final EndOption<String> PUBLIC_KEY = add(text().ours("pubkey").conf("pubkey"));

    private EndOption(Definition<T> definition) {
        super(definition);
    }

    /** All options of an end, in the order in which they are rendered. */
    public static List<EndOption<?>> all() {
        return Collections.unmodifiableList(ALL);
    }

    private static <T> EndOption<T> add(Definition<T> definition) {
        EndOption<T> option = new EndOption<>(definition);
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

    private static Definition<IpAddress> address() {
        return Definition.of(ValueType.Kind.ADDRESS, IpAddress::toString);
    }

    private static Definition<AddressPrefix> addressPrefix() {
        return Definition.of(ValueType.Kind.ADDRESS_PREFIX, AddressPrefix::toString);
    }
}
