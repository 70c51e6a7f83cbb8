// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.status;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Predicate;
import org.jswan.crypto.Algorithm;
import org.jswan.crypto.Encr;
import org.jswan.crypto.Integ;
import org.jswan.crypto.KeGroup;
import org.jswan.crypto.Prf;

/** Which algorithms there are. Those for IKE are always the same, so that their lines are made once. */
final class AlgorithmLines {
    private static final List<String> IKE = ike();

    private AlgorithmLines() {}

    /** @param kernelHas which of them the kernel's interface has */
    static void kernel(Listing listing, Predicate<Algorithm> kernelHas) {
        listing.heading("Kernel algorithms supported:");
        listing.lines(kernel(kernelHas));
    }

    static void ike(Listing listing) {
        listing.heading("IKE algorithms supported:");
        listing.lines(IKE);
    }

    private static List<String> kernel(Predicate<Algorithm> kernelHas) {
        List<String> lines = new ArrayList<>();
        Encr.ALL.stream()
                .filter(kernelHas)
                .sorted(Comparator.comparing(Encr::fqn))
                .forEach(encr -> lines.add("algorithm ESP encrypt: name=" + encr.fqn() + ", keysizemin="
                        + smallest(encr.keyBits()) + ", keysizemax=" + encr.maxKeyBits()));
        Integ.ALL.stream()
                .filter(kernelHas)
                .sorted(Comparator.comparing(Integ::fqn))
                .forEach(integ -> lines.add("algorithm AH/ESP auth: name=" + integ.fqn() + ", key-length="
                        + integ.keyLength() * Byte.SIZE));
        return lines;
    }

    private static int smallest(List<Integer> keyBits) {
        return keyBits.stream().mapToInt(Integer::intValue).min().orElse(0);
    }

    private static List<String> ike() {
        List<String> lines = new ArrayList<>();
        Encr.ALL.stream()
                .filter(Encr::isForIke)
                .forEach(encr -> lines.add("algorithm IKE encrypt: v1id="
                        + number(encr.ids().oakley())
                        + ", v1name=" + (encr.ids().oakley().isPresent() ? "OAKLEY_" + encr.fqn() : "n/a")
                        + ", v2id=" + number(encr.ids().v2())
                        + ", v2name=" + nameInV2(encr)
                        + ", blocksize=" + encr.blockSize()
                        + ", keydeflen=" + encr.defaultKeyBits()));
        Prf.ALL.stream()
                .filter(Prf::isForIke)
                .forEach(prf -> lines.add("algorithm IKE PRF: name=" + prf.fqn() + ", hashlen=" + prf.outputLength()));
        KeGroup.ALL.stream()
                .filter(group -> group.publicLength() > 0)
                .forEach(group -> lines.add("algorithm IKE DH Key Exchange: name=" + group.fqn() + ", bits="
                        + group.publicLength() * Byte.SIZE));
        return lines;
    }

    private static int number(OptionalInt id) {
        return id.orElse(-1);
    }

    private static String nameInV2(Encr encr) {
        return switch (encr) {
            case TRIPLE_DES_CBC -> "3DES";
            case AES_GCM_16 -> "AES_GCM_C";
            case AES_GCM_12 -> "AES_GCM_B";
            case AES_GCM_8 -> "AES_GCM_A";
            default -> encr.fqn();
        };
    }
}
