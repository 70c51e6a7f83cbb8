// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.pfkey;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jswan.crypto.Compression;
import org.jswan.crypto.Encr;
import org.jswan.crypto.Integ;
import org.jswan.crypto.NumberSpace;

/** How a system numbers the algorithms that its PF_KEY takes. */
final class Algorithms {
    /** {@code SADB_X_AALG_SHA2_256HMAC}, which Linux cuts to 96 bits when it comes by PF_KEY. */
    private static final int SHA2_256 = 5;

    /** {@code SADB_X_AALG_AES128GMAC}; those of 192 and 256 bits follow. */
    private static final int AES_GMAC = 11;

    private final Map<Encr, Integer> encrs = new EnumMap<>(Encr.class);
    private final Map<Integ, Integer> integs = new EnumMap<>(Integ.class);
    private final boolean namesGmac;

    private Algorithms(boolean namesGmac) {
        this.namesGmac = namesGmac;
    }

    /**
     * No algorithm that encrypts and authenticates in one, and HMAC-SHA2-256 only with the 96 bits that nobody negotiates:
     * af_key takes what it had before RFC 4868.
     */
    static final Algorithms LINUX = linux();

    /** No Counter with CBC-MAC; for GMAC the integrity algorithm is named as well. */
    static final Algorithms BSD = bsd();

    private static Algorithms linux() {
        Algorithms table = new Algorithms(false);
        Encr.ALL.stream().filter(encr -> !encr.isAead()).forEach(table::take);
        Integ.ALL.stream()
                .filter(integ -> integ != Integ.HMAC_SHA2_256_128 && integ != Integ.NONE)
                .forEach(table::take);
        table.integs.put(Integ.HMAC_SHA2_256_TRUNCBUG, SHA2_256);
        table.integs.put(Integ.NONE, 0);
        return table;
    }

    private static Algorithms bsd() {
        Algorithms table = new Algorithms(true);
        List<Encr> unknown = List.of(Encr.AES_CCM_8, Encr.AES_CCM_12, Encr.AES_CCM_16);
        Encr.ALL.stream().filter(encr -> !unknown.contains(encr)).forEach(table::take);
        Integ.ALL.forEach(table::take);
        return table;
    }

    private void take(Encr encr) {
        encr.ids().in(NumberSpace.SADB).ifPresent(id -> encrs.put(encr, id));
    }

    private void take(Integ integ) {
        integ.ids().in(NumberSpace.SADB).ifPresent(id -> integs.put(integ, id));
    }

    /** Empty if PF_KEY of that system does not know it. */
    OptionalInt number(Encr encr) {
        return of(encrs.get(encr));
    }

    /** Empty if PF_KEY of that system does not know it. */
    OptionalInt number(Integ integ) {
        return of(integs.get(integ));
    }

    /** What stands for integrity beside an algorithm that has no other. */
    int besides(Encr encr, int keyBits) {
        return namesGmac && encr == Encr.NULL_AUTH_AES_GMAC ? AES_GMAC + (keyBits - 128) / 64 : integs.get(Integ.NONE);
    }

    /** The only compression that IKE negotiates; it stands where encryption does. */
    static int compression() {
        return Compression.DEFLATE.ids().in(NumberSpace.SADB).orElseThrow();
    }

    private static OptionalInt of(Integer number) {
        return number == null ? OptionalInt.empty() : OptionalInt.of(number);
    }
}
