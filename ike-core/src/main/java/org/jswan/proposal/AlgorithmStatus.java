// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.proposal;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import org.jswan.crypto.Algorithm;
import org.jswan.crypto.Encr;
import org.jswan.crypto.Integ;
import org.jswan.crypto.KeGroup;
import org.jswan.crypto.NumberSpace;
import org.jswan.crypto.Prf;

/** The lines about algorithms in the status of the daemon. */
public final class AlgorithmStatus {
    private AlgorithmStatus() {}

    /** What stands below {@code Kernel algorithms supported:}, by name. */
    public static List<String> kernelLines() {
        List<String> lines = new ArrayList<>();
        Encr.ALL.stream()
                .filter(ProposalParser::hasXfrmName)
                .sorted(Comparator.comparing(Algorithm::fqn))
                .map(encr -> "algorithm ESP encrypt: name=" + encr.fqn() + ", keysizemin=" + encr.defaultKeyBits()
                        + ", keysizemax=" + encr.maxKeyBits())
                .forEach(lines::add);
        Integ.ALL.stream()
                .sorted(Comparator.comparing(Algorithm::fqn))
                .map(integ ->
                        "algorithm AH/ESP auth: name=" + integ.fqn() + ", key-length=" + integ.keyLength() * Byte.SIZE)
                .forEach(lines::add);
        return lines;
    }

    /** What stands below {@code IKE algorithms supported:}. */
    public static List<String> ikeLines() {
        List<String> lines = new ArrayList<>();
        Encr.ALL.stream()
                .filter(Encr::isForIke)
                .map(AlgorithmStatus::ikeEncrypt)
                .forEach(lines::add);
        Prf.ALL.stream()
                .map(prf -> "algorithm IKE PRF: name=" + prf.fqn() + ", hashlen=" + prf.outputLength())
                .forEach(lines::add);
        KeGroup.ALL.stream()
                .filter(group -> group != KeGroup.NONE)
                .map(group -> "algorithm IKE DH Key Exchange: name=" + group.fqn() + ", bits="
                        + group.publicLength() * Byte.SIZE)
                .forEach(lines::add);
        return lines;
    }

    private static String ikeEncrypt(Encr encr) {
        OptionalInt v1 = encr.ids().in(NumberSpace.IKEV1_OAKLEY);
        OptionalInt v2 = encr.ids().in(NumberSpace.IKEV2);
        return "algorithm IKE encrypt: v1id=" + v1.orElse(-1) + ", v1name=" + TransformNames.OAKLEY_ENCR.fullName(v1)
                + ", v2id=" + v2.orElse(-1) + ", v2name=" + TransformNames.ENCR.fullName(v2) + ", blocksize="
                + encr.blockSize() + ", keydeflen=" + encr.defaultKeyBits();
    }
}
