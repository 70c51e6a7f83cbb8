// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.xfrm;

import org.jswan.kernel.IpsecMode;
import org.jswan.kernel.KernelPolicy.Direction;

/** The numbers of XFRM, named as in the kernel's {@code xfrm.h}. */
final class Xfrm {
    static final int XFRM_MSG_NEWSA = 0x10;
    static final int XFRM_MSG_DELSA = 0x11;
    static final int XFRM_MSG_GETSA = 0x12;
    static final int XFRM_MSG_NEWPOLICY = 0x13;
    static final int XFRM_MSG_DELPOLICY = 0x14;
    static final int XFRM_MSG_GETPOLICY = 0x15;
    static final int XFRM_MSG_ALLOCSPI = 0x16;
    static final int XFRM_MSG_ACQUIRE = 0x17;
    static final int XFRM_MSG_EXPIRE = 0x18;
    static final int XFRM_MSG_UPDPOLICY = 0x19;
    static final int XFRM_MSG_UPDSA = 0x1a;
    static final int XFRM_MSG_FLUSHSA = 0x1c;
    static final int XFRM_MSG_FLUSHPOLICY = 0x1d;
    static final int XFRM_MSG_MIGRATE = 0x21;
    static final int XFRM_MSG_MAPPING = 0x26;

    static final int XFRMA_ALG_CRYPT = 2;
    static final int XFRMA_ALG_COMP = 3;
    static final int XFRMA_ENCAP = 4;
    /** Beside {@code UDP_ENCAP_ESPINUDP}. */
    static final int TCP_ENCAP_ESPINTCP = 7;

    static final int XFRMA_TMPL = 5;
    static final int XFRMA_SEC_CTX = 8;
    static final int XFRMA_LASTUSED = 15;
    static final int XFRMA_MIGRATE = 17;
    static final int XFRMA_ALG_AEAD = 18;
    static final int XFRMA_ALG_AUTH_TRUNC = 20;
    static final int XFRMA_MARK = 21;
    static final int XFRMA_TFCPAD = 22;
    static final int XFRMA_REPLAY_ESN_VAL = 23;
    static final int XFRMA_OFFLOAD_DEV = 28;
    static final int XFRMA_SET_MARK = 29;
    static final int XFRMA_SET_MARK_MASK = 30;
    static final int XFRMA_IF_ID = 31;

    static final int XFRM_STATE_DECAP_DSCP = 2;
    static final int XFRM_STATE_NOPMTUDISC = 4;
    static final int XFRM_STATE_AF_UNSPEC = 32;
    static final int XFRM_STATE_ALIGN4 = 64;
    static final int XFRM_STATE_ESN = 128;

    static final int XFRM_OFFLOAD_IPV6 = 1;
    static final int XFRM_OFFLOAD_INBOUND = 2;

    static final int XFRM_POLICY_ALLOW = 0;
    static final int XFRM_POLICY_BLOCK = 1;

    /** Multicast groups, as bits for binding. */
    static final int XFRMGRP_ACQUIRE = 1;

    static final int XFRMGRP_EXPIRE = 2;
    /** {@code XFRMNLGRP_MAPPING}, the eighth group. */
    static final int XFRMGRP_MAPPING = 1 << 7;

    /** No limit. */
    static final long XFRM_INF = -1L;

    static final int SELECTOR = 56;
    static final int LIFETIME_LIMITS = 64;
    static final int LIFETIME_CURRENT = 32;

    private Xfrm() {}

    static int direction(Direction direction) {
        return switch (direction) {
            case IN -> 0;
            case OUT -> 1;
            case FORWARD -> 2;
        };
    }

    static int mode(IpsecMode mode) {
        return switch (mode) {
            case TRANSPORT -> 0;
            case TUNNEL -> 1;
        };
    }

    /** What the oracle's log calls a message. */
    static String messageName(int type) {
        return switch (type) {
            case XFRM_MSG_NEWPOLICY -> "XFRM_MSG_NEWPOLICY";
            case XFRM_MSG_DELPOLICY -> "XFRM_MSG_DELPOLICY";
            case XFRM_MSG_UPDPOLICY -> "XFRM_MSG_UPDPOLICY";
            case XFRM_MSG_ACQUIRE -> "XFRM_MSG_ACQUIRE";
            case XFRM_MSG_EXPIRE -> "XFRM_MSG_EXPIRE";
            case XFRM_MSG_MAPPING -> "XFRM_MSG_MAPPING";
            default -> Integer.toString(type);
        };
    }
}
