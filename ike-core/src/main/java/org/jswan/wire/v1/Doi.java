// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire.v1;

import org.jswan.wire.WireException;
import org.jswan.wire.WireReader;

/** Domains of interpretation: how the numbers of a payload are meant. */
public final class Doi {
    public static final long ISAKMP = 0;

    /** RFC 2407. */
    public static final long IPSEC = 1;

    private Doi() {}

    static long read(WireReader in) throws WireException {
        long doi = in.u32();
        in.require(doi <= IPSEC, "DOI", doi);
        return doi;
    }

    /** As logs print it: {@code ISAKMP_DOI_IPSEC}. */
    public static String name(long doi) {
        if (doi == ISAKMP) {
            return "ISAKMP_DOI_ISAKMP";
        }
        return doi == IPSEC ? "ISAKMP_DOI_IPSEC" : doi + "??";
    }
}
