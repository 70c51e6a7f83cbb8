// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.proposal;

/** How the ends of an ISAKMP SA prove who they are, those ways that this daemon has. */
public enum Phase1Auth {
    PRESHARED_KEY(1, 65001),
    RSA_SIG(3, 65005);

    private final int plain;
    private final int xauthOfInitiator;

    /** Who of the two proves itself a second time, by XAUTH (draft-ietf-ipsec-isakmp-xauth-06 §7.2). */
    public enum Xauth {
        NONE,
        INITIATOR,
        RESPONDER
    }

    Phase1Auth(int plain, int xauthOfInitiator) {
        this.plain = plain;
        this.xauthOfInitiator = xauthOfInitiator;
    }

    /** The value of the attribute Authentication Method. */
    public int method(Xauth xauth) {
        return switch (xauth) {
            case NONE -> plain;
            case INITIATOR -> xauthOfInitiator;
            case RESPONDER -> xauthOfInitiator + 1;
        };
    }

    /** What the log and the name of the attribute's value call it: {@code OAKLEY_RSA_SIG}. */
    String oakleyName() {
        return Ikev1Names.OAKLEY_AUTH.longName(plain);
    }
}
