// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.pfkey;

import org.jswan.kernel.IpsecMode;
import org.jswan.kernel.IpsecProtocol;

/** The numbers that all systems share, named as in RFC 2367 and in KAME's headers. */
final class Pfkey {
    static final int PF_KEY_V2 = 2;

    /** Lengths count in these octets. */
    static final int UNIT = 8;

    static final int HEADER = 16;
    static final int EXTENSION_HEADER = 4;

    static final int SADB_GETSPI = 1;
    static final int SADB_UPDATE = 2;
    static final int SADB_ADD = 3;
    static final int SADB_DELETE = 4;
    static final int SADB_GET = 5;
    static final int SADB_ACQUIRE = 6;
    static final int SADB_REGISTER = 7;
    static final int SADB_EXPIRE = 8;
    static final int SADB_FLUSH = 9;
    static final int SADB_X_SPDUPDATE = 13;
    static final int SADB_X_SPDDELETE = 15;
    static final int SADB_X_SPDGET = 16;
    static final int SADB_X_SPDFLUSH = 19;
    /** Of Linux. */
    static final int SADB_X_NAT_T_NEW_MAPPING = 23;

    static final int SADB_SATYPE_UNSPEC = 0;

    static final int SADB_EXT_SA = 1;
    static final int SADB_EXT_LIFETIME_CURRENT = 2;
    static final int SADB_EXT_LIFETIME_HARD = 3;
    static final int SADB_EXT_LIFETIME_SOFT = 4;
    static final int SADB_EXT_ADDRESS_SRC = 5;
    static final int SADB_EXT_ADDRESS_DST = 6;
    static final int SADB_EXT_KEY_AUTH = 8;
    static final int SADB_EXT_KEY_ENCRYPT = 9;
    static final int SADB_EXT_SUPPORTED_AUTH = 14;
    static final int SADB_EXT_SUPPORTED_ENCRYPT = 15;
    static final int SADB_EXT_SPIRANGE = 16;
    static final int SADB_X_EXT_POLICY = 18;
    static final int SADB_X_EXT_SA2 = 19;
    static final int SADB_X_EXT_NAT_T_TYPE = 20;
    static final int SADB_X_EXT_NAT_T_SPORT = 21;
    static final int SADB_X_EXT_NAT_T_DPORT = 22;
    /** Of FreeBSD. */
    static final int SADB_X_EXT_SA_REPLAY = 26;

    static final int SADB_SASTATE_MATURE = 1;

    /** Of FreeBSD. */
    static final int SADB_X_SAFLAGS_ESN = 0x400;
    /** Of Linux. */
    static final int SADB_SAFLAGS_NOPMTUDISC = 0x20000000;
    /** Of Linux. */
    static final int SADB_SAFLAGS_DECAP_DSCP = 0x40000000;

    static final int UDP_ENCAP_ESPINUDP = 2;

    static final int IPSEC_POLICY_DISCARD = 0;
    static final int IPSEC_POLICY_NONE = 1;
    static final int IPSEC_POLICY_IPSEC = 2;

    static final int IPSEC_DIR_INBOUND = 1;
    static final int IPSEC_DIR_OUTBOUND = 2;
    /** Of Linux. */
    static final int IPSEC_DIR_FWD = 3;

    static final int IPSEC_MODE_ANY = 0;
    static final int IPSEC_MODE_TRANSPORT = 1;
    static final int IPSEC_MODE_TUNNEL = 2;

    static final int IPSEC_LEVEL_USE = 1;
    static final int IPSEC_LEVEL_REQUIRE = 2;
    static final int IPSEC_LEVEL_UNIQUE = 3;

    /** Request ids beyond it are the kernel's own to give. */
    static final int IPSEC_MANUAL_REQID_MAX = 0x3fff;

    static final int IPSEC_PROTO_ANY = 255;

    private Pfkey() {}

    static int satype(IpsecProtocol protocol) {
        return switch (protocol) {
            case AH -> 2;
            case ESP -> 3;
            case IPCOMP -> 9;
        };
    }

    static int mode(IpsecMode mode) {
        return switch (mode) {
            case TRANSPORT -> IPSEC_MODE_TRANSPORT;
            case TUNNEL -> IPSEC_MODE_TUNNEL;
        };
    }

    /** What messages call a type of message. */
    static String messageName(int type) {
        return switch (type) {
            case SADB_GETSPI -> "SADB_GETSPI";
            case SADB_UPDATE -> "SADB_UPDATE";
            case SADB_ADD -> "SADB_ADD";
            case SADB_DELETE -> "SADB_DELETE";
            case SADB_GET -> "SADB_GET";
            case SADB_ACQUIRE -> "SADB_ACQUIRE";
            case SADB_REGISTER -> "SADB_REGISTER";
            case SADB_EXPIRE -> "SADB_EXPIRE";
            case SADB_FLUSH -> "SADB_FLUSH";
            case SADB_X_SPDUPDATE -> "SADB_X_SPDUPDATE";
            case SADB_X_SPDDELETE -> "SADB_X_SPDDELETE";
            case SADB_X_SPDGET -> "SADB_X_SPDGET";
            case SADB_X_SPDFLUSH -> "SADB_X_SPDFLUSH";
            case SADB_X_NAT_T_NEW_MAPPING -> "SADB_X_NAT_T_NEW_MAPPING";
            default -> "message " + type;
        };
    }
}
