// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v1.config;

import java.util.List;
import org.jswan.base.Bytes;
import org.jswan.base.IpAddress;
import org.jswan.base.Subnet;
import org.jswan.wire.WireAttribute;

/**
 * The numbers of Mode Config's and XAUTH's attributes (draft-ietf-ipsec-isakmp-mode-cfg-05 section 3.4,
 * draft-ietf-ipsec-isakmp-xauth-06 section 6.2), and of Cisco's own.
 */
final class ConfigAttribute {
    static final int IP4_ADDRESS = 1;
    static final int IP4_NETMASK = 2;
    static final int IP4_DNS = 3;
    static final int IP4_NBNS = 4;
    static final int IP6_NBNS = 11;
    static final int IP4_SUBNET = 13;
    static final int XAUTH_TYPE = 16520;
    static final int XAUTH_USER_NAME = 16521;
    static final int XAUTH_USER_PASSWORD = 16522;
    static final int XAUTH_MESSAGE = 16524;
    static final int XAUTH_STATUS = 16527;
    static final int BANNER = 28672;
    static final int DOMAIN = 28674;
    static final int SPLIT_INCLUDE = 28676;

    /** The only XAUTH_TYPE that there is: name and password. */
    static final int GENERIC = 0;

    static final int STATUS_FAIL = 0;
    static final int STATUS_OK = 1;

    /** Octets of one subnet of SPLIT_INCLUDE: address, mask, and six of protocols and ports that nobody uses. */
    static final int SPLIT_ITEM = 14;

    private ConfigAttribute() {}

    /** One whose value is asked for. */
    static WireAttribute empty(int type) {
        return new WireAttribute(type, false, Bytes.EMPTY);
    }

    static WireAttribute of(int type, Bytes value) {
        return new WireAttribute(type, false, value);
    }

    static WireAttribute address(int type, IpAddress value) {
        return of(type, value.octets());
    }

    static WireAttribute subnet(Subnet value) {
        return of(IP4_SUBNET, value.address().octets().plus(value.mask().octets()));
    }

    static WireAttribute splitInclude(Subnet value) {
        Bytes addresses = value.address().octets().plus(value.mask().octets());
        return of(SPLIT_INCLUDE, addresses.plus(Bytes.copyOf(new byte[SPLIT_ITEM - addresses.length()])));
    }

    static List<WireAttribute> status(int status) {
        return List.of(WireAttribute.number(XAUTH_STATUS, status));
    }
}
