// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.crypto;

import static org.jswan.crypto.AlgorithmIds.known;

import java.util.List;

/** Compression algorithms of IPCOMP (RFC 3173), in the order in which they are listed at start. The kernel computes them. */
public enum Compression implements Algorithm {
    DEFLATE(known().v1Ipsec(2).v2(2).sadb(2)),
    LZS(known().v2(3).sadb(3)),
    LZJH(known().v2(4).sadb(4));

    /** All of them, checked for clashes. */
    public static final List<Compression> ALL = Algorithm.checked(List.of(values()));

    private final AlgorithmIds ids;

    Compression(AlgorithmIds ids) {
        this.ids = ids;
    }

    @Override
    public String fqn() {
        return name();
    }

    @Override
    public List<String> names() {
        return Encr.namesOf(name(), "");
    }

    @Override
    public AlgorithmIds ids() {
        return ids;
    }

    @Override
    public boolean isForIke() {
        return false;
    }

    @Override
    public boolean isFipsApproved() {
        return true;
    }
}
