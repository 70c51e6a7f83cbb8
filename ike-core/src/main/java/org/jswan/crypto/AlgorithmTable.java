// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.crypto;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The table of all algorithms that is logged at start: who may use them and by what names. */
public final class AlgorithmTable {
    /** The longest name of a cipher, a space, and the longest list of key lengths. */
    private static final int NAME_WIDTH = 33;

    private static final int KEY_BITS_WIDTH = "{256,192,*128}".length();
    private static final int BACKEND_WIDTH = "native(HMAC)".length();

    private AlgorithmTable() {}

    /** The lines of the table, titles included. */
    public static List<String> lines() {
        List<String> lines = new ArrayList<>();
        add(lines, "Encryption", Encr.ALL);
        add(lines, "Hash", Hash.ALL);
        add(lines, "PRF", Prf.ALL);
        add(lines, "Integrity", Integ.ALL);
        add(lines, "DH", KeGroup.ALL);
        add(lines, "IPCOMP", Compression.ALL);
        return lines;
    }

    private static void add(List<String> lines, String title, List<? extends Algorithm> algorithms) {
        lines.add(title + " algorithms:");
        algorithms.forEach(a -> lines.add("  " + line(a)));
    }

    private static String line(Algorithm algorithm) {
        String own = algorithm.fqn().toLowerCase(Locale.ROOT);
        String aliases =
                algorithm.names().stream().filter(name -> !name.equals(own)).collect(Collectors.joining(", ", " ", ""));
        return padded(padded(algorithm.fqn(), NAME_WIDTH - KEY_BITS_WIDTH) + keyBits(algorithm), NAME_WIDTH)
                + " IKEv1:"
                + uses(algorithm, NumberSpace.IKEV1_OAKLEY, NumberSpace.IKEV1_IPSEC)
                + "  IKEv2:"
                + uses(algorithm, NumberSpace.IKEV2, NumberSpace.IKEV2)
                + (algorithm.isFipsApproved() ? "  FIPS" : "      ")
                + " "
                + padded(backend(algorithm), BACKEND_WIDTH)
                + (aliases.isBlank() ? "" : aliases);
    }

    private static String keyBits(Algorithm algorithm) {
        if (!(algorithm instanceof Encr encr)) {
            return "";
        }
        String list = encr.keyBits().stream()
                .map(bits -> (bits == encr.defaultKeyBits() ? "*" : "") + bits)
                .collect(Collectors.joining(","));
        return encr.isKeyLengthOmitted() ? "[" + list + "]" : "{" + list + "}";
    }

    private static String uses(Algorithm algorithm, NumberSpace ike, NumberSpace ipsec) {
        boolean inIke = algorithm.isForIke() && algorithm.ids().in(ike).isPresent();
        boolean hasIpsecId = algorithm.ids().in(ipsec).isPresent();
        boolean inEsp = hasIpsecId && !(algorithm instanceof Hash) && !(algorithm instanceof Prf);
        boolean inAh = algorithm instanceof Integ integ
                ? integ.ikev1AhTransform().isPresent()
                : inEsp && !(algorithm instanceof Encr);
        return (inIke ? " IKE" : "    ") + (inEsp ? " ESP" : "    ") + (inAh ? " AH" : "   ");
    }

    /** Which part of libreswan computes it: scripts look for it, though here others do. */
    private static String backend(Algorithm algorithm) {
        if (algorithm instanceof Encr encr) {
            return encr.isForIke() ? "NSS(" + mode(encr) + ")" : "";
        }
        if (algorithm instanceof Hash hash) {
            return hash.isForIke() ? "NSS" : "";
        }
        if (algorithm instanceof Prf prf) {
            return backend(prf);
        }
        if (algorithm instanceof Integ integ) {
            return integ.prf().map(AlgorithmTable::backend).orElse("");
        }
        if (algorithm instanceof KeGroup group) {
            return group.kind() == KeGroup.Kind.NONE || group.kind() == KeGroup.Kind.MODP ? "NSS(MODP)" : "NSS(ECP)";
        }
        return "";
    }

    private static String backend(Prf prf) {
        return switch (prf) {
            case HMAC_MD5 -> "native(HMAC)";
            case AES_XCBC -> "native(XCBC)";
            default -> "NSS";
        };
    }

    private static String mode(Encr encr) {
        return switch (encr) {
            case AES_GCM_16, AES_GCM_12, AES_GCM_8 -> "GCM";
            case CHACHA20_POLY1305 -> "AEAD";
            case AES_CTR -> "CTR";
            default -> "CBC";
        };
    }

    private static String padded(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }
}
