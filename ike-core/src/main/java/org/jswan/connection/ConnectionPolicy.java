// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.connection;

/** The yes-or-no wishes of a connection, named and ordered as the status line {@code policy:} shows them. */
public enum ConnectionPolicy {
    ENCRYPT,
    AUTHENTICATE,
    COMPRESS,
    TUNNEL,
    PFS,
    DECAP_DSCP,
    NOPMTUDISC,
    MSDH_DOWNGRADE,
    ALLOW_NO_SAN,
    DNS_MATCH_ID,
    SHA2_TRUNCBUG,
    DONT_REKEY,
    REAUTH,
    OPPORTUNISTIC,
    GROUP,
    GROUTED,
    GROUPINSTANCE,
    /** Somebody asked for it to be up; it is initiated again when it goes down. */
    UP,
    XAUTH,
    MODECFG_PULL,
    AGGRESSIVE,
    OVERLAPIP,
    IKEV2_ALLOW_NARROWING,
    IKEV2_PAM_AUTHORIZE,
    SEND_REDIRECT_ALWAYS,
    SEND_REDIRECT_NEVER,
    ACCEPT_REDIRECT_YES,
    IKE_FRAG_ALLOW,
    IKE_FRAG_FORCE,
    NO_IKEPAD,
    MOBIKE,
    PPK_ALLOW,
    PPK_INSIST,
    ESN_NO,
    ESN_YES,
    INTERMEDIATE,
    IGNORE_PEER_DNS
}
