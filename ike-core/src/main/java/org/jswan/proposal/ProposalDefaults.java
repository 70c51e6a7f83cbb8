// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.proposal;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jswan.crypto.Algorithm;
import org.jswan.crypto.Encr;
import org.jswan.crypto.Integ;
import org.jswan.crypto.KeGroup;
import org.jswan.crypto.Prf;
import org.jswan.wire.IkeVersion;

/**
 * What is proposed where a string leaves it open.
 *
 * @param string to use where there is no string at all
 * @param integ empty: by the hashes of the PRFs
 */
record ProposalDefaults(String string, List<Prf> prf, List<Integ> integ, List<KeGroup> groups) {
    private static final List<Integ> SHA2 = List.of(Integ.HMAC_SHA2_512_256, Integ.HMAC_SHA2_256_128);
    private static final String GCM_AND_CBC = "AES_GCM_16_256,AES_GCM_16_128,AES_CBC_256,AES_CBC_128";

    static ProposalDefaults of(SecurityProtocol protocol, IkeVersion version) {
        return version.major() == 2 ? ikev2(protocol) : ikev1(protocol);
    }

    /** The same but for the ciphers and integrity algorithms that are not supported. */
    ProposalDefaults without(Predicate<Algorithm> unsupported) {
        String parts = Arrays.stream(string.split(",", -1))
                .filter(part -> Stream.concat(Encr.ALL.stream(), Integ.ALL.stream())
                        .filter(unsupported)
                        .noneMatch(algorithm -> stands(algorithm, part)))
                .collect(Collectors.joining(","));
        return new ProposalDefaults(
                parts, prf, integ.stream().filter(unsupported.negate()).toList(), groups);
    }

    /** Whether the part of a string names the algorithm, perhaps with a key length. */
    private static boolean stands(Algorithm algorithm, String part) {
        return algorithm.names().contains(part.toLowerCase(Locale.ROOT)) || part.startsWith(algorithm.fqn() + "_");
    }

    private static ProposalDefaults ikev2(SecurityProtocol protocol) {
        return switch (protocol) {
            case IKE -> new ProposalDefaults(
                    GCM_AND_CBC,
                    List.of(Prf.HMAC_SHA2_512, Prf.HMAC_SHA2_256),
                    List.of(),
                    List.of(
                            KeGroup.MODP2048,
                            KeGroup.MODP3072,
                            KeGroup.MODP4096,
                            KeGroup.MODP8192,
                            KeGroup.DH19,
                            KeGroup.DH20,
                            KeGroup.DH21,
                            KeGroup.DH31));
            case ESP -> new ProposalDefaults(GCM_AND_CBC, List.of(), SHA2, List.of());
            case AH -> new ProposalDefaults("SHA2_512_256,SHA2_256_128,SHA1_96", List.of(), SHA2, List.of());
        };
    }

    private static ProposalDefaults ikev1(SecurityProtocol protocol) {
        return switch (protocol) {
            case IKE -> new ProposalDefaults(
                    "AES_CBC,3DES",
                    List.of(Prf.HMAC_SHA2_256, Prf.HMAC_SHA2_512, Prf.HMAC_SHA1),
                    List.of(),
                    List.of(KeGroup.MODP2048, KeGroup.MODP1536));
            case ESP -> new ProposalDefaults("AES_CBC", List.of(), List.of(Integ.HMAC_SHA1_96), List.of());
            case AH -> new ProposalDefaults("SHA1_96", List.of(), List.of(), List.of());
        };
    }
}
